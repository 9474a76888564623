import type { IpSet, PacketEnd } from '../../model/iptables.ts';
import { parseAddress, type IpAddress } from '../address.ts';
import type { Tri } from '../hostInterface.ts';
import { blockTest } from './addressBlock.ts';
import type { Packet } from './packet.ts';

/**
 * Decides whether a set holds what the named ends of a packet are.
 *
 * The entry with the longest prefixes counts where several fit and one of them has `nomatch`.
 *
 * @source ipset(8), SET TYPES
 */
export function inIpSet(set: IpSet, ends: readonly PacketEnd[], packet: Packet): Tri {
  const [method = '', dimensions = ''] = set.type.split(':');
  if (method === 'list') return 'unknown';
  const kinds = dimensions.split(',');
  if (kinds.length > ends.length || !kinds.every((kind) => kind in dimensionTests)) return 'unknown';
  const values = kinds.map((kind, at) => valueOf(kind, ends[at] ?? 'source', packet));
  if (values.includes(undefined)) return 'unknown';
  const fitting = set.entries.filter(({ text }) => {
    const parts = text.split(',');
    return kinds.every((kind, at) => dimensionTests[kind]?.(parts[at] ?? '', values[at] ?? '', packet));
  });
  const [best] = fitting.toSorted((a, b) => prefixOf(b.text) - prefixOf(a.text));
  return best && !best.excepted ? 'yes' : 'no';
}

type DimensionTest = (part: string, value: string, packet: Packet) => boolean;

const isAddress: DimensionTest = (part, value) => {
  const address = parseAddress(value);
  return address !== undefined && testOf(part)(address);
};

const dimensionTests: Readonly<Record<string, DimensionTest>> = {
  ip: isAddress,
  net: isAddress,
  port: (part, value, { protocol }) => {
    const [, named = 'tcp', ports = ''] = /^(?:([a-z]+):)?(.*)$/.exec(part) ?? [];
    const [first = NaN, last = first] = ports.split('-').map(Number);
    return named === protocol && first <= Number(value) && Number(value) <= last;
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

function prefixOf(text: string): number {
  return text.split(',').reduce((sum, part) => sum + Number(part.split('/')[1] ?? 128), 0);
}
