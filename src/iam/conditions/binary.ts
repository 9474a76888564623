import { literalText } from '../pattern.ts';
import { operatorSource, plainValue, type ComparisonOperator } from './operator.ts';

/** The operator on bytes. Both sides are written in base 64; padding does not count. */
export const binaryOperators: readonly ComparisonOperator[] = [
  {
    kind: 'comparison',
    name: 'BinaryEquals',
    sense: 'matches',
    syntax: plainValue,
    reads: (value) => /^[A-Za-z0-9+/]*={0,2}$/.test(value),
    compare: (expected, actual) => unpadded(literalText(expected)) === unpadded(actual),
    values: 'other',
    source: operatorSource,
  },
];

function unpadded(base64: string): string {
  return base64.replace(/=+$/, '');
}
