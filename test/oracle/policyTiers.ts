import type { AdminPolicy, AdminRule } from '../../src/model/adminNetworkPolicy.ts';
import type { CalicoPolicy, CalicoRule } from '../../src/model/calicoPolicy.ts';
import { matchesCalicoSelector } from '../../src/model/calicoSelector.ts';
import type { CiliumEntry } from '../../src/model/ciliumPolicy.ts';
import { matchesSelector } from '../../src/model/labels.ts';
import type { PodTemplate } from '../../src/model/pod.ts';
import { namespaceLabels, type World } from '../../src/model/world.ts';
import { inside, mayLeave, portFits, type Connection } from './networkPolicy.ts';

/** Says the tiers once more: administrators, then NetworkPolicy, then the baseline, then everything may pass. */
export function mayLeaveByAdmins(world: World, connection: Connection): boolean {
  const admins = world.adminPolicies.filter(({ tier }) => tier === 'admin');
  const word = adminWord(world, admins, connection);
  if (word === 'Allow' || word === 'Deny') return word === 'Allow';
  if (isolated(world, connection.from)) return mayLeave(world, connection);
  const baseline = world.adminPolicies.filter(({ tier }) => tier === 'baseline');
  return adminWord(world, baseline, connection) !== 'Deny';
}

function adminWord(
  world: World,
  policies: readonly AdminPolicy[],
  connection: Connection,
): AdminRule['action'] | undefined {
  const { from, to } = connection;
  const selects = (pods: AdminPolicy['subject'], pod: PodTemplate | undefined): boolean =>
    pod !== undefined &&
    !pod.hostNetwork &&
    matchesSelector(pods.namespaceSelector, namespaceLabels(world, pod.namespace)) &&
    (!pods.podSelector || matchesSelector(pods.podSelector, pod.labels));
  for (const policy of policies.toSorted((a, b) => a.priority - b.priority)) {
    if (!selects(policy.subject, from)) continue;
    for (const rule of policy.egress) {
      if (rule.ports.length > 0 && !rule.ports.some((port) => wants(port, connection))) continue;
      for (const peer of rule.peers) {
        if (peer.kind === 'pods' && selects(peer, to.pod)) return rule.action;
        if (peer.kind === 'networks' && peer.cidrs.some((cidr) => inside(cidr, to.address)))
          return rule.action;
      }
    }
  }
  return undefined;
}

const wants = (port: Parameters<typeof portFits>[0], { port: number, protocol, to }: Connection): boolean =>
  portFits(port, number, protocol, to.pod);

function isolated(world: World, { hostNetwork, namespace, labels }: PodTemplate): boolean {
  return world.networkPolicies.some(
    (policy) =>
      !hostNetwork &&
      policy.namespace === namespace &&
      policy.policyTypes.includes('Egress') &&
      matchesSelector(policy.podSelector, labels),
  );
}

/** Says Cilium once more, for clusterwide policies over addresses: denials, then anything that allows. */
export function mayLeaveByCilium(world: World, connection: Connection): boolean {
  const { from, to } = connection;
  if (from.hostNetwork) return true;
  const rules = world.ciliumPolicies.flatMap((policy) => policy.rules);
  const selecting = rules.filter((rule) => matchesSelector(rule.endpointSelector, from.labels));
  const fits = ({ peers, ports }: CiliumEntry): boolean =>
    (peers !== undefined || ports !== undefined) &&
    (!ports || ports.length === 0 || ports.some((port) => wants(port, connection))) &&
    (!peers || peers.some((peer) => peer.kind === 'cidr' && inside(peer.cidr, to.address)));
  const entries = selecting.flatMap((rule) => rule.egress);
  if (entries.some((entry) => entry.action === 'deny' && fits(entry))) return false;
  if (entries.some((entry) => entry.action === 'allow' && fits(entry))) return true;
  const closed = selecting.some((rule) => rule.isolates.includes('Egress'));
  if (isolated(world, from)) return mayLeave(world, connection);
  return !closed;
}

/** Says Calico once more, for global policies of the default tier over addresses. */
export function mayLeaveByCalico(world: World, connection: Connection): boolean {
  const { from, to } = connection;
  if (from.hostNetwork) return true;
  const selecting = world.calicoPolicies.filter(
    (policy) => policy.types.includes('Egress') && matchesCalicoSelector(policy.selector, from.labels),
  );
  const order = (policy: CalicoPolicy): number => policy.order ?? Infinity;
  const before = selecting.filter((policy) => order(policy) < 1000);
  const after = selecting.filter((policy) => order(policy) >= 1000);
  const fits = ({ destination }: CalicoRule): boolean =>
    (!destination.nets || destination.nets.some((net) => inside(net, to.address))) &&
    !destination.notNets.some((net) => inside(net, to.address));
  const word = (policies: readonly CalicoPolicy[]): CalicoRule['action'] | undefined =>
    policies
      .toSorted((a, b) => order(a) - order(b) || (a.name < b.name ? -1 : 1))
      .flatMap(({ egress }) => egress)
      .find((rule) => rule.action !== 'Log' && fits(rule))?.action;
  const first = word(before);
  if (first !== undefined) return first !== 'Deny';
  if (isolated(world, from) && mayLeave(world, connection)) return true;
  const last = word(after);
  if (last !== undefined) return last !== 'Deny';
  return selecting.length === 0 && !isolated(world, from);
}
