import type { ViteUserConfig } from 'vitest/config';
import base from '../../vitest.config.ts';

/** The tests that mutants meet, as run.mjs names them. */
const config: ViteUserConfig = {
  ...base,
  test: {
    include: (process.env['MUTATION_TESTS'] ?? '').split(','),
    isolate: false,
    pool: 'threads',
    maxWorkers: 1,
    testTimeout: 30_000,
    setupFiles: ['scripts/mutation/drawLess.ts'],
    runner: 'scripts/mutation/hotWorker.ts',
    reporters: [],
    watch: false,
  },
};

export default config;
