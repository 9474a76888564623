/** Stryker's options. Each room has a report of its own: `reports/mutation/<room>.{json,html}`. */
const report = `reports/mutation/${process.env['MUTATION_ROOM']}`;

export default {
  plugins: ['./scripts/mutation/hotRunner.mjs'],
  testRunner: 'hot-vitest',
  hotVitest: {
    configFile: 'scripts/mutation/vitest.config.ts',
    testSecondsPerMutant: 1,
  },
  coverageAnalysis: 'perTest',
  ignoreStatic: true,
  concurrency: 2,
  timeoutMS: 8000,
  tempDirName: '.stryker-tmp',
  dryRunTimeoutMinutes: 20,
  allowEmpty: false,
  reporters: ['json', 'html', 'progress-append-only'],
  jsonReporter: { fileName: `${report}.json` },
  htmlReporter: { fileName: `${report}.html` },
};
