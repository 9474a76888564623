import type { AdminPeer, AdminPolicy } from '../../src/model/adminNetworkPolicy.ts';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import type { PolicyRuleOptions } from '../../src/model/builderOptions.ts';
import type { CiliumEntry, CiliumPolicy } from '../../src/model/ciliumPolicy.ts';
import type { CniId } from '../../src/model/cni.ts';
import { lookUpFact, type Ask } from '../../src/model/fact.ts';
import { kiamAgentDefaults, type KiamAgent } from '../../src/model/kiam.ts';
import { everything } from '../../src/model/labels.ts';
import { describeRef, type ObjectRef } from '../../src/model/objectRef.ts';
import type { World } from '../../src/model/world.ts';
import { cniProfiles, type CniProfiles } from '../../src/network/cni/profiles.ts';
import { packetPath } from '../../src/network/packetPath.ts';
import type { Destination, PacketPath, PathStep } from '../../src/network/path.ts';
import { daemonFacts } from '../daemonFacts.ts';

export const to = (address: string, port: number): Destination => ({
  kind: 'address',
  address,
  port,
  protocol: 'TCP',
});
export const outside: Destination = to('192.0.2.9', 443);
export const database: Destination = to('10.1.0.2', 5432);
export const otherNode: Destination = to('10.0.0.2', 9100);
export const agent: Destination = to('169.254.170.23', 80);
export const imds6: Destination = to('fd00:ec2::254', 80);
export const imds: Destination = to('169.254.169.254', 80);
export const sts: Destination = { kind: 'sts' };
export const nodePort = (port: number): Destination => ({ kind: 'node', port, protocol: 'TCP' });

export const cluster: WorldBuilder = world()
  .node('n1', { addresses: ['10.0.0.1'], labels: { role: 'worker' }, imds: { httpProtocolIpv6: 'enabled' } })
  .node('n2', { addresses: ['10.0.0.2'], labels: { role: 'infra' } })
  .pod('app/p1', { node: 'n1', status: { phase: 'Running', podIP: '10.1.0.1' } })
  .pod('data/db', { node: 'n2', status: { phase: 'Running', podIP: '10.1.0.2' } });
export const egress = (...rules: readonly PolicyRuleOptions[]): WorldBuilder =>
  cluster.networkPolicy('app/out', { policyTypes: ['Egress'], egress: rules });
export const into = (builder: WorldBuilder, ...rules: readonly PolicyRuleOptions[]): WorldBuilder =>
  builder.networkPolicy('data/in', { policyTypes: ['Ingress'], ingress: rules });
export const block = (cidr: string): PolicyRuleOptions => ({ peers: [{ cidr }] });
export const pods: PolicyRuleOptions = { peers: [{ namespaceSelector: everything }] };
export const anybody: PolicyRuleOptions = {};

/** The same with a policy of Cilium that isolates the pods of `app` and says this of what they send. */
export function withCilium(builder: WorldBuilder, action: CiliumEntry['action'], entity: string): World {
  const ref: ObjectRef = { kind: 'CiliumNetworkPolicy', namespace: 'app', name: 'cnp' };
  const field = action === 'deny' ? 'spec.egressDeny[0]' : 'spec.egress[0]';
  const entry: CiliumEntry = {
    ref: { ...ref, field },
    action,
    peers: [{ kind: 'entity', entity }],
    unread: [],
  };
  const rule = { ref, endpointSelector: everything, ingress: [], egress: [entry] };
  const policy: CiliumPolicy = {
    ref,
    namespace: 'app',
    name: 'cnp',
    rules: [{ ...rule, isolates: ['Egress'] }],
  };
  return { ...builder.build(), ciliumPolicies: [policy] };
}

/** The same with a policy of the administrators that denies every pod such a peer. */
export function withDenial(builder: WorldBuilder, peer: AdminPeer): World {
  const ref: ObjectRef = { kind: 'AdminNetworkPolicy', name: 'deny' };
  const rule = {
    ref: { ...ref, field: 'spec.egress[0]' },
    action: 'Deny',
    peers: [peer],
    ports: [],
  } as const;
  const policy: AdminPolicy = {
    ref,
    name: 'deny',
    api: 'v1alpha1',
    tier: 'admin',
    priority: 10,
    subject: { namespaceSelector: everything },
    ingress: [],
    egress: [rule],
  };
  return { ...builder.build(), adminPolicies: [policy] };
}

