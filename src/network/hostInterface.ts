/** A yes, a no, or what the input does not tell. */
export type Tri = 'yes' | 'no' | 'unknown';

/**
 * The network interface of a node through which a packet comes in or goes out.
 *
 * A CNI gives each pod an interface whose name begins alike and ends in what nobody knows beforehand:
 * `prefix` stands for one of those.
 */
export type HostInterface =
  { readonly kind: 'name'; readonly name: string } | { readonly kind: 'prefix'; readonly prefix: string };

/**
 * Matches an interface against what `-i` and `-o` of iptables take: a name, or a beginning and `+`.
 *
 * @source iptables(8), `--in-interface`; measured with packets: `-i eni` never matches `eniA`, `-i e+` does
 * @example
 * matchesInterface('eni+', { kind: 'prefix', prefix: 'eni' }) // => 'yes'
 * matchesInterface('eni', { kind: 'prefix', prefix: 'eni' }) // => 'no'
 * matchesInterface('eni1a2b', { kind: 'prefix', prefix: 'eni' }) // => 'unknown'
 */
export function matchesInterface(pattern: string, face: HostInterface): Tri {
  const wildcard = pattern.endsWith('+');
  const start = wildcard ? pattern.slice(0, -1) : pattern;
  if (face.kind === 'name')
    return (wildcard ? face.name.startsWith(start) : face.name === start) ? 'yes' : 'no';
  if (wildcard && face.prefix.startsWith(start)) return 'yes';
  const longer = start.length > face.prefix.length && start.startsWith(face.prefix);
  return longer ? 'unknown' : 'no';
}
