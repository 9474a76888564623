import type { IpSet, PacketEnd } from '../../model/iptables.ts';
import { parseAddress, type IpAddress } from '../address.ts';
import type { Tri } from '../hostInterface.ts';
import { blockTest } from './addressBlock.ts';
import type { Packet } from './packet.ts';

/**
 * Decides whether a set holds what the named ends of a packet are.
 *
 * The most specific entry counts where several fit and one of them has `nomatch`; the first dimension takes
 * precedence over the second.
 *
 * @source ipset(8), SET TYPES (hash:net,net; bitmap:port stores no protocol)
 */
export function inIpSet(set: IpSet, ends: readonly PacketEnd[], packet: Packet): Tri {
  const [method = '', dimensions = ''] = set.type.split(':');
  if (method === 'list') return 'unknown';
  const kinds = dimensions.split(',');
  if (kinds.length > ends.length || !kinds.every((kind) => kind in dimensionTests)) return 'unknown';
  const values = kinds.map((kind, at) => valueOf(kind, ends[at] ?? 'source', packet));
  if (values.includes(undefined)) return 'unknown';
  const anyProtocol = method === 'bitmap';
  const fitting = set.entries.filter(({ text }) => {
    const parts = text.split(',');
    return kinds.every((kind, at) =>
      dimensionTests[kind]?.(parts[at] ?? '', values[at] ?? '', anyProtocol ? undefined : packet.protocol),
    );
  });
  const [best] = fitting.toSorted((a, b) => bySpecificity(a.text, b.text));
  return best && !best.excepted ? 'yes' : 'no';
}

/** @param protocol - of the packet; absent where the set does not ask for it */
type DimensionTest = (part: string, value: string, protocol: Packet['protocol'] | undefined) => boolean;

const isAddress: DimensionTest = (part, value) => {
  const address = parseAddress(value);
  return address !== undefined && testOf(part)(address);
};

const dimensionTests: Readonly<Record<string, DimensionTest>> = {
  ip: isAddress,
  net: isAddress,
  port: (part, value, protocol) => {
    const [, named = 'tcp', ports = ''] = /^(?:([a-z]+):)?(.*)$/.exec(part) ?? [];
    const [first = NaN, last = first] = ports.split('-').map(Number);
    const isOfProtocol = protocol === undefined || named === protocol;
    return isOfProtocol && first <= Number(value) && Number(value) <= last;
  },
};

function valueOf(kind: string, end: PacketEnd, packet: Packet): string | undefined {
  const [address, port] =
    end === 'source' ? [packet.source, packet.sourcePort] : [packet.destination, packet.destinationPort];
  return kind === 'port' ? port?.toString() : address;
}

function testOf(part: string): (address: IpAddress) => boolean {
  return blockTest(part.includes('/') ? part : `${part}/${part.includes(':') ? 128 : 32}`);
}

/** Orders entries, the one with the longer prefix in its first dimension first. */
function bySpecificity(a: string, b: string): number {
  const [of, other] = [a, b].map((text) => text.split(',').map((part) => Number(part.split('/')[1] ?? 128)));
  const differs = of?.findIndex((prefix, at) => prefix !== other?.[at]) ?? -1;
  return differs < 0 ? 0 : (other?.[differs] ?? 0) - (of?.[differs] ?? 0);
}
