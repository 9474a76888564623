import type { AdminPolicy } from './adminNetworkPolicy.ts';
import type {
  Completeness,
  IamRole,
  InstanceProfile,
  OidcProvider,
  Organization,
  PodIdentityAssociation,
} from './aws.ts';
import type { Expectation } from './expectation.ts';
import type { CalicoNetworkSet, CalicoPolicy, CalicoTier } from './calicoPolicy.ts';
import type { CiliumPolicy } from './ciliumPolicy.ts';
import type { StatedFact } from './fact.ts';
import type { NodeRules } from './iptables.ts';
import type { DataObject, Namespace, NetworkPolicy, ServiceAccount } from './kubernetes.ts';
import type { KiamAgent, KiamServer } from './kiam.ts';
import type { Kube2iam } from './kube2iam.ts';
import type { ClusterNode } from './node.ts';
import { oncePer } from './oncePer.ts';
import type { ObjectRef } from './objectRef.ts';
import type { SdkRef } from './sdk.ts';
import type { SecurityGroup, SecurityGroupPolicy } from './securityGroup.ts';
import type { Suppression } from './suppression.ts';
import type { Workload } from './workload.ts';

/** Facts of the cluster as a whole. What is absent was not stated. */
export interface Cluster {
  readonly name?: string;
  readonly accountId?: string;
  readonly region?: string;
  /** `aws`, `aws-cn`, `aws-us-gov`. */
  readonly partition: string;
  /** Without `https://`. */
  readonly oidcIssuer?: string;
  readonly ipFamily: 'ipv4' | 'ipv6';
  /** As `1.29`. */
  readonly kubernetesVersion?: string;
  readonly ref?: ObjectRef;
}

/** Says which SDK a container uses. Absent fields match everything; the last statement that matches wins. */
export interface SdkStatement {
  readonly namespace?: string;
  readonly workload?: string;
  readonly container?: string;
  readonly sdk: SdkRef;
  readonly ref?: ObjectRef;
}

/**
 * Everything that is known: an immutable value.
 *
 * A change is a function from world to world, see {@link Change}.
 */
export interface World {
  readonly cluster: Cluster;
  readonly namespaces: readonly Namespace[];
  readonly serviceAccounts: readonly ServiceAccount[];
  readonly workloads: readonly Workload[];
  readonly nodes: readonly ClusterNode[];
  /** What holds for every node that states nothing itself: role and metadata options. */
  readonly nodeDefaults: Pick<ClusterNode, 'roleArn' | 'roleRef' | 'imds'>;
  readonly networkPolicies: readonly NetworkPolicy[];
  readonly adminPolicies: readonly AdminPolicy[];
  readonly ciliumPolicies: readonly CiliumPolicy[];
  readonly calicoPolicies: readonly CalicoPolicy[];
  readonly calicoTiers: readonly CalicoTier[];
  readonly calicoNetworkSets: readonly CalicoNetworkSet[];
  readonly securityGroupPolicies: readonly SecurityGroupPolicy[];
  readonly securityGroups: readonly SecurityGroup[];
  readonly dataObjects: readonly DataObject[];
  readonly kube2iam: readonly Kube2iam[];
  readonly kiamAgents: readonly KiamAgent[];
  readonly kiamServers: readonly KiamServer[];
  /** What `iptables-save` printed on nodes; where nothing is given, rules are derived from the daemons. */
  readonly iptables: readonly NodeRules[];
  readonly roles: readonly IamRole[];
  readonly oidcProviders: readonly OidcProvider[];
  readonly instanceProfiles: readonly InstanceProfile[];
  readonly podIdentityAssociations: readonly PodIdentityAssociation[];
  /** Absent: the accounts are taken to be in no organization, or in one that limits nothing. */
  readonly organization?: Organization;
  readonly complete: Completeness;
  readonly sdkStatements: readonly SdkStatement[];
  readonly facts: readonly StatedFact[];
  /** What the owner demands; it decides nothing about who gets what. */
  readonly expectations: readonly Expectation[];
  /** Findings that the owner accepts. */
  readonly suppressions: readonly Suppression[];
}

