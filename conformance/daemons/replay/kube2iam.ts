import type { Ask } from '../../../src/model/fact.ts';
import type { Identity } from '../../../src/model/identity.ts';
import type { Kube2iam } from '../../../src/model/kube2iam.ts';
import type { World } from '../../../src/model/world.ts';
import { kube2iam } from '../../../src/services/kube2iam.ts';
import { interception } from '../../../src/network/interception.ts';
import { kube2iamRedirector } from '../../../src/network/redirector.ts';
import { redirectRule } from '../../../src/network/redirectRule.ts';
import { changed, objectsOf } from '../lab/objects.mjs';
import type { DaemonRecording, DaemonScenario, ScenarioAws } from '../lab/scenarios.mjs';
import {
  type Held,
  account,
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
} from './state.ts';

const roleBase = `arn:aws:iam::${account}:role/`;

/** Lets the model live through a scenario of kube2iam. */
export function replayKube2iam(scenario: DaemonScenario, recording: DaemonRecording): readonly Held[] {
  const manifest = daemonSet(scenario);
  let objects = objectsOf(scenario.cluster ?? {});
  let aws: ScenarioAws = scenario;
  const region = scenario.env?.['AWS_REGION'] === null ? 'missing' : 'set';
  const at = (): World => {
    const world = worldAt([...objects, manifest], aws, recording);
    return { ...world, facts: [...world.facts, { name: 'kube2iam.region', value: region }] };
  };
  const [daemon] = at().kube2iam;
  if (!daemon) throw new Error('the manifest is of a kube2iam');
  const start = startHeld(daemon, recording, at());
  if (recording.ended) return [start];
  const held: Held[] = [start, ...rulesHeld(at(), daemon, scenario, recording)];
  const replies = [...(recording.replies ?? [])];
  const memory = memoryOf();
  for (const step of scenario.steps ?? []) {
    if (step.apply ?? step.delete) objects = changed(objects, step);
    else if (step.wait !== undefined) memory.wait(step.wait);
    else if (step.get === undefined) aws = merged(aws, step);
    else {
      const recorded = replies.shift();
      if (!recorded) throw new Error(`${scenario.id}: fewer replies than requests`);
      const world = memory.stateIn(at());
      const call = callOf(step);
      const service = kube2iam(world, stated(world), {
        daemon: world.kube2iam[0] ?? daemon,
        node: labNode(world),
        call,
        withToken: hasToken(step),
        caller: podAt(world, step.from ?? '10.1.0.1'),
        daemonIdentity: () => daemonIdentity(scenario),
      });
      const isList = call.kind === 'roleList' || /security-credentials\/?$/.test(step.get);
      // The answer to a HEAD has no body.
      const model = step.method === 'HEAD' ? modelText(service).slice(0, 3) : modelText(service);
      const real = recordedText(recorded, model, isList && step.method !== 'HEAD');
      const bothShared = memory.note(model, real, step.get);
      held.push({
        what: `${step.method ?? 'GET'} ${step.get}`,
        real: bothShared.real,
        model: bothShared.model,
      });
    }
  }
  return held;
}

/** The manifest that gives the real program its flags. */
function daemonSet({ flags = [], bare, env = {} }: DaemonScenario): object {
  const own = bare ? [] : ['--api-server=http://api', '--api-token=lab'];
  const variables = { AWS_REGION: 'us-east-1', ...env };
  const container = {
    name: 'kube2iam',
    image: 'jtblin/kube2iam:0.15.0',
    args: [...own, ...flags],
    env: Object.entries(variables).flatMap(([name, value]) => (value === null ? [] : [{ name, value }])),
  };
  const template = {
    metadata: { labels: { app: 'kube2iam' } },
    spec: { hostNetwork: true, serviceAccountName: 'kube2iam', containers: [container] },
  };
  const metadata = { name: 'kube2iam', namespace: 'kube-system' };
  const spec = { selector: { matchLabels: { app: 'kube2iam' } }, template };
  return { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata, spec };
}

