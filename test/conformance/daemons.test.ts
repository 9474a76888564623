import { afterAll, describe, expect, test } from 'vitest';
import { readRecordings, readScenarios } from '../../conformance/daemons/lab/scenarios.mjs';
import { replayKiam } from '../../conformance/daemons/replay/kiam.ts';
import { replayKube2iam } from '../../conformance/daemons/replay/kube2iam.ts';
import type { Held } from '../../conformance/daemons/replay/state.ts';
import { replayWebhook } from '../../conformance/daemons/replay/webhook.ts';

/** A recorded scenario, and how to hold the model against it. */
interface Recorded {
  readonly id: string;
  readonly replay: () => readonly Held[];
}

function daemonRecorded(daemon: 'kube2iam' | 'kiam'): readonly Recorded[] {
  const { recordings } = readRecordings(daemon);
  const replay = daemon === 'kiam' ? replayKiam : replayKube2iam;
  return readScenarios(daemon).flatMap((scenario) => {
    const recording = recordings[scenario.id];
    if (!recording) throw new Error(`${scenario.id} is not recorded`);
    return scenario.outside === undefined
      ? [{ id: scenario.id, replay: () => replay(scenario, recording) }]
      : [];
  });
}

function webhookRecorded(): readonly Recorded[] {
  const { recordings } = readRecordings('webhook');
  return readScenarios('webhook').flatMap((group) =>
    group.scenarios.flatMap((scenario) => {
      const recording = recordings[scenario.id];
      if (!recording) throw new Error(`${scenario.id} is not recorded`);
      return (group.outside ?? scenario.outside) === undefined
        ? [{ id: scenario.id, replay: () => replayWebhook(group, scenario, recording) }]
        : [];
    }),
  );
}

function disagreements(held: readonly Held[]): readonly string[] {
  return held
    .filter(({ real, model }) => real !== model)
    .map(({ what, real, model }) => `${what}\n  real : ${real}\n  model: ${model}`);
}

describe.each([
  ['kube2iam', daemonRecorded('kube2iam'), 250],
  ['kiam', daemonRecorded('kiam'), 150],
  ['pod identity webhook', webhookRecorded(), 150],
] as const)('the model agrees with the recordings of the real %s', (name, recorded, least) => {
  // Counted as they are replayed: to replay all of them again for a figure would double the time.
  const replies = { held: 0, agreeing: 0 };

  test.each(recorded)('$id', ({ replay }) => {
    const held = replay();
    const disagreeing = disagreements(held);
    replies.held += held.length;
    replies.agreeing += held.length - disagreeing.length;
    expect(disagreeing).toEqual([]);
  });

  test('and they are many', () => {
    expect(recorded.length).toBeGreaterThanOrEqual(least);
  });

  afterAll(() => {
    const { held, agreeing } = replies;
    console.log(`${name}: ${recorded.length} scenarios, ${held} replies, ${agreeing} agree`);
  });
});
