import type { ConditionEvidence } from '../decision.ts';
import { fillVariables, type Pattern } from '../pattern.ts';
import { lookUpKey, type KeyState, type RequestContext } from '../requestContext.ts';
import { allOf, type Truth } from '../truth.ts';
import type { ComparisonOperator } from './operator.ts';
import type { OperatorName } from './operators.ts';

/** One operator with one key and its values: all conditions of a statement must hold. */
export interface Condition {
  /** As written. */
  readonly written: string;
  readonly name: OperatorName;
  /** As written. */
  readonly key: string;
  readonly values: readonly { readonly text: string; readonly pattern: Pattern }[];
}

/** The part of a request that conditions read. */
export type ConditionContext = Pick<RequestContext, 'keys' | 'openKeys'>;

/**
 * Decides one condition, with its reason.
 *
 * @source Absent keys: awsdocs/iam-user-guide:doc_source/reference_policies_elements_condition_operators.md;
 *   set operators: awsdocs/iam-user-guide:doc_source/reference_policies_multi-value-conditions.md
 */
export function decideCondition(condition: Condition, context: ConditionContext): ConditionEvidence {
  const state = lookUpKey(context, condition.key);
  const truth = conditionHolds(condition, state, context);
  return {
    operator: condition.written,
    key: condition.key,
    expected: condition.values.map((value) => value.text),
    ...(state.kind === 'present' ? { actual: state.values } : {}),
    holds: truth === 'yes',
    ...(truth === 'open' ? { undetermined: true as const } : {}),
  };
}

function conditionHolds(condition: Condition, state: KeyState, context: ConditionContext): Truth {
  const { operator } = condition.name;
  if (operator.kind === 'presence') return presenceHolds(condition, state);
  if (state.kind === 'open') return 'open';
  if (state.kind === 'absent') return holdsWhenAbsent(condition.name, operator) ? 'yes' : 'no';
  const filled = condition.values.map((value) =>
    fillVariables(value.pattern, (key) => lookUpKey(context, key)),
  );
  // A variable that cannot be resolved makes the whole statement invalid, whatever the other values say.
  const fits = allOf(
    filled.map((value) => (value.kind === 'filled' ? 'yes' : value.kind === 'missing' ? 'no' : 'open')),
  );
  if (fits !== 'yes') return fits;
  const patterns = filled.flatMap((value) => (value.kind === 'filled' ? [value.pattern] : []));
  return comparisonHolds(condition.name, operator, patterns, state.values) ? 'yes' : 'no';
}

function presenceHolds(condition: Condition, state: KeyState): Truth {
  if (state.kind === 'open' && state.presence === 'sometimes') return 'open';
  const word = state.kind === 'absent' ? 'true' : 'false';
  return condition.values.some((value) => value.text.toLowerCase() === word) ? 'yes' : 'no';
}

/**
 * @source A set operator does not look at `IfExists`:
 *   https://iam.cloudcopilot.io/resources/operators/ForAnyValue:StringNotEqualsIfExists
 */
function holdsWhenAbsent(name: OperatorName, operator: ComparisonOperator): boolean {
  if (name.qualifier !== 'none') return name.qualifier === 'ForAllValues';
  return name.whenAbsent === 'holds' || operator.sense === 'differs';
}

function comparisonHolds(
  name: OperatorName,
  operator: ComparisonOperator,
  patterns: readonly Pattern[],
  values: readonly string[],
): boolean {
  const matches = (actual: string): boolean => patterns.some((pattern) => operator.compare(pattern, actual));
  const fits = (actual: string): boolean => matches(actual) === (operator.sense === 'matches');
  switch (name.qualifier) {
    case 'none':
      return operator.sense === 'matches' ? values.some(matches) : !values.some(matches);
    // An empty text counts as no value at all to the set operators.
    case 'ForAnyValue':
      return values.filter((value) => value !== '').some(fits);
    case 'ForAllValues':
      return values.filter((value) => value !== '').every(fits);
  }
}
