#!/usr/bin/env node
/**
 * Records real SDKs: `node conformance/sdk/record.mjs --help`.
 */
import { parseArgs } from 'node:util';
import { families } from './drivers/families.mjs';
import { recordAll } from './lab/recordAll.mjs';
import { cacheFolder } from './lab/cache.mjs';
import { readScenarios } from './lab/scenarios.mjs';
import { whyNoNamespace } from './lab/namespace.mjs';

const help = `Lets real AWS SDKs resolve their default credential chain in a network namespace of their own,
in front of fake services, and records what they got and what they asked for.

  --family <name>     only this family (repeatable): ${families.map(({ family }) => family).join(' ')}
  --version <version> only this version (repeatable), also one that is not listed
  --scenario <text>   only scenarios whose id contains this (repeatable)
  --newest            only the newest version of each family
  --basic             only the scenarios that tell versions apart
  --slow              also scenarios that take minutes
  --missing           only what is not recorded yet
  --check             write nothing; report differences from the recordings, and exit with 1 if there are any
  --workers <n>       namespaces at work at the same time (default 2)

WHICHROLE_LAB_CACHE names the folder into which SDKs are installed (default: ${cacheFolder()}).
WHICHROLE_LAB_DEBUG=1 shows what drivers write to standard error.`;

const { values: options } = parseArgs({
  options: {
    family: { type: 'string', multiple: true },
    version: { type: 'string', multiple: true },
    scenario: { type: 'string', multiple: true },
    newest: { type: 'boolean', default: false },
    basic: { type: 'boolean', default: false },
    slow: { type: 'boolean', default: false },
    missing: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    workers: { type: 'string', default: '2' },
    help: { type: 'boolean', default: false },
  },
});

if (options.help) {
  console.log(help);
  process.exit(0);
}
const obstacle = whyNoNamespace();
if (obstacle) {
  console.error(`No SDK can be recorded here: this machine makes no network namespace (${obstacle}).`);
  process.exit(2);
}

const scenarios = readScenarios().filter(
  ({ id, basic, slow }) =>
    (basic || !options.basic) &&
    (options.slow || !slow) &&
    (options.scenario?.some((text) => id.includes(text)) ?? true),
);
const chosen = families
  .filter(({ family }) => options.family?.includes(family) ?? true)
  .flatMap((family) => versionsOf(family).map((version) => ({ ...family, version })));

function versionsOf({ versions }) {
  if (options.version) return options.version;
  return options.newest ? versions.slice(-1) : versions;
}

const { recorded, differences, cannot } = await recordAll(chosen, scenarios, {
  mode: options.check ? 'check' : options.missing ? 'missing' : 'record',
  workers: Number(options.workers),
});
for (const { sdk, reason } of cannot) console.log(`cannot run here: ${sdk}: ${reason}`);
for (const difference of differences) console.log(difference);
const made = `${recorded} recordings of ${chosen.length - cannot.length} SDKs made`;
console.log(`${made}, ${differences.length} differ from before`);
process.exit(options.check && differences.length > 0 ? 1 : 0);
