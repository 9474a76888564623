import { matchesPattern } from '../pattern.ts';
import { negationOf, operatorSource, type ComparisonOperator } from './operator.ts';

const arnLike: ComparisonOperator = {
  kind: 'comparison',
  name: 'ArnLike',
  sense: 'matches',
  syntax: { wildcards: 'arn', variables: 'replaced' },
  reads: (value) => value.split(':').length >= 6 || value.includes('${'),
  compare: matchesPattern,
  values: 'texts',
  source: operatorSource,
};

const arnEquals: ComparisonOperator = { ...arnLike, name: 'ArnEquals' };

/**
 * The operators on ARNs.
 *
 * Each component is matched by itself, and `Equals` knows wildcards exactly as `Like` does.
 */
export const arnOperators: readonly ComparisonOperator[] = [
  arnEquals,
  negationOf(arnEquals, 'ArnNotEquals'),
  arnLike,
  negationOf(arnLike, 'ArnNotLike'),
];
