/**
 * The words that are no strings when they stand un-quoted.
 *
 * kubectl and the API server read YAML 1.1, in which also `yes`, `on` and `n` are booleans.
 *
 * @source yaml/go-yaml v2 resolve.go, `resolveMapList`, as used by kubernetes-sigs/yaml
 */
const words: ReadonlyMap<string, boolean | null | number> = new Map<string, boolean | null | number>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map(
    (word) => [word, true] as const,
  ),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map(
    (word) => [word, false] as const,
  ),
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, Number.NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map(
    (word) => [word, Number.POSITIVE_INFINITY] as const,
  ),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, Number.NEGATIVE_INFINITY] as const),
]);

/** Numbers in the notations of Go, after `_` was taken out; group 1 is the sign, group 2 the digits. */
const notations: readonly { readonly shape: RegExp; readonly read: (digits: string) => number }[] = [
  { shape: /^([-+]?)0[xX]([0-9a-fA-F]+)$/, read: (digits) => Number.parseInt(digits, 16) },
  { shape: /^([-+]?)0[oO]?([0-7]+)$/, read: (digits) => Number.parseInt(digits, 8) },
  { shape: /^([-+]?)0[bB]([01]+)$/, read: (digits) => Number.parseInt(digits, 2) },
  { shape: /^([-+]?)((?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)$/, read: Number },
];

/**
 * Gives an un-quoted scalar the type that Kubernetes gives it. Dates stay strings.
 *
 * @source yaml/go-yaml v2 resolve.go, `resolve`
 * @example
 * [plainScalar('86400'), plainScalar('yes'), plainScalar('0644'), plainScalar('2024-01-01')]
 * // => [86400, true, 420, '2024-01-01']
 */
export function plainScalar(text: string): string | number | boolean | null {
  const word = words.get(text);
  if (word !== undefined) return word;
  if (!/^[-+.0-9]/.test(text)) return text;
  const plain = text.replaceAll('_', '');
  for (const { shape, read } of notations) {
    const [, sign, digits] = shape.exec(plain) ?? [];
    if (digits !== undefined) return sign === '-' ? -read(digits) : read(digits);
  }
  return text;
}
