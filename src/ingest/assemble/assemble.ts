import type { InstanceProfile, Organization } from '../../model/aws.ts';
import type { Kube2iam } from '../../model/kube2iam.ts';
import type { ObjectRef } from '../../model/objectRef.ts';
import { emptyWorld, type Cluster, type World } from '../../model/world.ts';
import type { Report } from '../field.ts';
import type { Found } from '../found.ts';
import { assembleAssociations } from './associations.ts';
import { withoutDuplicates } from './duplicates.ts';
import { assembleCompleteness, assembleOidcProviders } from './identityProviders.ts';
import { assembleNodes } from './nodes.ts';
import { assembleRoles } from './roles.ts';
import { checkServiceAccounts } from './serviceAccounts.ts';

/** Puts together what the documents hold: joins what several exports say of one thing, and checks across. */
export function assemble(everything: Found, report: Report): World {
  const found = withoutDuplicates(everything, report);
  const cluster = assembleCluster(found);
  const profiles = assembleProfiles(found);
  const world: World = {
    cluster,
    namespaces: found.namespaces,
    serviceAccounts: found.serviceAccounts,
    workloads: found.workloads,
    nodes: assembleNodes(found, profiles, found.settings),
    nodeDefaults: assembleNodeDefaults(found),
    networkPolicies: found.networkPolicies,
    adminPolicies: found.adminPolicies,
    ciliumPolicies: found.ciliumPolicies,
    calicoPolicies: found.calicoPolicies,
    calicoTiers: found.calicoTiers,
    calicoNetworkSets: found.calicoNetworkSets,
    securityGroupPolicies: found.securityGroupPolicies,
    securityGroups: found.securityGroups,
    dataObjects: found.dataObjects,
    kube2iam: [...withoutOwnedPods(found, found.kube2iam), ...outdatedPods(found)],
    kiamAgents: withoutOwnedPods(found, found.kiamAgents),
    kiamServers: withoutOwnedPods(found, found.kiamServers),
    iptables: [],
    roles: assembleRoles(found, cluster, report),
    oidcProviders: assembleOidcProviders(found, cluster, report),
    instanceProfiles: profiles,
    podIdentityAssociations: assembleAssociations(found, cluster, report),
    ...assembleOrganization(found),
    complete: assembleCompleteness(found, cluster),
    // The last statement that matches wins: what a pod says of itself wins over the settings file.
    sdkStatements: [...found.settings.flatMap((one) => one.sdkStatements), ...found.sdkStatements],
    facts: found.settings.flatMap((one) => one.facts),
    expectations: found.settings.flatMap((one) => one.expectations),
    suppressions: [...found.suppressions, ...found.settings.flatMap((one) => one.suppressions)],
  };
  checkServiceAccounts(world, report);
  return world;
}

function assembleOrganization({ organizationPolicies: policies, managementAccountIds }: Found): {
  readonly organization?: Organization;
} {
  const managementAccountId = managementAccountIds.at(-1);
  if (policies.length === 0 && managementAccountId === undefined) return {};
  const management = managementAccountId === undefined ? {} : { managementAccountId };
  return { organization: { ...management, policies } };
}

/** What the settings state wins over what `describe-cluster` shows. */
function assembleCluster(found: Found): Cluster {
  const stated = found.settings.flatMap((one) => one.cluster ?? []);
  return Object.assign({}, emptyWorld.cluster, ...found.clusters, ...stated) as Cluster;
}

function assembleNodeDefaults(found: Found): World['nodeDefaults'] {
  const role = found.settings.findLast((one) => one.nodeRole !== undefined)?.nodeRole;
  const imds = found.settings.findLast((one) => one.imds !== undefined)?.imds;
  return { ...(role ? { roleArn: role.arn, roleRef: role.ref } : {}), imds: imds ?? {} };
}

/** The same profile stands in several exports; one that shows its role wins over one that does not. */
function assembleProfiles(found: Found): readonly InstanceProfile[] {
  const byArn = new Map<string, InstanceProfile>();
  for (const profile of found.instanceProfiles) {
    byArn.set(profile.arn, { ...byArn.get(profile.arn), ...profile });
  }
  return [...byArn.values()];
}

/** An export from a cluster shows the DaemonSet and each pod of it; that is one daemon, not several. */
function withoutOwnedPods<Daemon extends { readonly ref: ObjectRef; readonly namespace: string }>(
  found: Found,
  daemons: readonly Daemon[],
): readonly Daemon[] {
  const exists = new Set(found.workloads.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`));
  return daemons.filter((daemon) => {
    const workload = found.workloads.find((one) => one.ref === daemon.ref);
    const owner = workload?.owner;
    return !owner || !exists.has(`${owner.kind} ${daemon.namespace}/${owner.name}`);
  });
}

/**
 * The pods of a DaemonSet that run with other arguments than its template says now: each is what its node has.
 *
 * @source Kubernetes documentation "Perform a Rolling Update on a DaemonSet", the strategy OnDelete
 */
function outdatedPods({ workloads, kube2iam }: Found): readonly Kube2iam[] {
  return kube2iam.flatMap((daemon): readonly Kube2iam[] => {
    const pod = workloads.find(({ ref }) => ref === daemon.ref);
    const owner = pod?.owner;
    const template = kube2iam.find(
      ({ ref, namespace, name }) =>
        ref.kind === owner?.kind && namespace === daemon.namespace && name === owner.name,
    );
    const node = pod?.template.nodeName;
    if (!template || node === undefined || sameSettings(daemon, template)) return [];
    return [{ ...daemon, outdated: { node, template: template.ref } }];
  });
}

function sameSettings(one: Kube2iam, other: Kube2iam): boolean {
  const faults = ({ startupFaults }: Kube2iam): readonly string[] =>
    startupFaults.map(({ argument }) => argument);
  const told = (daemon: Kube2iam): string =>
    JSON.stringify([daemon.image, daemon.flags, daemon.hostNetwork, faults(daemon)]);
  return told(one) === told(other);
}