/** The real program tells its first fault; the model tells all, that one first. */
function startHeld({ startupFaults }: Kube2iam, { ended }: DaemonRecording, world: World): Held {
  const [first] = startupFaults;
  const what = 'start';
  // An interface that is not there, and metadata that is switched off, are facts of the node.
  if (ended && !first && isKnownGone(world)) return { what, real: 'ends', model: 'ends' };
  if (!ended) return { what, real: 'serves', model: first ? `ends: ${first.message}` : 'serves' };
  const real = `ends: ${ended.message}`;
  if (!first) return { what, real, model: 'serves' };
  const told = first.message.replace(/^iptables: /, '');
  const isTold =
    ended.message.includes(told) ||
    // Help and version are no faults, and told in the model's own words.
    (ended.code === 0 && first.message.startsWith('prints its'));
  return { what, real, model: isTold ? real : `ends: ${first.message}` };
}

/** Tells whether the node shows that the daemon cannot run there. */
function isKnownGone(world: World): boolean {
  let gone = false;
  const ask: Ask = (question) => {
    if (question.name === 'kube2iam.daemon') gone ||= question.known === 'gone';
    const otherwise: Readonly<Record<string, string>> = {
      'kube2iam.daemon': 'ready',
      'kube2iam.rule': 'present',
    };
    return question.known ?? otherwise[question.name] ?? stated(world)(question);
  };
  const pod = podAt(world, '10.1.0.1');
  if (pod) interception(world, ask, { pod, node: { ...labNode(world), imds: world.nodeDefaults.imds } });
  return gone;
}

function rulesHeld(
  world: World,
  daemon: Kube2iam,
  { rules: before = [] }: DaemonScenario,
  { rules = [], rulesAfter = [] }: DaemonRecording,
): readonly Held[] {
  if (rules.length === 0) return [];
  const own = redirectRule(kube2iamRedirector(daemon), labNode(world), daemon.flags.hostInterface).text;
  const model = [...new Set([...before, own])];
  return [
    { what: 'rules', real: rules.join('\n'), model: model.join('\n') },
    { what: 'rules after its end', real: rulesAfter.join('\n'), model: model.join('\n') },
  ];
}

function daemonIdentity({ env = {}, imds }: DaemonScenario): Identity {
  if (env['AWS_ACCESS_KEY_ID']) return { kind: 'static', accessKeyId: env['AWS_ACCESS_KEY_ID'] };
  if (imds?.state === 'disabled') return { kind: 'none', error: 'no credentials' };
  return { kind: 'role', arn: nodeRole };
}

/** What the process still holds of earlier requests: sessions and errors, each for its time. */
function memoryOf(): {
  readonly wait: (milliseconds: number) => void;
  readonly stateIn: (world: World) => World;
  readonly note: (
    model: string,
    real: string,
    path: string,
  ) => { readonly model: string; readonly real: string };
} {
  const sessions = new Map<string, number>();
  const errors = new Map<string, number>();
  let now = 0;
  let asked: World | undefined;
  const ttl = (world: World | undefined): { readonly session: number; readonly error: number } => ({
    session: world?.kube2iam[0]?.flags.iamRoleSessionTtlSeconds ?? 900,
    error: world?.kube2iam[0]?.flags.iamRoleErrorTtlSeconds ?? 0,
  });
  return {
    wait: (milliseconds) => void (now += milliseconds / 1000),
    stateIn: (world) => {
      asked = world;
      const held = [
        ...[...sessions].filter(([, until]) => until > now).map(([role]) => [role, 'session'] as const),
        ...[...errors].filter(([, until]) => until > now).map(([role]) => [role, 'error'] as const),
      ];
      const facts = held.map(([role, value]) => ({ name: 'daemonCache', scope: role, value }) as const);
      return { ...world, facts: [...world.facts, ...facts] };
    },
    note: (model, real, path) => {
      const role = /^200 credentials (\S+)/.exec(real)?.[1];
      const held = role !== undefined && (sessions.get(role) ?? -1) > now;
      const { error } = ttl(asked);
      if (real === '500' && error > 0) errors.set(`${roleBase}${path.split('/').at(-1)}`, now + error);
      if (role !== undefined && !held) sessions.set(role, now + ttl(asked).session);
      return held ? { model: withoutSession(model), real: withoutSession(real) } : { model, real };
    },
  };
}

/** A session out of the cache is named after whoever asked first. */
function withoutSession(text: string): string {
  return text.replace(/^(200 credentials \S+) .* (\d+)$/, '$1 $2');
}
