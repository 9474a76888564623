import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { conflictsPage } from './conflictsPage.ts';
import { root } from './markdownFiles.ts';

it('docs/conflicts.md is made from the rules', () => {
  const page = join(root, 'docs/conflicts.md');
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(page, conflictsPage());
  expect(readFileSync(page, 'utf8')).toBe(conflictsPage());
});
