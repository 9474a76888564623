import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import measured from '../../conformance/sdk/measured-refresh.json' with { type: 'json' };
import { readScenarios, type Scenario } from '../../conformance/sdk/lab/scenarios.mjs';
import { sourceOf } from '../../conformance/sdk/lab/keys.mjs';
import { readRecordedSdks, type Recording } from '../../conformance/sdk/replay/recording.ts';
import { environmentOf, exchangeOf } from '../../conformance/sdk/replay/scriptedWorld.ts';
import type { Credentials } from '../../src/model/identity.ts';
import type { Reply } from '../../src/model/exchange.ts';
import type { SdkFamily } from '../../src/model/sdk.ts';
import type { SdkBehaviour } from '../../src/sdkChain/behaviour.ts';
import { callForCredentials, newProcess } from '../../src/sdkChain/process.ts';
import { parseSdk, sdkBehaviour } from '../../src/sdkChain/registry.ts';
import { nextPhaseAt, phaseAt } from '../../src/sdkChain/renewal.ts';
import type { ChainInput } from '../../src/sdkChain/run.ts';
import { anyBehaviour, anyWorld } from './arbitraryWorld.ts';
import { fakeInput, type FakeWorld } from './fakeWorld.ts';

/** Gives every credentials that are handed out a life. */
function living(input: ChainInput, seconds: number): ChainInput {
  const withLife = (reply: Reply): Reply => {
    if (reply.kind !== 'ok' || reply.body.kind !== 'credentials') return reply;
    const credentials = { ...reply.body.credentials, expiresInSeconds: seconds };
    return { kind: 'ok', body: { kind: 'credentials', credentials } };
  };
  return { ...input, exchange: (request) => withLife(input.exchange(request)) };
}

/** What a process has at its start, and later when it calls again; `null` for an error. */
function twice(
  sdk: SdkBehaviour,
  before: ChainInput,
  after: ChainInput,
  afterSeconds: number,
  nameOf: (credentials: Credentials) => string,
): readonly (string | null)[] {
  const named = ({ memory: { held } }: ReturnType<typeof callForCredentials>): string | null =>
    held ? nameOf(held.credentials) : null;
  const first = callForCredentials(sdk, newProcess, 0, before);
  const second = callForCredentials(sdk, first.memory, afterSeconds, after);
  return [named(first), named(second)];
}

