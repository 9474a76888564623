import { describe, expect, test } from 'vitest';
import { readScenarios, type Scenario } from '../../conformance/sdk/lab/scenarios.mjs';
import {
  readRecordedSdks,
  type Recording,
  type RecordedSdk,
} from '../../conformance/sdk/replay/recording.ts';
import { agree, recordedText, replay, type Replayed } from '../../conformance/sdk/replay/replay.ts';

const scenarios = new Map(readScenarios().map((scenario) => [scenario.id, scenario]));
const sdks = readRecordedSdks();

describe('the model agrees with the recordings of real SDKs', () => {
  test.each(sdks.map((recorded) => ({ ...recorded, name: nameOf(recorded) })))('$name', (recorded) => {
    const disagreements = recorded.recordings.filter((recording) => !agrees(recorded, recording));
    expect(disagreements.map((recording) => told(recorded, recording))).toEqual([]);
  });
});

test('the recordings are many', () => {
  const recordings = sdks.flatMap((recorded) =>
    recorded.recordings.map((recording) => ({ recorded, recording })),
  );
  const agreeing = recordings.filter(({ recorded, recording }) => agrees(recorded, recording)).length;
  const families = new Set(sdks.map(({ sdk }) => sdk.family)).size;
  console.log(
    `recorded SDKs: ${families} families, ${sdks.length} versions, ${recordings.length} recordings; ` +
      `the model agrees with ${agreeing}`,
  );
  expect(scenarios.size).toBeGreaterThanOrEqual(100);
  expect(families).toBeGreaterThanOrEqual(12);
  expect(sdks.length).toBeGreaterThanOrEqual(50);
  expect(recordings.length).toBeGreaterThanOrEqual(2000);
});

function nameOf({ sdk }: RecordedSdk): string {
  return `${sdk.family} ${sdk.version}`;
}

function scenarioOf({ scenario }: Recording): Scenario {
  const found = scenarios.get(scenario);
  if (!found) throw new Error(`there is no scenario ${scenario}`);
  return found;
}

function agrees({ sdk }: RecordedSdk, recording: Recording): boolean {
  return agree(sdk, recording, replay(sdk, scenarioOf(recording)));
}

/** What a reader needs in order to see who is wrong. */
function told({ sdk }: RecordedSdk, recording: Recording): string {
  const scenario = scenarioOf(recording);
  const line = (who: string, { outcome, requests }: Replayed): string =>
    `\n  ${who}: ${outcome} <- ${requests.join(', ')}`;
  const real = line('real ', recordedText(recording));
  return `${scenario.id} (${scenario.about})${real}${line('model', replay(sdk, scenario))}`;
}
