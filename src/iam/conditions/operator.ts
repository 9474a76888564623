import { literalText, type Pattern, type PatternSyntax } from '../pattern.ts';

/** Compares one value of a policy with one value of the request. */
export interface ComparisonOperator {
  readonly kind: 'comparison';
  /** As the documentation spells it, without prefix and suffix. */
  readonly name: string;
  /** `differs`: the condition holds when no value matches; an absent key then holds too. */
  readonly sense: 'matches' | 'differs';
  /** How the values of the policy are read. */
  readonly syntax: PatternSyntax;
  /** Whether a value of the policy, or of a request, can be read at all; one that cannot never matches. */
  readonly reads: (value: string) => boolean;
  readonly compare: (expected: Pattern, actual: string) => boolean;
  /** What the values of the policy are: patterns of texts, or something else, as numbers. */
  readonly values: 'texts' | 'textsInAnyCase' | 'other';
  readonly source: string;
}

/** Asks only whether the request has the key. */
export interface PresenceOperator {
  readonly kind: 'presence';
  readonly name: string;
  readonly reads: (value: string) => boolean;
  readonly source: string;
}

/** An operator of a `Condition` block. */
export type ConditionOperator = ComparisonOperator | PresenceOperator;

/** Where AWS documents every operator. */
export const operatorSource: string =
  'awsdocs/iam-user-guide:doc_source/reference_policies_elements_condition_operators.md';

/** Values that are compared as they stand: no wildcards, no variables. */
export const plainValue: PatternSyntax = { wildcards: 'none', variables: 'literal' };

/** Gives the operator that holds when the given one does not. */
export function negationOf(operator: ComparisonOperator, name: string): ComparisonOperator {
  return { ...operator, name, sense: 'differs' };
}

/**
 * Makes the operators that order values: `…Equals`, `…LessThan` and so on, from one way to read a value.
 *
 * @param family - `Numeric` or `Date`
 */
export function orderingOperators(
  family: string,
  read: (value: string) => number | undefined,
): readonly ComparisonOperator[] {
  const operator = (
    name: string,
    holds: (actual: number, expected: number) => boolean,
  ): ComparisonOperator => ({
    kind: 'comparison',
    name: `${family}${name}`,
    sense: 'matches',
    syntax: plainValue,
    reads: (value) => read(value) !== undefined,
    compare: (expected, actual) => {
      const limit = read(literalText(expected));
      const value = read(actual);
      return limit !== undefined && value !== undefined && holds(value, limit);
    },
    values: 'other',
    source: operatorSource,
  });
  const equals = operator('Equals', (actual, expected) => actual === expected);
  return [
    equals,
    negationOf(equals, `${family}NotEquals`),
    operator('LessThan', (actual, expected) => actual < expected),
    operator('LessThanEquals', (actual, expected) => actual <= expected),
    operator('GreaterThan', (actual, expected) => actual > expected),
    operator('GreaterThanEquals', (actual, expected) => actual >= expected),
  ];
}
