/**
 * Reads an IPv6 address, or gives nothing when the text is none.
 *
 * A zone (`%eth0`) is no part of an address in a policy or a rule, so it is refused.
 *
 * @source RFC 4291, section 2.2
 * @example
 * parseIpv6('fd00:ec2::254') === parseIpv6('fd00:0ec2:0:0:0:0:0:0254') // => true
 */
export function parseIpv6(text: string): bigint | undefined {
  const embedded = /^(.*:)(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (embedded) {
    const [, head = '', ...octets] = embedded;
    const [a = 256, b = 256, c = 256, d = 256] = octets.map(Number);
    if (Math.max(a, b, c, d) > 255) return undefined;
    return parseIpv6(`${head}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`);
  }
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [left = [], right] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - left.length - (right?.length ?? 0);
  if (right === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = right === undefined ? left : [...left, ...Array<string>(missing).fill('0'), ...right];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}

/** Gives the network part of an IPv6 address. */
export function ipv6Network(address: bigint, prefixLength: number): bigint {
  const hostBits = BigInt(128 - prefixLength);
  return (address >> hostBits) << hostBits;
}
