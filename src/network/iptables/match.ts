import { cidrContains, sameAddress } from '../address.ts';
import { matchesInterface, type HostInterface, type Tri } from '../hostInterface.ts';
import type { HostNetwork, Packet } from './packet.ts';
import type { Match, Rule } from './rule.ts';

/**
 * Decides whether a rule matches a packet.
 *
 * One match that does not hold settles it, whatever is unknown beside.
 *
 * @source iptables(8) and iptables-extensions(8)
 */
export function matchesRule(rule: Rule, packet: Packet, host: HostNetwork): Tri {
  const results = new Set(rule.matches.map((match) => negate(match.negated, holds(match, packet, host))));
  if (results.has('no')) return 'no';
  return results.has('unknown') ? 'unknown' : 'yes';
}

function holds(match: Match, packet: Packet, host: HostNetwork): Tri {
  switch (match.kind) {
    case 'protocol':
      return tri(match.protocol === 'all' || match.protocol === packet.protocol);
    case 'source':
      return inRange(match.cidr, packet.source);
    case 'destination':
      return inRange(match.cidr, packet.destination);
    case 'originalDestination':
      return inRange(match.cidr, packet.originalDestination);
    case 'sourcePorts':
      return inPorts(match.ranges, packet.sourcePort);
    case 'destinationPorts':
      return inPorts(match.ranges, packet.destinationPort);
    case 'inInterface':
      return onInterface(match.pattern, packet.inInterface);
    case 'outInterface':
      return onInterface(match.pattern, packet.outInterface);
    case 'connectionState':
      return tri(match.states.some((state) => hasState(packet, state)));
    case 'mark':
      return tri((packet.mark & match.mask) >>> 0 === match.value >>> 0);
    case 'addressType':
      return hasType(match.type, match.end === 'source' ? packet.source : packet.destination, host);
    case 'unknown':
      return 'unknown';
  }
}

function negate(negated: boolean, result: Tri): Tri {
  if (!negated || result === 'unknown') return result;
  return result === 'yes' ? 'no' : 'yes';
}

function tri(truth: boolean): Tri {
  return truth ? 'yes' : 'no';
}

function inRange(cidr: string, address: string | undefined): Tri {
  return address === undefined ? 'unknown' : tri(cidrContains(cidr, address));
}

function inPorts(ranges: readonly (readonly [number, number])[], port: number | undefined): Tri {
  if (port === undefined) return 'unknown';
  return tri(ranges.some(([first, last]) => first <= port && port <= last));
}

/** A packet that has no interface on that side (made by the node, or for it) has none that matches. */
function onInterface(pattern: string, face: HostInterface | undefined): Tri {
  return face === undefined ? 'no' : matchesInterface(pattern, face);
}

function hasState(packet: Packet, state: string): boolean {
  if (state === 'DNAT') return packet.destination !== packet.originalDestination;
  return packet.connection.state === state.toLowerCase();
}

function hasType(type: string, address: string | undefined, host: HostNetwork): Tri {
  if (address === undefined) return 'unknown';
  const local =
    host.localAddresses.some((own) => sameAddress(own, address)) || cidrContains('127.0.0.0/8', address);
  if (type === 'LOCAL') return tri(local);
  return local ? 'no' : 'unknown';
}
