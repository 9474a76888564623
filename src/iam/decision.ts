import type { ObjectRef } from '../model/objectRef.ts';
import type { Question } from '../model/fact.ts';

/** Which policy a statement stands in, seen from the request. */
export type PolicyRole =
  | 'trustPolicy'
  | 'identityPolicy'
  | 'permissionsBoundary'
  | 'sessionPolicy'
  | 'serviceControlPolicy'
  | 'resourceControlPolicy';

/** How one condition of a statement came out. */
export interface ConditionEvidence {
  /** As written, as `StringLike`. */
  readonly operator: string;
  /** As written, as `oidc.eks.eu-west-1.amazonaws.com/id/ABC:sub`. */
  readonly key: string;
  readonly expected: readonly string[];
  /** Absent: the request has no such key. */
  readonly actual?: readonly string[];
  readonly holds: boolean;
}

/** How one statement came out against a request: the first part that does not fit is the last one filled in. */
export interface StatementEvidence {
  readonly policy: PolicyRole;
  /** The document, with its position; `field` is `Statement[0]`. */
  readonly at: ObjectRef;
  readonly sid?: string;
  readonly effect: 'Allow' | 'Deny';
  readonly principalMatches: boolean;
  readonly actionMatches: boolean;
  readonly resourceMatches: boolean;
  readonly conditions: readonly ConditionEvidence[];
  readonly applies: boolean;
}

/** Whether a principal may assume a role, and by which statements. */
export type AssumeDecision =
  | { readonly kind: 'allowed'; readonly because: readonly StatementEvidence[] }
  | {
      readonly kind: 'denied';
      readonly reason: 'explicitDeny' | 'implicitDeny' | 'noSuchRole';
      /** The side that refused. */
      readonly by: PolicyRole;
      readonly because: readonly StatementEvidence[];
    }
  /** The input holds no policy; the fact was stated, assumed or explored. */
  | { readonly kind: 'byFact'; readonly allowed: boolean; readonly question: Question };

/** Reads the verdict off a decision. */
export function isAllowed(decision: AssumeDecision): boolean {
  return decision.kind === 'allowed' || (decision.kind === 'byFact' && decision.allowed);
}
