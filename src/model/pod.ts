import type { Labels } from './labels.ts';
import type { ObjectRef } from './objectRef.ts';

/** Where an environment variable's value comes from. */
export type EnvSource =
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'secretKeyRef'; readonly name: string; readonly key: string; readonly optional: boolean }
  | {
      readonly kind: 'configMapKeyRef';
      readonly name: string;
      readonly key: string;
      readonly optional: boolean;
    }
  | { readonly kind: 'fieldRef'; readonly path: string }
  | { readonly kind: 'resourceFieldRef'; readonly resource: string };

/** One entry of a container's `env`. */
export interface EnvVar {
  readonly name: string;
  readonly source: EnvSource;
  readonly ref: ObjectRef;
}

/** One entry of a container's `envFrom`. */
export interface EnvFrom {
  readonly kind: 'secretRef' | 'configMapRef';
  readonly name: string;
  readonly prefix: string;
  readonly optional: boolean;
  readonly ref: ObjectRef;
}

/** One entry of a container's `volumeMounts`. */
export interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly subPath?: string;
}

/** What a volume holds, as far as it matters to credentials. */
export type VolumeSource =
  | { readonly kind: 'projected'; readonly tokens: readonly ProjectedToken[] }
  | { readonly kind: 'secret'; readonly name: string; readonly items: Labels | undefined }
  | { readonly kind: 'configMap'; readonly name: string; readonly items: Labels | undefined }
  | { readonly kind: 'other'; readonly type: string };

/** A service account token in a projected volume. Lifetimes are in seconds. */
export interface ProjectedToken {
  readonly audience: string | undefined;
  readonly expirationSeconds: number;
  /** Relative to the mount. */
  readonly path: string;
}

/** One entry of a pod's `volumes`. */
export interface Volume {
  readonly name: string;
  readonly source: VolumeSource;
  readonly ref: ObjectRef;
}

/**
 * A container of a pod.
 *
 * `sidecar` is an init container whose `restartPolicy` is `Always`.
 */
export interface Container {
  readonly name: string;
  readonly kind: 'init' | 'sidecar' | 'app' | 'ephemeral';
  readonly image: string | undefined;
  /** The words of its command and of its arguments, where it has any. */
  readonly words?: readonly string[];
  readonly env: readonly EnvVar[];
  readonly envFrom: readonly EnvFrom[];
  readonly volumeMounts: readonly VolumeMount[];
  readonly ports: readonly ContainerPort[];
  readonly runAsUser?: number;
  readonly ref: ObjectRef;
}

/** A port that a container declares; NetworkPolicies may name it. */
export interface ContainerPort {
  readonly name?: string;
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
}

/** A toleration, as in the pod's `tolerations`. */
export interface Toleration {
  readonly key?: string;
  readonly operator: 'Exists' | 'Equal';
  readonly value?: string;
  readonly effect?: string;
}

/** A pod, or the template from which a controller makes pods. */
export interface PodTemplate {
  readonly ref: ObjectRef;
  readonly namespace: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  /** Where each annotation stands; empty when a builder made the pod. */
  readonly annotationRefs: Readonly<Record<string, ObjectRef>>;
  /** As written; a pod that names none gets `default`. */
  readonly serviceAccountName: string;
  readonly hostNetwork: boolean;
  readonly nodeName?: string;
  readonly nodeSelector: Labels;
  /** The operating system that the node affinity requires. */
  readonly affinityOs?: string;
  readonly tolerations: readonly Toleration[];
  readonly containers: readonly Container[];
  readonly volumes: readonly Volume[];
  readonly fsGroup?: number;
  readonly runAsUser?: number;
  /** Facts of a pod that exists already; absent for a template. */
  readonly status?: PodStatus;
}

/** What an export from a live cluster knows of a pod. */
export interface PodStatus {
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
  readonly podIP?: string;
  readonly hostIP?: string;
  /** RFC 3339, as exported. */
  readonly createdAt?: string;
}
