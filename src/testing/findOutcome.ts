import type { World } from '../model/world.ts';
import type { Answer, Outcome } from '../resolve/answer.ts';
import { answerFor, type ResolveOptions } from '../resolve/resolve.ts';
import { containersOf, sdksOf, statedSdk, type ContainerOf } from '../resolve/subjects.ts';
import { readSdk } from '../resolve/whichRole.ts';
import type { SdkRef } from '../model/sdk.ts';
import type { Witness } from '../report/counterexample.ts';

/** Which containers and SDKs a property looks at. */
export interface PropertyScope {
  /** Only workloads of this namespace. */
  readonly namespace?: string;
  /** As `go-v2` or `java-v2@2.20.0`. Without it: what the world states, else every SDK. */
  readonly sdk?: string | SdkRef;
  /** How many known facts may break at the same time; none when it is left out. */
  readonly faults?: number;
}

/**
 * Finds the first outcome that breaks a law, container by container and SDK by SDK.
 *
 * @param breaks - tells whether an outcome does, given its container and the whole answer
 */
export function findOutcome(
  world: World,
  { namespace, sdk, faults }: PropertyScope,
  breaks: (outcome: Outcome, of: ContainerOf, answer: Answer) => boolean,
): Witness | undefined {
  const only = sdk === undefined ? undefined : statedSdk(readSdk(sdk));
  const options: ResolveOptions = faults === undefined ? {} : { faults };
  for (const target of containersOf(world)) {
    if (namespace !== undefined && target.workload.namespace !== namespace) continue;
    for (const one of only ? [only] : sdksOf(world, target)) {
      const answer = answerFor(world, target, one, options);
      const outcome = answer.outcomes.find((each) => breaks(each, target, answer));
      if (outcome) return { kind: 'outcome', answer, outcome };
    }
  }
  return undefined;
}
