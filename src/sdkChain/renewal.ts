import type { SdkBehaviour } from './behaviour.ts';
import type { Provider } from './entry.ts';
import type { Renewal, RenewalStart } from './refresh.ts';

/**
 * How far credentials are towards their end, as an SDK sees it.
 *
 * `fresh`: nobody is asked. `dueSoon`: a renewal is tried, and its failure goes unseen. `due`: it must succeed.
 */
export type RenewalPhase = 'fresh' | 'dueSoon' | 'due';

/** Finds when an SDK renews credentials of one kind of provider; nothing when nobody has found out. */
export function renewalOf(
  { refresh }: Pick<SdkBehaviour, 'refresh'>,
  kind: Provider['kind'],
): Renewal | undefined {
  return refresh.renewals.find(({ of }) => of.includes(kind));
}

/**
 * Says in which phase credentials are.
 *
 * @param lifeSeconds - from when they were obtained until they expire
 * @param ageSeconds - since they were obtained
 * @example
 * const javaSts = { of: [], triesFrom: { beforeExpirySeconds: 300 }, mustFromSeconds: 60 };
 * phaseAt(javaSts, 3600, 3300) // => 'dueSoon'
 * phaseAt(javaSts, 3600, 3540) // => 'due'
 */
export function phaseAt(renewal: RenewalTimes, lifeSeconds: number, ageSeconds: number): RenewalPhase {
  const { triedAt, dueAt } = renewalTimes(renewal, lifeSeconds);
  if (ageSeconds >= dueAt) return 'due';
  return ageSeconds >= triedAt ? 'dueSoon' : 'fresh';
}

/**
 * Gives the age at which credentials enter their next phase, or nothing when they are in the last.
 */
export function nextPhaseAt(
  renewal: RenewalTimes,
  lifeSeconds: number,
  ageSeconds: number,
): number | undefined {
  const { triedAt, dueAt } = renewalTimes(renewal, lifeSeconds);
  return [triedAt, dueAt].find((at) => at > ageSeconds);
}

/** What of a renewal says when it happens. */
export type RenewalTimes = Omit<Renewal, 'source' | 'strength' | 'servesOldAfter'>;

function renewalTimes(
  { triesFrom, mustFromSeconds, noWindowUpToSeconds = 0, atMostSeconds, stretched }: RenewalTimes,
  lifeSeconds: number,
): { readonly triedAt: number; readonly dueAt: number } {
  const stated = stretched && lifeSeconds < stretched.belowSeconds ? stretched.heldSeconds : lifeSeconds;
  const held = Math.min(stated, atMostSeconds ?? stated);
  const window = lifeSeconds > noWindowUpToSeconds ? mustFromSeconds : 0;
  const dueAt = held - window;
  return { triedAt: Math.min(dueAt, triesFrom ? startAt(triesFrom, held) : dueAt), dueAt };
}

function startAt(start: RenewalStart, lifeSeconds: number): number {
  const { beforeExpirySeconds, afterSeconds, afterHalfOfLifeSeconds } = start;
  return Math.min(
    beforeExpirySeconds === undefined ? Infinity : lifeSeconds - beforeExpirySeconds,
    afterSeconds ?? Infinity,
    afterHalfOfLifeSeconds === undefined ? Infinity : Math.max(lifeSeconds / 2, afterHalfOfLifeSeconds),
  );
}
