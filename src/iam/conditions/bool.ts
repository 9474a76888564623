import { literalText } from '../pattern.ts';
import { operatorSource, type ComparisonOperator } from './operator.ts';

/**
 * The operator on `true` and `false`.
 *
 * @source It takes policy variables, other than the numeric and date operators:
 *   awsdocs/iam-user-guide:doc_source/reference_policies_elements_condition_operators.md
 */
export const boolOperators: readonly ComparisonOperator[] = [
  {
    kind: 'comparison',
    name: 'Bool',
    sense: 'matches',
    syntax: { wildcards: 'none', variables: 'replaced' },
    reads: (value) => /^(true|false|\$\{.*\})$/i.test(value),
    compare: (expected, actual) => literalText(expected).toLowerCase() === actual.toLowerCase(),
    values: 'textsInAnyCase',
    source: operatorSource,
  },
];
