/** An address block: its family, its bits as one number, and the length of its mask. */
export interface Cidr {
  readonly family: 'ipv4' | 'ipv6';
  readonly address: bigint;
  readonly maskLength: number;
}

const widths = { ipv4: 32, ipv6: 128 } as const;

/**
 * Reads an address block in CIDR notation, or gives nothing when the text is none.
 *
 * Leading zeros and bits beyond the mask are tolerated, as the API server tolerates them in old fields.
 *
 * @source kubernetes/utils:net/parse.go `ParseCIDRSloppy`
 * @example
 * parseCidr('10.0.0.0/8')?.maskLength // => 8
 * parseCidr('10.0.0.1') // => undefined
 */
export function parseCidr(text: string): Cidr | undefined {
  const [address = '', mask, ...more] = text.split('/');
  if (mask === undefined || more.length > 0 || !/^\d{1,3}$/.test(mask)) return undefined;
  const family = address.includes(':') ? 'ipv6' : 'ipv4';
  const bits = family === 'ipv6' ? parseIpv6(address) : parseIpv4(address);
  const maskLength = Number(mask);
  if (bits === undefined || maskLength > widths[family]) return undefined;
  return { family, address: bits, maskLength };
}

/** Tells whether a block lies inside another and is smaller. */
export function isStrictlyInside(inner: Cidr, outer: Cidr): boolean {
  if (inner.family !== outer.family || inner.maskLength <= outer.maskLength) return false;
  const hostBits = BigInt(widths[outer.family] - outer.maskLength);
  return inner.address >> hostBits === outer.address >> hostBits;
}

function parseIpv4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) {
    return undefined;
  }
  return parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

function parseIpv6(text: string): bigint | undefined {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (dotted) {
    const [, head = '', tail = ''] = dotted;
    const last = parseIpv4(tail);
    if (last === undefined) return undefined;
    return parseIpv6(`${head}${(last >> 16n).toString(16)}:${(last & 0xffffn).toString(16)}`);
  }
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...tail];
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}
