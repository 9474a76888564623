import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from './markdownFiles.ts';
import { sdkChainsPage } from './sdkChainsPage.ts';

it('docs/sdk-chains.md is made from the SDK catalogue', () => {
  const page = join(root, 'docs/sdk-chains.md');
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(page, sdkChainsPage());
  expect(readFileSync(page, 'utf8')).toBe(sdkChainsPage());
});
