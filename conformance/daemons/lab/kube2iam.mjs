import { usual, startAws } from './fakeAws.mjs';
import { startKubeApi } from './kubeApi.mjs';
import { addRule, flushRules, rulesOfPrerouting } from './namespace.mjs';
import { objectsOf } from './objects.mjs';
import { answers, settles, startProgram } from './program.mjs';
import { converse, steady } from './conversation.mjs';

const apiPort = 8001;

/** What every kube2iam of the lab is told, unless its scenario says it itself. */
const labFlags = {
  '--api-server': `http://127.0.0.1:${apiPort}`,
  '--api-token': 'lab',
  '--backoff-max-elapsed-time': '150ms',
};

/**
 * Lets the real kube2iam live through one scenario: `{ flags, cluster, env, imds, sts, ec2, rules, steps }`.
 *
 * @returns the end of the process when it did not start to serve, else a reply for each request; what STS was
 * asked; the rules that were in table nat
 */
export async function runKube2iam(path, scenario, certificates) {
  const world = worldOf(scenario);
  const objects = objectsOf(scenario.cluster ?? {});
  flushRules();
  for (const rule of scenario.rules ?? []) addRule(rule);
  const api = await startKubeApi(objects, apiPort);
  const aws = await startAws(world, certificates);
  const { flags = [], port = 8181 } = scenario;
  const given = new Set(flags.map((flag) => flag.split('=')[0]));
  const own = scenario.bare ? [] : Object.entries(labFlags).filter(([name]) => !given.has(name));
  const args = [...own.map(([name, value]) => `${name}=${value}`), ...flags];
  const env = { PATH: process.env.PATH, AWS_REGION: 'us-east-1', ...scenario.env };
  const program = startProgram(path, args, withoutNull(env));
  try {
    const state = await settles(program, () => answers(port, '/healthz'), 15_000);
    if (state !== 'ready') return { ended: endOf(state, program) };
    const parties = { api, aws, world, objects, port };
    const replies = await converse(scenario.steps ?? [], parties);
    const rules = rulesOfPrerouting();
    await program.stop('SIGTERM');
    const rulesAfter = rulesOfPrerouting();
    return {
      replies,
      ...(aws.calls.length > 0 ? { calls: aws.calls } : {}),
      ...(rules.length > 0 || rulesAfter.length > 0 ? { rules, rulesAfter } : {}),
    };
  } finally {
    await program.stop();
    await Promise.all([api.stop(), aws.stop()]);
  }
}

/** The behaviour of AWS in a scenario: what is usual, and what the scenario changes. */
export function worldOf({ imds, sts, ec2 }) {
  return {
    imds: { ...usual.imds, ...imds },
    sts: { ...usual.sts, ...sts },
    ec2: { ...usual.ec2, ...ec2 },
  };
}

/** How a process ended, and what it said last: the message of its log line, or its last lines. */
export function endOf(state, program) {
  if (state === 'late') return { code: null, message: 'did not serve' };
  const output = program.output();
  const fatal = [...output.matchAll(/level=fatal msg=(?:"((?:[^"\\]|\\.)*)"|(\S+))/g)].at(-1);
  const { code } = program.isOver();
  const panic = /^panic: (.*)$/m.exec(output)?.[1];
  if (panic !== undefined) return { code, message: `panic: ${panic}` };
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  // After a fault of the command line the usage comes first and the fault last; of help only the usage.
  const message = fatal ? unquoted(fatal[1] ?? fatal[2]) : ((code === 0 ? lines[0] : lines.at(-1)) ?? '');
  return { code, message: steady(message.trim()) };
}

/** The text that Go quoted. */
function unquoted(text) {
  return text.replace(/\\(.)/g, (_, escaped) => (escaped === 'n' ? '\n' : escaped));
}

/** A variable that a scenario sets to `null` is not there at all. */
export function withoutNull(env) {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== null));
}
