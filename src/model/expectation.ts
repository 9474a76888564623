import type { ObjectRef } from './objectRef.ts';

/** What the owner of a cluster demands of the identities in it, whatever is not known. */
export interface Expectation {
  readonly of: ExpectationScope;
  /**
   * `gets`: every outcome is this identity. `never`: no outcome is.
   */
  readonly claim: 'gets' | 'never';
  /** A role's name or ARN, perhaps with `*`; `none`; or `node-role`. */
  readonly identity: string;
  /** How many known things may break at the same time. */
  readonly underFaults?: number;
  /** Where it is written. */
  readonly ref: ObjectRef;
}

/** The pods that an expectation is about. Names may hold `*`. */
export type ExpectationScope =
  | { readonly kind: 'cluster' }
  | { readonly kind: 'namespace'; readonly namespace: string }
  /** `namespace/name` or `namespace/kind/name`. */
  | { readonly kind: 'workload'; readonly workload: string };
