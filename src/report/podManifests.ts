import { sdkAnnotation } from '../ingest/kubernetes/sdkAnnotation.ts';
import { templatePaths } from '../ingest/kubernetes/workload.ts';
import type { JsonValue } from '../model/aws.ts';
import type { Labels } from '../model/labels.ts';
import type { Container, EnvFrom, EnvVar, PodTemplate, Toleration, Volume } from '../model/pod.ts';
import type { Workload, WorkloadKind } from '../model/workload.ts';
import type { DaemonProcess } from './daemonArguments.ts';
import { someLabels, someOf, written, type Manifest } from './manifestDraft.ts';

/** The API group and version under which each kind that holds pods is applied today. */
const apiVersions: Readonly<Record<WorkloadKind, string>> = {
  Pod: 'v1',
  PodTemplate: 'v1',
  Deployment: 'apps/v1',
  StatefulSet: 'apps/v1',
  DaemonSet: 'apps/v1',
  ReplicaSet: 'apps/v1',
  ReplicationController: 'v1',
  Job: 'batch/v1',
  CronJob: 'batch/v1',
};

/** Kinds whose API asks for a selector that fits the labels of their pods. */
const kindsWithSelector: ReadonlySet<WorkloadKind> = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
]);

/**
 * Writes a pod or controller. Where its pods run kube2iam or kiam, the daemon's flags become the arguments.
 *
 * What `whichrole.dev/sdk` says stands in the settings already, where it is in its order with other
 * statements.
 */
export function workloadManifest(workload: Workload, daemons: readonly DaemonProcess[]): Manifest {
  const { kind, namespace, name, template, annotations, owner } = workload;
  const spec = podSpec(template, argumentsByContainer(daemons, template));
  const { [sdkAnnotation]: _inSettings, ...podAnnotations } = template.annotations;
  const metadata = {
    name,
    namespace,
    creationTimestamp: template.status?.createdAt,
    ownerReferences: owner ? [{ kind: owner.kind, name: owner.name, controller: true }] : undefined,
  };
  const podMetadata = { labels: someLabels(template.labels), annotations: someLabels(podAnnotations) };
  const head = { apiVersion: apiVersions[kind], kind };
  if (kind === 'Pod') {
    const status = template.status ? { status: podStatus(template) } : {};
    return { ...head, metadata: written({ ...metadata, ...podMetadata }), spec, ...status };
  }
  const pods = { metadata: written(podMetadata), spec };
  const path = templatePaths[kind];
  const inside = path.reduceRight<JsonValue>((value, key) => ({ [key]: value }), pods) as Manifest;
  const own = inside['spec'];
  const selector = { selector: { matchLabels: template.labels } };
  const body = kindsWithSelector.has(kind) ? { spec: { ...selector, ...(own as Manifest) } } : inside;
  return { ...head, metadata: written({ ...metadata, annotations: someLabels(annotations) }), ...body };
}

/** Writes the DaemonSet of a daemon of which no workload is known. */
export function daemonManifest(daemon: DaemonProcess): Manifest {
  const { ref, namespace, name, program, hostNetwork, nodeSelector, tolerations, serviceAccountName } =
    daemon;
  const container: Container = {
    name: program,
    kind: 'app',
    image: daemon.image,
    env: [{ name: 'HOST_IP', source: { kind: 'fieldRef', path: 'status.hostIP' }, ref }],
    envFrom: [],
    volumeMounts: [],
    ports: [],
    ref,
  };
  const template: PodTemplate = {
    ref,
    namespace,
    hostNetwork,
    nodeSelector,
    tolerations,
    serviceAccountName,
    labels: { name },
    annotations: {},
    annotationRefs: {},
    containers: [container],
    volumes: [],
  };
  return workloadManifest({ ref, kind: 'DaemonSet', namespace, name, annotations: {}, template }, [daemon]);
}

/**
 * Finds the container of each daemon: the one with its image, or with the name of its program, or the first
 * that no other daemon has.
 */
function argumentsByContainer(
  daemons: readonly DaemonProcess[],
  { containers }: PodTemplate,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const { image, program, args } of daemons) {
    const free = containers.filter(({ kind, name }) => kind === 'app' && !found.has(name));
    const container =
      free.find((each) => image !== undefined && each.image === image) ??
      free.find(({ name }) => name === program) ??
      free[0];
    if (container) found.set(container.name, args);
  }
  return found;
}

