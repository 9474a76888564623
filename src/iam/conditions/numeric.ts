import { orderingOperators, type ComparisonOperator } from './operator.ts';

/** The operators on integers and decimals. */
export const numericOperators: readonly ComparisonOperator[] = orderingOperators('Numeric', readNumber);

function readNumber(value: string): number | undefined {
  return /^[+-]?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}
