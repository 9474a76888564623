/**
 * Joins words as one writes a list.
 *
 * @example
 * listOf(['a', 'b', 'c'], 'or') // => 'a, b or c'
 */
export function listOf(words: readonly string[], conjunction: 'and' | 'or'): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} ${conjunction} ${last}`;
}

/**
 * Writes a number together with its noun.
 *
 * @example
 * countOf(1, 'workload') // => '1 workload'
 * countOf(0, 'identity', 'identities') // => '0 identities'
 */
export function countOf(count: number, noun: string, plural: string = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}
