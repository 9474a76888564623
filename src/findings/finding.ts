import type { Diagnostic } from '../model/diagnostic.ts';
import type { ObjectRef } from '../model/objectRef.ts';
import type { World } from '../model/world.ts';
import type { Answer } from '../resolve/answer.ts';

/**
 * What a finding means for the owner of the cluster.
 *
 * - `privilegeEscalation`: somebody gets a role that is not meant for them.
 * - `wrongIdentity`: a container runs as somebody else than its author meant.
 * - `outage`: a container that is meant to have credentials gets none.
 * - `latent`: right today, wrong after one more ordinary failure.
 */
export type Severity = 'privilegeEscalation' | 'wrongIdentity' | 'outage' | 'latent';

/** One conflict that was found. */
export interface Finding {
  /** The rule's id. */
  readonly rule: string;
  readonly severity: Severity;
  /** The object at fault, with its position when it was read from a file. */
  readonly at: ObjectRef;
  /** One sentence without a full stop. */
  readonly message: string;
  /** The answers that it concerns; empty for a finding about an object that no container uses. */
  readonly answers: readonly Answer[];
  /** What to do. */
  readonly advice: string;
}

/** What rules look at. */
export interface Examined {
  readonly world: World;
  readonly answers: readonly Answer[];
  /** Complaints about annotations that nobody reads. */
  readonly annotationComplaints: readonly Diagnostic[];
  /** Complaints about trust policies that IAM accepts. */
  readonly trustComplaints: readonly Diagnostic[];
}

/** One kind of conflict. */
export interface Rule {
  /** Stable, kebab-case. */
  readonly id: string;
  readonly title: string;
  /** Where the conflict is known from. */
  readonly source: string;
  readonly find: (examined: Examined) => readonly Finding[];
}
