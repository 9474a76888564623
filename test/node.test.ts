import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readInput } from '../src/node.ts';

const files = [
  'b.yaml',
  'a.yml',
  'note.txt',
  'sub/c.json',
  'sub/.hidden.yaml',
  '.git/d.yaml',
  'node_modules/e.yaml',
  'chart/Chart.yaml',
  'chart/values.yaml',
  'chart/templates/f.yaml',
  'rendered/templates/g.yaml',
];

let cwd = '';

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'whichrole-'));
  for (const file of files) {
    mkdirSync(dirname(join(cwd, file)), { recursive: true });
    writeFileSync(join(cwd, file), `# ${file}`);
  }
  symlinkSync(join(cwd, 'b.yaml'), join(cwd, 'z.yaml'));
});
afterAll(() => rmSync(cwd, { recursive: true }));

describe('readInput', () => {
  it('reads a folder by name, without what is hidden, foreign or not rendered', async () => {
    const { texts, diagnostics } = await readInput(['.'], { cwd });
    expect(texts.map(({ file }) => file)).toEqual([
      './a.yml',
      './b.yaml',
      './chart/Chart.yaml',
      './chart/values.yaml',
      './rendered/templates/g.yaml',
      './sub/c.json',
      './z.yaml',
    ]);
    expect(texts[0]?.text).toBe('# a.yml');
    expect(diagnostics).toMatchObject([
      { severity: 'warning', code: 'chart-skipped', position: { file: './chart/templates' } },
    ]);
  });

  it('keeps the order and the names that were given', async () => {
    const { texts, diagnostics } = await readInput(['sub/', 'b.yaml', 'note.txt'], { cwd });
    expect(texts.map(({ file }) => file)).toEqual(['sub/c.json', 'b.yaml', 'note.txt']);
    expect(diagnostics).toEqual([]);
  });

  it('tells of what cannot be read and reads the rest', async () => {
    const { texts, diagnostics } = await readInput(['missing.yaml', 'b.yaml'], { cwd });
    expect(texts.map(({ file }) => file)).toEqual(['b.yaml']);
    expect(diagnostics).toMatchObject([
      { severity: 'error', code: 'cannot-read', message: '`missing.yaml` cannot be read: ENOENT' },
    ]);
  });
});
