import type { Target } from '../../model/iptables.ts';
import type { Connection, Endpoint, Host, Packet } from './packet.ts';
import { faceOf, addressOf } from './route.ts';

/** Targets that change the packet or its connection. */
export type RewritingTarget = Extract<
  Target,
  {
    kind:
      | 'DNAT'
      | 'REDIRECT'
      | 'SNAT'
      | 'MASQUERADE'
      | 'MARK'
      | 'setConnectionMark'
      | 'saveMark'
      | 'restoreMark'
      | 'NOTRACK';
  }
>;

/** What a target makes of a packet; with `ends` the packet leaves the table. */
export interface Rewritten {
  readonly packet: Packet;
  readonly ends?: 'accept' | 'drop';
}

/**
 * Carries out a target that rewrites.
 *
 * @source iptables-extensions(8); Linux:net/netfilter/xt_connmark.c, xt_nat.c, nf_nat_redirect.c,
 * nf_nat_masquerade.c
 */
export function applyToPacket(target: RewritingTarget, packet: Packet, host: Host): Rewritten {
  const { connection } = packet;
  switch (target.kind) {
    case 'DNAT':
      return { packet: turned(packet, target.address, target.port), ends: 'accept' };
    case 'REDIRECT': {
      const own = packet.inInterface === undefined ? loopback(packet) : addressOf(packet.inInterface, host);
      if (own === undefined) return { packet, ends: 'drop' };
      return { packet: turned(packet, own, target.port), ends: 'accept' };
    }
    case 'SNAT':
      return { packet: disguised(packet, target.address), ends: 'accept' };
    case 'MASQUERADE': {
      const own = faceOf(packet, host).address ?? host.uplink.address;
      if (own === undefined) return { packet: withSource(packet, {}), ends: 'accept' };
      return { packet: disguised(packet, own), ends: 'accept' };
    }
    case 'MARK':
      return { packet: { ...packet, mark: merged(packet.mark, target.mask, target.value) } };
    case 'setConnectionMark':
      return { packet: markedConnection(packet, target.mask, target.value) };
    case 'saveMark':
      return { packet: markedConnection(packet, target.connectionMask, packet.mark & target.packetMask) };
    case 'restoreMark': {
      if (!isTracked(connection)) return { packet };
      const bits = connection.mark & target.connectionMask;
      return { packet: { ...packet, mark: merged(packet.mark, target.packetMask, bits) } };
    }
    case 'NOTRACK':
      if (connection.state !== 'unseen') return { packet };
      return { packet: { ...packet, connection: { ...connection, state: 'untracked' } } };
  }
}

function merged(mark: number, mask: number, value: number): number {
  return ((mark & ~mask) ^ value) >>> 0;
}

function isTracked({ state }: Connection): boolean {
  return state !== 'unseen' && state !== 'untracked' && state !== 'invalid';
}

function markedConnection(packet: Packet, mask: number, value: number): Packet {
  const { connection } = packet;
  if (!isTracked(connection)) return packet;
  return { ...packet, connection: { ...connection, mark: merged(connection.mark, mask, value) } };
}

function loopback({ destination = '' }: Packet): string {
  return destination.includes(':') ? '::1' : '127.0.0.1';
}

function turned(packet: Packet, address: string | undefined, port: number | undefined): Packet {
  const destination = address ?? packet.destination;
  const destinationPort = port ?? packet.destinationPort;
  const at = destination === undefined ? {} : { destination };
  const to: Endpoint = {
    ...(destination === undefined ? {} : { address: destination }),
    port: destinationPort,
  };
  return { ...packet, ...at, destinationPort, connection: { ...packet.connection, destination: to } };
}

function disguised(packet: Packet, source: string): Packet {
  return withSource({ ...packet, source }, { address: source });
}

function withSource(packet: Packet, source: Endpoint): Packet {
  return { ...packet, connection: { ...packet.connection, source } };
}
