import { getShortestPaths, getSimplePaths } from 'xstate/graph';
import { describe, expect, test } from 'vitest';
import { chartOf, type Chart } from '../../src/sdkChain/chart.ts';
import { sdkBehaviour } from '../../src/sdkChain/registry.ts';
import { everyBehaviour } from './arbitraryWorld.ts';

const ends = ['credentials', 'error', 'exhausted'];

describe('the statechart of every behaviour', () => {
  test('leads from each station to an end, with credentials or without, and to no end but three', () => {
    for (const sdk of everyBehaviour) {
      const { machine, stations } = chartOf(sdk);
      const states = getShortestPaths(machine).map(({ state }) => state);
      const names = states.filter(({ status }) => status === 'active').map(({ value }) => String(value));
      const finals = states.filter(({ status }) => status === 'done').map(({ value }) => String(value));
      expect(new Set(names)).toEqual(new Set(stations.keys()));
      expect(ends).toEqual(expect.arrayContaining(finals));
      expect(finals).toContain('credentials');
      expect(new Set(finals).size).toBeGreaterThan(1);
    }
  });

  test('is built once', () => {
    for (const sdk of everyBehaviour) expect(chartOf(sdk)).toBe(chartOf(sdk));
  });

  test('refuses an event that no station gives', () => {
    const chart = chartOf(sdkBehaviour({ family: 'rust' }).behaviour);
    expect(() => chart.next('environment', 'nonsense')).toThrow('`environment` does not know `nonsense`');
  });
});

describe.each(['java-v2', 'rust', 'go-v2', 'kotlin'] as const)('all paths of %s', (family) => {
  const sdk = sdkBehaviour({ family }).behaviour;
  const chart = chartOf(sdk);
  const paths = getSimplePaths(chart.machine, {
    events: (state) => oneEventEach(chart, String(state.value)),
  });

  test('go through the providers in their order', () => {
    const order = sdk.providers.map(({ id }) => id);
    for (const { steps } of paths) {
      const visited = steps
        .map(({ state }) => String(state.value).split('/')[0])
        .filter((id) => !ends.includes(id ?? ''));
      const places = visited.map((id) => order.indexOf(id ?? ''));
      expect(places).toEqual(places.toSorted((a, b) => a - b));
    }
  });

  test('end with an identity, an error, or no credentials', () => {
    const last = paths.filter(({ state }) => state.status === 'done').map(({ state }) => String(state.value));
    expect(new Set(last).size).toBeGreaterThan(1);
    for (const end of last) expect(ends).toContain(end);
  });
});

/** Of several events with one effect, the first: paths are told apart by their states. */
function oneEventEach(chart: Chart, state: string): { readonly type: string }[] {
  const events = new Map<string, string>();
  for (const event of Object.keys(chart.stations.get(state)?.on ?? {})) {
    const to = chart.next(state, event);
    if (!events.has(to)) events.set(to, event);
  }
  return [...events.values()].map((type) => ({ type }));
}
