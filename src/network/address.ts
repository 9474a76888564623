import { Netmask } from 'netmask';
import { ipv6Network, parseIpv6 } from './ipv6.ts';

/** The two families of internet addresses. */
export type IpFamily = 4 | 6;

/** An address as it is on the wire. */
export type IpAddress =
  { readonly family: 4; readonly text: string } | { readonly family: 6; readonly value: bigint };

type Cidr =
  | { readonly family: 4; readonly block: Netmask }
  | { readonly family: 6; readonly network: bigint; readonly prefixLength: number };

const octet = /(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)/.source;
const ipv4Shape = new RegExp(`^${octet}(\\.${octet}){3}$`);
const mappedPrefix = 0xffffn;

/**
 * Reads an address the way a socket does, or gives nothing when the text is none.
 *
 * An IPv4 address written as one number or inside IPv6 is IPv4 on the wire.
 *
 * @source measured with packets: 2852039166 and ::ffff:169.254.169.254 both meet an IPv4 rule
 * @example
 * parseAddress('::ffff:169.254.169.254') // => { family: 4, text: '169.254.169.254' }
 * parseAddress('2852039166') // => { family: 4, text: '169.254.169.254' }
 * parseAddress('169.254.169.256') // => undefined
 */
export function parseAddress(text: string): IpAddress | undefined {
  if (ipv4Shape.test(text)) return { family: 4, text };
  if (/^\d{1,10}$/.test(text) && Number(text) < 2 ** 32) return { family: 4, text: dotted(Number(text)) };
  const value = parseIpv6(text);
  if (value === undefined) return undefined;
  if (value >> 32n === mappedPrefix) return { family: 4, text: dotted(Number(value & 0xffffffffn)) };
  return { family: 6, value };
}

/** Tells the family of an address or a CIDR, or nothing when the text is neither. */
export function familyOf(text: string): IpFamily | undefined {
  return text.includes('/') ? parseCidr(text)?.family : parseAddress(text)?.family;
}

/** Tells whether two texts are the same address on the wire. */
export function sameAddress(a: string, b: string): boolean {
  const [first, second] = [parseAddress(a), parseAddress(b)];
  if (first?.family === 4 && second?.family === 4) return first.text === second.text;
  return first?.family === 6 && second?.family === 6 && first.value === second.value;
}

/**
 * Decides whether an address lies inside a CIDR; one of the other family never does.
 *
 * Host bits that are set in the CIDR count as zero.
 *
 * @source kubernetes/kubernetes:staging/src/k8s.io/api/networking/v1/types.go (IPBlock)
 * @example
 * cidrContains('10.1.2.3/8', '10.200.0.1') // => true
 * cidrContains('0.0.0.0/0', 'fd00:ec2::254') // => false
 */
export function cidrContains(cidr: string, address: string): boolean {
  const [range, inner] = [parseCidr(cidr), parseAddress(address)];
  if (range?.family === 4 && inner?.family === 4) return range.block.contains(inner.text);
  if (range?.family === 6 && inner?.family === 6) {
    return ipv6Network(inner.value, range.prefixLength) === range.network;
  }
  return false;
}

/** Decides whether every address of a CIDR lies inside another. */
export function cidrWithin(inner: string, outer: string): boolean {
  const [small, large] = [parseCidr(inner), parseCidr(outer)];
  if (small?.family === 4 && large?.family === 4) {
    return small.block.bitmask >= large.block.bitmask && large.block.contains(small.block.base);
  }
  if (small?.family === 6 && large?.family === 6) {
    return (
      small.prefixLength >= large.prefixLength &&
      ipv6Network(small.network, large.prefixLength) === large.network
    );
  }
  return false;
}

/** Tells whether a CIDR spans its whole family. */
export function isWholeFamily(cidr: string): boolean {
  const range = parseCidr(cidr);
  return range?.family === 4 ? range.block.bitmask === 0 : range?.prefixLength === 0;
}

function parseCidr(text: string): Cidr | undefined {
  const [, base = '', length = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const prefixLength = Number(length);
  if (ipv4Shape.test(base) && prefixLength <= 32) return { family: 4, block: new Netmask(text) };
  const value = parseIpv6(base);
  if (value === undefined || prefixLength > 128) return undefined;
  return { family: 6, network: ipv6Network(value, prefixLength), prefixLength };
}

function dotted(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}
