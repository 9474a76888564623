import type { AdminPolicy } from '../model/adminNetworkPolicy.ts';
import type {
  Completeness,
  IamRole,
  InstanceProfile,
  OidcProvider,
  PodIdentityAssociation,
} from '../model/aws.ts';
import type { AttachedPolicy, OrganizationPolicy, PolicyDocument } from '../model/aws.ts';
import type { CalicoNetworkSet, CalicoPolicy, CalicoTier } from '../model/calicoPolicy.ts';
import type { CiliumPolicy } from '../model/ciliumPolicy.ts';
import type { DataObject, Namespace, NetworkPolicy, ServiceAccount } from '../model/kubernetes.ts';
import type { KiamAgent, KiamServer } from '../model/kiam.ts';
import type { Kube2iam } from '../model/kube2iam.ts';
import type { ClusterNode, ImdsOptions } from '../model/node.ts';
import type { Labels } from '../model/labels.ts';
import type { ObjectRef } from '../model/objectRef.ts';
import type { SecurityGroup, SecurityGroupPolicy } from '../model/securityGroup.ts';
import type { Suppression } from '../model/suppression.ts';
import type { Workload } from '../model/workload.ts';
import type { Cluster, SdkStatement } from '../model/world.ts';
import type { Settings } from './config/settings.ts';

/** A trust policy that came alone, with what it says of its role: the ARN, or only the name. */
export interface LoneTrustPolicy {
  readonly role:
    { readonly kind: 'arn'; readonly arn: string } | { readonly kind: 'name'; readonly name: string };
  readonly document: PolicyDocument;
}

/** An OIDC provider as `get-open-id-connect-provider` shows it: without its ARN. */
export interface OidcDetails {
  readonly ref: ObjectRef;
  readonly url: string;
  readonly clientIds: readonly string[];
}

/** An EC2 instance that may be under a node. */
export interface Instance {
  readonly ref: ObjectRef;
  readonly instanceId: string;
  readonly privateDnsName: string;
  readonly addresses: readonly string[];
  readonly instanceProfileArn?: string;
  readonly imds: ImdsOptions;
  readonly tags: Labels;
}

/** A role whose managed policies and boundary are still references. */
export interface ExportedRole {
  readonly role: IamRole;
  /** Present when the export states every policy of the role. */
  readonly policies?: {
    readonly inline: readonly AttachedPolicy[];
    readonly attachedArns: readonly string[];
  };
  readonly boundaryArn?: string;
}

/** A Pod Identity association, and the cluster that it belongs to. */
export interface ExportedAssociation {
  readonly association: PodIdentityAssociation;
  readonly clusterName?: string;
}

/** A managed node group: every node of it has the same role. */
export interface NodeGroup {
  readonly ref: ObjectRef;
  readonly name: string;
  readonly clusterName?: string;
  readonly roleArn?: string;
  readonly labels: Labels;
}

/** What the documents of the input hold, one by one, before it is put together into a world. */
export interface Found {
  readonly namespaces: readonly Namespace[];
  readonly serviceAccounts: readonly ServiceAccount[];
  readonly workloads: readonly Workload[];
  readonly nodes: readonly ClusterNode[];
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
  readonly sdkStatements: readonly SdkStatement[];
  readonly suppressions: readonly Suppression[];
  readonly roles: readonly ExportedRole[];
  readonly managedPolicies: readonly AttachedPolicy[];
  readonly trustPolicies: readonly LoneTrustPolicy[];
  readonly oidcProviders: readonly OidcProvider[];
  readonly oidcDetails: readonly OidcDetails[];
  readonly instanceProfiles: readonly InstanceProfile[];
  readonly instances: readonly Instance[];
  readonly nodeGroups: readonly NodeGroup[];
  readonly associations: readonly ExportedAssociation[];
  readonly organizationPolicies: readonly OrganizationPolicy[];
  readonly managementAccountIds: readonly string[];
  readonly clusters: readonly Partial<Cluster>[];
  readonly complete: readonly Partial<Completeness>[];
  readonly settings: readonly Settings[];
}

/** Nothing found. */
export const nothingFound: Found = {
  namespaces: [],
  serviceAccounts: [],
  workloads: [],
  nodes: [],
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
  sdkStatements: [],
  suppressions: [],
  roles: [],
  managedPolicies: [],
  trustPolicies: [],
  oidcProviders: [],
  oidcDetails: [],
  instanceProfiles: [],
  instances: [],
  nodeGroups: [],
  associations: [],
  organizationPolicies: [],
  managementAccountIds: [],
  clusters: [],
  complete: [],
  settings: [],
};

/** Puts together what several documents hold, in order. */
export function combine(parts: readonly Partial<Found>[]): Found {
  const listOf = (key: keyof Found): readonly unknown[] =>
    parts.flatMap((part): readonly unknown[] => part[key] ?? []);
  const lists = Object.keys(nothingFound).map((key) => [key, listOf(key as keyof Found)] as const);
  return Object.fromEntries(lists) as unknown as Found;
}
