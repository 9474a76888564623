import { workloadKinds, type WorkloadKind } from '../../model/workload.ts';
import { descend, type Field } from '../field.ts';
import type { Found } from '../found.ts';
import { readKube2iam } from '../kube2iam/readKube2iam.ts';
import { readNode } from './clusterNode.ts';
import { readConfigMap, readSecret } from './dataObject.ts';
import { readNetworkPolicy } from './networkPolicy.ts';
import { readSdkAnnotation } from './sdkAnnotation.ts';
import { readNamespace, readServiceAccount } from './serviceAccount.ts';
import { readWorkload, templatePaths } from './workload.ts';

/** A kind of the Kubernetes API that is read. */
export interface KindReader {
  /** The API groups in which the kind means this; the core group is empty. */
  readonly groups: readonly string[];
  readonly scope: 'namespaced' | 'cluster';
  readonly read: (object: Field, name: string, namespace: string) => Partial<Found>;
}

const workloadGroups: Readonly<Record<WorkloadKind, readonly string[]>> = {
  Pod: [''],
  PodTemplate: [''],
  Deployment: ['apps', 'extensions'],
  StatefulSet: ['apps'],
  DaemonSet: ['apps', 'extensions'],
  ReplicaSet: ['apps', 'extensions'],
  ReplicationController: [''],
  Job: ['batch', 'extensions'],
  CronJob: ['batch'],
};

/** Every kind that is read; the rest is counted. */
export const kindReaders: ReadonlyMap<string, KindReader> = new Map<string, KindReader>([
  ...workloadKinds.map((kind): [string, KindReader] => [
    kind,
    {
      groups: workloadGroups[kind],
      scope: 'namespaced',
      read: (object, name, namespace) => readPods(object, kind, name, namespace),
    },
  ]),
  [
    'ServiceAccount',
    {
      groups: [''],
      scope: 'namespaced',
      read: (object, name, namespace) => ({ serviceAccounts: [readServiceAccount(object, name, namespace)] }),
    },
  ],
  [
    'Namespace',
    {
      groups: [''],
      scope: 'cluster',
      read: (object, name) => ({ namespaces: [readNamespace(object, name)] }),
    },
  ],
  ['Node', { groups: [''], scope: 'cluster', read: (object, name) => ({ nodes: [readNode(object, name)] }) }],
  [
    'NetworkPolicy',
    {
      groups: ['networking.k8s.io', 'extensions'],
      scope: 'namespaced',
      read: (object, name, namespace) => {
        const policy = readNetworkPolicy(object, name, namespace);
        return policy ? { networkPolicies: [policy] } : {};
      },
    },
  ],
  [
    'Secret',
    {
      groups: [''],
      scope: 'namespaced',
      read: (object, name, namespace) => ({ dataObjects: [readSecret(object, name, namespace)] }),
    },
  ],
  [
    'ConfigMap',
    {
      groups: [''],
      scope: 'namespaced',
      read: (object, name, namespace) => ({ dataObjects: [readConfigMap(object, name, namespace)] }),
    },
  ],
]);

function readPods(object: Field, kind: WorkloadKind, name: string, namespace: string): Partial<Found> {
  const { workload, pod } = readWorkload(object, kind, name, namespace);
  const annotations = descend(object, ...templatePaths[kind], 'metadata', 'annotations');
  const daemon = readKube2iam(pod, { ref: object.ref, namespace, name });
  return {
    workloads: [workload],
    sdkStatements: readSdkAnnotation(annotations, workload),
    kube2iam: daemon ? [daemon] : [],
  };
}
