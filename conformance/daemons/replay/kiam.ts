import { interception } from '../../../src/network/interception.ts';
import { kiamRedirector } from '../../../src/network/redirector.ts';
import { redirectRule } from '../../../src/network/redirectRule.ts';
import type { Identity } from '../../../src/model/identity.ts';
import type { KiamAgent, KiamServer } from '../../../src/model/kiam.ts';
import type { World } from '../../../src/model/world.ts';
import { kiam } from '../../../src/services/kiam.ts';
import { changed, objectsOf } from '../lab/objects.mjs';
import type { DaemonRecording, DaemonScenario, KiamPart, ScenarioAws } from '../lab/scenarios.mjs';
import {
  callOf,
  hasToken,
  labNode,
  merged,
  modelText,
  nodeRole,
  podAt,
  recordedText,
  stated,
  worldAt,
  type Held,
} from './state.ts';

/** Lets the model live through a scenario of kiam. */
export function replayKiam(scenario: DaemonScenario, recording: DaemonRecording): readonly Held[] {
  const manifests = [agentManifest(scenario), serverManifest(scenario)];
  let objects = objectsOf(scenario.cluster ?? {});
  let aws: ScenarioAws = scenario;
  let server: 'ready' | 'unreachable' = 'ready';
  const at = (): World => {
    const world = worldAt([...objects, ...manifests], aws, recording);
    const gone = { name: 'kiam.server', value: 'unreachable' } as const;
    return server === 'ready' ? world : { ...world, facts: [...world.facts, gone] };
  };
  const start = startHeld(at(), recording);
  if (recording.ended) return [start];
  const held: Held[] = [start, ...rulesHeld(at(), scenario, recording)];
  const replies = [...(recording.replies ?? [])];
  const issued = new Set<string>();
  for (const step of scenario.steps ?? []) {
    if (step.apply ?? step.delete) objects = changed(objects, step);
    else if (step.stopServer) server = 'unreachable';
    else if (step.wait !== undefined) noteFetched(at(), issued);
    else if (step.get === undefined) aws = merged(aws, step);
    else {
      const recorded = replies.shift();
      if (!recorded) throw new Error(`${scenario.id}: fewer replies than requests`);
      const before = at();
      const facts = [...issued].map(
        (role) => ({ name: 'daemonCache', scope: role, value: 'session' }) as const,
      );
      const world = { ...before, facts: [...before.facts, ...facts] };
      const [agent, daemon] = [world.kiamAgents[0], world.kiamServers[0]];
      if (!agent || !daemon) throw new Error('the manifests are of kiam');
      const call = callOf(step);
      const service = kiam(world, stated(world), {
        agent,
        server: { daemon, node: labNode(world) },
        node: labNode(world),
        call,
        withToken: hasToken(step),
        caller: podAt(world, step.from ?? '10.1.0.1'),
        serverIdentity: () => serverIdentity(scenario),
      });
      const model = modelText(service);
      const isList = call.kind === 'roleList' || step.get.endsWith('/security-credentials/');
      const real = recordedText(recorded, model, isList);
      const role = /^200 credentials (\S+)/.exec(real)?.[1];
      if (role !== undefined) issued.add(role);
      held.push({ what: `${step.method ?? 'GET'} ${step.get}`, real, model });
    }
  }
  return held;
}

/** kiam fetches credentials for each pod that it sees, before anybody asks. */
function noteFetched(world: World, issued: Set<string>): void {
  for (const { template } of world.workloads) {
    const role = template.annotations['iam.amazonaws.com/role'];
    if (role !== undefined) issued.add(`arn:aws:iam::111122223333:role/${role}`);
  }
}

function agentManifest({ agent = {}, env = {} }: DaemonScenario): object {
  const own = { ...tls, '--port': '8181', '--server-address': 'localhost:9610' };
  return daemonSet(
    'kiam-agent',
    ['agent', ...withLabFlags(agent, own)],
    { HOST_IP: '10.1.0.40', ...env },
    true,
  );
}

function serverManifest({ server = {}, env = {} }: DaemonScenario): object {
  const own = {
    ...tls,
    '--role-base-arn': 'arn:aws:iam::111122223333:role/',
    '--assume-role-arn': 'arn:aws:iam::111122223333:role/kiam-server',
    '--sync': '1s',
  };
  return daemonSet('kiam-server', ['server', ...withLabFlags(server, own)], env, false);
}

const tls = { '--cert': '/tls/tls.crt', '--key': '/tls/tls.key', '--ca': '/tls/ca.crt' };

function withLabFlags(
  { flags = [], without = [] }: KiamPart,
  own: Readonly<Record<string, string>>,
): readonly string[] {
  const given = new Set([...flags.map((flag) => flag.split('=')[0]), ...without]);
  const kept = Object.entries(own).filter(([name]) => !given.has(name));
  return [...kept.map(([name, value]) => `${name}=${value}`), ...flags];
}

