import type { Match, Rule } from '../../model/iptables.ts';
import { cidrContains, parseAddress, sameAddress, type IpAddress } from '../address.ts';
import { matchesInterface, type HostInterface, type Tri } from '../hostInterface.ts';
import { blockTest, rangeTest, type AddressTest } from './addressBlock.ts';
import { inIpSet } from './ipSet.ts';
import type { Host, Packet } from './packet.ts';

/**
 * Decides whether a rule matches a packet.
 *
 * One match that does not hold settles it, whatever is unknown beside.
 *
 * @source iptables(8) and iptables-extensions(8)
 */
export function matchesRule(rule: Rule, packet: Packet, host: Host): Tri {
  let result: Tri = 'yes';
  for (const match of rule.matches) {
    const holding = holds(match, packet, host);
    if (holding === 'unknown') result = 'unknown';
    else if ((holding === 'yes') === match.negated) return 'no';
  }
  return result;
}

function holds(match: Match, packet: Packet, host: Host): Tri {
  const { connection } = packet;
  switch (match.kind) {
    case 'protocol':
      return tri(match.protocol === 'all' || match.protocol === packet.protocol);
    case 'source':
    case 'destination':
      return inAddresses(match, match.kind === 'source' ? packet.source : packet.destination);
    case 'range':
      return inAddresses(match, match.end === 'source' ? packet.source : packet.destination);
    case 'originalSource':
      return tracked(packet, match, () => inAddresses(match, connection.sender.address));
    case 'originalDestination':
      return tracked(packet, match, () => inAddresses(match, connection.dialled.address));
    case 'sourcePorts':
      return inPorts(match.ranges, packet.sourcePort);
    case 'destinationPorts':
      return inPorts(match.ranges, packet.destinationPort);
    case 'eitherPorts':
      return either(inPorts(match.ranges, packet.sourcePort), inPorts(match.ranges, packet.destinationPort));
    case 'originalDestinationPorts':
      return tracked(packet, match, () => inPorts(match.ranges, connection.dialled.port));
    case 'inInterface':
      return onInterface(match.pattern, packet.inInterface, host);
    case 'outInterface':
      return onInterface(match.pattern, packet.outInterface, host);
    case 'connectionState':
      return tri(match.states.some((state) => hasState(packet, state)));
    case 'connectionDirection':
      return tracked(packet, match, () => tri(connection.direction === match.direction));
    case 'mark':
      return tri((packet.mark & match.mask) >>> 0 === match.value >>> 0);
    case 'connectionMark':
      return tracked(packet, match, () => tri((connection.mark & match.mask) >>> 0 === match.value >>> 0));
    case 'addressType':
      return hasType(match, packet, host);
    case 'set': {
      const set = host.ipSets[match.name];
      return set ? inIpSet(set, match.ends, packet) : 'unknown';
    }
    case 'tcpFlags':
      return tri(match.among.every((flag) => packet.flags.includes(flag) === match.set.includes(flag)));
    case 'unknown':
      return 'unknown';
  }
}

function tri(truth: boolean): Tri {
  return truth ? 'yes' : 'no';
}

function either(first: Tri, second: Tri): Tri {
  if (first === 'yes' || second === 'yes') return 'yes';
  return first === 'unknown' || second === 'unknown' ? 'unknown' : 'no';
}

/** What asks about a connection fails, negated or not, for a packet that belongs to none. */
function tracked({ connection: { state } }: Packet, { negated }: Match, decide: () => Tri): Tri {
  return state === 'unseen' || state === 'untracked' || state === 'invalid' ? tri(negated) : decide();
}

/** A rule meets many packets: its block is read once. */
const tests = new WeakMap<Match, AddressTest>();

function inAddresses(
  match: Extract<Match, { readonly cidr: string } | { readonly first: string }>,
  address: string | undefined,
): Tri {
  const read = address === undefined ? undefined : readAddress(address);
  if (!read) return 'unknown';
  let test = tests.get(match);
  if (!test) {
    test = 'cidr' in match ? blockTest(match.cidr) : rangeTest(match.first, match.last);
    tests.set(match, test);
  }
  return tri(test(read));
}

let lastRead: { readonly text: string; readonly address: IpAddress | undefined } | undefined;

/** Thousands of rules ask about one packet. */
function readAddress(text: string): IpAddress | undefined {
  if (lastRead?.text !== text) lastRead = { text, address: parseAddress(text) };
  return lastRead.address;
}

function inPorts(ranges: readonly (readonly [number, number])[], port: number | undefined): Tri {
  if (port === undefined) return 'unknown';
  return tri(ranges.some(([first, last]) => first <= port && port <= last));
}

/** A packet that has no interface on that side (made by the node, or for it) has none that matches. */
function onInterface(pattern: string, face: HostInterface | 'ofPod' | undefined, host: Host): Tri {
  if (pattern === '+') return 'yes';
  if (face === undefined) return 'no';
  if (face !== 'ofPod') return matchesInterface(pattern, face);
  const seen = matchesInterface(pattern, host.podInterface('byCni'));
  return seen === 'unknown' ? matchesInterface(pattern, host.podInterface('exactly')) : seen;
}

function hasState({ connection }: Packet, state: string): boolean {
  if (state === 'DNAT') return connection.state !== 'unseen' && connection.destination !== undefined;
  if (state === 'SNAT') return connection.state !== 'unseen' && connection.source !== undefined;
  return (connection.state === 'unseen' ? 'invalid' : connection.state) === state.toLowerCase();
}

/** @source Linux:net/netfilter/xt_addrtype.c: with a limit, an address of another interface is no local one */
function hasType(match: Extract<Match, { kind: 'addressType' }>, packet: Packet, host: Host): Tri {
  const address = match.end === 'source' ? packet.source : packet.destination;
  if (address === undefined) return 'unknown';
  const type = typeOf(address, match.limitTo, packet, host);
  if (match.types.includes(type)) return 'yes';
  return match.types.some((one) => !knownTypes.has(one)) ? 'unknown' : 'no';
}

const knownTypes: ReadonlySet<string> = new Set(['LOCAL', 'UNICAST', 'MULTICAST', 'BROADCAST']);

function typeOf(
  address: string,
  limitTo: Extract<Match, { kind: 'addressType' }>['limitTo'],
  packet: Packet,
  host: Host,
): string {
  if (['224.0.0.0/4', 'ff00::/8'].some((block) => cidrContains(block, address))) return 'MULTICAST';
  if (address === '255.255.255.255') return 'BROADCAST';
  if (limitTo !== undefined) {
    const faces = [host.podFace, host.uplink, ...host.routes.map(({ face }) => face)];
    const wanted = JSON.stringify(packet[limitTo]);
    const own = faces.find(({ name }) => JSON.stringify(name) === wanted)?.address;
    return own !== undefined && sameAddress(own, address) ? 'LOCAL' : 'UNICAST';
  }
  return isLocal(address, host) ? 'LOCAL' : 'UNICAST';
}

/** Tells whether an address is one of the node's own. */
export function isLocal(address: string | undefined, { localAddresses }: Host): boolean {
  if (address === undefined) return false;
  const loopback = ['127.0.0.0/8', '::1/128'].some((block) => cidrContains(block, address));
  return loopback || localAddresses.some((own) => sameAddress(own, address));
}