/** A world in which nothing is known. */
export const emptyWorld: World = {
  cluster: { partition: 'aws', ipFamily: 'ipv4' },
  namespaces: [],
  serviceAccounts: [],
  workloads: [],
  nodes: [],
  nodeDefaults: { imds: {} },
  networkPolicies: [],
  adminPolicies: [],
  ciliumPolicies: [],
  calicoPolicies: [],
  calicoTiers: [],
  calicoNetworkSets: [],
  securityGroupPolicies: [],
  securityGroups: [],
  dataObjects: [],
  kube2iam: [],
  kiamAgents: [],
  kiamServers: [],
  iptables: [],
  roles: [],
  oidcProviders: [],
  instanceProfiles: [],
  podIdentityAssociations: [],
  complete: { rolesOfAccounts: [], oidcProvidersOfAccounts: [], podIdentityAssociations: false },
  sdkStatements: [],
  facts: [],
  expectations: [],
  suppressions: [],
};

/** Objects of a world by name. Made once for each world and kept as long as the world is. */
export interface WorldIndex {
  readonly namespace: (name: string) => Namespace | undefined;
  readonly serviceAccount: (namespace: string, name: string) => ServiceAccount | undefined;
  readonly workloads: (namespace: string, name: string) => readonly Workload[];
  readonly workload: (kind: string, namespace: string, name: string) => Workload | undefined;
  readonly role: (arn: string) => IamRole | undefined;
  readonly dataObject: (kind: DataObject['kind'], namespace: string, name: string) => DataObject | undefined;
  readonly policiesOf: (namespace: string) => readonly NetworkPolicy[];
  readonly association: (namespace: string, serviceAccount: string) => PodIdentityAssociation | undefined;
}

/** Gives the index of a world. */
export const indexOf: (world: World) => WorldIndex = oncePer(buildIndex);

function buildIndex(world: World): WorldIndex {
  const namespaces = keyed(world.namespaces, (namespace) => namespace.name);
  const serviceAccounts = keyed(world.serviceAccounts, (account) => `${account.namespace}/${account.name}`);
  const roles = keyed(world.roles, (role) => role.arn);
  const data = keyed(world.dataObjects, (object) => `${object.kind}/${object.namespace}/${object.name}`);
  const associations = keyed(
    world.podIdentityAssociations,
    (association) => `${association.namespace}/${association.serviceAccount}`,
  );
  const workloads = groupBy(world.workloads, (workload) => `${workload.namespace}/${workload.name}`);
  const namesakes = (namespace: string, name: string): readonly Workload[] =>
    workloads.get(`${namespace}/${name}`) ?? [];
  const policies = groupBy(world.networkPolicies, (policy) => policy.namespace);
  return {
    namespace: (name) => namespaces.get(name),
    serviceAccount: (namespace, name) => serviceAccounts.get(`${namespace}/${name}`),
    workloads: namesakes,
    workload: (kind, namespace, name) => namesakes(namespace, name).find((each) => each.kind === kind),
    role: (arn) => roles.get(arn),
    dataObject: (kind, namespace, name) => data.get(`${kind}/${namespace}/${name}`),
    policiesOf: (namespace) => policies.get(namespace) ?? [],
    association: (namespace, serviceAccount) => associations.get(`${namespace}/${serviceAccount}`),
  };
}

/** The last of several objects with one name wins, as `kubectl apply` of the files in order would have it. */
function keyed<Item>(items: readonly Item[], keyOf: (item: Item) => string): ReadonlyMap<string, Item> {
  return new Map(items.map((item) => [keyOf(item), item]));
}

/** `Map.groupBy`, which Node 20 does not have. */
function groupBy<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

/** Labels of a namespace, with the name label that the API server sets on each. */
export function namespaceLabels(world: World, name: string): Readonly<Record<string, string>> {
  return { ...indexOf(world).namespace(name)?.labels, 'kubernetes.io/metadata.name': name };
}
