import { Netmask } from 'netmask';
import { literalText } from '../pattern.ts';
import { negationOf, operatorSource, plainValue, type ComparisonOperator } from './operator.ts';

const ipAddress: ComparisonOperator = {
  kind: 'comparison',
  name: 'IpAddress',
  sense: 'matches',
  syntax: plainValue,
  reads: (value) => readRange(value) !== undefined,
  compare: (expected, actual) => readRange(literalText(expected))?.(actual) ?? false,
  values: 'other',
  source: operatorSource,
};

/** The operators on addresses, IPv4 and IPv6. A range without a prefix length is one address. */
export const ipAddressOperators: readonly ComparisonOperator[] = [
  ipAddress,
  negationOf(ipAddress, 'NotIpAddress'),
];

const ipv4 = /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/;

/** Reads a range as a test of addresses, or gives nothing when the text is no range. */
function readRange(text: string): ((address: string) => boolean) | undefined {
  const [base = '', length, ...rest] = text.split('/');
  if (rest.length > 0 || (length !== undefined && !/^\d{1,3}$/.test(length))) return undefined;
  if (ipv4.test(base)) {
    const bits = Number(length ?? 32);
    if (bits > 32) return undefined;
    const block = new Netmask(base, String(bits));
    return (address) => ipv4.test(address) && block.contains(address);
  }
  const bits = Number(length ?? 128);
  const network = readIpv6(base);
  if (network === undefined || bits > 128) return undefined;
  const hostBits = BigInt(128 - bits);
  return (address) => {
    const value = readIpv6(address);
    return value !== undefined && value >> hostBits === network >> hostBits;
  };
}

/** Reads an IPv6 address as a number: eight groups, of which one run may be written `::`. */
function readIpv6(text: string): bigint | undefined {
  const [head = '', tail, ...rest] = text.split('::');
  if (rest.length > 0) return undefined;
  const groupsOf = (part: string): readonly string[] => (part === '' ? [] : part.split(':'));
  const front = groupsOf(head);
  const back = groupsOf(tail ?? '');
  const missing = 8 - front.length - back.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...front, ...Array.from({ length: missing }, () => '0'), ...back];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}
