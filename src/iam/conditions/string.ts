import { literalText, matchesPattern } from '../pattern.ts';
import { negationOf, operatorSource, type ComparisonOperator } from './operator.ts';

const stringEquals: ComparisonOperator = {
  kind: 'comparison',
  name: 'StringEquals',
  sense: 'matches',
  syntax: { wildcards: 'none', variables: 'replaced' },
  reads: () => true,
  compare: (expected, actual) => literalText(expected) === actual,
  values: 'texts',
  source: operatorSource,
};

const stringEqualsIgnoreCase: ComparisonOperator = {
  ...stringEquals,
  name: 'StringEqualsIgnoreCase',
  values: 'textsInAnyCase',
  compare: (expected, actual) => literalText(expected).toLowerCase() === actual.toLowerCase(),
};

const stringLike: ComparisonOperator = {
  ...stringEquals,
  name: 'StringLike',
  syntax: { wildcards: 'text', variables: 'replaced' },
  compare: matchesPattern,
};

/** The operators on text. Only the `Like` forms know wildcards, and a `*` of theirs also crosses colons. */
export const stringOperators: readonly ComparisonOperator[] = [
  stringEquals,
  negationOf(stringEquals, 'StringNotEquals'),
  stringEqualsIgnoreCase,
  negationOf(stringEqualsIgnoreCase, 'StringNotEqualsIgnoreCase'),
  stringLike,
  negationOf(stringLike, 'StringNotLike'),
];
