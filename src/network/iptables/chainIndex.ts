import type { Chain } from '../../model/iptables.ts';
import { parseAddress } from '../address.ts';

/**
 * Finds the rules of a chain that may match a destination, without looking at thousands that are each about
 * one other address.
 */
interface ChainIndex {
  /** Places of the rules about one address, by that address. */
  readonly byDestination: ReadonlyMap<string, readonly number[]>;
  /** Places of all other rules. */
  readonly others: readonly number[];
}

/** A chain never changes, so its index stays true. */
const indexes = new WeakMap<Chain, ChainIndex>();

/** Gives the place of the first rule at or after another that may match a destination. */
export function nextCandidate(chain: Chain, from: number, destination: string | undefined): number {
  const key = destination === undefined ? undefined : keyOf(destination);
  if (key === undefined) return from;
  const { byDestination, others } = indexOfChain(chain);
  const none = chain.rules.length;
  return Math.min(atOrAfter(byDestination.get(key) ?? [], from) ?? none, atOrAfter(others, from) ?? none);
}

function indexOfChain(chain: Chain): ChainIndex {
  const known = indexes.get(chain);
  if (known) return known;
  const byDestination = new Map<string, number[]>();
  const others: number[] = [];
  for (const [at, { matches }] of chain.rules.entries()) {
    const one = matches.find(
      (match) => match.kind === 'destination' && !match.negated && isWhole(match.cidr),
    );
    const key = one?.kind === 'destination' ? keyOf(one.cidr.split('/')[0] ?? '') : undefined;
    if (key === undefined) others.push(at);
    else byDestination.set(key, [...(byDestination.get(key) ?? []), at]);
  }
  const index = { byDestination, others };
  indexes.set(chain, index);
  return index;
}

function isWhole(cidr: string): boolean {
  return cidr.endsWith(cidr.includes(':') ? '/128' : '/32');
}

/** One text for one address, however it is written. */
function keyOf(address: string): string | undefined {
  const read = parseAddress(address);
  return read?.family === 6 ? read.value.toString() : read?.text;
}

/** Finds the first number of an ascending list that is not below another. */
function atOrAfter(sorted: readonly number[], from: number): number | undefined {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < from) low = middle + 1;
    else high = middle;
  }
  return sorted[low];
}
