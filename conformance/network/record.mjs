/**
 * Records where real packets arrive, and says where that differs from what was recorded before and from the model.
 *
 *     node conformance/network/record.mjs                 all scenarios, and the random rule sets of the seed
 *     node conformance/network/record.mjs --scenarios     the scenarios alone
 *     node conformance/network/record.mjs --hunt 500      500 other random rule sets, shrunk where the model errs
 *     node conformance/network/record.mjs --hunt 99 --ipv6
 *
 * It takes Linux, root, iptables and ipset. Without them it says so and ends with 2.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { sampleCases, hunt } from './generate.mjs';
import { openLab } from './lab/lab.mjs';
import { obstacle } from './lab/namespaces.mjs';
import { rulesText } from './lab/rulesText.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));

/** The random rule sets that are kept, so that everybody replays the same ones. */
const kept = { seed: 20_251_125, ruleSets: 320, packets: 12 };

const reason = obstacle();
if (reason !== undefined) {
  console.error(`The network lab cannot be built here: ${reason}.`);
  process.exit(2);
}
const { foretell, recordedOutcome } = await loadModel();
const lab = await openLab();
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    await lab.close();
    process.exit(130);
  });
}
try {
  const [iptables, ipset, kernel] = await lab.versions();
  const about = { iptables, ipset, kernel };
  await warmUp();
  const family = process.argv.includes('--ipv6') ? 'ipv6' : 'ipv4';
  const huntFor = process.argv.indexOf('--hunt');
  if (huntFor >= 0) await hunt(Number(process.argv[huntFor + 1] ?? 200), family, observe, judge);
  else {
    await keep('scenarios.json', about, readScenarios());
    if (!process.argv.includes('--scenarios')) {
      const { seed, ruleSets, packets } = kept;
      await keep('random.json', { ...about, seed }, sampleCases(seed, ruleSets, packets));
    }
  }
} finally {
  await lab.close();
}

function readScenarios() {
  const folder = join(here, 'scenarios');
  return readdirSync(folder)
    .toSorted()
    .flatMap((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')));
}

/** Loads a case into the lab and sends its packets. */
async function observe({ ipv4, ipv6, packets, ...settings }) {
  const refusal = await lab.load({ ipv4: rulesText(ipv4), ipv6: rulesText(ipv6), ...settings });
  if (refusal !== undefined) throw new Error(`iptables refuses the rules: ${refusal}\n${rulesText(ipv4)}`);
  const read = (text) => {
    const [from, protocol, address, port] = text.split(' ');
    return { from, protocol, address, port: Number(port) };
  };
  return lab.send(packets.map(read));
}

/** Lists the packets of a case that the model leads elsewhere. */
function judge(one, outcomes) {
  const all = foretell(one, one.packets);
  return one.packets.flatMap((packet, at) => {
    const foretold = all[at];
    if (foretold.includes(recordedOutcome(outcomes[at]))) return [];
    return [`${packet}: real ${outcomes[at]}, model ${foretold.join(' or ')}`];
  });
}

async function keep(name, about, cases) {
  const file = join(here, 'recordings', name);
  const before = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).cases : [];
  const recorded = [];
  let wrong = 0;
  let changed = 0;
  for (const [at, one] of cases.entries()) {
    const outcomes = await observe(one);
    const differs = judge(one, outcomes);
    for (const line of differs) console.log(`${one.id ?? `#${at}`}: ${line}`);
    if (differs.length > 0 && one.id === undefined) console.log(rulesText(one.ipv4) + rulesText(one.ipv6));
    wrong += differs.length;
    const old = before.find((other) => (one.id === undefined ? sameCase(other, one) : other.id === one.id));
    if (old && JSON.stringify(old.outcomes) !== JSON.stringify(outcomes)) {
      changed += 1;
      console.log(`${one.id ?? `#${at}`}: was ${old.outcomes.join(' | ')}, is ${outcomes.join(' | ')}`);
    }
    recorded.push(one.id === undefined ? { ...one, outcomes } : { id: one.id, outcomes });
  }
  const packets = cases.reduce((sum, one) => sum + one.packets.length, 0);
  console.log(
    `${name}: ${cases.length} rule sets, ${packets} packets; ${wrong} differ from the model, ${changed} from before`,
  );
  const lines = recorded.map((one) => JSON.stringify(one)).join(',\n');
  const text = `{"about":${JSON.stringify(about)},\n"cases":[\n${lines}\n]}\n`;
  writeFileSync(file, text);
}

function sameCase({ outcomes: _outcomes, ...other }, one) {
  return JSON.stringify(other) === JSON.stringify(one);
}

/** The first connections of a fresh namespace are slow. */
async function warmUp() {
  const hosts = ['p1', 'p2', 'p3', 'p4', 'node'];
  const packets = hosts.flatMap((from) => [`${from} tcp 169.254.169.254 80`, `${from} udp 10.0.0.1 8181`]);
  for (let at = 0; at < 3; at += 1) await observe({ packets });
}

/** The model is TypeScript: it is put together into one file for this run. */
async function loadModel() {
  const folder = mkdtempSync(join(here, '.model-'));
  const outfile = join(folder, 'replay.mjs');
  try {
    await build({
      entryPoints: [join(here, 'replay', 'replay.ts')],
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile,
      logLevel: 'error',
    });
    return await import(outfile);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
