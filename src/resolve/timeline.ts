import type { Change } from '../model/change.ts';
import type { Identity, Mechanism } from '../model/identity.ts';
import type { AnswerSdk, Subject } from './answer.ts';
import type { Condition } from './condition.ts';
import type { ConsultedFact } from './explore.ts';
import type { Step } from './trace.ts';

/** Something that changes in the world while the process runs. */
export interface Moment {
  /** Minutes after the first call of the process. */
  readonly minute: number;
  readonly change: Change;
}

/**
 * Why a process holds what it holds from a minute on.
 *
 * - `started`: its first call for credentials.
 * - `renewed`: the provider that it uses was asked again and gave another identity.
 * - `changedProvider`: the chain was walked again, and another provider won.
 * - `recovered`: after an error there are credentials again.
 * - `failed`: the credentials had to be renewed, and that failed.
 * - `servedExpired`: that failed too, but this SDK goes on with the old ones although they have expired.
 */
export type HoldReason = 'started' | 'renewed' | 'changedProvider' | 'recovered' | 'failed' | 'servedExpired';

/** What a process holds from a minute on, until the next entry. */
export type TimelineEntry =
  | {
      readonly kind: 'holds';
      readonly minute: number;
      readonly identity: Identity;
      readonly mechanism: Mechanism;
      readonly why: HoldReason;
      /** Titles of the changes since the entry before. */
      readonly after: readonly string[];
      /** Where it is known from when this SDK asks again and what it does then. */
      readonly source: string;
      readonly trace: readonly Step[];
    }
  /** From here on nobody knows: what becomes of it depends on when this SDK asks again. */
  | {
      readonly kind: 'notKnown';
      readonly minute: number;
      readonly after: readonly string[];
      readonly source: string;
    };

/** One way in which the identity of a process can go over time, and when it goes so. */
export interface Course {
  readonly entries: readonly TimelineEntry[];
  readonly when: Condition;
}

/** How the identity of one container with one SDK goes over time. The first course is the usual one. */
export interface Timeline {
  readonly subject: Subject;
  readonly sdk: AnswerSdk;
  readonly courses: readonly Course[];
  readonly consulted: readonly ConsultedFact[];
  readonly incomplete: boolean;
}
