import type { SdkRef } from '../model/sdk.ts';
import type { World } from '../model/world.ts';
import type { AnswerSdk } from './answer.ts';
import { assumedVersion } from './assumedVersion.ts';
import { groupOutcomes } from './condition.ts';
import { explore, isIncomplete, leavesOf } from './explore.ts';
import { liveThrough, type Life } from './liveThrough.ts';
import { sdksOf, statedSdk, subjectOf, type ContainerOf } from './subjects.ts';
import type { Moment, Timeline, TimelineEntry } from './timeline.ts';
import { findContainer, readSdk } from './whichRole.ts';

/** What happens to the process of {@link resolveOverTime}. */
export interface OverTimeOptions {
  /** As `go-v2` or `java-v2@2.20.0`. Without it: what the world states, else every SDK. */
  readonly sdk?: string | SdkRef;
  /** Without it: the first container that is no init container. */
  readonly container?: string;
  /** What changes, and when; each change is on top of those before it. */
  readonly moments: readonly Moment[];
}

/**
 * Says what a process holds at each moment while the world changes around it, once for each SDK that it may use.
 *
 * A process keeps its credentials until its SDK renews them: when that is, who is asked, and what a failure
 * leads to stands in the SDK catalogue. Each service is taken to hand out credentials with their whole life
 * before them.
 *
 * @param name - `namespace/name` of a pod or controller, or `namespace/Kind/name`
 * @throws Error when the world has no such workload or container, or the SDK is not known
 * @example
 * const irsa = world()
 *   .cluster({ oidcIssuer: 'oidc.example' })
 *   .nodeDefaults({ roleArn: 'arn:aws:iam::111122223333:role/node' })
 *   .serviceAccount('pay/api', { roleArn: 'arn:aws:iam::111122223333:role/app' })
 *   .pod('pay/api', { serviceAccount: 'api' })
 *   .fact('trust', 'admits').fact('kube2iam', 'notInstalled').fact('imds.httpTokens', 'optional')
 *   .fact('imds.httpPutResponseHopLimit', '2').fact('cni', 'aws-vpc-cni')
 *   .build();
 * const outage = {
 *   title: 'STS does not answer',
 *   apply: (w: World): World => ({ ...w, facts: [...w.facts, { name: 'sts', value: 'timeout' }] }),
 * };
 * const [timeline] = resolveOverTime(irsa, 'pay/api', { sdk: 'kotlin', moments: [{ minute: 40, change: outage }] });
 * timeline?.courses[0]?.entries.map((entry) => entry.minute) // => [0, 45]
 */
export function resolveOverTime(
  world: World,
  name: string,
  { sdk, container, moments }: OverTimeOptions,
): readonly Timeline[] {
  const target = findContainer(world, name, container);
  const sdks = sdk === undefined ? sdksOf(world, target) : [statedSdk(readSdk(sdk))];
  return sdks.map((one) => timelineFor(world, target, one, moments));
}

/** Says how the identity of one container with one SDK goes over time. */
export function timelineFor(
  world: World,
  target: ContainerOf,
  sdk: AnswerSdk,
  moments: readonly Moment[],
): Timeline {
  // The facts that are stated belong to the world of the day; only what is open in it is explored.
  const lives = explore({ facts: [] }, (open) => liveThrough(world, open, target, sdk, moments));
  const consulted = new Map(
    leavesOf(lives).flatMap(({ result }) =>
      result.consulted.map((fact) => [`${fact.question.name} ${fact.question.scope ?? ''}`, fact] as const),
    ),
  );
  return {
    subject: subjectOf(target),
    sdk,
    courses: groupOutcomes(lives, courseKey).map(({ representative: { entries }, when }) => ({
      entries,
      when,
    })),
    consulted: [...assumedVersion(sdk), ...consulted.values()],
    incomplete: isIncomplete(lives),
  };
}

function courseKey({ entries }: Life): string {
  return JSON.stringify(entries.map(entryKey));
}

function entryKey(entry: TimelineEntry): readonly unknown[] {
  if (entry.kind === 'notKnown') return [entry.minute];
  const { minute, identity, mechanism, why } = entry;
  return [minute, identity, mechanism, why];
}
