import { cidrContains, familyOf, sameAddress } from '../address.ts';
import type { HostNetwork, Packet } from './packet.ts';
import type { BuiltInChain, RuleSet, TableName } from './rule.ts';
import { passTable, type Passage } from './table.ts';

/** A packet after PREROUTING and the routing decision. */
export interface Arrival extends Passage {
  /** For a process of the node, or for somebody beyond it. */
  readonly route: 'local' | 'forward';
}

/**
 * Leads a packet that came in by an interface through raw, mangle and nat PREROUTING, and routes it.
 *
 * @source netfilter.org "Traversing of tables and chains"; the order was measured with packets
 */
export function enterNode(rules: RuleSet, packet: Packet, host: HostNetwork): Arrival {
  const through = passTables(rules, ['raw', 'mangle', 'nat'], 'PREROUTING', packet, host);
  const { destination } = through.packet;
  // INVARIANT: without route_localnet the kernel drops what comes from outside for 127.0.0.0/8.
  if (cidrContains('127.0.0.0/8', destination)) {
    const martian = through.verdict === 'accept' && host.routeLocalnet === 'off';
    return { ...through, verdict: martian ? 'drop' : through.verdict, route: 'local' };
  }
  const local = host.localAddresses.some((own) => sameAddress(own, destination));
  return { ...through, route: local ? 'local' : 'forward' };
}

/** Leads a packet that was routed through INPUT or FORWARD. */
export function afterRouting(rules: RuleSet, arrival: Arrival, host: HostNetwork): Passage {
  if (arrival.verdict !== 'accept') return arrival;
  const [chain, packet]: readonly [BuiltInChain, Packet] =
    arrival.route === 'local'
      ? ['INPUT', arrival.packet]
      : ['FORWARD', { ...arrival.packet, outInterface: host.uplink }];
  const through = passTables(rules, ['mangle', 'filter'], chain, packet, host);
  return { ...through, hits: [...arrival.hits, ...through.hits] };
}

/** Leads a packet that a process of the node sends through the OUTPUT chains; PREROUTING never sees it. */
export function leaveNode(rules: RuleSet, packet: Packet, host: HostNetwork): Passage {
  const outgoing: Packet = { ...packet, outInterface: host.uplink };
  return passTables(rules, ['raw', 'mangle', 'nat', 'filter'], 'OUTPUT', outgoing, host);
}

function passTables(
  rules: RuleSet,
  tables: readonly TableName[],
  chain: BuiltInChain,
  packet: Packet,
  host: HostNetwork,
): Passage {
  const start: Passage = { verdict: 'accept', packet, hits: [] };
  if (familyOf(packet.destination) !== rules.family) return start;
  return tables.reduce<Passage>((so, table) => {
    if (so.verdict !== 'accept') return so;
    const next =
      table === 'nat'
        ? passNat(rules, chain, so.packet, host)
        : passTable(rules, table, chain, so.packet, host);
    return { ...next, hits: [...so.hits, ...next.hits] };
  }, start);
}

function passNat(rules: RuleSet, chain: BuiltInChain, packet: Packet, host: HostNetwork): Passage {
  const { connection } = packet;
  if (connection.state === 'new') return passTable(rules, 'nat', chain, packet, host);
  const to = connection.state === 'established' ? connection.translatedTo : undefined;
  const moved = to ? { ...packet, destination: to.address, destinationPort: to.port } : packet;
  return { verdict: 'accept', packet: moved, hits: [] };
}
