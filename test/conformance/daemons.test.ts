import { describe, expect, test } from 'vitest';
import { readRecordings, readScenarios } from '../../conformance/daemons/lab/scenarios.mjs';
import { replayKiam } from '../../conformance/daemons/replay/kiam.ts';
import { replayKube2iam } from '../../conformance/daemons/replay/kube2iam.ts';
import type { Held } from '../../conformance/daemons/replay/state.ts';
import { replayWebhook } from '../../conformance/daemons/replay/webhook.ts';

/** What is held against the model in one scenario. */
interface Replayed {
  readonly id: string;
  readonly held: readonly Held[];
}

function disagreements(replayed: readonly Replayed[]): readonly string[] {
  return replayed.flatMap(({ id, held }) =>
    held
      .filter(({ real, model }) => real !== model)
      .map(({ what, real, model }) => `${id}: ${what}\n  real : ${real}\n  model: ${model}`),
  );
}

function daemonReplayed(daemon: 'kube2iam' | 'kiam'): readonly Replayed[] {
  const { recordings } = readRecordings(daemon);
  const replay = daemon === 'kiam' ? replayKiam : replayKube2iam;
  return readScenarios(daemon).flatMap((scenario) => {
    const recording = recordings[scenario.id];
    if (!recording) throw new Error(`${scenario.id} is not recorded`);
    return scenario.outside === undefined ? [{ id: scenario.id, held: replay(scenario, recording) }] : [];
  });
}

function webhookReplayed(): readonly Replayed[] {
  const { recordings } = readRecordings('webhook');
  return readScenarios('webhook').flatMap((group) =>
    group.scenarios.flatMap((scenario) => {
      const recording = recordings[scenario.id];
      if (!recording) throw new Error(`${scenario.id} is not recorded`);
      return (group.outside ?? scenario.outside) === undefined
        ? [{ id: scenario.id, held: replayWebhook(group, scenario, recording) }]
        : [];
    }),
  );
}

describe('the model agrees with the recordings of the real daemons', () => {
  test.each([
    ['kube2iam', () => daemonReplayed('kube2iam'), 250],
    ['kiam', () => daemonReplayed('kiam'), 150],
    ['pod identity webhook', webhookReplayed, 150],
  ] as const)('%s', (name, replay, least) => {
    const replayed = replay();
    const held = replayed.flatMap((one) => one.held);
    const agreeing = held.filter(({ real, model }) => real === model).length;
    console.log(`${name}: ${replayed.length} scenarios, ${held.length} replies, ${agreeing} agree`);
    expect(disagreements(replayed)).toEqual([]);
    expect(replayed.length).toBeGreaterThanOrEqual(least);
  });
});
