import { describe, expect, it } from 'vitest';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import { lookUpFact, type Ask } from '../../src/model/fact.ts';
import type { Kube2iam, Kube2iamFlags } from '../../src/model/kube2iam.ts';
import type { ClusterNode } from '../../src/model/node.ts';
import type { World } from '../../src/model/world.ts';
import { covers, kube2iamStandIn } from '../../src/network/kube2iamDaemon.ts';
import { interception, type Interception } from '../../src/network/interception.ts';
import { kube2iamRedirector } from '../../src/network/redirector.ts';
import { redirectRule } from '../../src/network/redirectRule.ts';

const on: Partial<Kube2iamFlags> = { iptables: true, hostIp: '$(HOST_IP)', hostInterface: 'eni+' };
const base = (): WorldBuilder =>
  world()
    .node('n1', { addresses: ['10.0.0.1'] })
    .pod('app/p1', { node: 'n1' })
    .fact('cni', 'aws-vpc-cni');

const healthyDaemon: Readonly<Record<string, string>> = { 'kube2iam.daemon': 'ready' };

function intercepted(of: World, answers: Readonly<Record<string, string>> = {}): Interception {
  const ask: Ask = (question) => {
    const value = answers[question.name] ?? lookUpFact(of, question).value ?? healthyDaemon[question.name];
    if (value === undefined) throw new Error(`open: ${question.name}`);
    return value;
  };
  const [pod, node] = [of.workloads[0]?.template, of.nodes.find(({ name }) => name === 'n1')];
  if (!pod || !node) throw new Error('the test has a pod on a node');
  return interception(of, ask, { pod, node });
}

function outcome(found: Interception): string {
  return found.kind === 'none' ? `none: ${found.why}` : `rule: ${found.listening ? 'listening' : found.why}`;
}

const changed = (of: World, change: Partial<Kube2iam>): World => ({
  ...of,
  kube2iam: of.kube2iam.map((daemon) => ({ ...daemon, ...change })),
});
const healthy = base().kube2iam(on).build();
const broken = changed(healthy, {
  startupFaults: [
    { kind: 'unknownFlag', argument: '--foo', message: '', ref: { kind: 'DaemonSet', name: 'kube2iam' } },
  ],
});
const withInterface = (hostInterface: string): World =>
  base()
    .kube2iam({ ...on, hostInterface })
    .build();

describe('interception', () => {
  it.each<[string, World, Readonly<Record<string, string>>, string]>([
    ['healthy arguments', healthy, {}, 'rule: listening'],
    [
      'the rule comes before the server listens',
      healthy,
      { 'kube2iam.daemon': 'notReady' },
      'rule: redirectedToNotReady',
    ],
    [
      'a daemon that is gone leaves its rule',
      healthy,
      { 'kube2iam.daemon': 'gone', 'kube2iam.rule': 'present' },
      'rule: redirectedToGone',
    ],
    [
      '… or a preStop hook took it away',
      healthy,
      { 'kube2iam.daemon': 'gone', 'kube2iam.rule': 'absent' },
      'none: ruleAbsent',
    ],
    ['a fault takes the rule away', healthy, { 'kube2iam.rule': 'absent' }, 'none: ruleAbsent'],
    [
      'a daemon that ends at start, after an earlier good one',
      broken,
      { 'kube2iam.rule': 'present' },
      'rule: redirectedToGone',
    ],
    ['a daemon that ends at start, on a new node', broken, { 'kube2iam.rule': 'absent' }, 'none: ruleAbsent'],
    [
      'iptables off, the node image adds the rule',
      base().kube2iam().build(),
      { 'kube2iam.rule': 'present' },
      'rule: listening',
    ],
    [
      'iptables off, nobody does',
      base().kube2iam().build(),
      { 'kube2iam.rule': 'absent' },
      'none: ruleAbsent',
    ],
    ['the wrong wildcard', withInterface('cali+'), {}, 'none: interfaceDiffers'],
    ['every interface', withInterface('+'), {}, 'rule: listening'],
    [
      'an interface that no node has ends the process',
      withInterface('docker0'),
      { 'kube2iam.rule': 'absent' },
      'none: ruleAbsent',
    ],
    [
      '… and may have left a rule',
      withInterface('docker0'),
      { 'kube2iam.rule': 'present' },
      'rule: redirectedToGone',
    ],
    ['the uplink', withInterface('eth0'), {}, 'none: interfaceDiffers'],
    [
      'one veth, which may be this pod’s',
      withInterface('eni1a2b'),
      { 'kube2iam.rule': 'present' },
      'rule: listening',
    ],
    [
      'a daemon in a network namespace of its own',
      changed(healthy, { hostNetwork: false }),
      {},
      'none: ruleInOwnNamespace',
    ],
    [
      'a daemon that is not on the node',
      base()
        .kube2iam(on, { nodeSelector: { role: 'x' } })
        .build(),
      {},
      'none: notOnNode',
    ],
    ['no kube2iam and no annotation', base().build(), {}, 'none: notInstalled'],
    [
      'the second of two daemons has the rule',
      base()
        .kube2iam({ ...on, hostInterface: 'cali+' })
        .kube2iam(on)
        .build(),
      {},
      'rule: listening',
    ],
  ])('%s', (_title, of, answers, expected) => {
    expect(outcome(intercepted(of, answers))).toBe(expected);
  });

  it('takes a stand-in when an annotation hints at a kube2iam that no manifest shows', () => {
    const of = world()
      .node('n1')
      .pod('app/p1', { annotations: { 'iam.amazonaws.com/role': 'r' } })
      .build();
    const found = intercepted(of, { kube2iam: 'installed' });
    expect(found.kind === 'rule' && [found.daemon === kube2iamStandIn, found.listening]).toEqual([
      true,
      true,
    ]);
    expect(outcome(intercepted(of, { kube2iam: 'notInstalled' }))).toBe('none: notInstalled');
  });
});

