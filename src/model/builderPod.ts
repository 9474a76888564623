import type { ContainerOptions, PodOptions } from './builderOptions.ts';
import type { ObjectRef } from './objectRef.ts';
import type { Container, PodTemplate } from './pod.ts';

/** Makes the template of a pod from what a unit test states. */
export function podTemplate(ref: ObjectRef, namespace: string, options: PodOptions): PodTemplate {
  const containers = Object.entries(options.containers ?? { app: {} });
  return {
    ref,
    namespace,
    labels: options.labels ?? {},
    annotations: options.annotations ?? {},
    annotationRefs: {},
    serviceAccountName: options.serviceAccount ?? 'default',
    hostNetwork: options.hostNetwork ?? false,
    ...(options.node === undefined ? {} : { nodeName: options.node }),
    nodeSelector: options.nodeSelector ?? {},
    tolerations: [],
    containers: containers.map(([name, container]) =>
      buildContainer(ref, name, container, options.env ?? {}),
    ),
    volumes: (options.volumes ?? []).map((volume) => ({
      ...volume,
      ref: { ...ref, field: `volumes.${volume.name}` },
    })),
    ...(options.fsGroup === undefined ? {} : { fsGroup: options.fsGroup }),
    ...(options.runAsUser === undefined ? {} : { runAsUser: options.runAsUser }),
    ...(options.status === undefined ? {} : { status: options.status }),
  };
}

function buildContainer(
  pod: ObjectRef,
  name: string,
  options: ContainerOptions,
  sharedEnv: Readonly<Record<string, string>>,
): Container {
  const ref: ObjectRef = { ...pod, field: `containers.${name}` };
  const env = Object.entries({ ...sharedEnv, ...options.env });
  return {
    name,
    kind: options.kind ?? 'app',
    image: options.image,
    env: env.map(([key, value]) => ({
      name: key,
      source: { kind: 'value', value },
      ref: { ...ref, field: `containers.${name}.env.${key}` },
    })),
    envFrom: (options.envFromSecrets ?? []).map((secret) => ({
      kind: 'secretRef',
      name: secret,
      prefix: '',
      optional: false,
      ref: { ...ref, field: `containers.${name}.envFrom` },
    })),
    volumeMounts: options.volumeMounts ?? [],
    ports: options.ports ?? [],
    ...(options.runAsUser === undefined ? {} : { runAsUser: options.runAsUser }),
    ref,
  };
}
