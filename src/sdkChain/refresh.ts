import type { ContainerFailure, Provider } from './entry.ts';
import type { Evidence, VersionRange } from './providerRow.ts';
import type { ImdsGetFailure, ImdsTokenFailure } from './imdsProvider.ts';

/** From when on a renewal is tried whose failure nobody sees; the earliest of what is given. */
export interface RenewalStart {
  readonly beforeExpirySeconds?: number;
  readonly afterSeconds?: number;
  /** After half of the life, but not before so many seconds. */
  readonly afterHalfOfLifeSeconds?: number;
}

/** When the credentials of some kinds of provider are renewed, and what comes of it when that fails. */
export interface Renewal extends VersionRange, Evidence {
  readonly of: readonly Provider['kind'][];
  /** Absent: nothing is tried before it must succeed. */
  readonly triesFrom?: RenewalStart;
  /** Seconds before expiry from which a renewal must succeed. */
  readonly mustFromSeconds: number;
  /** Credentials that live no longer than this are renewed at their expiry alone. */
  readonly noWindowUpToSeconds?: number;
  /** Credentials are held no longer than this, whatever they say. */
  readonly atMostSeconds?: number;
  /** Credentials that live less than `belowSeconds` are held for `heldSeconds`, expired or not. */
  readonly stretched?: { readonly belowSeconds: number; readonly heldSeconds: number };
  /** Failures after which the old credentials are given out on, expired or not; absent: none. */
  readonly servesOldAfter?: readonly (ContainerFailure | ImdsTokenFailure | ImdsGetFailure)[];
}

/** What becomes of an identity while the process lives. */
export interface Refresh extends Evidence {
  /**
   * `pinned`: the provider that won is asked alone. `walksAgain`: the whole chain each time.
   * `walksAgainWhenEmpty`: the whole chain once the provider that won has nothing.
   */
  readonly chain: 'pinned' | 'walksAgain' | 'walksAgainWhenEmpty';
  /** The versions in which an error, once met, is given to every later call, and nobody is asked again. */
  readonly remembersErrors?: VersionRange & Evidence;
  /** For a kind of provider that no row names, nobody has found out. */
  readonly renewals: readonly Renewal[];
}
