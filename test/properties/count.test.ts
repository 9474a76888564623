import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

it('laws are tried with random input in every room', () => {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && join(root, file) !== import.meta.filename)
    .map((file) => ({ file, laws: lawsIn(readFileSync(join(root, file), 'utf8')) }))
    .filter(({ laws }) => laws > 0);
  const laws = files.reduce((sum, each) => sum + each.laws, 0);
  console.log(`properties: ${laws}, in ${files.length} files`);
  expect(laws).toBeGreaterThanOrEqual(150);
  const rooms = new Set(files.map(({ file }) => file.split(/[\\/]/)[0]));
  for (const room of [
    'iam',
    'ingest',
    'network',
    'properties',
    'report',
    'resolve',
    'sdkChain',
    'services',
  ]) {
    expect(rooms).toContain(room);
  }
});

function lawsIn(text: string): number {
  return [...text.matchAll(/\bfc\.(?:property|asyncProperty)\(|\btest\.prop\(|\bit\.prop\(/g)].length;
}
