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

/**
 * As what a `Principal` element names the one who asks.
 *
 * It decides which other policies must allow the request too: see `grants.ts`.
 */
export type PrincipalMatch = 'everyone' | 'account' | 'role' | 'session' | 'service' | 'federated';

/** How one condition of a statement came out. */
export interface ConditionEvidence {
  /** As written, as `StringLike`. */
  readonly operator: string;
  /** As written, as `oidc.eks.eu-west-1.amazonaws.com/id/ABC:sub`. */
  readonly key: string;
  readonly expected: readonly string[];
  /** Absent: the request has no such key, or the input does not show its value. */
  readonly actual?: readonly string[];
  readonly holds: boolean;
  /** The outcome rests on a value that the input does not show; `holds` is then false. */
  readonly undetermined?: true;
}

/** How one statement came out against a request: the first part that does not fit is the last filled in. */
export interface StatementEvidence {
  readonly policy: PolicyRole;
  /** The document, with its position; `field` is `Statement[0]`. */
  readonly at: ObjectRef;
  readonly sid?: string;
  /** The action that was asked for, as `sts:TagSession`. */
  readonly action?: string;
  readonly effect: 'Allow' | 'Deny';
  readonly principalMatches: boolean;
  /** Absent when the statement names no principal (an identity policy) or another one. */
  readonly matchedAs?: PrincipalMatch;
  readonly actionMatches: boolean;
  readonly resourceMatches: boolean;
  readonly conditions: readonly ConditionEvidence[];
  readonly applies: boolean;
  /** Whether it applies rests on something that the input does not show; `applies` is then false. */
  readonly undetermined?: true;
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
  /** The input holds no policy, or not all that it depends on; the fact was stated, assumed or explored. */
  | {
      readonly kind: 'byFact';
      readonly allowed: boolean;
      readonly question: Question;
      /** The statements that were read before the fact decided. */
      readonly because?: readonly StatementEvidence[];
    };

/** Reads the verdict off a decision. */
export function isAllowed(decision: AssumeDecision): boolean {
  return decision.kind === 'allowed' || (decision.kind === 'byFact' && decision.allowed);
}
