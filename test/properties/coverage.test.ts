import fc from 'fast-check';
import { parseInput } from '../../src/ingest/parse.ts';
import { readNodeRules } from '../../src/ingest/iptables/nodeRules.ts';
import { parseSdk } from '../../src/sdkChain/registry.ts';
import { resolveAll } from '../../src/resolve/resolve.ts';
import { readFixtures } from '../atlas/fixture.ts';
import {
  readRecordings,
  readScenarios as readDaemonScenarios,
} from '../../conformance/daemons/lab/scenarios.mjs';
import { replayKiam } from '../../conformance/daemons/replay/kiam.ts';
import { replayKube2iam } from '../../conformance/daemons/replay/kube2iam.ts';
import { describe, expect, it, vi } from 'vitest';
import { readScenarios } from '../../conformance/sdk/lab/scenarios.mjs';
import { readRecordedSdks } from '../../conformance/sdk/replay/recording.ts';
import { environmentOf, exchangeOf } from '../../conformance/sdk/replay/scriptedWorld.ts';
import { findConflicts } from '../../src/findings/examine.ts';
import { sdkFamilies } from '../../src/model/sdk.ts';
import { sdkBehaviour } from '../../src/sdkChain/registry.ts';
import { worlds } from '../../src/testing/arbitraries/world.ts';
import { chainMatrix, chainWorlds } from './chainWorlds.ts';
import { everyBehaviour } from '../sdkChain/arbitraryWorld.ts';
import { fakeInput } from '../sdkChain/fakeWorld.ts';
import { everyPart, rowsOf, type Part } from './parts.ts';
import { answersOf, countAnswers, countChain, tally, type Tally } from './tally.ts';

const sink = vi.hoisted(() => ({ seen: undefined as Tally | undefined }));
vi.mock(import('../../src/services/kiam.ts'), async (load) => {
  const real = await load();
  return {
    ...real,
    kiam: (...given) => {
      const reply = real.kiam(...given);
      for (const { kind } of reply.evidence) sink.seen?.add('service', kind);
      return reply;
    },
  };
});
vi.mock(import('../../src/services/kube2iam.ts'), async (load) => {
  const real = await load();
  return {
    ...real,
    kube2iam: (...given) => {
      const reply = real.kube2iam(...given);
      for (const { kind } of reply.evidence) sink.seen?.add('service', kind);
      return reply;
    },
  };
});
vi.mock(import('../../src/network/pathStep.ts'), async (load) => {
  const real = await load();
  return {
    ...real,
    pathStep: (...given) => {
      sink.seen?.add('path', given[2]);
      return real.pathStep(...given);
    },
  };
});
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
  for (const [world, some] of fc.sample(draws, { numRuns: 320, seed })) {
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
function byChains(matrix: boolean): Tally {
  const seen = tally();
  for (const world of matrix ? chainMatrix : fc.sample(chainWorlds, { numRuns: 300, seed })) {
    for (const sdk of rich) countChain(seen, sdk, fakeInput(world));
  }
  return seen;
}
function byFixtures(): Tally {
  const seen = tally();
  for (const { id, input, iptables, answers } of readFixtures()) {
    const { world } = parseInput([{ file: id, text: input }]);
    const rules = readNodeRules(iptables === undefined ? [] : [{ file: 'rules', text: iptables }]);
    const names = [...new Set(Object.values(answers).flatMap((each) => Object.keys(each)))];
    const shown = { ...world, iptables: rules.iptables };
    const sdks = names.flatMap((name) => {
      const p = parseSdk(name);
      return p.kind === 'sdk' ? [p.sdk] : [];
    });
    countAnswers(
      seen,
      sdks.length === 0 ? resolveAll(shown) : sdks.flatMap((sdk) => resolveAll(shown, { sdk })),
    );
  }
  return seen;
}
function byDaemons(): Tally {
  const seen = tally();
  sink.seen = seen;
  for (const daemon of ['kube2iam', 'kiam'] as const) {
    const { recordings } = readRecordings(daemon);
    for (const scenario of readDaemonScenarios(daemon)) {
      const recording = recordings[scenario.id];
      if (!recording || scenario.outside !== undefined) continue;
      (daemon === 'kiam' ? replayKiam : replayKube2iam)(scenario, recording);
    }
  }
  sink.seen = undefined;
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
      chains: time('chains', () => byChains(false)),
      matrix: time('matrix', () => byChains(true)),
      daemons: time('daemons', byDaemons),
      fixtures: time('fixtures', byFixtures),
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

console.log(chainMatrix.length);
