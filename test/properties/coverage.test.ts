import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readScenarios } from '../../conformance/sdk/lab/scenarios.mjs';
import { readRecordedSdks } from '../../conformance/sdk/replay/recording.ts';
import { environmentOf, exchangeOf } from '../../conformance/sdk/replay/scriptedWorld.ts';
import { findConflicts } from '../../src/findings/examine.ts';
import { sdkFamilies } from '../../src/model/sdk.ts';
import { sdkBehaviour } from '../../src/sdkChain/registry.ts';
import { worlds } from '../../src/testing/arbitraries/world.ts';
import { chainWorlds } from './chainWorlds.ts';
import { everyBehaviour } from '../sdkChain/arbitraryWorld.ts';
import { fakeInput } from '../sdkChain/fakeWorld.ts';
import { everyPart, rowsOf, type Part } from './parts.ts';
import { answersOf, countAnswers, countChain, tally, type Tally } from './tally.ts';

const seed = 20261125;
const time = <T>(name: string, f: () => T): T => {
  const s = process.cpuUsage();
  const r = f();
  console.log(name, process.cpuUsage(s).user / 1000);
  return r;
};

function byRandomWorlds(): Tally {
  const seen = tally();
  const families = fc.uniqueArray(fc.constantFrom(...sdkFamilies), { minLength: 4, maxLength: 4 });
  const draws = fc.tuple(worlds({ maxPods: 1, facts: 'stated' }), families);
  for (const [world, some] of fc.sample(draws, { numRuns: 24, seed })) {
    const answers = answersOf(
      world,
      some.map((family) => ({ family })),
    );
    countAnswers(seen, answers);
    for (const { rule } of findConflicts(world, answers)) seen.add('finding', rule);
  }
  return seen;
}
const seenRows = new Set<string>();
const rich = everyBehaviour.toReversed().filter((sdk) => {
  const rows = rowsOf(sdk).filter((row) => !seenRows.has(row));
  for (const row of rows) seenRows.add(row);
  return rows.length > 0;
});
console.log('rich', rich.length);
function byChains(): Tally {
  const seen = tally();
  for (const world of fc.sample(chainWorlds, { numRuns: 1000, seed })) {
    for (const sdk of rich) countChain(seen, sdk, fakeInput(world));
  }
  return seen;
}
function byRecordings(): Tally {
  const seen = tally();
  const scenarios = readScenarios();
  const behaviours = new Set(readRecordedSdks().map(({ sdk }) => sdkBehaviour(sdk).behaviour));
  for (const sdk of behaviours) {
    for (const scenario of scenarios) {
      countChain(seen, sdk, {
        environment: environmentOf(scenario),
        exchange: exchangeOf(scenario),
        moduleMissing: () => false,
        processKeys: () => 'lasting',
      });
    }
  }
  return seen;
}

describe('x', () => {
  it('x', () => {
    const sources = {
      random: time('random', byRandomWorlds),
      chains: time('chains', byChains),
      recordings: time('rec', byRecordings),
    };
    for (const part of Object.keys(everyPart) as Part[]) {
      const all = everyPart[part];
      const left = all.filter((name) => !Object.values(sources).some((seen) => seen.has(part, name)));
      console.log(
        part,
        all.length,
        Object.entries(sources)
          .map(([n, s]) => `${n} ${all.filter((x) => s.has(part, x)).length}`)
          .join(),
        'left',
        left.length,
        left.join('; '),
      );
    }
    console.log(everyBehaviour.length);
    expect(1).toBe(1);
  }, 60000);
});
