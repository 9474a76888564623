import { orderingOperators, type ComparisonOperator } from './operator.ts';

/** The operators on moments: the W3C profile of ISO 8601, or seconds since 1970. */
export const dateOperators: readonly ComparisonOperator[] = orderingOperators('Date', readMoment);

const w3cDate = /^\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?)?)?$/;

/** Seconds since 1970. Four digits are a year, as the W3C profile has it; more are seconds. */
function readMoment(value: string): number | undefined {
  if (/^\d{5,}(\.\d+)?$/.test(value)) return Number(value);
  if (!w3cDate.test(value)) return undefined;
  const milliseconds = Date.parse(value);
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}
