import { describePosition, describeRef, type ObjectRef } from '../../model/objectRef.ts';
import type { Workload } from '../../model/workload.ts';
import type { Report } from '../field.ts';
import type { Found } from '../found.ts';
import { complainOf } from './complainOf.ts';

/**
 * Keeps the last of several objects with one kind and name, as applying the files in order would.
 *
 * A patch, as kustomize overlays hold them, does not take the place of the object that it is to change.
 */
export function withoutDuplicates(found: Found, report: Report): Found {
  const dropped = new Set<ObjectRef>();
  const keep = <Item extends { readonly ref: ObjectRef }>(
    items: readonly Item[],
    isPatch: (item: Item) => boolean = () => false,
  ): readonly Item[] => {
    const last = new Map<string, Item>();
    for (const item of items) {
      const earlier = last.get(describeRef(item.ref));
      const overrules = !earlier || !isPatch(item) || isPatch(earlier);
      if (overrules) last.set(describeRef(item.ref), item);
      if (!earlier) continue;
      const [loser, winner] = overrules ? [earlier, item] : [item, earlier];
      dropped.add(loser.ref);
      complainOfTwins(loser.ref, winner.ref, isPatch(loser) ? 'patch' : 'twin', report);
    }
    return items.filter((item) => !dropped.has(item.ref));
  };
  return {
    ...found,
    namespaces: keep(found.namespaces),
    serviceAccounts: keep(found.serviceAccounts),
    workloads: keep(found.workloads, looksLikePatch),
    nodes: keep(found.nodes),
    networkPolicies: keep(found.networkPolicies),
    securityGroupPolicies: keep(found.securityGroupPolicies),
    securityGroups: keep(found.securityGroups),
    adminPolicies: keep(found.adminPolicies),
    ciliumPolicies: keep(found.ciliumPolicies),
    calicoPolicies: keep(found.calicoPolicies),
    calicoTiers: keep(found.calicoTiers),
    calicoNetworkSets: keep(found.calicoNetworkSets),
    dataObjects: keep(found.dataObjects),
    // A daemon is read out of a workload, and goes with it.
    kube2iam: found.kube2iam.filter((daemon) => !dropped.has(daemon.ref)),
    kiamAgents: found.kiamAgents.filter((agent) => !dropped.has(agent.ref)),
    kiamServers: found.kiamServers.filter((server) => !dropped.has(server.ref)),
    suppressions: found.suppressions.filter(
      ({ covers }) => covers.kind !== 'object' || !dropped.has(covers.object),
    ),
  };
}

/** A container without an image cannot run: the object is to be merged into another. */
function looksLikePatch({ template }: Workload): boolean {
  const apps = template.containers.filter((container) => container.kind === 'app');
  return apps.length === 0 || apps.some((container) => container.image === undefined);
}

function complainOfTwins(loser: ObjectRef, winner: ObjectRef, what: 'patch' | 'twin', report: Report): void {
  const where = winner.position ? `the one at ${describePosition(winner.position)} counts` : 'another counts';
  if (what === 'twin') {
    const message = `the same object stands twice; ${where}`;
    complainOf(report, 'warning', 'duplicate-object', loser, message);
  } else {
    const message = `this looks like a patch, which was not merged; ${where}`;
    const help = 'read the output of `kubectl kustomize`';
    complainOf(report, 'warning', 'duplicate-object', loser, message, help);
  }
}
