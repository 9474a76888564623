import { operatorSource, type PresenceOperator } from './operator.ts';

/** The operator that asks whether the request lacks the key (`true`) or has it (`false`). */
export const nullOperators: readonly PresenceOperator[] = [
  {
    kind: 'presence',
    name: 'Null',
    reads: (value) => /^(true|false)$/i.test(value),
    source: operatorSource,
  },
];
