import type { ObjectRef } from './objectRef.ts';
import type { Labels } from './labels.ts';
import type { PodTemplate } from './pod.ts';

/** The kinds that hold pods. */
export const workloadKinds = [
  'Pod',
  'PodTemplate',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Job',
  'CronJob',
] as const;

/** A kind that holds pods. */
export type WorkloadKind = (typeof workloadKinds)[number];

/** A pod, or a controller with the template of its pods. One row of the answer table. */
export interface Workload {
  readonly ref: ObjectRef;
  readonly kind: WorkloadKind;
  readonly namespace: string;
  readonly name: string;
  /** Annotations of the controller itself, which no credential mechanism reads. */
  readonly annotations: Labels;
  readonly template: PodTemplate;
  /** The controller of a pod that was exported from a cluster. */
  readonly owner?: { readonly kind: string; readonly name: string };
}
