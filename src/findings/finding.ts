import type { Diagnostic } from '../model/diagnostic.ts';
import type { ObjectRef } from '../model/objectRef.ts';
import type { Fix } from '../model/patch.ts';
import type { World } from '../model/world.ts';
import type { Answer } from '../resolve/answer.ts';
import type { Condition } from '../resolve/condition.ts';

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
  /**
   * When it is so, where that hangs on facts that nothing states; absent where it holds whatever they are, and
   * for what is latent, which waits for something to happen.
   */
  readonly when?: Condition;
  /** What to do, in words. */
  readonly advice: string;
  /** Concrete changes that ought to remove it, best first. `whatIf` proves one before it is offered. */
  readonly fixes: readonly Fix[];
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

/** What is known of one kind of conflict, in words. */
export interface Conflict {
  /** Stable, kebab-case. */
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  /** What the author of the objects expects; a sentence part. */
  readonly expects: string;
  /** What happens instead, and with which SDKs. */
  readonly gets: string;
  /** Where the conflict is known from. */
  readonly source: string;
}

/** One kind of conflict and how it is found. */
export interface Rule extends Conflict {
  /**
   * `cause`: names why. `symptom`: says only that something is wrong, and is left out where a cause is found
   * for the same answers.
   */
  readonly level: 'cause' | 'symptom';
  readonly find: (examined: Examined) => readonly Finding[];
}
