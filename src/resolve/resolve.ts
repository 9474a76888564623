import { assumedRoleArn } from '../model/arn.ts';
import type { Credentials } from '../model/identity.ts';
import { describeSdk, type SdkRef } from '../model/sdk.ts';
import type { Workload } from '../model/workload.ts';
import type { World } from '../model/world.ts';
import { cloudTrail, type CloudTrailView } from '../services/cloudTrail.ts';
import type { Answer, AnswerSdk, Outcome } from './answer.ts';
import { assumedVersion } from './assumedVersion.ts';
import { chooseBetween, groupOutcomes, type Grouped } from './condition.ts';
import {
  explore,
  isIncomplete,
  leavesOf,
  type ConsultedFact,
  type Exploration,
  type ExploreOptions,
} from './explore.ts';
import { resolveOnce } from './resolveOnce.ts';
import { containersOf, sdksOf, statedSdk, subjectOf, type ContainerOf } from './subjects.ts';
import type { Resolution } from './trace.ts';
import { factKey } from '../model/fact.ts';

/** What to resolve, and how far to explore. */
export interface ResolveOptions extends ExploreOptions {
  /** Answers for this SDK only, whatever the world states. */
  readonly sdk?: SdkRef;
}

/**
 * Answers for one container with one SDK: every identity it can have, and when.
 */
export function answerFor(
  world: World,
  target: ContainerOf,
  sdk: AnswerSdk,
  options: ExploreOptions = {},
): Answer {
  return toAnswer(world, target, sdk, exploreContainer(world, target, sdk, options), exactKey);
}

/** Answers for one container, once for each SDK that it may use. */
export function answersFor(
  world: World,
  target: ContainerOf,
  options: ResolveOptions = {},
): readonly Answer[] {
  return requestedSdks(world, target, options).map((sdk) => answerFor(world, target, sdk, options));
}

/**
 * Answers for every container of the world, one answer an SDK.
 */
export function resolveAll(world: World, options: ResolveOptions = {}): readonly Answer[] {
  return containersOf(world).flatMap((target) => answersFor(world, target, options));
}

/** The answer for one container over all the SDKs that it may use: the SDK is one more fact that may be open. */
export interface Overview extends Omit<Answer, 'sdk'> {
  readonly sdks: readonly AnswerSdk[];
}

/**
 * Answers for one container whatever its SDK is.
 *
 * Over several SDKs errors are not told apart, since each words the same failure in its own way.
 */
export function overviewFor(world: World, target: ContainerOf, options: ResolveOptions = {}): Overview {
  const sdks = requestedSdks(world, target, options);
  const exploration = chooseBetween(
    { name: 'sdk', scope: target.container.name, about: target.container.ref },
    sdks.map((sdk) => ({ value: describeSdk(sdk), next: exploreContainer(world, target, sdk, options) })),
  );
  const [first] = sdks;
  const { sdk: _one, ...answer } = toAnswer(
    world,
    target,
    first ?? { family: 'go-v2', basis: 'notStated' },
    exploration,
    sdks.length === 1 ? exactKey : identityKey,
  );
  return { ...answer, sdks };
}

function requestedSdks(world: World, target: ContainerOf, options: ResolveOptions): readonly AnswerSdk[] {
  return options.sdk ? [statedSdk(options.sdk)] : sdksOf(world, target);
}

function exploreContainer(
  world: World,
  target: ContainerOf,
  sdk: SdkRef,
  options: ExploreOptions,
): Exploration<Resolution> {
  return explore(world, (ask) => resolveOnce(world, ask, { ...target, sdk }), options);
}

function toAnswer(
  world: World,
  target: ContainerOf,
  sdk: AnswerSdk,
  exploration: Exploration<Resolution>,
  keyOf: (resolution: Resolution) => string,
): Answer {
  return {
    subject: subjectOf(target),
    sdk,
    outcomes: groupOutcomes(exploration, keyOf).map((group) => toOutcome(world, target, group)),
    consulted: [...assumedVersion(sdk), ...consultedOf(exploration)],
    incomplete: isIncomplete(exploration),
  };
}

function toOutcome(
  world: World,
  { workload }: ContainerOf,
  { representative, when }: Grouped<Resolution>,
): Outcome {
  const { identity, mechanism, session, trace, credentials } = representative;
  const callerArn =
    identity.kind === 'role' && session !== undefined ? assumedRoleArn(identity.arn, session) : undefined;
  return {
    identity,
    mechanism,
    ...(session === undefined ? {} : { session }),
    ...(callerArn === undefined ? {} : { callerArn }),
    ...(credentials ? { cloudTrail: audit(world, workload, credentials) } : {}),
    when,
    trace,
  };
}

function audit(world: World, { namespace, template }: Workload, credentials: Credentials): CloudTrailView {
  return cloudTrail(world, { ...credentials, namespace, serviceAccount: template.serviceAccountName });
}

function identityKey({ identity, mechanism }: Resolution): string {
  const { kind } = identity;
  switch (kind) {
    case 'role':
      return `role ${identity.arn} ${mechanism}`;
    case 'unnamedRole':
      return `unnamed ${identity.which} ${identity.text} ${mechanism}`;
    case 'static':
      return `static ${identity.accessKeyId ?? ''} ${mechanism}`;
    case 'none':
      return 'none';
  }
}

function exactKey(resolution: Resolution): string {
  const { identity, session } = resolution;
  const error = identity.kind === 'none' ? identity.error : '';
  return `${identityKey(resolution)} ${session ?? ''} ${error}`;
}

/** Lists each fact that some run consulted without a choice, once. */
export function consultedOf<Result>(exploration: Exploration<Result>): readonly ConsultedFact[] {
  const facts = new Map<string, ConsultedFact>();
  for (const leaf of leavesOf(exploration)) {
    for (const fact of leaf.consulted) facts.set(factKey(fact.question), fact);
  }
  return [...facts.values()];
}
