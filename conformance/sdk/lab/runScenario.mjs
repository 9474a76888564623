import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { startFakes } from './fakeAws.mjs';
import { sourceOf } from './keys.mjs';
import { addresses, dropPacketsTo, home, placeFile, placeFiles } from './namespace.mjs';

/**
 * Lets one program resolve its credentials in the world of one scenario.
 *
 * @returns the recording: what it got, and its requests in order; twice where the scenario says what comes
 * `later`
 */
export async function runScenario({ argv, env, limitSeconds, scenario, outcomeFrom }, certificates) {
  const { sts, assumeRole, container, imds, lifeSeconds, later } = scenario;
  const world = { sts, assumeRole, container, imds, lifeSeconds };
  placeFiles(scenario.files);
  dropPacketsTo(droppedIn(world));
  const fakes = await startFakes(world, certificates);
  const again = later ? { WHICHROLE_LAB_TWICE: '1' } : {};
  const program = startProgram(argv, { ...programEnvironment(), ...env, ...scenario.env, ...again });
  const requestsSince = (start) => collapse(fakes.log.slice(start));
  try {
    const read = outcomeFrom === 'probe' ? () => signerOf(program, fakes) : () => printedBy(program);
    const outcome = await withLimit(limitSeconds, read());
    const first = { scenario: scenario.id, outcome, requests: requestsSince(0) };
    if (!later) return first;
    const seen = fakes.log.length;
    await delay(later.afterSeconds);
    Object.assign(world, later.world);
    for (const [path, content] of Object.entries(later.files)) placeFile(path, content);
    program.child.stdin.write('\n');
    const laterOutcome = await withLimit(limitSeconds, read());
    return { ...first, later: { outcome: laterOutcome, requests: requestsSince(seen) } };
  } finally {
    program.stop();
    await fakes.stop();
  }
}

function droppedIn(world) {
  return [
    ...(world.imds === 'dropped' ? [addresses.imds] : []),
    ...(world.container === 'dropped' ? addresses.container.filter((at) => at.startsWith('169.')) : []),
    ...(world.sts === 'dropped' ? [addresses.sts] : []),
  ];
}

/** What every container has, and nothing of the environment in which the lab was started. */
function programEnvironment() {
  return { PATH: process.env.PATH, HOME: home, LANG: 'C.UTF-8', TMPDIR: '/run' };
}

function startProgram(argv, env) {
  const [command, ...options] = argv;
  const child = spawn(command, options, { env, cwd: '/', detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.on('error', () => {}); // the program may have ended by itself
  const stderr = [];
  child.stderr.on('data', (chunk) => stderr.push(chunk));
  const exit = new Promise((resolve) => {
    child.once('error', () => resolve(127));
    child.once('close', (code, signal) => resolve(code ?? signal));
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const stop = () => {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // it is gone already
    }
  };
  return { child, lines, exit, stop, stderr };
}

/** A driver prints `{"accessKeyId": …}` or `{"error": …}`, one line for each resolution. */
async function printedBy(program) {
  for (let line = await program.lines.next(); !line.done; line = await program.lines.next()) {
    if (!line.value.startsWith('{')) continue;
    const { accessKeyId, error } = JSON.parse(line.value);
    return accessKeyId ? { kind: 'credentials', source: sourceOf(accessKeyId) } : { kind: 'error', error };
  }
  const code = await program.exit;
  if (process.env.WHICHROLE_LAB_DEBUG) process.stderr.write(Buffer.concat(program.stderr));
  return code === 0 ? { kind: 'noAnswer' } : { kind: 'error', error: `exit ${code}` };
}

/**
 * A program that prints no key shows it by signing a request to the probe; one that signs nothing has found
 * none. What it does after that does not matter.
 */
async function signerOf(program, fakes) {
  const ended = program.exit.then((code) => ({ kind: 'error', error: `exit ${code}` }));
  const probed = fakes.signer.then((signer) =>
    signer === 'none'
      ? { kind: 'error', error: 'unsigned request' }
      : { kind: 'credentials', source: signer },
  );
  const outcome = await Promise.race([probed, ended]);
  if (process.env.WHICHROLE_LAB_DEBUG) process.stderr.write(Buffer.concat(program.stderr));
  return outcome;
}

/** No answer within the limit is a result too. */
async function withLimit(seconds, outcome) {
  let timer;
  const limit = new Promise((resolve) => {
    timer = setTimeout(() => resolve({ kind: 'noAnswer' }), seconds * 1000);
  });
  const first = await Promise.race([outcome, limit]);
  clearTimeout(timer);
  return first;
}

function delay(seconds) {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

/** Retries: equal requests one after another become one with a `count`. */
function collapse(log) {
  const collapsed = [];
  for (const request of log) {
    const last = collapsed.at(-1);
    const same = last && JSON.stringify({ ...last, count: undefined }) === JSON.stringify(request);
    if (same) last.count++;
    else collapsed.push({ ...request, count: 1 });
  }
  return collapsed;
}
