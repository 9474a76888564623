import { parseIpv6, ipv6Network } from '../ipv6.ts';
import { parseAddress, type IpAddress } from '../address.ts';

/** Tells whether an address lies in a block; the block was read beforehand. */
export type AddressTest = (address: IpAddress) => boolean;

/** Makes the test for a CIDR; nothing lies in what is none, and nothing of the other family. */
export function blockTest(cidr: string): AddressTest {
  const [base = '', length = ''] = cidr.split('/');
  const prefix = Number(length);
  const value = base.includes(':') ? parseIpv6(base) : undefined;
  if (value !== undefined) {
    const network = ipv6Network(value, prefix);
    return (address) => address.family === 6 && ipv6Network(address.value, prefix) === network;
  }
  const shift = 2 ** (32 - prefix);
  const network = Math.floor(ipv4Number(base) / shift);
  return (address) => address.family === 4 && Math.floor(ipv4Number(address.text) / shift) === network;
}

/** Makes the test for a range, both ends included. */
export function rangeTest(first: string, last: string): AddressTest {
  const [from, to] = [first, last].map((text) => parseAddress(text));
  return (address) => {
    if (!from || !to || from.family !== address.family) return false;
    return numberOf(from) <= numberOf(address) && numberOf(address) <= numberOf(to);
  };
}

function numberOf(address: IpAddress): bigint {
  return address.family === 6 ? address.value : BigInt(ipv4Number(address.text));
}

function ipv4Number(text: string): number {
  return text.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
}
