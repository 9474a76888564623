import type { Environment } from '../model/environment.ts';
import type { Ask } from '../model/fact.ts';
import type { Labels } from '../model/labels.ts';
import type { Container, PodTemplate } from '../model/pod.ts';
import type { Workload } from '../model/workload.ts';
import type { World } from '../model/world.ts';
import {
  askedMechanism,
  shownMechanism,
  type ConfiguredMechanism,
  type SettledMechanism,
} from './configuredMechanism.ts';
import { containerFiles } from './containerFiles.ts';
import { containerVariables } from './containerVariables.ts';
import { noted, notInjected, type AdmissionEvidence } from './evidence.ts';
import { asWritten, mutate, type AdmittedContainer, type InjectedMechanism } from './podIdentityWebhook.ts';
import { skippedContainers } from './skippedContainers.ts';
import { webhookKeys } from './webhookFacts.ts';

/** What the process in one container sees, and how it came about. */
export interface Admission {
  readonly environment: Environment;
  readonly evidence: readonly AdmissionEvidence[];
  /** What the cluster configures for new pods of this service account, whether or not this container has it. */
  readonly mechanismConfigured: ConfiguredMechanism;
  /** Labels of the pod as admitted: the webhook may add one. */
  readonly labels: Labels;
}

interface Injection {
  readonly admitted: AdmittedContainer;
  readonly evidence: readonly AdmissionEvidence[];
}

/**
 * Finds what the process in a container sees: its variables and files as the pod identity webhook and the
 * kubelet make them.
 *
 * The webhook acts at the creation of a pod only. A pod that was exported from a cluster therefore is what its
 * spec says; for a template the webhook is simulated.
 */
export function admit(world: World, ask: Ask, workload: Workload, container: Container): Admission {
  const { template } = workload;
  const shown = shownMechanism(world, template);
  const { admitted, evidence, mechanism } = template.status
    ? alreadyAdmitted(template, container, shown)
    : createPod(world, ask, workload, container, shown);
  const { variables, evidence: notShown } = containerVariables(world, ask, template, admitted);
  return {
    environment: { variables, ...containerFiles(world, template, admitted, variables) },
    evidence: [...evidence, ...notShown],
    mechanismConfigured: mechanism,
    labels: admitted.labels,
  };
}

interface Settled extends Injection {
  readonly mechanism: ConfiguredMechanism;
}

function alreadyAdmitted(
  template: PodTemplate,
  container: Container,
  mechanism: ConfiguredMechanism,
): Settled {
  const evidence = [notInjected('podAlreadyAdmitted', template.ref)];
  return { admitted: asWritten(template, container), evidence, mechanism };
}

function createPod(
  world: World,
  ask: Ask,
  workload: Workload,
  container: Container,
  shown: ConfiguredMechanism,
): Settled {
  const mechanism = askedMechanism(ask, shown);
  const { admitted, evidence } = inject(world, ask, workload, container, mechanism);
  const unseen = shown.kind === 'notShown' ? [noted('serviceAccountNotShown', shown.at)] : [];
  return { admitted, evidence: [...unseen, ...evidence], mechanism };
}

function inject(
  world: World,
  ask: Ask,
  { namespace, name, template }: Workload,
  container: Container,
  mechanism: SettledMechanism,
): Injection {
  const none = (evidence: AdmissionEvidence): Injection => ({
    admitted: asWritten(template, container),
    evidence: [evidence],
  });
  if (mechanism.kind === 'none') return none(notInjected(mechanism.reason, mechanism.at));
  const label = template.labels[webhookKeys.skipLabel];
  if (label !== undefined) return none(notInjected('skipLabel', template.ref, label));
  const annotation = template.annotations[webhookKeys.skipContainers];
  const skipped = annotation === undefined ? [] : skippedContainers(annotation);
  if (skipped?.includes(container.name)) {
    return none(notInjected('skipContainer', template.ref, annotation));
  }
  const webhook = ask({ name: 'webhook', scope: `${namespace}/${name}`, about: template.ref });
  if (webhook === 'missed') return none(notInjected('webhookMissed', template.ref));
  const { admitted, evidence } = mutate(world, template, container, mechanism);
  const unreadable = skipped ? [] : [noted('skipContainersUnreadable', template.ref, annotation)];
  return { admitted, evidence: [...evidence, ...unreadable, ...podNotes(world, template, mechanism)] };
}

const fargateProfileLabel = 'eks.amazonaws.com/fargate-profile';

function podNotes(
  world: World,
  template: PodTemplate,
  mechanism: InjectedMechanism,
): readonly AdmissionEvidence[] {
  const node = world.nodes.find(({ name }) => name === template.nodeName);
  const fargate = node?.compute === 'fargate' || template.labels[fargateProfileLabel] !== undefined;
  const owner = tokenOwner(template);
  return [
    ...(fargate && mechanism.kind === 'podIdentity'
      ? [noted('fargatePodIdentityUnsupported', template.ref)]
      : []),
    ...(owner === undefined ? [] : [noted('tokenOwnedByUser', template.ref, String(owner))]),
  ];
}

/**
 * The only user id that can read the token file, or nothing when anybody or a group can.
 *
 * With `fsGroup` the group can read it; when all containers run as one user, that user alone; else everybody.
 *
 * @source kubernetes/kubernetes:pkg/volume/projected/projected.go (mode 0600 with FsUser), pkg/volume/util
 * (FsUserFrom); since Kubernetes 1.19
 */
function tokenOwner({ fsGroup, containers, runAsUser }: PodTemplate): number | undefined {
  if (fsGroup !== undefined) return undefined;
  const users = new Set(
    containers.filter(({ kind }) => kind !== 'ephemeral').map((each) => each.runAsUser ?? runAsUser),
  );
  const [user] = users;
  return users.size === 1 ? user : undefined;
}
