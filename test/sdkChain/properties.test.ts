import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { initialTransition, transition } from 'xstate';
import type { SdkBehaviour } from '../../src/sdkChain/behaviour.ts';
import { chartOf } from '../../src/sdkChain/chart.ts';
import { runChain, type ChainRun } from '../../src/sdkChain/run.ts';
import { startWalk } from '../../src/sdkChain/walk.ts';
import { oracleChain } from '../oracle/chain.ts';
import { anyBehaviour, anyWorld, everyBehaviour } from './arbitraryWorld.ts';
import { fakeInput, type FakeWorld } from './fakeWorld.ts';

function lastWord({ end }: ChainRun): string {
  if (end.kind === 'credentials') return `${end.provider}: credentials`;
  return end.provider === undefined ? 'exhausted' : `${end.provider}: stop`;
}

/** Walks the machine itself: the stations act, xstate alone says what comes next. */
function statesOf(sdk: SdkBehaviour, world: FakeWorld): readonly string[] {
  const { machine, stations } = chartOf(sdk);
  const walk = startWalk(sdk, fakeInput(world));
  let snapshot = initialTransition(machine)[0];
  const states = [String(snapshot.value)];
  while (snapshot.status === 'active') {
    const event = stations.get(String(snapshot.value))?.act(walk);
    if (event === undefined || !snapshot.can({ type: event }))
      throw new Error(`no way from ${states.at(-1)}`);
    snapshot = transition(machine, snapshot, { type: event })[0];
    states.push(String(snapshot.value));
  }
  return states;
}

function endState(end: ChainRun['end']): string {
  if (end.kind === 'credentials') return 'credentials';
  return end.provider === undefined ? 'exhausted' : 'error';
}

describe('a run of any SDK in any world', () => {
  test('ends as the loop ends that says the chain in a dozen lines', () => {
    fc.assert(
      fc.property(anyWorld, (world) => {
        const differing = everyBehaviour.filter(
          (sdk) => lastWord(runChain(sdk, fakeInput(world))) !== oracleChain(sdk, fakeInput(world)),
        );
        expect(differing.map(({ family, versions }) => ({ family, versions }))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('is a path of the machine of that SDK, and the machine is then at an end', () => {
    fc.assert(
      fc.property(anyBehaviour, anyWorld, (sdk, world) => {
        const { end, steps } = runChain(sdk, fakeInput(world));
        const order = sdk.providers.map(({ id }) => id);
        const visited = [...new Set(steps.map(({ provider }) => provider))];
        expect(visited).toEqual(order.filter((id) => visited.includes(id)));
        expect(statesOf(sdk, world).at(-1)).toBe(endState(end));
      }),
      { numRuns: 100 },
    );
  });

  test('asks nothing after a provider that stops or succeeds', () => {
    fc.assert(
      fc.property(anyBehaviour, anyWorld, (sdk, world) => {
        const { steps } = runChain(sdk, fakeInput(world));
        const last = steps.findIndex(
          (step) => step.kind === 'succeeded' || (step.kind === 'failed' && step.then === 'stop'),
        );
        expect([-1, steps.length - 1]).toContain(last);
      }),
      { numRuns: 200 },
    );
  });

  test('tells of every request that it makes, once', () => {
    fc.assert(
      fc.property(anyBehaviour, anyWorld, (sdk, world) => {
        const input = fakeInput(world);
        const { steps } = runChain(sdk, input);
        const told = steps.flatMap((step) => (step.kind === 'exchange' ? [step.request] : []));
        expect(told).toEqual(input.asked);
      }),
      { numRuns: 200 },
    );
  });

  test('gives the same answer each time', () => {
    fc.assert(
      fc.property(anyBehaviour, anyWorld, (sdk, world) => {
        expect(runChain(sdk, fakeInput(world))).toEqual(runChain(sdk, fakeInput(world)));
      }),
      { numRuns: 60 },
    );
  });

  test('asks about the STS module only when web identity is configured and the SDK needs the module', () => {
    fc.assert(
      fc.property(anyBehaviour, anyWorld, (sdk, world) => {
        let asked = 0;
        const input = { ...fakeInput(world), moduleMissing: () => (asked++, true) };
        const { steps } = runChain(sdk, input);
        const needs = sdk.providers.some(
          (row) => row.kind === 'webIdentity' && row.rules.some(({ on }) => on.includes('moduleMissing')),
        );
        if (!needs) expect(asked).toBe(0);
        expect(
          steps.filter((step) => step.kind === 'failed' && step.failure === 'moduleMissing').length,
        ).toBe(asked);
      }),
      { numRuns: 100 },
    );
  });
});

describe('laws of single SDKs', () => {
  const keysFirst = everyBehaviour.filter(({ providers }) => providers[0]?.kind === 'environmentKeys');

  test('static keys in the environment win where the environment comes first and no profile is named', () => {
    fc.assert(
      fc.property(fc.constantFrom(...keysFirst), anyWorld, (sdk, world) => {
        const { AWS_PROFILE: _, ...rest } = world.variables ?? {};
        const keys = { AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 'secret' };
        const { end, steps } = runChain(sdk, fakeInput({ ...world, variables: { ...rest, ...keys } }));
        expect(end).toMatchObject({ kind: 'credentials', provider: 'environment' });
        expect(steps.some(({ kind }) => kind === 'exchange')).toBe(false);
      }),
      { numRuns: 100 },
    );
  });

  test('an SDK that switches by configuration lets no provider follow a web identity that it chose', () => {
    const irsa = {
      AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/app',
      AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/token',
    };
    const knowing = everyBehaviour.filter(
      ({ family, providers }) =>
        /^(go|dotnet)/.test(family) && providers.some(({ kind }) => kind === 'webIdentity'),
    );
    fc.assert(
      fc.property(fc.constantFrom(...knowing), anyWorld, (sdk, world) => {
        const { AWS_ACCESS_KEY_ID: _, AWS_PROFILE: _named, ...rest } = world.variables ?? {};
        const { end } = runChain(sdk, fakeInput({ ...world, variables: { ...rest, ...irsa } }));
        expect(end.provider).toBe('webIdentity');
      }),
      { numRuns: 100 },
    );
  });

  test('IMDSv2-only SDKs never send a metadata request without a token but for the token itself', () => {
    const v2Only = everyBehaviour.filter(({ providers }) =>
      providers.some((row) => row.kind === 'imds' && row.protocol === 'v2'),
    );
    expect(new Set(v2Only.map(({ family }) => family))).toEqual(new Set(['kotlin', 'rust', 'swift']));
    fc.assert(
      fc.property(fc.constantFrom(...v2Only), anyWorld, (sdk, world) => {
        const input = fakeInput(world);
        runChain(sdk, input);
        const bare = input.asked.filter(
          (request) => request.kind === 'imds' && !request.withToken && request.call.kind !== 'token',
        );
        expect(bare).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  test('what a file may hold out of sight is asked about only by a chain that comes to it', () => {
    const keys = { HOME: '/home/app', AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 'secret' };
    for (const sdk of keysFirst) {
      const input = fakeInput({ variables: keys, files: { '/home/app/.aws/credentials': null } });
      runChain(sdk, input);
      expect(input.asked).toEqual([]);
    }
  });
});
