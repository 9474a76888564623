import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { foretellPath, recordedPath } from '../../conformance/network/replay/pathReplay.ts';
import { foretell, recordedOutcome, type LabRules } from '../../conformance/network/replay/replay.ts';

/** Rules, packets, and where the kernel led them. */
interface Recorded extends LabRules {
  readonly id?: string;
  readonly about?: string;
  readonly packets: readonly string[];
  readonly outcomes: readonly string[];
}

const folder = new URL('../../conformance/network/', import.meta.url);

function read<Content>(path: string): Content {
  return JSON.parse(readFileSync(new URL(path, folder), 'utf8')) as Content;
}

const scenarios = readdirSync(new URL('scenarios', folder)).flatMap((file) =>
  read<readonly Omit<Recorded, 'outcomes'>[]>(`scenarios/${file}`),
);
const outcomes = new Map(
  read<{ cases: readonly { id: string; outcomes: readonly string[] }[] }>(
    'recordings/scenarios.json',
  ).cases.map((one) => [one.id, one.outcomes]),
);
const random = read<{ cases: readonly Recorded[] }>('recordings/random.json').cases;

const all: readonly (readonly [string, Recorded])[] = [
  ...scenarios.map((one): [string, Recorded] => [
    `${one.id}: ${one.about}`,
    { ...one, outcomes: outcomes.get(one.id ?? '') ?? [] },
  ]),
  ...random.map((one, at): [string, Recorded] => [`random rule set ${at}`, one]),
];

const packets = all.reduce((sum, [, one]) => sum + one.packets.length, 0);

describe('the model leads packets where the kernel led them', () => {
  // Counted as they are foretold: to foretell all of them again for a figure would double the time.
  const figures = { agreeing: 0, open: 0 };

  test.each(all)('%s', (_name, one) => {
    const foretold = foretell(one, one.packets);
    const disagreements = one.packets.flatMap((packet, at) => {
      const real = recordedOutcome(one.outcomes[at] ?? 'not recorded');
      const ends = foretold[at] ?? [];
      return ends.includes(real) ? [] : [`${packet}: real ${real}, model ${ends.join(' or ')}`];
    });
    figures.agreeing += foretold.length - disagreements.length;
    figures.open += foretold.filter((ends) => ends.length > 1).length;
    expect(disagreements).toEqual([]);
  });

  test('and they are many', () => {
    expect(scenarios.length).toBeGreaterThanOrEqual(60);
    expect(random.length).toBeGreaterThanOrEqual(300);
    expect(packets).toBeGreaterThanOrEqual(3000);
  });

  afterAll(() => {
    console.log(
      `network lab: ${scenarios.length} scenarios, ${random.length} random rule sets, ${packets} packets, ` +
        `${figures.agreeing} agree (${figures.open} of them left open by a match that nobody can foretell)`,
    );
    expect(figures.open).toBeLessThan(0.05 * packets);
  });
});

describe('whichrole trace leads them there too, of pods on eni interfaces', () => {
  test.each(all)('%s', (_name, one) => {
    const wrong = one.packets.flatMap((packet, at) => {
      const real = recordedPath(packet, recordedOutcome(one.outcomes[at] ?? ''));
      const foretold = foretellPath(one, packet);
      // Who listens beyond the node, and at which ports, the input does not show.
      const isBeyond = real === 'refused' && foretold?.some((end) => end === 'outside' || end === 'imds');
      if (!foretold || isBeyond || foretold.includes(real)) return [];
      return [`${packet}: real ${real}, trace ${foretold.join(' or ')}`];
    });
    expect(wrong).toEqual([]);
  });
});
