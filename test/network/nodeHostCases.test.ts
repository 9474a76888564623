import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import { lookUpFact, type Question } from '../../src/model/fact.ts';
import type { NodeRules, RuleSet } from '../../src/model/iptables.ts';
import type { HostInterface } from '../../src/network/hostInterface.ts';
import { cniProfiles } from '../../src/network/cni/profiles.ts';
import { hostOf, rulesOf } from '../../src/network/nodeHost.ts';
import { sceneOf } from '../../src/network/scene.ts';
import { savedRules } from './nodeWalkFixture.ts';

describe('the rules that count for node n1 in IPv4', () => {
  const entry = (node?: string, family: RuleSet['family'] = 4): NodeRules => ({
    ...(node === undefined ? {} : { node }),
    ruleSet: { family, tables: {} },
    ipSets: {},
  });
  it.each<{ name: string; entries: readonly NodeRules[]; counts: number | undefined }>([
    { name: 'none are shown', entries: [], counts: undefined },
    { name: 'those of every node', entries: [entry()], counts: 0 },
    { name: 'not those of another node', entries: [entry('n2')], counts: undefined },
    { name: 'not those in IPv6', entries: [entry('n1', 6), entry(undefined, 6)], counts: undefined },
    { name: 'those in IPv4 beside those in IPv6', entries: [entry('n1'), entry('n1', 6)], counts: 0 },
    { name: 'its own before those of every node', entries: [entry('n1'), entry()], counts: 0 },
    { name: 'its own after those of every node', entries: [entry(), entry('n1'), entry('n2')], counts: 1 },
    { name: 'those of every node beside those of another', entries: [entry(), entry('n2')], counts: 0 },
    { name: 'the last of its own', entries: [entry('n1'), entry('n1')], counts: 1 },
    { name: 'the last of every node', entries: [entry(), entry()], counts: 1 },
  ])('$name', ({ entries, counts }) => {
    const [node] = world().node('n1').build().nodes;
    if (!node) throw new Error('the world has a node');
    const found = rulesOf({ ...world().build(), iptables: entries }, node, 4);
    expect(found).toBe(counts === undefined ? undefined : entries[counts]);
  });
});

const running = (podIP: string) => ({ phase: 'Running', podIP }) as const;
const bare = (addresses: readonly string[]): WorldBuilder =>
  world().fact('cni', 'aws-vpc-cni').node('n1', { addresses }).pod('app/p1', { node: 'n1' });
const shown = bare(['10.0.0.1', 'fd00::1']);
const agent = ['169.254.170.23', 'fd00:ec2::23'];
const ofHash = (prefix: string, pod: string): string =>
  `${prefix}${createHash('sha1').update(pod).digest('hex').slice(0, 11)}`;

type Tables = Readonly<Record<string, readonly string[]>>;

/** Everything that the rules may learn of the node, and what was asked for it. */
interface Described {
  readonly localAddresses: readonly string[];
  readonly podAddress: string | undefined;
  readonly uplink: { readonly name: string; readonly address?: string | undefined };
  readonly routes: readonly string[];
  readonly byCni: HostInterface;
  readonly exactly: HostInterface;
  readonly routeLocalnet: 'on' | 'off';
  readonly asked: readonly Question[];
}

