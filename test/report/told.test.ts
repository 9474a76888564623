import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderExplanation } from '../../src/report/explanation.ts';
import { colourless } from '../../src/report/palette.ts';
import type { Answer } from '../../src/resolve/answer.ts';
import { resolveAll } from '../../src/resolve/resolve.ts';
import { readFixtures, readWorld, sdksOf } from '../atlas/fixture.ts';

const folder = join(import.meta.dirname, 'told');
const screen = { width: 100, palette: colourless };
const fixtures = readFixtures().map((fixture) => ({
  id: fixture.id,
  world: readWorld(fixture.input, fixture.iptables),
  sdks: sdksOf(fixture),
}));

// Every word that an engineer reads about a conflict stands in a file, so that a change of it is seen in review.
// `UPDATE_DOCS=1 npx vitest run test/report/told.test.ts` writes the files anew.
describe('what is told about each conflict of the atlas', () => {
  it.each(fixtures)('$id', ({ id, world, sdks }) => {
    const answers = sdks.length === 0 ? resolveAll(world) : sdks.flatMap((sdk) => resolveAll(world, { sdk }));
    const told = `${containersOf(answers)
      .map((each) => renderExplanation(each, screen))
      .join('\n\n')}\n`;
    const file = join(folder, `${id}.txt`);
    if (process.env['UPDATE_DOCS']) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, told);
    }
    expect(told).toBe(existsSync(file) ? readFileSync(file, 'utf8') : 'no file yet');
  });

  it('has no file of a conflict that is gone', () => {
    const ids = new Set(fixtures.map(({ id }) => id));
    expect(readdirSync(folder).filter((file) => !ids.has(file.replace(/\.txt$/, '')))).toEqual([]);
  });
});

function containersOf(answers: readonly Answer[]): readonly (readonly Answer[])[] {
  const groups = new Map<string, Answer[]>();
  for (const answer of answers) {
    const { namespace, workload, container } = answer.subject;
    const key = [namespace, workload.kind, workload.name, container.name].join('/');
    groups.set(key, [...(groups.get(key) ?? []), answer]);
  }
  return [...groups.values()];
}