describe('redirectRule', () => {
  it('is the rule that kube2iam appends', () => {
    const [daemon, node] = [healthy.kube2iam[0], healthy.nodes[0]];
    if (!daemon || !node) throw new Error('the world has both');
    const by = kube2iamRedirector(daemon);
    expect([redirectRule(by, node, 'eni+').text, redirectRule(by, node, '+').text]).toEqual([
      '-A PREROUTING -d 169.254.169.254/32 -i eni+ -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.1:8181',
      '-A PREROUTING -d 169.254.169.254/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.1:8181',
    ]);
  });
});

describe('covers', () => {
  const node = (facts: Partial<ClusterNode>): ClusterNode => ({
    ref: { kind: 'Node', name: 'n1' },
    name: 'n1',
    labels: {},
    taints: [],
    compute: 'ec2',
    addresses: [],
    imds: {},
    ...facts,
  });
  const gpu = { key: 'gpu', value: 'yes', effect: 'NoSchedule' };
  it.each<[string, Partial<Kube2iam>, Partial<ClusterNode>, boolean]>([
    ['a plain node', {}, {}, true],
    ['the label that every node has', { nodeSelector: { 'kubernetes.io/os': 'linux' } }, {}, true],
    [
      'a Windows node',
      { nodeSelector: { 'kubernetes.io/os': 'linux' } },
      { labels: { 'kubernetes.io/os': 'windows' } },
      false,
    ],
    ['a selector that fits', { nodeSelector: { pool: 'a' } }, { labels: { pool: 'a' } }, true],
    ['a selector that does not', { nodeSelector: { pool: 'a' } }, { labels: { pool: 'b' } }, false],
    ['a taint without toleration', {}, { taints: [gpu] }, false],
    ['a taint that only advises', {}, { taints: [{ ...gpu, effect: 'PreferNoSchedule' }] }, true],
    [
      'a taint that every DaemonSet tolerates',
      {},
      { taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }] },
      true,
    ],
    ['Exists without a key', { tolerations: [{ operator: 'Exists' }] }, { taints: [gpu] }, true],
    ['Exists with the key', { tolerations: [{ key: 'gpu', operator: 'Exists' }] }, { taints: [gpu] }, true],
    [
      'Equal with the value',
      { tolerations: [{ key: 'gpu', operator: 'Equal', value: 'yes' }] },
      { taints: [gpu] },
      true,
    ],
    [
      'Equal with another',
      { tolerations: [{ key: 'gpu', operator: 'Equal', value: 'no' }] },
      { taints: [gpu] },
      false,
    ],
    [
      'another effect',
      { tolerations: [{ key: 'gpu', operator: 'Exists', effect: 'NoExecute' }] },
      { taints: [gpu] },
      false,
    ],
    ['Fargate', { tolerations: [{ operator: 'Exists' }] }, { compute: 'fargate' }, false],
  ])('%s', (_title, daemon, facts, expected) => {
    const [plain] = base().kube2iam(on).build().kube2iam;
    if (!plain) throw new Error('the world has a daemon');
    expect(covers({ ...plain, ...daemon }, node(facts))).toBe(expected);
  });
});