function daemonSet(
  name: string,
  args: readonly string[],
  variables: Readonly<Record<string, string | null>>,
  hostNetwork: boolean,
): object {
  const env = Object.entries(variables).flatMap(([key, value]) =>
    value === null ? [] : [{ name: key, value }],
  );
  const container = { name: 'kiam', image: 'quay.io/uswitch/kiam:v4.2', command: ['/kiam'], args, env };
  const template = {
    metadata: { labels: { app: name } },
    spec: { hostNetwork, serviceAccountName: name, containers: [container] },
  };
  const spec = { selector: { matchLabels: { app: name } }, template };
  return { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name, namespace: 'kube-system' }, spec };
}

/** The real program tells its first fault; the model tells all of each process, that one first. */
function startHeld(world: World, { ended }: DaemonRecording): Held {
  const { kiamAgents, kiamServers } = world;
  const what = 'start';
  const [agent, server] = [kiamAgents[0], kiamServers[0]];
  if (!agent || !server) throw new Error('the manifests are of kiam');
  // The server starts first.
  const failing = [server, agent].find(({ startupFaults }) => startupFaults.length > 0);
  const first = failing?.startupFaults[0];
  // What other pods are annotated with, and the metadata of its node, are no matter of its manifest.
  if (ended?.role === 'server' && !first && isKnownGone(world)) return { what, real: 'ends', model: 'ends' };
  if (!ended || !first) {
    return {
      what,
      real: ended ? `ends: ${ended.message}` : 'serves',
      model: first ? `ends: ${first.message}` : 'serves',
    };
  }
  const told = first.message.replace(/^iptables: /, '');
  const isTold = ended.message.includes(told) || (ended.code === 0 && first.message.startsWith('prints its'));
  const real = `ends: ${ended.message}`;
  return {
    what,
    real,
    model: isTold && roleOf(failing, agent) === ended.role ? real : `ends: ${first.message}`,
  };
}

function isKnownGone(world: World): boolean {
  const [agent, daemon] = [world.kiamAgents[0], world.kiamServers[0]];
  if (!agent || !daemon) return false;
  const node = labNode(world);
  const { evidence } = kiam(world, (question) => question.known ?? stated(world)(question), {
    agent,
    server: { daemon, node },
    node,
    call: { kind: 'roleList' },
    withToken: false,
    caller: podAt(world, '10.1.0.1'),
    serverIdentity: () => ({ kind: 'role', arn: nodeRole }),
  });
  return evidence.some(({ kind }) => kind === 'kiamServerCrashed' || kind === 'kiamServer');
}

function roleOf(failing: KiamAgent | KiamServer | undefined, agent: KiamAgent): 'agent' | 'server' {
  return failing === agent ? 'agent' : 'server';
}

/** The rule stands while the agent runs; how it ends says what stays. */
function rulesHeld(
  world: World,
  { rules: before = [], stopAgentBy }: DaemonScenario,
  { rules = [], rulesAfter = [] }: DaemonRecording,
): readonly Held[] {
  const [agent] = world.kiamAgents;
  if (rules.length === 0 || !agent) return [];
  const own = redirectRule(kiamRedirector(agent), labNode(world), agent.flags.hostInterface).text;
  const stays = stopAgentBy === 'SIGKILL' || !agent.flags.iptablesRemove;
  return [
    { what: 'rules', real: rules.join('\n'), model: [...before, own].join('\n') },
    {
      what: 'rules after its end',
      real: rulesAfter.join('\n'),
      model: [...before, ...(stays ? [own] : [])].join('\n'),
    },
    { what: 'meets a pod of the VPC CNI', ...meets(world, agent) },
  ];
}

/** By the name of its interface alone: `eni+` and whatever is not `eth0` are meant. */
function meets(world: World, agent: KiamAgent): { readonly real: string; readonly model: string } {
  const pod = world.workloads.find(({ kind }) => kind === 'Pod');
  if (!pod) return { real: '', model: '' };
  const healthy: Readonly<Record<string, string>> = { 'kiam.agent': 'ready', 'kiam.rule': 'present' };
  const found = interception(
    world,
    (question) => question.known ?? healthy[question.name] ?? stated(world)(question),
    {
      pod: pod.template,
      node: labNode(world),
    },
  );
  const expected = ['eni+', '+', '!eth0'].includes(agent.flags.hostInterface);
  return { real: expected ? 'rule' : 'none', model: found.kind };
}

function serverIdentity({ env = {}, imds }: DaemonScenario): Identity {
  if (env['AWS_ACCESS_KEY_ID']) return { kind: 'static', accessKeyId: env['AWS_ACCESS_KEY_ID'] };
  if (imds?.state === 'disabled') return { kind: 'none', error: 'no credentials' };
  return { kind: 'role', arn: nodeRole };
}
