import type { Diagnostic } from '../model/diagnostic.ts';
import type { ObjectRef } from '../model/objectRef.ts';
import type { Condition } from './conditions/condition.ts';
import type { PolicyRole } from './decision.ts';
import type { Pattern } from './pattern.ts';
import type { PrincipalElement } from './principal.ts';

/** `Action` or `NotAction`, `Resource` or `NotResource`: a list, or everything but a list. */
export interface MatchList {
  readonly kind: 'oneOf' | 'noneOf';
  readonly patterns: readonly { readonly text: string; readonly pattern: Pattern }[];
}

/** A statement, read and ready to be evaluated. */
export interface Statement {
  /** The document; `field` is `Statement[0]`, or `Statement` when the document writes no list. */
  readonly at: ObjectRef;
  readonly sid?: string;
  readonly effect: 'Allow' | 'Deny';
  /** Absent in policies that are attached to a principal. */
  readonly principal?: PrincipalElement;
  readonly actions: MatchList;
  /** Absent in trust policies: the resource is the role itself. */
  readonly resources?: MatchList;
  readonly conditions: readonly Condition[];
}

/** A policy document, read and ready to be evaluated. */
export interface Policy {
  readonly ref: ObjectRef;
  readonly role: PolicyRole;
  readonly version: '2008-10-17' | '2012-10-17';
  readonly statements: readonly Statement[];
}

/** A policy together with everything that is to be said about its document. */
export interface ParsedPolicy {
  readonly policy: Policy;
  readonly diagnostics: readonly Diagnostic[];
}

/** Tells whether IAM would store the document: no diagnostic is an error. */
export function isAccepted(parsed: ParsedPolicy): boolean {
  return !parsed.diagnostics.some((diagnostic) => diagnostic.severity === 'error');
}