function described(builder: WorldBuilder, rules: NodeRules, podName = 'p1'): Described {
  const of = builder.build();
  const asked: Question[] = [];
  const ask = (question: Question): string => {
    if (question.name !== 'cni') asked.push(question);
    const { value } = lookUpFact(of, question);
    if (value === undefined) throw new Error(`open: ${question.name}`);
    return value;
  };
  const pod = of.workloads.find(({ name }) => name === podName)?.template;
  const [node] = of.nodes;
  if (!pod || !node) throw new Error('the case names a pod on the first node');
  const host = hostOf(sceneOf(of, ask, { pod, node }, cniProfiles), rules);
  const { podFace, uplink } = host;
  expect([podFace.name, host.ipSets, host.ask]).toStrictEqual(['ofPod', rules.ipSets, ask]);
  if (uplink.name === 'ofPod' || uplink.name.kind !== 'name') throw new Error('an uplink has a name');
  return {
    localAddresses: host.localAddresses,
    podAddress: podFace.address,
    uplink: { ...uplink, name: uplink.name.name },
    routes: host.routes.map(({ cidr, face }) => {
      expect(face).toBe(podFace);
      return cidr;
    }),
    byCni: host.podInterface('byCni'),
    exactly: host.podInterface('exactly'),
    routeLocalnet: host.routeLocalnet(),
    asked,
  };
}

const p1 = { kind: 'Pod', namespace: 'app', name: 'p1' };
const p1Interface = ofHash('eni', 'app.p1');
const askedOfP1: readonly Question[] = [
  { name: 'podInterface', scope: 'app/p1', options: ['eni…'], about: p1, known: p1Interface },
  { name: 'routeLocalnet', scope: 'n1', about: { kind: 'Node', name: 'n1' } },
];
const p1OnN1: Described = {
  localAddresses: ['10.0.0.1', 'fd00::1', ...agent],
  podAddress: undefined,
  uplink: { name: 'eth0', address: '10.0.0.1' },
  routes: [],
  byCni: { kind: 'prefix', prefix: 'eni' },
  exactly: { kind: 'name', name: p1Interface },
  routeLocalnet: 'off',
  asked: askedOfP1,
};

interface HostCase {
  readonly name: string;
  readonly of?: WorldBuilder;
  readonly rules?: Tables;
  readonly family?: 6;
  readonly pod?: string;
  /** What differs from a node with both addresses and the VPC CNI. */
  readonly expected: Partial<Described>;
}

function expectHost({ of = shown, rules = {}, family, pod, expected }: HostCase): void {
  const saved = savedRules(rules);
  const read = family ? { ...saved, ruleSet: { ...saved.ruleSet, family } } : saved;
  expect(described(of, read, pod)).toStrictEqual({ ...p1OnN1, ...expected });
}

const metadataTo = (to: string): string =>
  `-A PREROUTING -d 169.254.169.254/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination ${to}`;

