import { describe, expect, test } from 'vitest';
import { readScenarios } from '../../conformance/sdk/lab/scenarios.mjs';
import { readRecordedSdks } from '../../conformance/sdk/replay/recording.ts';
import { agree, replay } from '../../conformance/sdk/replay/replay.ts';
import { environmentOf, exchangeOf } from '../../conformance/sdk/replay/scriptedWorld.ts';
import type { ResolvedProvider, SdkBehaviour } from '../../src/sdkChain/behaviour.ts';
import { chartOf } from '../../src/sdkChain/chart.ts';
import type { Evidence, Rule } from '../../src/sdkChain/providerRow.ts';
import type { SdkEntry } from '../../src/sdkChain/entry.ts';
import { sdkBehaviour, sdkCatalogue } from '../../src/sdkChain/registry.ts';
import type { ChainInput } from '../../src/sdkChain/run.ts';
import { startWalk } from '../../src/sdkChain/walk.ts';

type AnyRule = Rule<string, string>;

/** Every row of an SDK that says where it is known from. */
function rowsOf({ providers, sts, refresh, ...entry }: SdkEntry): readonly Evidence[] {
  return [
    entry,
    sts,
    refresh,
    ...refresh.renewals,
    ...(refresh.remembersErrors ? [refresh.remembersErrors] : []),
    ...providers.flatMap((provider) => [provider, ...allRules(provider)]),
  ];
}

function allRules(provider: SdkEntry['providers'][number]): readonly AnyRule[] {
  switch (provider.kind) {
    case 'environmentKeys':
      return provider.halfPair ? [provider.halfPair] : [];
    case 'imds':
      return [...provider.token, ...provider.roleList, ...provider.roleCredentials];
    default:
      return provider.rules;
  }
}

describe('every row of the catalogue', () => {
  test.each(sdkCatalogue().map((entry) => ({ entry, family: entry.family })))(
    'cites its source and how strong that is: $family',
    ({ entry }) => {
      for (const { source, strength } of rowsOf(entry)) {
        expect(['recorded', 'source', 'docs']).toContain(strength);
        expect(source).toMatch(/^([\w.-]+\/[\w.-]+(:|#\d)|https:\/\/|conformance\/)/);
        // Who says "recorded" says where the recordings are; who has none does not.
        expect({ source, recorded: source.includes('conformance/sdk/') }).toEqual({
          source,
          recorded: strength === 'recorded',
        });
      }
    },
  );
});

/** Walks a chain by its machine and lists the rows that had a say. */
function rowsUsed(sdk: SdkBehaviour, input: ChainInput): readonly Evidence[] {
  const { start, stations, next } = chartOf(sdk);
  const walk = startWalk(sdk, input);
  const used: Evidence[] = [];
  let state = start;
  for (let station = stations.get(state); station; station = stations.get(state)) {
    const event = station.act(walk);
    const provider = sdk.providers.find(({ id }) => id === station?.provider);
    if (!provider) throw new Error(`no provider ${station.provider}`);
    const rule = rulesAt(provider, station.id).find(({ on }) => on.includes(event));
    if (rule) used.push(rule);
    state = next(state, event);
    if (state === 'credentials') used.push(provider);
  }
  return used;
}

function rulesAt(provider: ResolvedProvider, station: string): readonly AnyRule[] {
  if (provider.kind !== 'imds') return allRules(provider);
  const at = station.slice(provider.id.length + 1);
  if (at.startsWith('roleList')) return provider.roleList;
  if (at.startsWith('roleCredentials')) return provider.roleCredentials;
  return at === 'tokenAgain' ? [] : provider.token;
}

test('no version was recorded that is newer than the newest known', () => {
  const newer = readRecordedSdks().filter(({ sdk }) => sdkBehaviour(sdk).assumed === 'newerThanKnown');
  expect(newer.map(({ sdk }) => sdk)).toEqual([]);
});

test('what a recording shows is cited as recorded', () => {
  const scenarios = new Map(readScenarios().map((scenario) => [scenario.id, scenario]));
  const weak = new Map<string, string>();
  for (const { sdk, recordings } of readRecordedSdks()) {
    const { behaviour } = sdkBehaviour(sdk);
    for (const recording of recordings) {
      const scenario = scenarios.get(recording.scenario);
      if (!scenario || !agree(sdk, recording, replay(sdk, scenario))) continue;
      const rows = rowsUsed(behaviour, {
        environment: environmentOf(scenario),
        exchange: exchangeOf(scenario),
        moduleMissing: () => false,
      });
      for (const row of rows) {
        if (row.strength === 'recorded') continue;
        const name = 'on' in row ? String(row.on) : 'kind' in row ? String(row.kind) : '';
        weak.set(`${sdk.family} ${name} [${row.source}]`, recording.scenario);
      }
    }
  }
  expect([...weak]).toEqual([]);
});
