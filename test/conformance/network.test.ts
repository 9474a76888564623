import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
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

const all: readonly Recorded[] = [
  ...scenarios.map((one) => ({ ...one, outcomes: outcomes.get(one.id ?? '') ?? [] })),
  ...random,
];
const replayed = new Map(all.map((one) => [one, foretell(one, one.packets)]));

/** Packets that the model leads elsewhere than the kernel did. */
function disagreements(one: Recorded): readonly string[] {
  return one.packets.flatMap((packet, at) => {
    const real = recordedOutcome(one.outcomes[at] ?? 'not recorded');
    const foretold = replayed.get(one)?.[at] ?? [];
    return foretold.includes(real) ? [] : [`${packet}: real ${real}, model ${foretold.join(' or ')}`];
  });
}

describe('the model leads packets where the kernel led them', () => {
  test.each(all.filter(({ id }) => id !== undefined).map((one) => [one.id, one.about, one] as const))(
    '%s: %s',
    (_id, _about, one) => {
      expect(disagreements(one)).toEqual([]);
    },
  );

  test('random rule sets', () => {
    expect(random.map((one, at) => [at, ...disagreements(one)]).filter((found) => found.length > 1)).toEqual(
      [],
    );
  });

  test('whichrole trace says so too, of pods on eni interfaces', () => {
    const wrong = all.flatMap((one, number) =>
      one.packets.flatMap((packet, at) => {
        const real = recordedPath(packet, recordedOutcome(one.outcomes[at] ?? ''));
        const foretold = foretellPath(one, packet);
        // Who listens beyond the node, and at which ports, the input does not show.
        const isBeyond = real === 'refused' && foretold?.some((end) => end === 'outside' || end === 'imds');
        if (!foretold || isBeyond || foretold.includes(real)) return [];
        return [`${one.id ?? number}: ${packet}: real ${real}, trace ${foretold.join(' or ')}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  test('the recordings are many, and few of them are left open by the model', () => {
    const told = [...replayed.values()].flat();
    const agreeing = told.length - all.flatMap(disagreements).length;
    const open = told.filter((foretold) => foretold.length > 1).length;
    console.log(
      `network lab: ${scenarios.length} scenarios, ${random.length} random rule sets, ${told.length} packets, ` +
        `${agreeing} agree (${open} of them left open by a match that nobody can foretell)`,
    );
    expect(scenarios.length).toBeGreaterThanOrEqual(60);
    expect(random.length).toBeGreaterThanOrEqual(300);
    expect(told.length).toBeGreaterThanOrEqual(3000);
    expect(open / told.length).toBeLessThan(0.05);
  });
});
