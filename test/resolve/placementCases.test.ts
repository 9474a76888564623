import { describe, expect, it } from 'vitest';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import type { Question } from '../../src/model/fact.ts';
import { kiamAgentDefaults, type KiamAgent } from '../../src/model/kiam.ts';
import type { ClusterNode } from '../../src/model/node.ts';
import type { PodTemplate, Toleration } from '../../src/model/pod.ts';
import type { World } from '../../src/model/world.ts';
import { anyNode, placePod, type Placement } from '../../src/resolve/placement.ts';
import { daemonFacts } from '../daemonFacts.ts';

interface Placed {
  readonly node: string;
  readonly how: Placement['how'];
  readonly asked: readonly Question[];
}

/** Places a pod of the world; where nodes differ it runs on the one that is named. */
function place(of: World, on: string): Placed {
  const asked: Question[] = [];
  const template = of.workloads.find(({ name }) => name === 'api')?.template;
  if (!template) throw new Error('the test needs a pod `api`');
  const ask = (question: Question): string => {
    asked.push(question);
    return on;
  };
  const { node, how } = placePod(of, ask, template, 'pay/api');
  return { node: node.name, how, asked };
}

const pod = world().pod('pay/api');
const two = pod.node('n1', { labels: { pool: 'blue' } }).node('n2', { labels: { pool: 'green' } });
const ref = { kind: 'Pod', namespace: 'pay', name: 'api' };
const choice = (...options: readonly string[]): readonly Question[] => [
  { name: 'node', scope: 'pay/api', options, about: ref },
];
const changed = (builder: WorldBuilder, changes: Readonly<Record<string, Partial<ClusterNode>>>): World => {
  const built = builder.build();
  return { ...built, nodes: built.nodes.map((node) => ({ ...node, ...changes[node.name] })) };
};

const agent: KiamAgent = {
  ...daemonFacts('kiam-agent'),
  flags: kiamAgentDefaults,
  nodeSelector: { pool: 'blue' },
};
const withOutdated = (builder: WorldBuilder, node: string): World => {
  const built = builder.build();
  const template = { kind: 'DaemonSet', namespace: 'kube-system', name: 'kube2iam' };
  return {
    ...built,
    kube2iam: built.kube2iam.map((daemon) => ({ ...daemon, outdated: { node, template } })),
  };
};

