import type { Ask, Question } from '../../model/fact.ts';
import type { ObjectRef } from '../../model/objectRef.ts';
import { describeRef } from '../../model/objectRef.ts';
import type { Tri } from '../hostInterface.ts';

/** Something that holds, does not, or is known only to whoever is asked. */
export interface Condition {
  readonly known: Tri;
  readonly settle: (ask: Ask) => boolean;
}

/** Holds. */
export const always: Condition = { known: 'yes', settle: () => true };

/** Does not hold. */
export const never: Condition = { known: 'no', settle: () => false };

/** Makes a condition of what is known. */
export function when(holds: boolean): Condition {
  return holds ? always : never;
}

/** Holds when the other does not. */
export function not({ known, settle }: Condition): Condition {
  const opposite = { yes: 'no', no: 'yes', unknown: 'unknown' } as const;
  return { known: opposite[known], settle: (ask) => !settle(ask) };
}

/** Holds when every one does. */
export function every(conditions: readonly Condition[]): Condition {
  const known = new Set(conditions.map((one) => one.known));
  if (known.has('no')) return never;
  if (!known.has('unknown')) return always;
  return { known: 'unknown', settle: (ask) => conditions.every(({ settle }) => settle(ask)) };
}

/** Holds when one does. */
export function some(conditions: readonly Condition[]): Condition {
  return not(every(conditions.map(not)));
}

/** Holds when whoever is asked says that the part of a policy at `ref` fits. */
export function asked(ref: ObjectRef): Condition {
  const scope = `${describeRef(ref)} ${ref.field ?? ''}`.trim();
  const question: Question = { name: 'policyMatch', scope, about: ref };
  return { known: 'unknown', settle: (ask) => ask(question) === 'fits' };
}
