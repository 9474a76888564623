// Runs Stryker over one room after another, each with the tests that are about it, and prints the scores.
// `npm run mutation` takes all rooms; `npm run mutation -- iam services` some.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The ways to every answer of the atlas, word by word: they pass through all rooms. */
const told = 'test/report/told.test.ts';

/** Which tests a room's mutants meet. What only another test would catch counts as survived. */
const testsOf = {
  iam: ['test/iam/**/*.test.ts', told],
  services: ['test/services/**/*.test.ts', 'test/conformance/daemons.test.ts', told],
  network: [
    'test/network/**/*.test.ts',
    'test/conformance/network.test.ts',
    'test/conformance/networkPolicy.test.ts',
    told,
  ],
  resolve: [
    'test/resolve/**/*.test.ts',
    'test/admission/**/*.test.ts',
    'test/cli/exec.test.ts',
    'test/conformance/sdk.test.ts',
    told,
  ],
  sdkChain: ['test/sdkChain/**/*.test.ts', 'test/conformance/sdk.test.ts', told],
};

const asked = process.argv.slice(2);
const unknown = asked.filter((room) => !(room in testsOf));
if (unknown.length > 0) {
  console.error(`No such room: ${unknown.join(', ')}. There are ${Object.keys(testsOf).join(', ')}.`);
  process.exit(2);
}

const caught = new Set(['Killed', 'Timeout']);
const missed = new Set(['Survived', 'NoCoverage']);
const rows = [];
for (const room of asked.length > 0 ? asked : Object.keys(testsOf)) {
  const { status } = spawnSync(
    'npx',
    ['stryker', 'run', 'scripts/mutation/stryker.config.mjs', '--mutate', `src/${room}/**/*.ts`],
    {
      stdio: 'inherit',
      env: { ...process.env, MUTATION_ROOM: room, MUTATION_TESTS: testsOf[room].join(',') },
    },
  );
  if (status !== 0) process.exit(status ?? 1);
  const { files } = JSON.parse(readFileSync(`reports/mutation/${room}.json`, 'utf8'));
  const mutants = Object.values(files).flatMap(({ mutants: ofFile }) => ofFile);
  const count = (statuses) => mutants.filter((mutant) => statuses.has(mutant.status)).length;
  rows.push({ room, caught: count(caught), missed: count(missed) });
}

const total = {
  room: 'all',
  caught: rows.reduce((sum, row) => sum + row.caught, 0),
  missed: rows.reduce((sum, row) => sum + row.missed, 0),
};
console.log('\n| Room | Mutants | Caught | Score |\n| --- | ---: | ---: | ---: |');
for (const row of [...rows, total]) {
  const all = row.caught + row.missed;
  console.log(`| ${row.room} | ${all} | ${row.caught} | ${((100 * row.caught) / all).toFixed(1)} % |`);
}
