import type { RuleSet } from '../../model/iptables.ts';
import { isLocal } from './match.ts';
import type { Connection, Endpoint, Host, Packet } from './packet.ts';
import { faceOf, sameEnd } from './route.ts';
import { enterNode, leaveNode, type Journey } from './walk.ts';

/** What comes of the attempt to open a connection, or of a datagram and its answer. */
export interface Attempt {
  /** The way of the first packet. */
  readonly out: Journey;
  /** `refused`: who asked learns at once that it is in vain. */
  readonly end: 'answered' | 'refused' | 'lost';
  /** The packet that was lost after the first one had arrived: an answer, or what follows it. */
  readonly lostLater?: Journey;
}

/** Tells whether somebody takes a packet that arrived. */
export type Listening = (journey: Journey) => boolean;

/**
 * Opens a connection, or sends a datagram, and follows the answers until who asked has one, or has none.
 *
 * @param from - who sends: a pod, whose packets come in by its interface, or a process of the node
 * @source RFC 9293, three-way handshake; Linux:net/ipv4/netfilter/nf_reject_ipv4.c
 */
export function connect(
  rules: RuleSet,
  first: Packet,
  host: Host,
  from: 'pod' | 'node',
  isListening: Listening,
): Attempt {
  const send = (packet: Packet): Journey =>
    from === 'pod'
      ? enterNode(rules, { ...packet, inInterface: host.podFace.name }, host)
      : leaveNode(rules, packet, host);
  const out = send(first);
  if (out.end === 'rejected') return refusedBy(rules, out, host, first, rejection(out, host));
  if (out.end !== 'delivered' || returnsToSender(out, from)) return { out, end: 'lost' };
  if (!isListening(out)) return refusedBy(rules, out, host, first, answerTo(out, ['RST', 'ACK']));
  const synAck = comeBack(rules, out, host, answerTo(out, first.protocol === 'tcp' ? ['SYN', 'ACK'] : []));
  if (first.protocol !== 'tcp')
    return reaches(synAck, first) ? { out, end: 'answered' } : { out, end: 'lost', lostLater: synAck };
  if (!reaches(synAck, first)) {
    // TCP sends its first packet again; once an answer was seen it is no longer new, and rules may reject it.
    const seen = synAck.passages.at(-1)?.table !== 'raw';
    const again = seen ? send({ ...first, connection: established(synAck.packet.connection, first) }) : out;
    if (again.end === 'rejected') return refusedBy(rules, again, host, first, rejection(again, host));
    return { out, end: 'lost', lostLater: synAck };
  }
  const known = synAck.packet.connection;
  const third = send({ ...first, flags: ['ACK'], connection: established(known, first) });
  if (third.end === 'rejected' && rejection(third, host).protocol === 'tcp') {
    return refusedBy(rules, third, host, first, rejection(third, host));
  }
  // An open connection survives an ICMP error.
  if (third.end !== 'delivered') return { out, end: 'lost', lostLater: third };
  const data = comeBack(rules, third, host, answerTo(third, ['PSH', 'ACK']));
  return reaches(data, first) ? { out, end: 'answered' } : { out, end: 'lost', lostLater: data };
}

/** A connection that nobody tracks stays so: each of its packets is new to who looks at it. */
function established(known: Connection, first: Packet): Connection {
  if (known.state === 'established') return { ...known, direction: 'original' };
  return { ...first.connection, state: first.protocol === 'tcp' ? 'established' : 'new' };
}

/** A pod that is sent back its own packet takes it for a forgery, unless it comes under another address. */
function returnsToSender({ at, packet }: Journey, from: 'pod' | 'node'): boolean {
  if (from === 'node' || at === 'node') return false;
  return sameEnd(packet.source, packet.destination);
}

/** Makes the answer to a packet as it arrived. */
function answerTo({ packet }: Journey, flags: readonly string[]): Packet {
  const { connection, source, sourcePort = 0, destination, destinationPort } = packet;
  const base: Packet = {
    protocol: packet.protocol,
    flags,
    mark: 0,
    ...(destination === undefined ? {} : { source: destination }),
    sourcePort: destinationPort,
    ...(source === undefined ? {} : { destination: source }),
    destinationPort: sourcePort,
    connection,
  };
  if (connection.state !== 'untracked') {
    return { ...base, connection: { ...connection, state: 'established', direction: 'reply' } };
  }
  // Nobody saw the first packet: an answer to a handshake fits nothing, any other packet opens a connection.
  const state = flags.includes('SYN') || flags.includes('RST') ? 'invalid' : 'new';
  const sender = endpoint(destination, destinationPort);
  const dialled = endpoint(source, sourcePort);
  return { ...base, connection: { state, direction: 'original', sender, dialled, mark: 0 } };
}

function endpoint(address: string | undefined, port: number): Endpoint {
  return address === undefined ? { port } : { address, port };
}

/**
 * Makes what REJECT sends: it belongs to the connection of what was rejected.
 *
 * A reset comes from where the packet was going, an ICMP error from the node itself.
 *
 * @source Linux:net/ipv4/netfilter/nf_reject_ipv4.c, net/ipv4/icmp.c (icmp_send)
 */
function rejection(out: Journey, host: Host): Packet {
  const { target } = out.passages.at(-1)?.hits.at(-1)?.rule ?? {};
  const reset = target?.kind === 'REJECT' && target.with === 'tcp-reset';
  const answer = answerTo(out, reset ? ['RST', 'ACK'] : []);
  const { connection } = answer;
  const sent: Packet = {
    ...answer,
    connection: { ...connection, state: connection.state === 'established' ? 'related' : connection.state },
  };
  if (reset) return sent;
  const own = faceOf(answer, host).address ?? host.uplink.address;
  const isForNode = isLocal(out.packet.destination, host);
  return { ...sent, protocol: 'icmp', ...(isForNode || own === undefined ? {} : { source: own }) };
}

/** Sends an answer from where the packet had arrived. */
function comeBack(rules: RuleSet, { at, packet }: Journey, host: Host, answer: Packet): Journey {
  if (at === 'node') return leaveNode(rules, answer, host);
  return enterNode(rules, { ...answer, inInterface: faceOf(packet, host).name }, host);
}

/** A reset that comes from elsewhere is no answer, as no other packet is; an ICMP error comes from anywhere. */
function refusedBy(rules: RuleSet, out: Journey, host: Host, first: Packet, answer: Packet): Attempt {
  const back = out.end === 'rejected' ? leaveNode(rules, answer, host) : comeBack(rules, out, host, answer);
  const isHeard = answer.protocol === 'tcp' ? reaches(back, first) : back.end === 'delivered';
  return isHeard ? { out, end: 'refused' } : { out, end: 'lost', lostLater: back };
}

/** An answer is one when it comes from where the first packet was sent to, and to who sent it. */
function reaches({ end, packet }: Journey, first: Packet): boolean {
  if (end !== 'delivered') return false;
  return packet.source === first.destination && packet.destination === first.source;
}
