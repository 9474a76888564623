import { arnOperators } from './arn.ts';
import { binaryOperators } from './binary.ts';
import { boolOperators } from './bool.ts';
import { dateOperators } from './date.ts';
import { ipAddressOperators } from './ipAddress.ts';
import { nullOperators } from './null.ts';
import { numericOperators } from './numeric.ts';
import type { ConditionOperator } from './operator.ts';
import { stringOperators } from './string.ts';

/** Every operator that IAM knows, in the order of its documentation. */
export const conditionOperators: readonly ConditionOperator[] = [
  ...stringOperators,
  ...numericOperators,
  ...dateOperators,
  ...boolOperators,
  ...binaryOperators,
  ...ipAddressOperators,
  ...arnOperators,
  ...nullOperators,
];

/** How several values of one key are taken together. */
export type SetQualifier = 'none' | 'ForAnyValue' | 'ForAllValues';

/** The name of an operator as a policy writes it, taken apart. */
export interface OperatorName {
  readonly qualifier: SetQualifier;
  readonly operator: ConditionOperator;
  /** `holds`: the suffix `IfExists` was written, so that an absent key holds. */
  readonly whenAbsent: 'asOperator' | 'holds';
}

const byName: ReadonlyMap<string, ConditionOperator> = new Map(
  conditionOperators.map((operator) => [operator.name.toLowerCase(), operator]),
);

/**
 * Takes the name of an operator apart, or gives nothing when IAM knows no such operator.
 *
 * `Null` takes no `IfExists`. Names are compared without regard to case: policies are seen in the wild with
 * `stringEquals`, and IAM has stored them.
 *
 * @source `...IfExists`:
 *   awsdocs/iam-user-guide:doc_source/reference_policies_elements_condition_operators.md
 * @example
 * parseOperatorName('ForAnyValue:StringLikeIfExists')?.operator.name // => 'StringLike'
 * parseOperatorName('StringEqual') // => undefined
 */
export function parseOperatorName(written: string): OperatorName | undefined {
  const [, prefix, name = '', suffix] =
    /^(?:(ForAnyValue|ForAllValues):)?(.*?)(IfExists)?$/i.exec(written) ?? [];
  const operator = byName.get(name.toLowerCase());
  if (!operator || (operator.kind === 'presence' && suffix !== undefined)) return undefined;
  return {
    qualifier: qualifiers[prefix?.toLowerCase() ?? ''] ?? 'none',
    operator,
    whenAbsent: suffix === undefined ? 'asOperator' : 'holds',
  };
}

const qualifiers: Readonly<Record<string, SetQualifier>> = {
  foranyvalue: 'ForAnyValue',
  forallvalues: 'ForAllValues',
};
