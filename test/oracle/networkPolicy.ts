import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../../src/model/kubernetes.ts';
import { matchesSelector } from '../../src/model/labels.ts';
import type { PodTemplate } from '../../src/model/pod.ts';
import { namespaceLabels, type World } from '../../src/model/world.ts';

/** A connection whose both ends are known. Addresses are IPv4, dotted, or IPv6, eight groups of four digits. */
export interface Connection {
  readonly from: PodTemplate;
  readonly to: { readonly address: string; readonly pod?: PodTemplate };
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP';
}

/** Says NetworkPolicy v1 once more, slowly: may this pod open this connection, as far as egress is concerned? */
export function mayLeave(world: World, { from, to, port, protocol }: Connection): boolean {
  const isolating = world.networkPolicies.filter(
    (policy) =>
      !from.hostNetwork &&
      policy.namespace === from.namespace &&
      policy.policyTypes.includes('Egress') &&
      matchesSelector(policy.podSelector, from.labels),
  );
  if (isolating.length === 0) return true;
  for (const policy of isolating) {
    for (const rule of policy.egress) {
      const portAllows =
        rule.ports.length === 0 || rule.ports.some((wanted) => portFits(wanted, port, protocol, to.pod));
      const peerAllows =
        rule.peers.length === 0 || rule.peers.some((peer) => peerFits(world, policy, peer, to));
      if (portAllows && peerAllows) return true;
    }
  }
  return false;
}

/** Tells whether a port of a rule is the one of a connection. */
export function portFits(
  wanted: NetworkPolicyPort,
  port: number,
  protocol: string,
  pod: PodTemplate | undefined,
): boolean {
  if (wanted.protocol !== protocol) return false;
  if (wanted.port === undefined) return true;
  if (typeof wanted.port === 'string') {
    for (const container of pod?.containers ?? []) {
      for (const named of container.ports) {
        if (named.name === wanted.port && named.protocol === protocol && named.port === port) return true;
      }
    }
    return false;
  }
  return wanted.endPort === undefined ? port === wanted.port : wanted.port <= port && port <= wanted.endPort;
}

function peerFits(
  world: World,
  policy: NetworkPolicy,
  peer: NetworkPolicyPeer,
  to: Connection['to'],
): boolean {
  if (peer.kind === 'ipBlock') {
    return inside(peer.cidr, to.address) && !peer.except.some((cidr) => inside(cidr, to.address));
  }
  if (!to.pod || to.pod.hostNetwork) return false;
  if (peer.namespaceSelector) {
    if (!matchesSelector(peer.namespaceSelector, namespaceLabels(world, to.pod.namespace))) return false;
  } else if (to.pod.namespace !== policy.namespace) return false;
  return !peer.podSelector || matchesSelector(peer.podSelector, to.pod.labels);
}

/** Compares bit by bit; texts of two families have different lengths. */
export function inside(cidr: string, address: string): boolean {
  const [base = '', length = ''] = cidr.split('/');
  const [a, b] = [bits(base), bits(address)];
  return a.length === b.length && a.slice(0, Number(length)) === b.slice(0, Number(length));
}

function bits(address: string): string {
  const [separator, radix, width] = address.includes(':') ? [':', 16, 16] : ['.', 10, 8];
  const groups = address.split(String(separator)).map((group) => parseInt(group, Number(radix)));
  return groups.map((group) => group.toString(2).padStart(Number(width), '0')).join('');
}
