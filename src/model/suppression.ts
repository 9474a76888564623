import type { ObjectRef } from './objectRef.ts';

/** A finding that somebody has looked at and accepts. */
export interface Suppression {
  /** The id of the rule, as written; whether there is such a rule is for `findings/` to say. */
  readonly rule: string;
  readonly reason: string;
  readonly covers: SuppressionScope;
  /** Where it is written. */
  readonly ref: ObjectRef;
}

/**
 * What a suppression is about.
 *
 * - `object`: the object that bears the annotation: itself, the pods that it makes, or what a namespace holds.
 * - `named`: objects by the name that findings print, as `TrustPolicy arn:aws:iam::…:role/ci-*`.
 */
export type SuppressionScope =
  | { readonly kind: 'object'; readonly object: ObjectRef }
  | { readonly kind: 'named'; readonly pattern: string };
