import { complain, refOf, type Field } from '../field.ts';
import type { ObjectRef } from '../../model/objectRef.ts';
import type { Refuse } from './labelSelector.ts';

/** Reasons why an object is refused as a whole. */
export interface Refusals {
  readonly refuse: Refuse;
  /** Whether there was one so far. */
  readonly any: () => boolean;
}

/** Reports each reason to refuse a policy, and remembers that there was one. */
export function refusals(): Refusals {
  let refused = false;
  return {
    refuse: (field, message) => {
      refused = true;
      const help = 'the policy is treated as if it were not there';
      complain(field, { code: 'rejected-policy', severity: 'error', message, help });
    },
    any: () => refused,
  };
}

/** Reports a part of a policy that is not read, and points at it: answers treat it as unknown. */
export function notRead(field: Field): ObjectRef {
  const name = field.path.slice(field.path.lastIndexOf('.') + 1);
  const help = 'answers treat it as unknown: it may fit any connection, and may not';
  complain(field, { code: 'not-read', severity: 'warning', message: `\`${name}\` is not read`, help });
  return refOf(field);
}

/** Reports that an object, or a part of it, is left out, and why. */
export function leftOut(field: Field, message: string): void {
  complain(field, { code: 'not-read', severity: 'warning', message });
}

/** Reads a scalar as it is written, whatever its type. */
export function written(field: Field): string | undefined {
  return field.value?.kind === 'scalar' ? field.value.text : undefined;
}

/** Tells whether there is anything at a place. */
export function isThere(field: Field): boolean {
  return field.value !== undefined;
}
