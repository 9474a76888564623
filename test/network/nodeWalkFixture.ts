import { expect } from 'vitest';
import { parseIptablesSave } from '../../src/ingest/iptables/iptablesSave.ts';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import { askStated } from '../../src/model/fact.ts';
import type { NodeRules } from '../../src/model/iptables.ts';
import { cniProfiles } from '../../src/network/cni/profiles.ts';
import { walkNode, type NodeWalk } from '../../src/network/nodeWalk.ts';
import type { Destination, PathStep } from '../../src/network/path.ts';
import { sceneOf, type Scene } from '../../src/network/scene.ts';
import { targetOf, type Target } from '../../src/network/target.ts';

const running = (podIP: string) => ({ phase: 'Running', podIP }) as const;

/** Two nodes under the VPC CNI; on the first two pods, one without an address yet, and one of the host network. */
export const cluster: WorldBuilder = world()
  .fact('cni', 'aws-vpc-cni')
  .node('n1', { addresses: ['10.0.0.1'] })
  .node('n2', { addresses: ['10.0.0.2'] })
  .pod('app/p1', { node: 'n1', status: running('10.0.1.1') })
  .pod('app/p2', { node: 'n1', status: running('10.0.1.2') })
  .pod('app/planned', { node: 'n1' })
  .pod('app/host', { node: 'n1', hostNetwork: true });

type Socket = (address: string, port: number) => Destination;
const socket =
  (protocol: 'TCP' | 'UDP'): Socket =>
  (address, port) => ({ kind: 'address', address, port, protocol });
export const tcp: Socket = socket('TCP');
export const udp: Socket = socket('UDP');
export const node = (port: number, protocol: 'TCP' | 'UDP' = 'TCP'): Destination => ({
  kind: 'node',
  port,
  protocol,
});

const imds = tcp('169.254.169.254', 80);

type Tables = Readonly<Record<string, readonly string[]>>;

/** Reads rules in the words of iptables-save, a table to each list. */
export function savedRules(tables: Tables): NodeRules {
  const lines = Object.entries(tables).flatMap(([table, rules]) => [`*${table}`, ...rules, 'COMMIT']);
  const { ruleSets, ipSets, diagnostics } = parseIptablesSave(lines.join('\n'), 'n1.rules');
  expect(diagnostics).toEqual([]);
  return { ruleSet: ruleSets[0] ?? { family: 4, tables: {} }, ipSets };
}

/** A step with the chain or the rule that decided, as `filter FORWARD` or `filter FORWARD 1`, and its text. */
function told({ hook, station, action, reason, at, rule }: PathStep): string {
  return [hook, station, action, reason, at?.name, rule].filter((word) => word !== undefined).join(' | ');
}

/** What became of a packet, its steps told. */
type Outcome = Pick<NodeWalk, 'end' | 'sourceAddress' | 'unchanged'> & {
  readonly target: Target;
  readonly steps: readonly string[];
  readonly lostAnswer: readonly string[];
  readonly lostRefusal: readonly string[];
};

/** A packet, to IMDS from the first pod unless it says otherwise, and what the rules of the node make of it. */
export interface WalkCase {
  readonly name: string;
  readonly rules: Tables;
  readonly pod?: string;
  readonly to?: Destination;
  readonly in?: WorldBuilder;
  readonly steps: readonly string[];
  /** Where the rules turned it to, if they did. */
  readonly turnedTo?: Destination;
  readonly outcome?: Partial<Omit<Outcome, 'steps' | 'target'>>;
}

/** Leads the packet of a case through the rules. */
export function walked(one: Pick<WalkCase, 'rules' | 'pod' | 'to' | 'in'>): Outcome {
  const { scene, target } = setting(one);
  const walk = walkNode(scene, target(one.to ?? imds), savedRules(one.rules));
  return {
    ...walk,
    steps: walk.steps.map(told),
    lostAnswer: walk.lostAnswer().map(told),
    lostRefusal: walk.lostRefusal().map(told),
  };
}

/** Compares everything that is known of the way of a case. */
export function expectWalk(one: WalkCase): void {
  expect(walked(one)).toStrictEqual({
    end: 'passed',
    sourceAddress: 'pod',
    unchanged: false,
    lostAnswer: [],
    lostRefusal: [],
    ...one.outcome,
    steps: one.steps,
    target: setting(one).target(one.turnedTo ?? one.to ?? imds),
  });
}

function setting({ pod: name = 'p1', in: builder = cluster }: Pick<WalkCase, 'pod' | 'in'>): {
  readonly scene: Scene;
  readonly target: (to: Destination) => Target;
} {
  const of = builder.build();
  const [own] = of.nodes;
  const pod = of.workloads.find((workload) => workload.name === name)?.template;
  if (!own || !pod) throw new Error('the case names a pod on the first node');
  return {
    scene: sceneOf(of, askStated(of), { pod, node: own }, cniProfiles),
    target: (to) => targetOf(of, own, to),
  };
}

/** Rules of table nat about metadata requests. */
export const dnat = (to: string): string =>
  `-A PREROUTING -d 169.254.169.254/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination ${to}`;
export const redirect =
  '-A PREROUTING -d 169.254.169.254/32 -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 8181';

/** Steps, as they are told. */
export const rewritten = (rule: string): string =>
  `iptables | nat PREROUTING | rewrites | ruleRewrites | nat PREROUTING 1 | ${rule}`;
export const noRule = (chain: string): string => `iptables | ${chain} | skipped | noRuleDecides | ${chain}`;
export const toNode = (at: string): string => `routing | passes | routedToNode | ${at}`;
export const beyond = (at: string): string => `routing | passes | routedBeyond | ${at}`;
export const imdsBeyond: string = beyond('169.254.169.254:80');
