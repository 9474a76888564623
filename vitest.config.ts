import { fileURLToPath } from 'node:url';
import type { ViteUserConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

const config: ViteUserConfig = {
  resolve: {
    alias: [
      { find: /^whichrole$/, replacement: source('index.ts') },
      { find: /^whichrole\/node$/, replacement: source('node.ts') },
      { find: /^whichrole\/testing$/, replacement: source('testing/index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', './test/reporter/closingLine.ts'],
    testTimeout: 30_000,
    // Files share their modules: loading every room anew for each of them took more time than the tests.
    isolate: false,
    maxWorkers: '100%',
  },
};

export default config;