describe('the addresses of the node', () => {
  it.each<HostCase>([
    { name: 'are those that the input shows; a veth has none of them', expected: {} },
    {
      name: 'the uplink has the one of the family of the rules',
      family: 6,
      expected: { uplink: { name: 'eth0', address: 'fd00::1' } },
    },
    {
      name: 'a bridge has it as well',
      of: shown.fact('cni', 'kubenet'),
      expected: {
        podAddress: '10.0.0.1',
        byCni: { kind: 'name', name: 'cbr0' },
        exactly: { kind: 'name', name: 'cbr0' },
        asked: askedOfP1.slice(1),
      },
    },
    {
      name: 'none of the family, though the rules turn packets to one: what the input shows counts',
      of: bare(['fd00::1', 'ip-10-0-0-1']),
      rules: { nat: [':PREROUTING ACCEPT', metadataTo('10.0.0.7:8181')] },
      expected: { localAddresses: ['fd00::1', 'ip-10-0-0-1', ...agent], uplink: { name: 'eth0' } },
    },
    {
      name: 'are not known where neither the input nor the rules show one',
      of: bare([]),
      rules: { nat: [':PREROUTING ACCEPT', '-A PREROUTING -d 169.254.169.254/32 -j ACCEPT'] },
      expected: { localAddresses: agent, uplink: { name: 'eth0' } },
    },
    {
      name: 'are those to which rules turn metadata requests, where the input shows none',
      of: bare([]),
      rules: {
        nat: [
          ':PREROUTING ACCEPT',
          ':KUBE-SEP - [0:0]',
          '-A PREROUTING -d 10.100.0.1/32 -p tcp -m tcp --dport 443 -j DNAT --to-destination 10.0.9.1:443',
          '-A PREROUTING -s 169.254.0.0/16 -j DNAT --to-destination 10.0.9.2:80',
          '-A PREROUTING -d 169.0.0.0/8 -j DNAT --to-destination 10.0.9.3:80',
          '-A PREROUTING -d 169.254.169.254/32 -p tcp -j DNAT --to-destination :8080',
          '-A PREROUTING -d 169.254.169.254/32 -p tcp -j REDIRECT --to-ports 8181',
          '-A PREROUTING -d 169.254.169.254/32 -j MARK --set-xmark 0x1/0x1',
          '-A PREROUTING -d 169.254.169.254/32',
          '-A KUBE-SEP -p tcp -j DNAT --to-destination 10.0.9.4:443',
          metadataTo('10.0.0.7:8181'),
          '-A KUBE-SEP -p tcp -d 169.254.0.0/16 -j DNAT --to-destination 10.0.0.8:8181',
          metadataTo('10.0.0.7:8181'),
        ],
      },
      expected: {
        localAddresses: ['10.0.0.7', '10.0.0.8', ...agent],
        uplink: { name: 'eth0', address: '10.0.0.7' },
      },
    },
    {
      name: 'the same in IPv6',
      of: bare([]),
      family: 6,
      rules: {
        nat: [
          ':PREROUTING ACCEPT',
          '-A PREROUTING -d fd00:ec2::254/128 -p tcp -j DNAT --to-destination [fd00::7]:8181',
          '-A PREROUTING -d fd00:ec3::254/128 -p tcp -j DNAT --to-destination [fd00::9]:8181',
        ],
      },
      expected: { localAddresses: ['fd00::7', ...agent], uplink: { name: 'eth0', address: 'fd00::7' } },
    },
  ])('$name', expectHost);
});

describe('the uplink of the node', () => {
  const named = (...options: readonly string[]): Tables => ({
    filter: [':FORWARD ACCEPT', ...options.map((option) => `-A FORWARD ${option} -j ACCEPT`)],
  });
  it.each<[string, Tables, string]>([
    ['the first that a rule names for a way out', named('-o lo', '-o ens5', '-o eth1'), 'ens5'],
    ['… or for a way in', named('-i enp0s3'), 'enp0s3'],
    [
      '… in whatever table',
      { nat: [':POSTROUTING ACCEPT', '-A POSTROUTING -o bond0 -j MASQUERADE'] },
      'bond0',
    ],
    ['not a pattern', named('-o ens5+', '-i eno1'), 'eno1'],
    ['not what is no uplink by its name', named('-o ethernet', '-o veth0', '-i eni1', '-o cali1'), 'eth0'],
  ])('%s', (_name, rules, uplink) => {
    expect(described(shown, savedRules(rules)).uplink).toStrictEqual({ name: uplink, address: '10.0.0.1' });
  });
});