describe('what real SDKs did when the world changed (conformance/sdk/measured-refresh.json)', () => {
  const cells = measured.scenarios.flatMap((scenario) =>
    Object.entries(scenario.sdks).map(([name, seen]) => ({ scenario, name, ...seen })),
  );

  test.each(cells.map((cell) => ({ ...cell, id: cell.scenario.id, title: cell.scenario.title })))(
    '$id $title: $name',
    ({ scenario, name, first, then }) => {
      const parsed = parseSdk(name);
      if (parsed.kind !== 'sdk') throw new Error(name);
      const { change, lifeSeconds, afterSeconds } = scenario;
      const region = { AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-1' };
      const world = {
        ...(scenario as unknown as FakeWorld),
        variables: { ...region, ...scenario.variables },
      } as FakeWorld;
      const changed = { ...world, ...(change as FakeWorld) };
      const input = (of: FakeWorld): ChainInput => living(fakeInput(of), lifeSeconds);
      const got = twice(
        sdkBehaviour(parsed.sdk).behaviour,
        input(world),
        input(changed),
        afterSeconds,
        ({ mechanism }) => (mechanism === 'podIdentity' ? 'container' : mechanism),
      );
      // One program never called back: nothing can be said of what it first had.
      expect(got).toEqual([first === 'noAnswer' ? got[0] : first, then]);
    },
  );
});

describe('what the lab recorded later', () => {
  const scenarios = new Map(readScenarios().map((scenario) => [scenario.id, scenario]));
  /** A command line ends before its credentials do. */
  const ends: ReadonlySet<SdkFamily> = new Set(['aws-cli-v1', 'aws-cli-v2']);
  const recorded = readRecordedSdks()
    .filter(({ sdk }) => !ends.has(sdk.family))
    .flatMap(({ sdk, recordings }) =>
      recordings.flatMap((recording) => (recording.later ? [{ sdk, recording }] : [])),
    );

  test('is what the model says, wherever the two agree on the beginning', () => {
    const differing: unknown[] = [];
    let compared = 0;
    for (const { sdk, recording } of recorded) {
      const scenario = scenarios.get(recording.scenario);
      if (!scenario?.later) throw new Error(`there is no scenario ${recording.scenario}`);
      const real = [sourceIn(recording.outcome), sourceIn(recording.later?.outcome)];
      const model = relive(sdkBehaviour(sdk).behaviour, scenario, scenario.later);
      // The other replay holds that the beginnings agree. A program that failed before it asked anybody
      // never came to its chain.
      const asked = real[0] !== null || recording.requests.length > 0;
      if (model[0] !== real[0] || !asked) continue;
      compared += 1;
      if (model[1] !== real[1]) differing.push({ ...sdk, scenario: scenario.id, real, model });
    }
    expect(differing).toEqual([]);
    expect(compared).toBeGreaterThan(250);
  });

  function sourceIn(outcome: Recording['outcome'] | undefined): string | null {
    return outcome?.kind === 'credentials' ? outcome.source : null;
  }

  function relive(
    sdk: SdkBehaviour,
    scenario: Scenario,
    { afterSeconds, files, world }: NonNullable<Scenario['later']>,
  ): readonly (string | null)[] {
    const changed: Scenario = { ...scenario, ...world, files: { ...scenario.files, ...files } };
    const input = (of: Scenario): ChainInput =>
      living(
        { environment: environmentOf(of), exchange: exchangeOf(of), moduleMissing: () => false },
        scenario.lifeSeconds,
      );
    return twice(sdk, input(scenario), input(changed), afterSeconds, ({ identity }) =>
      identity.kind === 'static' ? sourceOf(identity.accessKeyId ?? '') : 'unknown',
    );
  }
});

describe('a process of any SDK in any world', () => {
  const life = fc.constantFrom(2, 60, 900, 1800, 3600, 21_600);
  const age = fc.nat(30_000);

  test('gives out what it got as long as it is fresh, whatever becomes of the world', () => {
    fc.assert(
      fc.property(anyBehaviour, anyWorld, anyWorld, life, (sdk, before, after, seconds) => {
        const first = callForCredentials(sdk, newProcess, 0, living(fakeInput(before), seconds));
        const second = callForCredentials(sdk, first.memory, 1, living(fakeInput(after), seconds));
        if (second.outcome !== 'held') return;
        expect(second.memory).toEqual(first.memory);
        expect(second.run).toBeUndefined();
      }),
      { numRuns: 100 },
    );
  });

  test('has the same identity after a renewal as before it when nothing in the world changes', () => {
    fc.assert(
      fc.property(anyBehaviour, anyWorld, life, age, (sdk, world, seconds, at) => {
        const input = living(fakeInput(world), seconds);
        const first = callForCredentials(sdk, newProcess, 0, input);
        const second = callForCredentials(sdk, first.memory, at, input);
        expect(second.memory.held?.credentials).toEqual(first.memory.held?.credentials);
      }),
      { numRuns: 200 },
    );
  });

  test('never goes back to an earlier phase as its credentials grow older', () => {
    const rank = { fresh: 0, dueSoon: 1, due: 2 };
    fc.assert(
      fc.property(anyBehaviour, life, age, age, ({ refresh }, seconds, a, b) => {
        for (const renewal of refresh.renewals) {
          const younger = phaseAt(renewal, seconds, Math.min(a, b));
          const older = phaseAt(renewal, seconds, Math.max(a, b));
          expect(rank[older]).toBeGreaterThanOrEqual(rank[younger]);
          const next = nextPhaseAt(renewal, seconds, a);
          if (next !== undefined)
            expect(phaseAt(renewal, seconds, next)).not.toBe(phaseAt(renewal, seconds, a));
        }
      }),
      { numRuns: 100 },
    );
  });
});
