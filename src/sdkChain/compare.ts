import type { Mechanism } from '../model/identity.ts';
import type { SdkBehaviour } from './behaviour.ts';
import { callForCredentials, newProcess, type CredentialsCall } from './process.ts';
import type { ChainStep } from './run.ts';
import { situations, type Situation } from './situations.ts';
import { smallInput } from './smallWorld.ts';

/** What an SDK does in a situation. */
export type SituationOutcome =
  /** `passed`: providers that failed before, or were passed over. */
  | { readonly kind: 'gets'; readonly mechanism: Mechanism; readonly passed: readonly string[] }
  /** `attempts` of the last request. */
  | { readonly kind: 'stops'; readonly provider: string; readonly error: string; readonly attempts: number }
  /** Every provider was tried. */
  | { readonly kind: 'findsNothing'; readonly error: string; readonly passed: readonly string[] }
  /** The old credentials are given out on, although they have expired. */
  | { readonly kind: 'servesOld'; readonly mechanism: Mechanism }
  | { readonly kind: 'notKnown' };

/** A situation in which two SDKs end differently. */
export interface SdkDifference {
  readonly situation: Pick<Situation, 'id' | 'title'>;
  readonly first: SituationOutcome;
  readonly second: SituationOutcome;
}

/** Two SDKs side by side. */
export interface SdkComparison {
  readonly differences: readonly SdkDifference[];
  /** In how many situations both end alike. */
  readonly alike: number;
}

/**
 * Finds the situations that two SDKs end differently, by running both in each.
 *
 * That both get nothing counts as alike, whichever of them stopped and whichever tried everything.
 */
export function compareSdks(first: SdkBehaviour, second: SdkBehaviour): SdkComparison {
  const all = situations.map((situation) => ({
    situation: { id: situation.id, title: situation.title },
    first: outcomeIn(first, situation),
    second: outcomeIn(second, situation),
  }));
  const differences = all.filter((row) => endOf(row.first) !== endOf(row.second));
  return { differences, alike: all.length - differences.length };
}

const lifeSeconds = 3600;

/** Says what an SDK does in a situation. */
export function outcomeIn(sdk: SdkBehaviour, { world, atRenewal }: Situation): SituationOutcome {
  const living = { ...world, lifeSeconds };
  const first = callForCredentials(sdk, newProcess, 0, smallInput(living));
  if (!atRenewal) return readOutcome(first);
  const input = smallInput({ ...living, ...atRenewal });
  return readOutcome(callForCredentials(sdk, first.memory, lifeSeconds, input));
}

function readOutcome({ outcome, memory: { held }, run }: CredentialsCall): SituationOutcome {
  if (outcome === 'notKnown') return { kind: 'notKnown' };
  const steps = run?.steps ?? [];
  if (held) {
    const { mechanism } = held.credentials;
    return outcome === 'servedOld'
      ? { kind: 'servesOld', mechanism }
      : { kind: 'gets', mechanism, passed: passedIn(steps, held.provider) };
  }
  const end = run?.end;
  const error = end?.kind === 'error' ? end.error : '';
  const provider = end?.provider;
  if (provider === undefined) return { kind: 'findsNothing', error, passed: passedIn(steps, undefined) };
  const last = steps.findLast((step) => step.kind === 'exchange');
  return { kind: 'stops', provider, error, attempts: last?.attempts ?? 1 };
}

function passedIn(steps: readonly ChainStep[], winner: string | undefined): readonly string[] {
  const failed = steps.flatMap((step) => (step.kind === 'failed' ? step.provider : []));
  return [...new Set(failed)].filter((provider) => provider !== winner);
}

function endOf(outcome: SituationOutcome): string {
  switch (outcome.kind) {
    case 'gets':
    case 'servesOld':
      return outcome.mechanism;
    case 'stops':
    case 'findsNothing':
      return 'none';
    case 'notKnown':
      return 'notKnown';
  }
}
