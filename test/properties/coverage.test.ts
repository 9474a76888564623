import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ServiceReply } from '../../src/services/evidence.ts';
import { neverMet } from './neverMet.ts';
import { everyPart, type Part } from './parts.ts';
import {
  atlasFixtures,
  madeForIt,
  matrixOfChains,
  randomWorlds,
  recordedDaemons,
  recordedSdks,
} from './sources.ts';
import { tally, type Tally } from './tally.ts';

/** Who listens to what kube2iam and kiam say, which a replay of a recording keeps to itself. */
const listener = vi.hoisted((): { seen?: Tally } => ({}));

function overheard(reply: ServiceReply): ServiceReply {
  for (const { kind } of reply.evidence) listener.seen?.add('service', kind);
  return reply;
}

vi.mock(import('../../src/services/kiam.ts'), async (load) => {
  const real = await load();
  return { ...real, kiam: (...request) => overheard(real.kiam(...request)) };
});

vi.mock(import('../../src/services/kube2iam.ts'), async (load) => {
  const real = await load();
  return { ...real, kube2iam: (...request) => overheard(real.kube2iam(...request)) };
});

/** Everything that can reach a part, in the order in which it gets the credit. */
const sources: Readonly<Record<string, (seen: Tally) => void>> = {
  'random worlds': randomWorlds,
  'the matrix of mechanisms and faults': matrixOfChains,
  'recordings of SDKs': recordedSdks,
  'recordings of daemons': (seen) => {
    listener.seen = seen;
    recordedDaemons();
    delete listener.seen;
  },
  'fixtures of the atlas': atlasFixtures,
  'worlds made for it': madeForIt,
};

const parts = Object.keys(everyPart) as readonly Part[];
const reached = new Map<string, Tally>();

function reachedBy(part: Part, name: string): string | undefined {
  for (const [source, seen] of reached) if (seen.has(part, name)) return source;
  return undefined;
}

function neverOf(part: Part): readonly string[] {
  return neverMet.filter((row) => row.part === part).flatMap(({ names }) => names);
}

/** The part that random worlds must reach, so that nobody narrows them unawares. */
const atLeast: Readonly<Record<Part, number>> = {
  provider: 0.95,
  failure: 0.8,
  station: 0.75,
  finding: 0.3,
  service: 0.5,
  admission: 0.5,
  path: 0.5,
};

describe('what random worlds, recordings and fixtures reach', () => {
  beforeAll(() => {
    for (const [name, reach] of Object.entries(sources)) {
      const seen = tally();
      reach(seen);
      reached.set(name, seen);
    }
  }, 60_000);

  it.each(parts)('every %s is reached, or is known to be out of reach', (part) => {
    const never = new Set(neverOf(part));
    const missing = everyPart[part].filter((name) => !never.has(name) && !reachedBy(part, name));
    expect(missing).toEqual([]);
  });

  it.each(parts)('no %s that is said to be out of reach is reached, or is none', (part) => {
    const wrong = neverOf(part).filter((name) => !everyPart[part].includes(name) || reachedBy(part, name));
    expect(wrong).toEqual([]);
  });

  it.each(Object.entries(atLeast))('%s: random worlds reach what they are made for', (part, least) => {
    const all = everyPart[part as Part];
    const found = all.filter((name) => reached.get('random worlds')?.has(part as Part, name));
    expect(found.length / all.length).toBeGreaterThan(least);
  });

  afterAll(() => {
    const lines = parts.map((part) => {
      const counts = [...reached.keys()].map((source) => {
        const names = everyPart[part].filter((name) => reachedBy(part, name) === source);
        return names.length === 0 ? [] : [`${source} ${names.length}`];
      });
      const never = neverOf(part).length;
      const outOfReach = never === 0 ? [] : [`out of reach ${never}`];
      return `${part}: ${everyPart[part].length} = ${[...counts.flat(), ...outOfReach].join(' + ')}`;
    });
    console.log(`reached\n${lines.join('\n')}`);
  });
});
