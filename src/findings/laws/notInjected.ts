import { shownMechanism } from '../../admission/configuredMechanism.ts';
import type { NotInjectedReason } from '../../admission/evidence.ts';
import { skippedContainers } from '../../admission/skippedContainers.ts';
import { containerCredentialsPair, webhookKeys, webIdentityPair } from '../../admission/webhookFacts.ts';
import type { Fix, ObjectName } from '../../model/patch.ts';
import type { Container } from '../../model/pod.ts';
import type { Workload } from '../../model/workload.ts';
import { indexOf, type World } from '../../model/world.ts';
import type { Answer, Outcome } from '../../resolve/answer.ts';
import type { Rule } from '../finding.ts';
import { causeRule, eachContainer, type ConflictRow, type Sighting } from '../law.ts';
import type { ContainerAnswers } from '../workloads.ts';
import { consequences } from './consequences.ts';

/**
 * Why a container came without what the webhook injects. Of a pod that exists already its own spec tells.
 *
 * - `lateSidecar`: its neighbours in the pod have it.
 * - `cacheRace`: pod and service account are of the same moment.
 */
export type MissedReason = NotInjectedReason | 'lateSidecar' | 'cacheRace';

/**
 * The law: what the webhook did not inject, no SDK can use; the container falls to whatever is next.
 *
 * Only where the objects configure something to inject: else nobody misses it.
 *
 * @param why - the reason that admission gives
 * @param fixesFor - the changes that let the webhook inject
 */
export function notInjectedRule(
  row: ConflictRow,
  why: MissedReason,
  fixesFor: (container: ContainerAnswers) => readonly Fix[],
): Rule {
  return causeRule(
    row,
    eachContainer((container, { world }): Sighting | undefined => {
      const { name, answers, workload } = container;
      const affected = answers.filter((answer) => reasonOf(world, workload, answer) === why);
      if (affected.length === 0) return undefined;
      return {
        at: workload.template.ref,
        message: `${name}: ${row.gets}; it gets ${consequences(affected)}`,
        answers: affected,
        fixes: fixesFor(container),
      };
    }),
  );
}

/**
 * A container that is skipped on purpose lacks nothing, unless it goes by an identity that nobody gave it; one
 * that brings all it needs itself lacks nothing either.
 */
function reasonOf(
  world: World,
  workload: Workload,
  { subject, outcomes: [usual] }: Answer,
): MissedReason | undefined {
  const container = workload.template.containers.find(({ name }) => name === subject.container.name);
  const reason = usual && container && missedReason(world, workload, container, usual);
  if (reason === 'skipContainer' && usual?.identity.kind === 'none') return undefined;
  return usual?.mechanism === 'irsa' || usual?.mechanism === 'podIdentity' ? undefined : reason;
}

/** Finds why a container has nothing injected, where the service account is given a role. */
function missedReason(
  world: World,
  workload: Workload,
  container: Container,
  outcome: Outcome,
): MissedReason | undefined {
  const { template } = workload;
  const mechanism = shownMechanism(world, template);
  if (mechanism.kind !== 'irsa' && mechanism.kind !== 'podIdentity') return undefined;
  const step = outcome.trace.find(
    (each) => each.kind === 'admission' && each.evidence.kind === 'notInjected',
  );
  if (step?.kind !== 'admission' || step.evidence.kind !== 'notInjected') return undefined;
  if (step.evidence.reason !== 'podAlreadyAdmitted') return step.evidence.reason;
  if (mechanism.kind !== 'irsa' || pairOf(container).length === 2) return undefined;
  // The variables of an association are another matter, and so is a controller that is half rolled.
  if (container.env.some(({ name }) => containerCredentialsPair.variables.includes(name))) return undefined;
  if (pairOf(container).length === 1) return 'userEnvPresent';
  if (template.labels[webhookKeys.skipLabel] !== undefined) return 'skipLabel';
  const skipped = skippedContainers(template.annotations[webhookKeys.skipContainers] ?? '') ?? [];
  if (skipped.includes(container.name)) return 'skipContainer';
  if (template.containers.some((other) => pairOf(other).length === 2)) return 'lateSidecar';
  const account = indexOf(world).serviceAccount(template.namespace, template.serviceAccountName);
  if (isOfOneMoment(account, template.status?.createdAt)) return 'cacheRace';
  return hasInjectedSibling(world, workload) ? undefined : 'podAlreadyAdmitted';
}

/** Another pod of the same controller has the variables. */
function hasInjectedSibling(world: World, { kind, namespace, owner }: Workload): boolean {
  if (kind !== 'Pod' || !owner) return false;
  return world.workloads.some(
    (other) =>
      other.namespace === namespace &&
      other.owner?.kind === owner.kind &&
      other.owner.name === owner.name &&
      other.template.containers.some((container) => pairOf(container).length === 2),
  );
}

function pairOf({ env }: Container): readonly string[] {
  return env.map(({ name }) => name).filter((name) => webIdentityPair.variables.includes(name));
}

/** Seconds for which the webhook may not yet know a service account that was made just before a pod. */
const momentSeconds = 30;

/** Tells whether a pod was made in the moment after an object that the webhook must know. */
export function isOfOneMoment(
  object: { readonly createdAt?: string } | undefined,
  podCreatedAt: string | undefined,
): boolean {
  if (object?.createdAt === undefined || podCreatedAt === undefined) return false;
  const apart = (Date.parse(podCreatedAt) - Date.parse(object.createdAt)) / 1000;
  return apart >= 0 && apart <= momentSeconds;
}

/** Names a workload as a patch does. */
export function objectOf({ kind, namespace, name }: Workload): ObjectName {
  return { kind, namespace, name };
}

/** Proposes to delete a pod, so that its controller makes it anew. */
export function recreateFixes({ workload }: ContainerAnswers): readonly Fix[] {
  const { kind, namespace, name } = workload;
  return [
    {
      title: `recreate ${kind} ${namespace}/${name}`,
      patches: [{ kind: 'recreate', object: objectOf(workload) }],
    },
  ];
}
