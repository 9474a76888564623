#!/usr/bin/env node
/**
 * Records real daemons: `node conformance/daemons/record.mjs --help`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { unshareCommand, whyNoNamespace } from '../sdk/lab/namespace.mjs';
import { makeCertificates } from './lab/certificates.mjs';
import { daemons, readScenarios } from './lab/scenarios.mjs';

const help = `Lets the real kube2iam, kiam and pod identity webhook live through scenarios, each in a network
namespace of its own, in front of a small Kubernetes API, instance metadata, STS and EC2, and records what they
answer.

  --kube2iam <path>   the program, built elsewhere; a daemon without a path is left as it was recorded
  --kiam <path>
  --webhook <path>
  --version <text>    what the program is, as \`git describe\` says (one daemon at a time)
  --scenario <text>   only scenarios whose id contains this; the others stay as they were recorded
  --check             write nothing; report differences from the recordings, and exit with 1 if there are any
  --workers <n>       namespaces at work at the same time (default 3)`;

const path = { type: 'string' };
const { values: options } = parseArgs({
  options: {
    kube2iam: path,
    kiam: path,
    webhook: path,
    version: { type: 'string' },
    scenario: { type: 'string' },
    check: { type: 'boolean', default: false },
    workers: { type: 'string', default: '3' },
    help: { type: 'boolean', default: false },
  },
});
if (options.help) {
  console.log(help);
  process.exit(0);
}
const chosen = daemons.filter((daemon) => options[daemon] !== undefined);
const obstacle = obstacleToRecording();
if (obstacle) {
  console.error(`No daemon can be recorded here: ${obstacle}.`);
  process.exit(2);
}

const certificates = makeCertificates();
let differences = 0;
try {
  for (const daemon of chosen) differences += await record(daemon);
} finally {
  rmSync(certificates.folder, { recursive: true });
}
process.exit(options.check && differences > 0 ? 1 : 0);

function obstacleToRecording() {
  if (chosen.length === 0) return 'none is named (--kube2iam, --kiam, --webhook)';
  const missing = chosen.find((daemon) => !existsSync(options[daemon]));
  if (missing) return `there is no program ${options[missing]}`;
  const noTls = spawnSync('openssl', ['version']).error;
  if (noTls) return 'openssl is missing';
  const noNamespace = whyNoNamespace();
  return noNamespace && `this machine makes no network namespace with iptables (${noNamespace})`;
}

/** Records one daemon, and returns how many recordings differ from before. */
async function record(daemon) {
  const at = fileURLToPath(new URL(`./recordings/${daemon}.json`, import.meta.url));
  const before = existsSync(at) ? JSON.parse(readFileSync(at, 'utf8')) : { recordings: {} };
  const isWanted = ({ id }) => options.scenario === undefined || id.includes(options.scenario);
  const scenarios = readScenarios(daemon);
  const jobs = scenarios.filter(
    (scenario) => isWanted(scenario) || (scenario.scenarios?.some(isWanted) ?? false),
  );
  const made = await runAll(jobs.map((scenario) => ({ daemon, path: options[daemon], scenario })));
  const differing = [...made].filter(
    ([id, recording]) => comparable(before.recordings[id]) !== comparable(recording),
  );
  for (const [id] of differing) {
    if (before.recordings[id]) console.log(`${daemon}: ${id} differs from before`);
  }
  const ids = scenarios.flatMap((scenario) => scenario.scenarios?.map(({ id }) => id) ?? [scenario.id]);
  const recordings = ids
    .map((id) => [id, made.get(id) ?? before.recordings[id]])
    .filter(([, recording]) => recording !== undefined);
  const program = options.version ?? before.program;
  if (!options.check) writeFileSync(at, fileText(program, recordings));
  console.log(`${daemon}: ${made.size} recordings made, ${differing.length} differ from before`);
  return differing.length;
}

/** What kiam says after five seconds of trying again is the last of its errors, whichever that was. */
function comparable(recording) {
  return JSON.stringify(recording, (_, value) => (value?.status === 500 ? { status: 500 } : value));
}

/** One recording a line, so that a difference shows as one. */
function fileText(program, recordings) {
  const lines = recordings.map(
    ([id, recording]) => `    ${JSON.stringify(id)}: ${JSON.stringify(recording)}`,
  );
  const head = `  "program": ${JSON.stringify(program)},\n  "recordings": {\n`;
  return `{\n${head}${lines.join(',\n')}\n  }\n}\n`;
}

/** Deals jobs out to workers, each the first process of its namespace. */
async function runAll(jobs) {
  const made = new Map();
  const rest = [...jobs];
  const inside = fileURLToPath(new URL('./lab/inside.mjs', import.meta.url));
  const work = async () => {
    const [command, ...unshare] = unshareCommand;
    const child = spawn(command, [...unshare, process.execPath, inside], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    child.stdin.write(`${JSON.stringify(certificates)}\n`);
    for (let job = rest.shift(); job; job = rest.shift()) {
      child.stdin.write(`${JSON.stringify(job)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`the lab ended in scenario ${job.scenario.id}`);
      for (const [id, recording] of JSON.parse(value)) made.set(id, recording);
    }
    child.stdin.end();
    await new Promise((resolve) => child.on('close', resolve));
  };
  await Promise.all(Array.from({ length: Math.min(Number(options.workers), jobs.length) }, work));
  return made;
}
