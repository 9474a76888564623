import { describeSdk } from '../../model/sdk.ts';
import type { Fix } from '../../model/patch.ts';
import type { Answer } from '../../resolve/answer.ts';
import { sdkBehaviour } from '../../sdkChain/registry.ts';
import { summariseSdk } from '../../sdkChain/summary.ts';
import { compareVersions } from '../../sdkChain/version.ts';
import { objectOf } from './notInjected.ts';
import type { ContainerAnswers } from '../workloads.ts';

/** A mechanism that SDKs learnt in some version. */
type Learnt = 'irsa' | 'podIdentity';

/** Gives the first version of a family that knows a mechanism; nothing where every version or none does. */
export function firstVersionFor({ sdk }: Answer, mechanism: Learnt): string | undefined {
  const { firstIrsa, firstPodIdentity } = summariseSdk(sdkBehaviour(sdk).entry);
  const first = mechanism === 'irsa' ? firstIrsa : firstPodIdentity;
  return /^\d/.test(first) ? first : undefined;
}

/** Tells whether the SDK of an answer is of a version before the one that learnt a mechanism. */
export function isTooOldFor(answer: Answer, mechanism: Learnt): boolean {
  const { version } = answer.sdk;
  if (version === undefined) return false;
  const first = firstVersionFor(answer, mechanism);
  return first !== undefined && compareVersions(version, first) < 0;
}

/** Proposes the first version that knows a mechanism. */
export function newerSdkFixes(
  { workload }: ContainerAnswers,
  affected: readonly Answer[],
  mechanism: Learnt,
): readonly Fix[] {
  return affected.flatMap((answer): readonly Fix[] => {
    const version = firstVersionFor(answer, mechanism);
    if (version === undefined) return [];
    const sdk = { family: answer.sdk.family, version };
    const container = answer.subject.container.name;
    return [
      {
        title: `bring ${describeSdk(sdk)} or later to container ${container} of ${workload.namespace}/${workload.name}`,
        patches: [{ kind: 'sdk', object: objectOf(workload), container, sdk }],
      },
    ];
  });
}