function podSpec(template: PodTemplate, args: ReadonlyMap<string, readonly string[]>): Manifest {
  const { hostNetwork, nodeName, serviceAccountName, containers } = template;
  const list = (...kinds: readonly Container['kind'][]): JsonValue | undefined =>
    someOf(
      containers
        .filter(({ kind }) => kinds.includes(kind))
        .map((each) => containerManifest(each, args.get(each.name) ?? [])),
    );
  const security = written({ runAsUser: template.runAsUser, fsGroup: template.fsGroup });
  return written({
    serviceAccountName: serviceAccountName === 'default' ? undefined : serviceAccountName,
    hostNetwork: hostNetwork || undefined,
    nodeName,
    nodeSelector: someLabels(template.nodeSelector),
    affinity: template.affinityOs === undefined ? undefined : requiredOs(template.affinityOs),
    tolerations: someOf(template.tolerations.map(toleration)),
    securityContext: Object.keys(security).length === 0 ? undefined : security,
    initContainers: list('init', 'sidecar'),
    containers: list('app'),
    ephemeralContainers: list('ephemeral'),
    volumes: someOf(template.volumes.map(volumeManifest)),
  });
}

function requiredOs(os: string): Manifest {
  const matchExpressions = [{ key: 'kubernetes.io/os', operator: 'In', values: [os] }];
  const required = { nodeSelectorTerms: [{ matchExpressions }] };
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } };
}

function toleration({ key, operator, value, effect }: Toleration): Manifest {
  return written({ key, operator, value, effect });
}

function containerManifest(container: Container, args: readonly string[]): Manifest {
  const { name, kind, image, ports, runAsUser } = container;
  return written({
    name,
    // An image tells the version of a daemon: where none is known, none is written.
    image: image ?? (kind === 'app' && args.length === 0 ? 'app' : undefined),
    args: someOf(args),
    restartPolicy: kind === 'sidecar' ? 'Always' : undefined,
    env: someOf(container.env.map(envVar)),
    envFrom: someOf(container.envFrom.map(envFrom)),
    ports: someOf(
      ports.map((port) => written({ name: port.name, containerPort: port.port, protocol: port.protocol })),
    ),
    volumeMounts: someOf(
      container.volumeMounts.map((mount) =>
        written({ name: mount.name, mountPath: mount.mountPath, subPath: mount.subPath }),
      ),
    ),
    securityContext: runAsUser === undefined ? undefined : { runAsUser },
  });
}

function envVar({ name, source }: EnvVar): Manifest {
  switch (source.kind) {
    case 'value':
      return { name, value: source.value };
    case 'secretKeyRef':
    case 'configMapKeyRef': {
      const optional = source.optional ? { optional: true } : {};
      return { name, valueFrom: { [source.kind]: { name: source.name, key: source.key, ...optional } } };
    }
    case 'fieldRef':
      return { name, valueFrom: { fieldRef: { fieldPath: source.path } } };
    case 'resourceFieldRef':
      return { name, valueFrom: { resourceFieldRef: { resource: source.resource } } };
  }
}

function envFrom({ kind, name, prefix, optional }: EnvFrom): Manifest {
  const source = optional ? { name, optional } : { name };
  return written({ prefix: prefix === '' ? undefined : prefix, [kind]: source });
}

function volumeManifest({ name, source }: Volume): Manifest {
  switch (source.kind) {
    case 'projected': {
      const sources = source.tokens.map(({ audience, expirationSeconds, path }) => ({
        serviceAccountToken: written({ audience, expirationSeconds, path }),
      }));
      return { name, projected: { sources } };
    }
    case 'secret':
      return { name, secret: written({ secretName: source.name, items: keyItems(source.items) }) };
    case 'configMap':
      return { name, configMap: written({ name: source.name, items: keyItems(source.items) }) };
    case 'other':
      return { name, [source.type]: {} };
  }
}

function keyItems(items: Labels | undefined): JsonValue | undefined {
  return items && Object.entries(items).map(([key, path]) => ({ key, path }));
}

function podStatus({ status }: PodTemplate): Manifest {
  return written({ phase: status?.phase, podIP: status?.podIP, hostIP: status?.hostIP });
}
