import { describe, expect, test } from 'vitest';
import type { SdkBehaviour } from '../../src/sdkChain/behaviour.ts';
import { chartOf } from '../../src/sdkChain/chart.ts';
import { sdkBehaviour } from '../../src/sdkChain/registry.ts';
import { runChain } from '../../src/sdkChain/run.ts';
import { smallInput } from '../../src/sdkChain/smallWorld.ts';

/** Rust, with these providers alone. */
function rustWith(...ids: readonly string[]): SdkBehaviour {
  const { behaviour } = sdkBehaviour({ family: 'rust' });
  return { ...behaviour, providers: behaviour.providers.filter(({ id }) => ids.includes(id)) };
}

describe('the statechart of Rust without profile and web identity', () => {
  const own = ['environment', 'container', 'imds'];
  const tokenFile = { tokenMissing: 'error', tokenUnreadable: 'error', tokenMalformed: 'error' };
  const answer = {
    clientError: 'error',
    serverError: 'error',
    timeout: 'error',
    refused: 'error',
    hang: 'error',
  };
  const lost = { timeout: 'exhausted', refused: 'exhausted', hang: 'exhausted' };
  const refused = { forbidden: 'error', badRequest: 'error', serverError: 'error' };
  const table: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    environment: { found: 'credentials', absent: 'container' },
    container: {
      absent: 'imds',
      uriEmpty: 'error',
      hostNotAllowed: 'error',
      withToken: 'container/token',
      tokenAlone: 'container/tokenAlone',
      selected: 'container/get',
    },
    'container/token': { ok: 'container/get', tokenEmpty: 'container/get', ...tokenFile },
    'container/tokenAlone': { ok: 'imds', tokenEmpty: 'imds', ...tokenFile },
    'container/get': { ok: 'credentials', ...answer },
    imds: { selected: 'imds/token', disabled: 'exhausted' },
    'imds/token': {
      ok: 'imds/roleList',
      ...refused,
      notFound: 'error',
      methodNotAllowed: 'error',
      ...lost,
    },
    'imds/roleList': {
      ok: 'imds/roleCredentials',
      ...refused,
      unauthorized: 'error',
      empty: 'error',
      notFound: 'exhausted',
      ...lost,
    },
    'imds/roleCredentials': {
      ok: 'credentials',
      ...refused,
      unauthorized: 'error',
      empty: 'error',
      notFound: 'error',
      timeout: 'error',
      refused: 'error',
      hang: 'error',
    },
  };

  test('has the stations that something leads to, in the order of the chain', () => {
    const { start, stations } = chartOf(rustWith(...own));
    expect(start).toBe('environment');
    expect([...stations.keys()]).toEqual(Object.keys(table));
  });

  test.each(Object.keys(table).map((id) => [id] as const))('leads from %s', (id) => {
    const { stations, next } = chartOf(rustWith(...own));
    const events = Object.keys(stations.get(id)?.on ?? {});
    expect(Object.fromEntries(events.map((event) => [event, next(id, event)]))).toEqual(table[id]);
  });

  test.each(['credentials', 'error', 'exhausted'])('ends at %s', (end) => {
    const { machine } = chartOf(rustWith(...own));
    expect(machine.resolveState({ value: end, context: {} }).status).toBe('done');
  });

  test.each([
    ['environment', 'nonsense'],
    ['imds/token', 'found'],
    ['credentials', 'ok'],
  ])('does not know at %s what %s is', (state, event) => {
    const unknown = new Error(`\`${state}\` does not know \`${event}\``);
    expect(() => chartOf(rustWith(...own)).next(state, event)).toThrow(unknown);
  });
});

describe('the statechart of an SDK', () => {
  test('is built once for a behaviour, and anew for its like', () => {
    const sdk = rustWith('environment');
    expect(chartOf(sdk)).toBe(chartOf(sdk));
    expect(chartOf({ ...sdk })).not.toBe(chartOf(sdk));
  });

  test('with one provider leads from it to the end of the chain', () => {
    const { start, stations, next } = chartOf(rustWith('environment'));
    expect([start, [...stations.keys()], next('environment', 'absent')]).toEqual([
      'environment',
      ['environment'],
      'exhausted',
    ]);
  });

  test('without any provider is at the end of the chain from the start', () => {
    const none = rustWith();
    expect(chartOf(none).start).toBe('exhausted');
    expect(chartOf(none).stations).toEqual(new Map());
    expect(runChain(none, smallInput({ variables: {} }))).toStrictEqual({
      end: { kind: 'error', error: 'no providers in chain provided credentials' },
      steps: [],
    });
  });
});
