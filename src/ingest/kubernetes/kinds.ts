import type { CalicoPolicy } from '../../model/calicoPolicy.ts';
import type { CiliumPolicy } from '../../model/ciliumPolicy.ts';
import { workloadKinds, type WorkloadKind } from '../../model/workload.ts';
import { child, descend, text, type Field } from '../field.ts';
import type { Found } from '../found.ts';
import { readKiam } from '../kiam/readKiam.ts';
import { readKube2iam } from '../kube2iam/readKube2iam.ts';
import { readAdminPolicy } from './adminPolicy.ts';
import { readCalicoNetworkSet, readCalicoPolicy, readCalicoTier } from './calicoPolicy.ts';
import { readCiliumPolicy } from './ciliumPolicy.ts';
import { readNode } from './clusterNode.ts';
import { readConfigMap, readSecret } from './dataObject.ts';
import { readIgnoreAnnotation } from './ignoreAnnotation.ts';
import { leftOut } from './refusals.ts';
import { readNetworkPolicy } from './networkPolicy.ts';
import { readSdkAnnotation } from './sdkAnnotation.ts';
import { readSecurityGroupPolicy } from './securityGroupPolicy.ts';
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

/** The group of Antrea's own policies, some of which have names that others have. */
const antreaGroups = ['crd.antrea.io'];

/** The groups of Calico's API, behind its API server and as bare resources. */
const calicoGroups = ['projectcalico.org', 'crd.projectcalico.org'];

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
      groups: ['networking.k8s.io', 'extensions', ...calicoGroups, ...antreaGroups],
      scope: 'namespaced',
      read: (object, name, namespace) => {
        if (isOf(antreaGroups, object)) return unreadPolicy(object);
        if (isOf(calicoGroups, object)) return calicoPolicies(readCalicoPolicy(object, name, namespace));
        const policy = readNetworkPolicy(object, name, namespace);
        return policy ? { networkPolicies: [policy] } : {};
      },
    },
  ],
  ...['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy', 'ClusterNetworkPolicy'].map(
    (kind): [string, KindReader] => [
      kind,
      {
        groups: ['policy.networking.k8s.io', 'networking.k8s.aws', ...antreaGroups],
        scope: 'cluster',
        read: (object, name) => {
          if (isOf(antreaGroups, object)) return unreadPolicy(object);
          const policy = readAdminPolicy(object, kind, name);
          return policy ? { adminPolicies: [policy] } : {};
        },
      },
    ],
  ),
  [
    'CiliumNetworkPolicy',
    {
      groups: ['cilium.io'],
      scope: 'namespaced',
      read: (object, name, namespace) => ciliumPolicies(readCiliumPolicy(object, name, namespace)),
    },
  ],
  [
    'CiliumClusterwideNetworkPolicy',
    {
      groups: ['cilium.io'],
      scope: 'cluster',
      read: (object, name) => ciliumPolicies(readCiliumPolicy(object, name)),
    },
  ],
  [
    'GlobalNetworkPolicy',
    {
      groups: calicoGroups,
      scope: 'cluster',
      read: (object, name) => calicoPolicies(readCalicoPolicy(object, name)),
    },
  ],
  [
    'Tier',
    {
      groups: calicoGroups,
      scope: 'cluster',
      read: (object, name) => ({ calicoTiers: [readCalicoTier(object, name)] }),
    },
  ],
  [
    'NetworkSet',
    {
      groups: calicoGroups,
      scope: 'namespaced',
      read: (object, name, namespace) => ({
        calicoNetworkSets: [readCalicoNetworkSet(object, name, namespace)],
      }),
    },
  ],
  [
    'GlobalNetworkSet',
    {
      groups: calicoGroups,
      scope: 'cluster',
      read: (object, name) => ({ calicoNetworkSets: [readCalicoNetworkSet(object, name)] }),
    },
  ],
  ['ApplicationNetworkPolicy', { groups: ['networking.k8s.aws'], scope: 'namespaced', read: unreadPolicy }],
  ['CiliumLocalRedirectPolicy', { groups: ['cilium.io'], scope: 'namespaced', read: unreadPolicy }],
  [
    'HostEndpoint',
    {
      groups: calicoGroups,
      scope: 'cluster',
      read: (object) => {
        leftOut(object, 'host endpoints are not read; policies over them are about nodes and not about pods');
        return {};
      },
    },
  ],
  [
    'SecurityGroupPolicy',
    {
      groups: ['vpcresources.k8s.aws'],
      scope: 'namespaced',
      read: (object, name, namespace) => {
        const policy = readSecurityGroupPolicy(object, name, namespace);
        return policy ? { securityGroupPolicies: [policy] } : {};
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

function isOf(groups: readonly string[], object: Field): boolean {
  return groups.some((group) => (text(child(object, 'apiVersion')) ?? '').startsWith(`${group}/`));
}

/** A policy that may stop packets, or turn them, and that nobody reads. */
function unreadPolicy(object: Field): Partial<Found> {
  leftOut(object, 'policies of this kind are not read; answers are as if it were not there');
  return {};
}

function calicoPolicies(policy: CalicoPolicy | undefined): Partial<Found> {
  return policy ? { calicoPolicies: [policy] } : {};
}

function ciliumPolicies(policy: CiliumPolicy | undefined): Partial<Found> {
  return policy ? { ciliumPolicies: [policy] } : {};
}

function readPods(object: Field, kind: WorkloadKind, name: string, namespace: string): Partial<Found> {
  const { workload, pod } = readWorkload(object, kind, name, namespace);
  const annotations = descend(object, ...templatePaths[kind], 'metadata', 'annotations');
  const daemon = readKube2iam(pod, { ref: object.ref, namespace, name });
  return {
    workloads: [workload],
    sdkStatements: readSdkAnnotation(annotations, workload),
    // A pod's own annotations are read with every other object's.
    suppressions: kind === 'Pod' ? [] : readIgnoreAnnotation(annotations),
    kube2iam: daemon ? [daemon] : [],
    ...readKiam(pod, { ref: object.ref, namespace, name }),
  };
}
