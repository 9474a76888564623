import fc from 'fast-check';
import {
  readRecordings,
  readScenarios as readDaemonScenarios,
} from '../../conformance/daemons/lab/scenarios.mjs';
import { replayKiam } from '../../conformance/daemons/replay/kiam.ts';
import { replayKube2iam } from '../../conformance/daemons/replay/kube2iam.ts';
import { readScenarios } from '../../conformance/sdk/lab/scenarios.mjs';
import { readRecordedSdks } from '../../conformance/sdk/replay/recording.ts';
import { environmentOf, exchangeOf } from '../../conformance/sdk/replay/scriptedWorld.ts';
import { findConflicts } from '../../src/findings/examine.ts';
import { readNodeRules } from '../../src/ingest/iptables/nodeRules.ts';
import { parseInput } from '../../src/ingest/parse.ts';
import { sdkFamilies } from '../../src/model/sdk.ts';
import { resolveAll } from '../../src/resolve/resolve.ts';
import { parseSdk, sdkBehaviour } from '../../src/sdkChain/registry.ts';
import { worlds } from '../../src/testing/arbitraries/world.ts';
import { readFixtures } from '../atlas/fixture.ts';
import { everyBehaviour } from '../sdkChain/arbitraryWorld.ts';
import { fakeInput, type FakeWorld } from '../sdkChain/fakeWorld.ts';
import { chainMatrix, chainWorlds } from './chainWorlds.ts';
import { rowsOf } from './parts.ts';
import { rareWorlds } from './rareWorlds.ts';
import { answersOf, countAnswers, countChain, type Tally } from './tally.ts';

/** The same worlds each time: what is reached is not to change with the luck of a draw. */
const seed = 20261125;

/** Random clusters, each with four SDKs; and random small worlds for the chains of all. */
export function randomWorlds(seen: Tally): void {
  const families = fc.uniqueArray(fc.constantFrom(...sdkFamilies), { minLength: 4, maxLength: 4 });
  const draws = fc.tuple(worlds({ maxPods: 1, facts: 'stated' }), families);
  for (const [world, some] of fc.sample(draws, { numRuns: 200, seed })) {
    const answers = answersOf(
      world,
      some.map((family) => ({ family })),
    );
    countAnswers(seen, answers);
    for (const { rule } of findConflicts(world, answers)) seen.add('finding', rule);
  }
  walkChains(seen, fc.sample(chainWorlds, { numRuns: 200, seed }));
}

/** Every mechanism with every fault, for the chains of all SDKs. */
export function matrixOfChains(seen: Tally): void {
  walkChains(seen, chainMatrix);
}

function walkChains(seen: Tally, small: readonly FakeWorld[]): void {
  for (const world of small) for (const sdk of differing) countChain(seen, sdk, fakeInput(world));
}

/** Behaviours that together have every row of every SDK. */
const differing = ((): typeof everyBehaviour => {
  const known = new Set<string>();
  return everyBehaviour.toReversed().filter((sdk) => {
    const rows = rowsOf(sdk).filter((row) => !known.has(row));
    for (const row of rows) known.add(row);
    return rows.length > 0;
  });
})();

/** The scenarios in which real SDKs were recorded, with the behaviours of the versions that were. */
export function recordedSdks(seen: Tally): void {
  const behaviours = new Set(readRecordedSdks().map(({ sdk }) => sdkBehaviour(sdk).behaviour));
  for (const scenario of readScenarios()) {
    for (const sdk of behaviours) {
      countChain(seen, sdk, {
        environment: environmentOf(scenario),
        exchange: exchangeOf(scenario),
        moduleMissing: () => false,
        processKeys: () => 'lasting',
      });
    }
  }
}

/** What nothing but a recording of a real daemon reaches, with the scenario that does. */
const onlyRecorded: Readonly<Record<'kube2iam' | 'kiam', readonly string[]>> = {
  kube2iam: ['map-path', 'map-none-no-base', 'sts-no-region'],
  kiam: ['map-path', 'map-arn-rubbish', 'path-healthz', 'sts-prefetched', 'server-gone'],
};

/** Some scenarios in which the real kube2iam and kiam were recorded; whoever calls looks at what is said. */
export function recordedDaemons(): void {
  const replays = { kube2iam: replayKube2iam, kiam: replayKiam } as const;
  for (const daemon of ['kube2iam', 'kiam'] as const) {
    const { recordings } = readRecordings(daemon);
    for (const scenario of readDaemonScenarios(daemon)) {
      const recording = recordings[scenario.id];
      if (recording && onlyRecorded[daemon].includes(scenario.id)) replays[daemon](scenario, recording);
    }
  }
}

/** The fixtures of the conflict atlas, each with the first of the SDKs that it is about. */
export function atlasFixtures(seen: Tally): void {
  for (const { id, input, iptables, answers } of readFixtures()) {
    // That the rule finds it there, `test/atlas/atlas.test.ts` holds of every fixture.
    seen.add('finding', id);
    const saved = iptables === undefined ? [] : [{ file: 'rules', text: iptables }];
    const { world } = parseInput([{ file: id, text: input }]);
    const shown = { ...world, iptables: readNodeRules(saved).iptables };
    const names = [...new Set(Object.values(answers).flatMap((each) => Object.keys(each)))];
    const sdks = names.map(parseSdk).flatMap((parsed) => (parsed.kind === 'sdk' ? [parsed.sdk] : []));
    // `stated` is no SDK: the fixture itself names one for each container.
    const [sdk] = sdks;
    countAnswers(seen, resolveAll(shown, sdk ? { sdk } : {}));
  }
}

/** Small clusters, each made for one thing that nothing else reaches. */
export function madeForIt(seen: Tally): void {
  for (const { world, sdk } of rareWorlds) {
    const answers = answersOf(world, [{ family: sdk }]);
    countAnswers(seen, answers);
    for (const { rule } of findConflicts(world, answers)) seen.add('finding', rule);
  }
}
