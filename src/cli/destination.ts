import type { Diagnostic } from '../model/diagnostic.ts';
import { parseAddress } from '../network/address.ts';
import type { Destination } from '../network/path.ts';
import { usageError } from './usageError.ts';

const names: Readonly<Record<string, Destination>> = {
  imds: { kind: 'address', address: '169.254.169.254', port: 80, protocol: 'TCP' },
  'imds-ipv6': { kind: 'address', address: 'fd00:ec2::254', port: 80, protocol: 'TCP' },
  'pod-identity': { kind: 'address', address: '169.254.170.23', port: 80, protocol: 'TCP' },
  sts: { kind: 'sts' },
  dns: { kind: 'dns' },
};

/**
 * Reads where a packet is to go: `ADDRESS:PORT`, `[IPv6]:PORT`, a name, or `node:PORT`.
 *
 * @example
 * parseDestination('node:8181', 'TCP') // => { kind: 'node', port: 8181, protocol: 'TCP' }
 */
export function parseDestination(text: string, protocol: 'TCP' | 'UDP'): Destination | Diagnostic {
  const named = names[text];
  if (named) return named.kind === 'address' ? { ...named, protocol } : named;
  const [, bracketed, plain, digits] = /^(?:\[(.+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const address = bracketed ?? plain ?? '';
  const port = Number(digits);
  if (port >= 1 && port <= 65535) {
    if (address === 'node') return { kind: 'node', port, protocol };
    if (parseAddress(address)) return { kind: 'address', address, port, protocol };
  }
  return usageError(`\`${text}\` is no destination`, {
    expected: `ADDRESS:PORT, [IPv6]:PORT, node:PORT, or one of ${Object.keys(names).join(', ')}`,
  });
}
