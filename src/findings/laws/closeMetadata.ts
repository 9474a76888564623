import { disabledVariable } from '../../sdkChain/flow/imdsSwitch.ts';
import type { Fix } from '../../model/patch.ts';
import type { ContainerAnswers } from '../workloads.ts';
import { objectOf } from './notInjected.ts';

/** Lets the metadata service answer no pod that is not on the network of the host. */
export const closeMetadataForPods: Fix = {
  title: 'let the metadata service require tokens, which travel one hop',
  patches: [{ kind: 'imds', options: { httpTokens: 'required', httpPutResponseHopLimit: 1 } }],
};

/** Proposes to keep an SDK from asking the metadata service: for one container, or for all pods. */
export function withoutMetadataFixes({ workload, answers: [first] }: ContainerAnswers): readonly Fix[] {
  const container = first?.subject.container.name ?? '';
  const { namespace, name } = workload;
  return [
    {
      title: `set ${disabledVariable}=true in container ${container} of ${namespace}/${name}`,
      patches: [
        { kind: 'env', object: objectOf(workload), container, name: disabledVariable, value: 'true' },
      ],
    },
    closeMetadataForPods,
  ];
}
