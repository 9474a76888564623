import type { Evidence, Rule } from '../providerRow.ts';
import { credentials, nextProvider, stop, type Target } from '../station.ts';

/** A rule once its provider has had its say: the SDK stops or goes on. */
export interface Verdict extends Evidence {
  readonly next: 'stop' | 'continue';
  readonly error: string;
}

/**
 * Where a protocol is at work: as a provider of its own, or as the source of a profile
 * (`credential_source`, `web_identity_token_file`), which then has the say over its failures.
 */
export interface Seat {
  /** Begins the ids of its stations. */
  readonly prefix: string;
  readonly provider: string;
  /** Where credentials lead. */
  readonly done: Target;
  readonly verdict: (rule: Verdict) => Verdict;
  /** What it means that the protocol is not configured at all; absent: the next provider is tried. */
  readonly absent?: Verdict;
}

/** Seats a protocol as a provider of its own. */
export function ownSeat(provider: string): Seat {
  return { prefix: provider, provider, done: credentials, verdict: (rule) => rule };
}

/** Gives a rule without what is particular to its protocol. */
export function verdictOf(rule: Rule<string, string>): Verdict {
  const { next, error, source, strength } = rule;
  return { next: next === 'stop' ? 'stop' : 'continue', error, source, strength };
}

/** Says where a failure leads. */
export function failureTarget(seat: Seat, rule: Rule<string, string>): Target {
  return seat.verdict(verdictOf(rule)).next === 'stop' ? stop : nextProvider;
}

/** Says where it leads that the protocol is not configured. */
export function absentTarget(seat: Seat): Target {
  return seat.absent?.next === 'stop' ? stop : nextProvider;
}