/** A kiam agent on every node, which adds its rule. */
export const kiam: KiamAgent = {
  ...daemonFacts('kiam-agent'),
  flags: { ...kiamAgentDefaults, iptables: true, hostInterface: '!eth0', host: '10.0.0.1' },
};

/** A step in one line: where, what and why, the objects that decided, the rule, the source. */
function line({ hook, station, action, reason, at, also = [], rule, source }: PathStep): string {
  const refs = [...(at ? [at] : []), ...also].map((ref) => `${describeRef(ref)} ${ref.field ?? ''}`.trim());
  const where = station === undefined ? hook : `${hook} ${station}`;
  return [where, action, reason, `[${refs.join(', ')}]`, ...(rule === undefined ? [] : [rule]), source].join(
    ' ',
  );
}

/** A way of a packet as it is compared. */
export interface Way {
  readonly steps: readonly string[];
  readonly end: 'arrives' | 'dropped' | 'refused';
  /** What was asked for, each question once. */
  readonly asked: readonly string[];
}

/** Leads a packet of a pod, app/p1 unless another is named, on the node that the pod names. */
function lead(
  of: World,
  destination: Destination,
  answers: Readonly<Record<string, string>>,
  { profiles = cniProfiles, from = 'p1' }: { profiles?: CniProfiles; from?: string } = {},
): { readonly path: PacketPath; readonly asked: readonly string[] } {
  const pod = of.workloads.find(({ name }) => name === from)?.template;
  const node = of.nodes.find(({ name }) => name === pod?.nodeName);
  if (!pod || !node) throw new Error(`the test names a pod on a node: ${from}`);
  const asked = new Set<string>();
  const ask: Ask = (question) => {
    asked.add(`${question.name} ${question.scope ?? ''}`.trim());
    const value = answers[question.name] ?? lookUpFact(of, question).value;
    if (value === undefined) throw new Error(`nobody answers ${question.name}`);
    return value;
  };
  return { path: packetPath(of, ask, { pod, node }, destination, profiles), asked: [...asked] };
}

/** The stations of a packet, how it ends, and what was asked for. */
export function way(...packet: Parameters<typeof lead>): Way {
  const { path, asked } = lead(...packet);
  return { steps: path.steps.map(line), end: path.end.kind, asked };
}

/** The stations of a packet, and who has it in the end, from how many hops away. */
export function wayTo(
  ...packet: Parameters<typeof lead>
): readonly [end: string, ...steps: readonly string[]] {
  const { path } = lead(...packet);
  const { end } = path;
  if (end.kind !== 'arrives') return [end.kind, ...path.steps.map(line)];
  const seenAs = 'sourceAddress' in end.at ? ` from the ${end.at.sourceAddress}` : '';
  return [`${end.at.kind}${seenAs}, hops ${end.hops}`, ...path.steps.map(line)];
}

/** A packet of app/p1 and what is to become of it. */
export interface WayRow {
  readonly title: string;
  readonly of: World;
  readonly to: Destination;
  readonly answers: Readonly<Record<string, string>>;
  readonly expected: Way;
}

export function row(
  title: string,
  of: WorldBuilder | World,
  destination: Destination,
  answers: Readonly<Record<string, string>>,
  steps: readonly string[],
  end: Way['end'],
  asked: readonly string[] = ['cni'],
): WayRow {
  const built = 'build' in of ? of.build() : of;
  return { title, of: built, to: destination, answers, expected: { steps, end, asked } };
}

export const on = (cni: CniId): Readonly<Record<string, string>> => ({ cni });

const isolation = 'kubernetes/website "Network Policies", the two sorts of pod isolation';
export const arrives = 'receiver passes arrives [] measured with packets';
export const refused =
  'receiver rejects noListener [Node n1] measured with packets: refused within a millisecond';
export const allows = (hook: string, ...refs: readonly string[]): string =>
  `${hook} passes policyAllows [${refs.join(', ')}] ${isolation}`;
export const isolates = (hook: string, ref = 'NetworkPolicy app/out'): string =>
  `${hook} drops policyIsolates [${ref}] ${isolation}`;
export const first = 'NetworkPolicy app/out spec.egress[0]';
export const second = 'NetworkPolicy app/out spec.egress[1]';
export const veth = 'policyAtVeth';
export const filter = 'policyInFilter';