describe('where a pod runs', () => {
  const first: Placed = { node: 'n1', how: 'onlyNodeClass', asked: [] };
  const second: Placed = { node: 'n2', how: 'onlyNodeClass', asked: [] };
  const chosen: Placed = { node: 'n2', how: 'chosen', asked: choice('n1', 'n2') };
  const nowhere: Placed = { node: '(any node)', how: 'noNodeFits', asked: [] };
  const rules = { family: 4, tables: {} } as const;
  const limit = (httpPutResponseHopLimit: number): Partial<ClusterNode> => ({
    imds: { httpPutResponseHopLimit, ref: { kind: 'Instance', name: `i-${httpPutResponseHopLimit}` } },
  });

  it.each<[string, World, Placed]>([
    ['some node, when none is shown', pod.build(), { node: '(any node)', how: 'noNodesGiven', asked: [] }],
    ['any of nodes that are alike', two.build(), first],
    [
      'any of nodes that differ in a label that nothing selects by, and in where their options were read',
      changed(two, {
        n1: { imds: { httpTokens: 'required', ref: { kind: 'Instance', name: 'i-1' } } },
        n2: { imds: { httpTokens: 'required', ref: { kind: 'Instance', name: 'i-2' } } },
      }),
      first,
    ],
    ['one of nodes with different roles', changed(two, { n2: { roleArn: 'arn:aws:iam::1:role/x' } }), chosen],
    ['one of nodes with different metadata options', changed(two, { n1: limit(1), n2: limit(2) }), chosen],
    [
      'one of nodes with different labels, where kube2iam selects by that label',
      two.kube2iam({}, { nodeSelector: { pool: 'blue' } }).build(),
      chosen,
    ],
    ['one of them, where kiam selects by that label', { ...two.build(), kiamAgents: [agent] }, chosen],
    [
      'one of them, where another pod selects by that label',
      two.pod('shop/web', { nodeSelector: { pool: 'blue' } }).build(),
      chosen,
    ],
    [
      'one of a node with the label and one without, where a pod selects by it',
      pod
        .node('n1')
        .node('n2', { labels: { pool: 'blue' } })
        .pod('shop/web', { nodeSelector: { pool: 'blue' } })
        .build(),
      chosen,
    ],
    [
      'any of nodes that differ in another label than pods select by',
      two.pod('shop/web', { nodeSelector: { zone: 'a' } }).build(),
      first,
    ],
    [
      'one of two when a fact is stated about one',
      two.fact('kube2iam.rule', 'absent', 'n2').fact('cni', 'cilium').build(),
      chosen,
    ],
    ['any of them when facts are stated about the cluster', two.fact('cni', 'cilium').build(), first],
    ['one of two when the rules of one are shown', two.iptables(rules, { node: 'n1' }).build(), chosen],
    ['any of them when rules of every node are shown', two.iptables(rules).build(), first],
    ['one of two when kube2iam is outdated on one', withOutdated(two.kube2iam(), 'n2'), chosen],
    ['any of them when kube2iam is as its manifest says', two.kube2iam().build(), first],
    [
      'one of three, alike or not, by the first of each class',
      two
        .node('n3', { labels: { pool: 'green' } })
        .pod('shop/web', { nodeSelector: { pool: 'x' } })
        .build(),
      chosen,
    ],
  ])('%s', (_name, of, expected) => {
    expect(place(of, 'n2')).toStrictEqual(expected);
  });

  it('is the first where a statement names a node that there is not', () => {
    expect(
      place(two.node('n3', { roleArn: 'arn:aws:iam::111122223333:role/x' }).build(), 'n9'),
    ).toStrictEqual({
      node: 'n1',
      how: 'chosen',
      asked: choice('n1', 'n3'),
    });
  });

  const toleration: Toleration = { key: 'gpu', operator: 'Exists' };
  const taint = (effect: string): Partial<ClusterNode> => ({ taints: [{ key: 'gpu', effect }] });
  const fargate = changed(
    pod.node('n1', { labels: { 'eks.amazonaws.com/compute-type': 'fargate' } }).node('n2'),
    {
      n1: { compute: 'fargate' },
    },
  );

  it.each<[string, World, Partial<PodTemplate>, Placed]>([
    ['the node that it names', two.build(), { nodeName: 'n2' }, { ...second, how: 'nodeName' }],
    ['a node with the labels that it selects by', two.build(), { nodeSelector: { pool: 'green' } }, second],
    ['no node where none has them', two.build(), { nodeSelector: { pool: 'red' } }, nowhere],
    [
      'no node where none has all of them',
      two.build(),
      { nodeSelector: { pool: 'green', zone: 'a' } },
      nowhere,
    ],
    ['a node without the taint', changed(two, { n1: taint('NoSchedule') }), {}, second],
    ['a node that drives nobody out', changed(two, { n1: taint('NoExecute') }), {}, second],
    ['also a node with a taint that is a wish', changed(two, { n1: taint('PreferNoSchedule') }), {}, chosen],
    [
      'also a node with a taint that it tolerates',
      changed(two, { n1: taint('NoSchedule') }),
      { tolerations: [{ key: 'spot', operator: 'Exists' }, toleration] },
      chosen,
    ],
    [
      'no node with a second taint, which it does not tolerate',
      changed(two, {
        n1: {
          taints: [
            { key: 'gpu', effect: 'NoSchedule' },
            { key: 'spot', effect: 'NoSchedule' },
          ],
        },
        n2: { taints: [{ key: 'spot', effect: 'NoSchedule' }] },
      }),
      { tolerations: [toleration] },
      nowhere,
    ],
    ['no node of Fargate, unless it asks for one', fargate, {}, second],
    [
      'a node of Fargate that it asks for',
      fargate,
      { nodeSelector: { 'eks.amazonaws.com/compute-type': 'fargate' } },
      first,
    ],
    [
      'no node of Fargate when it asks for EC2',
      changed(pod.node('n1', { labels: { 'eks.amazonaws.com/compute-type': 'ec2' } }), {
        n1: { compute: 'fargate' },
      }),
      { nodeSelector: { 'eks.amazonaws.com/compute-type': 'ec2' } },
      nowhere,
    ],
    [
      'Fargate, by the label of its profile, whatever nodes there are',
      two.build(),
      { labels: { 'eks.amazonaws.com/fargate-profile': 'fp' } },
      { node: '(Fargate)', how: 'nodeName', asked: [] },
    ],
  ])('is %s', (_name, of, changes, expected) => {
    const selected = {
      ...of,
      workloads: of.workloads.map((each) => ({ ...each, template: { ...each.template, ...changes } })),
    };
    expect(place(selected, 'n2')).toStrictEqual(expected);
  });
});

