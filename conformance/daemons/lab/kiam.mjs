import { writeFileSync } from 'node:fs';
import { startAws } from './fakeAws.mjs';
import { startKubeApi } from './kubeApi.mjs';
import { addRule, flushRules, rulesOfPrerouting } from './namespace.mjs';
import { objectsOf } from './objects.mjs';
import { answers, pause, settles, startProgram } from './program.mjs';
import { converse } from './conversation.mjs';
import { endOf, withoutNull, worldOf } from './kube2iam.mjs';

const apiPort = 8001;
const usualEnv = { PATH: process.env.PATH, HOST_IP: '10.1.0.40' };

/**
 * Lets the real kiam, server and agent, live through one scenario:
 * `{ server, agent, cluster, env, imds, sts, rules, steps, only }`.
 *
 * The flags of the scenario come after those of the lab, so that they win.
 */
export async function runKiam(path, scenario, certificates) {
  const world = worldOf(scenario);
  const objects = objectsOf(scenario.cluster ?? {});
  flushRules();
  for (const rule of scenario.rules ?? []) addRule(rule);
  const kubeconfig = '/run/kubeconfig'; // the namespace has a file system of its own there
  writeFileSync(kubeconfig, kubeconfigText);
  const api = await startKubeApi(objects, apiPort);
  const aws = await startAws(world, certificates);
  const programs = [];
  const start = (role, args) => {
    const program = startProgram(path, [role, ...args], withoutNull({ ...usualEnv, ...scenario.env }));
    programs.push(program);
    return program;
  };
  try {
    const serverFlags = withLabFlags(scenario.server ?? {}, {
      ...tls(scenario.server?.tls ?? 'cluster', certificates),
      '--kubeconfig': kubeconfig,
      '--role-base-arn': 'arn:aws:iam::111122223333:role/',
      '--assume-role-arn': 'arn:aws:iam::111122223333:role/kiam-server',
      '--sync': '1s',
    });
    let server;
    if (scenario.only !== 'agent') {
      server = start('server', serverFlags);
      const ready = async () => server.output().includes('msg=listening') && (await pause(300), true);
      const state = await settles(server, ready, 10_000);
      if (state !== 'ready') return { ended: { role: 'server', ...endOf(state, server) } };
    }
    const agentFlags = withLabFlags(scenario.agent ?? {}, {
      ...tls(scenario.agent?.tls ?? 'cluster', certificates),
      '--port': '8181',
      '--server-address': 'localhost:9610',
    });
    const { port = 8181 } = scenario;
    const agent = start('agent', agentFlags);
    const state = await settles(agent, () => answers(port, '/ping'), 10_000);
    const rulesAtEnd = rulesOfPrerouting();
    if (state !== 'ready') {
      const rules = rulesAtEnd.length > 0 ? { rulesAfter: rulesAtEnd } : {};
      return { ended: { role: 'agent', ...endOf(state, agent) }, ...rules };
    }
    const replies = [];
    for (const part of parts(scenario.steps ?? [])) {
      if (part.kind === 'stopServer') await server.stop('SIGKILL');
      else replies.push(...(await converse(part.steps, { api, aws, world, objects, port })));
    }
    const rules = rulesOfPrerouting();
    await agent.stop(scenario.stopAgentBy ?? 'SIGTERM');
    const rulesAfter = rulesOfPrerouting();
    const over = server?.isOver();
    return {
      replies,
      ...(aws.calls.length > 0 ? { calls: eachOnce(aws.calls) } : {}),
      ...(over && over.signal !== 'SIGKILL'
        ? { serverEnded: { code: over.code, message: panicOf(server) } }
        : {}),
      ...(rules.length > 0 || rulesAfter.length > 0 ? { rules, rulesAfter } : {}),
    };
  } finally {
    await Promise.all(programs.map((program) => program.stop()));
    await Promise.all([api.stop(), aws.stop()]);
  }
}

/** It fetches for several pods at a time, and tries again for a while: order and number are chance. */
function eachOnce(calls) {
  return [...new Set(calls.map((call) => JSON.stringify(call)))].toSorted().map((text) => JSON.parse(text));
}

/** Steps between which the server is stopped; the steps themselves need not know of servers. */
function parts(steps) {
  const split = [];
  for (const step of steps) {
    const last = split.at(-1);
    if (step.stopServer) split.push({ kind: 'stopServer' });
    else if (last?.kind === 'steps') last.steps.push(step);
    else split.push({ kind: 'steps', steps: [step] });
  }
  return split;
}

function panicOf(server) {
  return /^panic: (.*)$/m.exec(server.output())?.[1] ?? '';
}

function tls(whose, { ca, ...all }) {
  const { key, certificate } = all[whose];
  return { '--cert': certificate, '--key': key, '--ca': ca };
}

/** kingpin takes no flag twice: the lab's own give way to the scenario's. */
function withLabFlags({ flags = [], without = [] }, own) {
  const given = new Set([...flags.map((flag) => flag.split('=')[0]), ...without]);
  const kept = Object.entries(own).filter(([name]) => !given.has(name));
  return [...kept.map(([name, value]) => `${name}=${value}`), ...flags];
}

const kubeconfigText = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: 'lab', cluster: { server: `http://127.0.0.1:${apiPort}` } }],
  users: [{ name: 'lab', user: {} }],
  contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'lab' } }],
  'current-context': 'lab',
});
