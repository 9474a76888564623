import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from './markdownFiles.ts';
import { networkingPage } from './networkingPage.ts';

it('docs/networking.md is made from the CNI profiles', () => {
  const page = join(root, 'docs/networking.md');
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(page, networkingPage());
  expect(readFileSync(page, 'utf8')).toBe(networkingPage());
});