describe('what is known of the node that a pod runs on', () => {
  const roleArn = 'arn:aws:iam::111122223333:role/node';
  const roleRef = { kind: 'Nodegroup', name: 'ng' };
  const unknown: ClusterNode = anyNode('ec2');
  const onNode = (of: World, changes: Partial<PodTemplate> = {}): ClusterNode => {
    const [workload] = of.workloads;
    if (!workload) throw new Error('the test needs a pod');
    return placePod(of, () => '', { ...workload.template, ...changes }, 'pay/api').node;
  };
  const withRoleRef = (builder: WorldBuilder): World => {
    const built = builder.build();
    return { ...built, nodeDefaults: { ...built.nodeDefaults, roleRef } };
  };
  const byDefault = pod.nodeDefaults({
    roleArn,
    imds: { httpTokens: 'required', httpPutResponseHopLimit: 1 },
  });
  const named = {
    ref: { kind: 'Node', name: 'n1' },
    name: 'n1',
    labels: {},
    taints: [],
    compute: 'ec2',
    addresses: [],
  } as const;

  it.each<[string, ClusterNode, ClusterNode]>([
    [
      'nothing, when the input shows none',
      onNode(pod.build()),
      {
        ref: { kind: 'Node', name: '(any node)' },
        name: '(any node)',
        labels: {},
        taints: [],
        compute: 'ec2',
        addresses: [],
        imds: {},
      },
    ],
    [
      'what holds for every node',
      onNode(withRoleRef(byDefault)),
      { ...unknown, roleArn, roleRef, imds: { httpTokens: 'required', httpPutResponseHopLimit: 1 } },
    ],
    [
      'what holds for every node, when none fits the pod',
      onNode(byDefault.node('n1').build(), { nodeSelector: { pool: 'red' } }),
      { ...unknown, roleArn, imds: { httpTokens: 'required', httpPutResponseHopLimit: 1 } },
    ],
    [
      'what it states itself, and what holds for every node besides',
      onNode(byDefault.node('n1', { roleArn: `${roleArn}-1`, imds: { httpPutResponseHopLimit: 2 } }).build()),
      { ...named, roleArn: `${roleArn}-1`, imds: { httpTokens: 'required', httpPutResponseHopLimit: 2 } },
    ],
    [
      'nothing of what holds for nodes, on Fargate',
      onNode(withRoleRef(byDefault), { labels: { 'eks.amazonaws.com/fargate-profile': 'fp' } }),
      {
        ref: { kind: 'Node', name: '(Fargate)' },
        name: '(Fargate)',
        labels: {},
        taints: [],
        compute: 'fargate',
        addresses: [],
        imds: {},
      },
    ],
  ])('%s', (_name, node, expected) => {
    expect(node).toStrictEqual(expected);
  });
});
