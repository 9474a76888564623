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
import {
  asWritten,
  isWindowsByAffinity,
  mutate,
  type AdmittedContainer,
  type InjectedMechanism,
} from './podIdentityWebhook.ts';
import { skippedContainers } from './skippedContainers.ts';
import { apiToken, webhookKeys } from './webhookFacts.ts';

/** What the process in one container sees, and how it came about. */
export interface Admission {
  readonly environment: Environment;
  readonly evidence: readonly AdmissionEvidence[];
  /** What the cluster configures for new pods of this service account, whether or not this container has it. */
  readonly mechanismConfigured: ConfiguredMechanism;
  /** Labels of the pod as admitted: the webhook may add one. */
  readonly labels: Labels;
  /** What the API server says of a pod that it refuses: no process ever runs in it. */
  readonly refused?: string;
}

/** What admission makes of one container. */
export interface Injection {
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
  const files = containerFiles(world, template, admitted, variables);
  const hasToken = [...files.files].some(
    ([path, { kind }]) => kind === 'serviceAccountToken' && path !== apiToken.path,
  );
  const barred = hasToken ? barredUser(world, template, container) : undefined;
  return {
    environment: {
      variables,
      ...(barred === undefined ? files : { ...files, files: withoutTokens(files.files) }),
    },
    evidence: [
      ...evidence,
      ...notShown,
      ...(barred === undefined ? [] : [noted('tokenOwnedByRoot', template.ref, String(barred))]),
    ],
    mechanismConfigured: mechanism,
    labels: admitted.labels,
    ...(mechanism.kind === 'none' && mechanism.reason === 'noSuchServiceAccount'
      ? { refused: noServiceAccount(template) }
      : {}),
  };
}

/** @source kubernetes/kubernetes:plugin/pkg/admission/serviceaccount/admission.go (Admit) */
function noServiceAccount({ namespace, serviceAccountName: name }: PodTemplate): string {
  return `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`;
}

/**
 * The user id that cannot read the token files, where only root can: before Kubernetes 1.19, without `fsGroup`.
 *
 * @source aws/amazon-eks-pod-identity-webhook#8, jenkinsci/helm-charts#252
 */
function barredUser(
  { cluster }: World,
  { fsGroup, runAsUser }: PodTemplate,
  container: Container,
): number | undefined {
  const minor = Number(/^1\.(\d+)/.exec(cluster.kubernetesVersion ?? '')?.[1] ?? Infinity);
  const user = container.runAsUser ?? runAsUser;
  return minor < 19 && fsGroup === undefined && user !== 0 ? user : undefined;
}

/** The token of the Kubernetes API was a Secret then, and readable. */
function withoutTokens(files: Environment['files']): Environment['files'] {
  return new Map(
    [...files].map(([path, content]) =>
      content.kind === 'serviceAccountToken' && path !== apiToken.path
        ? [path, { kind: 'unreadable', from: content.from }]
        : [path, content],
    ),
  );
}

/** A container as it was admitted, and by which mechanism. */
export interface Settled extends Injection {
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

/** Makes of a container what it is at the creation of its pod, when the webhook sees that. */
export function createPod(
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
  if (mechanism.kind === 'none') {
    const { reason, at } = mechanism;
    return none(notInjected(reason, at, ...(reason === 'noSuchServiceAccount' ? [at.name] : [])));
  }
  const label = template.labels[webhookKeys.skipLabel];
  if (label !== undefined) return none(notInjected('skipLabel', template.ref, label));
  const annotation = template.annotations[webhookKeys.skipContainers];
  const skipped = annotation === undefined ? [] : skippedContainers(annotation);
  if (skipped?.includes(container.name)) {
    // The volume and the label are the pod's, and come whichever containers are passed over.
    const { volumes, labels } = mutate(world, template, container, mechanism).admitted;
    return {
      admitted: { ...asWritten(template, container), volumes, labels },
      evidence: [notInjected('skipContainer', template.ref, annotation)],
    };
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
    ...(isWindowsByAffinity(template) ? [noted('windowsByAffinity', template.ref)] : []),
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
