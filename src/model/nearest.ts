import { distance } from 'fastest-levenshtein';

/**
 * Finds the known word nearest to what was written, or nothing when none is near.
 *
 * "Near" is at most a third of the longer word's letters, so that `--host-interfce` finds
 * `--host-interface` and an unrelated word finds nothing.
 *
 * @example
 * nearestWord('host-interfce', ['host-interface', 'node']) // => 'host-interface'
 */
export function nearestWord(written: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const word of known) {
    const steps = distance(written.toLowerCase(), word.toLowerCase());
    const limit = Math.max(1, Math.floor(Math.max(written.length, word.length) / 3));
    if (steps <= limit && steps < bestDistance) {
      best = word;
      bestDistance = steps;
    }
  }
  return best;
}
