import { expect, test } from 'vitest';
import type { Provider } from '../../src/sdkChain/entry.ts';
import { parseSdk, sdkBehaviour } from '../../src/sdkChain/registry.ts';
import {
  nextPhaseAt,
  phaseAt,
  renewalOf,
  type RenewalPhase,
  type RenewalTimes,
} from '../../src/sdkChain/renewal.ts';

function renewal(name: string, kind: Provider['kind']): RenewalTimes {
  const parsed = parseSdk(name);
  if (parsed.kind !== 'sdk') throw new Error(parsed.diagnostic.message);
  const found = renewalOf(sdkBehaviour(parsed.sdk).behaviour, kind);
  if (!found) throw new Error(`nobody knows when ${name} renews ${kind}`);
  return found;
}

/**
 * The SDK, what its credentials come from, how long they live, and the ages at which a renewal is tried and
 * at which it must succeed; one age where it must succeed from the first try on.
 */
const table: readonly (readonly [string, Provider['kind'], number, readonly number[]])[] = [
  // From 5 minutes before expiry, and surely from 1 minute before.
  ['java-v2', 'webIdentity', 3600, [3300, 3540]],
  ['java-v2', 'webIdentity', 900, [600, 840]],
  // From 15 minutes before expiry, but after an hour at the latest.
  ['java-v2', 'container', 3600, [2700, 3540]],
  ['java-v2', 'container', 21_600, [3600, 21_540]],
  ['java-v1', 'container', 3600, [2700, 3600]],
  // After half of the life, but not before 5 minutes.
  ['java-v2', 'imds', 3600, [1800, 3599]],
  ['java-v2', 'imds', 21_600, [10_800, 21_599]],
  ['java-v2', 'imds', 400, [300, 399]],
  ['java-v2', 'imds', 200, [199]],
  // Advised from 15 minutes before expiry, demanded from 10.
  ['botocore', 'webIdentity', 3600, [2700, 3000]],
  // What is nearly expired is held on for 17 minutes.
  ['botocore', 'imds', 3600, [2700]],
  ['botocore', 'imds', 60, [120]],
  // An expiry window for what lives longer than 15 minutes, and no more than an hour.
  ['go-v2', 'imds', 3600, [3300]],
  ['go-v2', 'imds', 900, [900]],
  ['go-v2', 'imds', 901, [601]],
  ['go-v2', 'imds', 21_600, [3300]],
  ['go-v2@1.15.0', 'imds', 21_600, [21_300]],
  ['go-v2@1.15.0', 'imds', 900, [600]],
  ['go-v2', 'webIdentity', 3600, [3600]],
  // Held for five minutes at most.
  ['cpp', 'container', 3600, [295]],
  ['cpp', 'container', 100, [95]],
  ['kotlin', 'imds', 3600, [890]],
  // Asked every two minutes.
  ['dotnet-v4', 'imds', 3600, [120, 3600]],
  ['dotnet-v4', 'imds', 60, [60]],
  ['js-v3', 'webIdentity', 3600, [3300, 3600]],
  ['swift', 'webIdentity', 3600, [3300]],
];

/** Walks through the phases: what holds just before and at each of the ages. */
function expectPhases(times: RenewalTimes, life: number, ages: readonly number[]): void {
  const dueAt = ages.at(-1) ?? 0;
  const [triedAt = dueAt] = ages;
  const walked: (readonly [number, RenewalPhase, number | undefined])[] = [
    [triedAt - 1, 'fresh', triedAt],
    ...(triedAt < dueAt
      ? ([
          [triedAt, 'dueSoon', dueAt],
          [dueAt - 1, 'dueSoon', dueAt],
        ] as const)
      : []),
    [dueAt, 'due', undefined],
    [dueAt + 10_000, 'due', undefined],
  ];
  const seen = walked.map(([age]) => [age, phaseAt(times, life, age), nextPhaseAt(times, life, age)]);
  expect(seen).toStrictEqual(walked);
}

test.each(table)('%s with credentials of %s that live %i s renews them at %j', (sdk, kind, life, ages) => {
  expectPhases(renewal(sdk, kind), life, ages);
});

/** What a row says, how long the credentials live, and the ages as above. */
const rows: readonly (readonly [RenewalTimes, number, readonly number[]])[] = [
  [{ of: [], mustFromSeconds: 0 }, 900, [900]],
  [{ of: [], mustFromSeconds: 60, stretched: { belowSeconds: 900, heldSeconds: 1020 } }, 899, [960]],
  [{ of: [], mustFromSeconds: 60, stretched: { belowSeconds: 900, heldSeconds: 1020 } }, 900, [840]],
  [{ of: [], mustFromSeconds: 60, noWindowUpToSeconds: 900 }, 900, [900]],
  [{ of: [], mustFromSeconds: 60, noWindowUpToSeconds: 900 }, 901, [841]],
  [{ of: [], mustFromSeconds: 60, atMostSeconds: 600 }, 900, [540]],
  [
    { of: [], mustFromSeconds: 60, atMostSeconds: 600, triesFrom: { beforeExpirySeconds: 90 } },
    900,
    [510, 540],
  ],
  [
    { of: [], mustFromSeconds: 60, triesFrom: { afterSeconds: 100, beforeExpirySeconds: 90 } },
    900,
    [100, 840],
  ],
  [{ of: [], mustFromSeconds: 60, triesFrom: { beforeExpirySeconds: 30 } }, 900, [840]],
];
test.each(rows)('%j of a life of %i s: %j', (times, life, ages) => {
  expectPhases(times, life, ages);
});

test.each([
  ['dotnet-v3', 'webIdentity'],
  ['dotnet-v3', 'container'],
  ['cpp', 'webIdentity'],
] as const)('nobody has found out when %s renews credentials of %s', (family, kind) => {
  expect(renewalOf(sdkBehaviour({ family }).behaviour, kind)).toBeUndefined();
});
