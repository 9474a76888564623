import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { byContainer } from '../../src/findings/workloads.ts';
import { renderExplanation } from '../../src/report/explanation.ts';
import { colourless } from '../../src/report/palette.ts';
import { answersOf, readFixtures, readWorld } from '../atlas/fixture.ts';

const folder = join(import.meta.dirname, 'told');
const screen = { width: 100, palette: colourless };
const fixtures = readFixtures().map((fixture) => ({
  fixture,
  world: readWorld(fixture.input, fixture.iptables),
}));

// Every word that an engineer reads about a conflict stands in a file, so that a change of it is seen in review.
// `UPDATE_DOCS=1 npx vitest run test/report/told.test.ts` writes the files anew.
describe('what is told about each conflict of the atlas', () => {
  it.each(fixtures)('$fixture.id', ({ fixture, world }) => {
    const told = byContainer(world, answersOf(fixture)(world))
      .map(({ answers }) => `${renderExplanation(answers, screen)}\n`)
      .join('\n');
    const file = join(folder, `${fixture.id}.txt`);
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, told);
    expect(told).toBe(readFileSync(file, 'utf8'));
  });

  it('has no file of a conflict that is gone', () => {
    const ids = new Set(fixtures.map(({ fixture }) => fixture.id));
    expect(readdirSync(folder).filter((file) => !ids.has(file.replace(/\.txt$/, '')))).toEqual([]);
  });
});