describe('the interface by which the packets of a pod come in', () => {
  const rules: Tables = {
    raw: [':PREROUTING ACCEPT', '-A PREROUTING -i eniA -j ACCEPT'],
    filter: [
      ':FORWARD ACCEPT',
      '-A FORWARD -o eniB -j ACCEPT',
      '-A FORWARD -i eniC+ -j ACCEPT',
      '-A FORWARD -i eni+ -j ACCEPT',
      '-A FORWARD -i vlanA -j ACCEPT',
      '-A FORWARD -i caliA -j ACCEPT',
      '-A FORWARD -i eth0 -j ACCEPT',
      '-A FORWARD -i eniA -j ACCEPT',
    ],
  };
  const [, routeLocalnet] = askedOfP1;
  const asks = (question: Omit<Question, 'name'>): readonly Question[] =>
    [{ name: 'podInterface', ...question } as Question, routeLocalnet].filter((one) => one !== undefined);
  it.each<HostCase>([
    {
      name: 'is one of those that rules name whole, or another; of a pod by its name it is known which',
      expected: {
        asked: asks({ scope: 'app/p1', options: ['eni…', 'eniA', 'eniB'], about: p1, known: p1Interface }),
      },
    },
    {
      name: 'is not foretold of a pod that a controller names',
      of: shown.workload('Deployment', 'app/api', { node: 'n1' }).fact('podInterface', 'eniB'),
      pod: 'api',
      expected: {
        exactly: { kind: 'name', name: 'eniB' },
        asked: asks({
          scope: 'app/api',
          options: ['eni…', 'eniA', 'eniB'],
          about: { kind: 'Deployment', namespace: 'app', name: 'api' },
        }),
      },
    },
    {
      name: 'is not foretold under a CNI that draws the name',
      of: shown.fact('cni', 'cilium').fact('podInterface', 'lxc1'),
      expected: {
        byCni: { kind: 'prefix', prefix: 'lxc' },
        exactly: { kind: 'name', name: 'lxc1' },
        asked: asks({ scope: 'app/p1', options: ['lxc…'], about: p1 }),
      },
    },
    {
      name: 'begins otherwise under Calico',
      of: shown.fact('cni', 'calico-iptables'),
      expected: {
        byCni: { kind: 'prefix', prefix: 'cali' },
        exactly: { kind: 'name', name: ofHash('cali', 'app.p1') },
        asked: asks({
          scope: 'app/p1',
          options: ['cali…', 'caliA'],
          about: p1,
          known: ofHash('cali', 'app.p1'),
        }),
      },
    },
    {
      name: 'begins otherwise for a pod with security groups of its own',
      of: shown.pod('app/sg', { node: 'n1', annotations: { 'vpc.amazonaws.com/pod-eni': '[]' } }),
      pod: 'sg',
      expected: {
        byCni: { kind: 'prefix', prefix: 'vlan' },
        exactly: { kind: 'name', name: ofHash('vlan', 'app.sg') },
        asked: asks({
          scope: 'app/sg',
          options: ['vlan…', 'vlanA'],
          about: { kind: 'Pod', namespace: 'app', name: 'sg' },
          known: ofHash('vlan', 'app.sg'),
        }),
      },
    },
    {
      name: 'is what somebody states of it',
      of: shown.fact('podInterface', 'eniA', 'app/p1').fact('routeLocalnet', 'on', 'n1'),
      expected: {
        exactly: { kind: 'name', name: 'eniA' },
        routeLocalnet: 'on',
        asked: asks({ scope: 'app/p1', options: ['eni…', 'eniA', 'eniB'], about: p1, known: p1Interface }),
      },
    },
  ])('$name', (one) => {
    expectHost({ rules, ...one });
  });
});

describe('what the node reaches by the interfaces of its pods', () => {
  it.each<{ name: string; of: WorldBuilder; routes: readonly string[] }>([
    { name: 'a pod without an address yet is not among it', of: shown, routes: [] },
    {
      name: 'the addresses of pods of both families',
      of: shown
        .pod('app/p2', { node: 'n1', status: running('10.0.1.2') })
        .pod('app/p3', { node: 'n1', status: running('2001:db8::3') })
        .workload('Deployment', 'app/api', { node: 'n1', status: running('10.0.1.4') }),
      routes: ['10.0.1.2/32', '2001:db8::3/128', '10.0.1.4/32'],
    },
    {
      name: 'not those of another node, of no node, or of the host network',
      of: shown
        .node('n2')
        .pod('app/p2', { node: 'n2', status: running('10.0.1.2') })
        .pod('app/pending', { status: running('10.0.1.3') })
        .pod('app/host', { node: 'n1', hostNetwork: true, status: running('10.0.0.1') }),
      routes: [],
    },
  ])('$name', ({ of, routes }) => {
    expect(described(of, savedRules({})).routes).toStrictEqual(routes);
  });
});
