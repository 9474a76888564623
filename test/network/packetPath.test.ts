import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import type { PolicyRuleOptions } from '../../src/model/builderOptions.ts';
import { cniIds, type CniId } from '../../src/model/cni.ts';
import { lookUpFact, type Ask, type Question } from '../../src/model/fact.ts';
import type { Kube2iamFlags } from '../../src/model/kube2iam.ts';
import type { World } from '../../src/model/world.ts';
import type { CniProfile } from '../../src/network/cni/profile.ts';
import { cniProfiles, type CniProfiles } from '../../src/network/cni/profiles.ts';
import { imdsAnswerReturns, imdsHops } from '../../src/network/imdsHopLimit.ts';
import { packetPath } from '../../src/network/packetPath.ts';
import type { Destination, PacketPath, PacketSource } from '../../src/network/path.ts';

const metadata: Destination = { kind: 'address', address: '169.254.169.254', port: 80, protocol: 'TCP' };
const metadataIpv6: Destination = { kind: 'address', address: 'fd00:ec2::254', port: 80, protocol: 'TCP' };
const agent: Destination = { kind: 'address', address: '169.254.170.23', port: 80, protocol: 'TCP' };
const direct: Destination = { kind: 'node', port: 8181, protocol: 'TCP' };

const allow = (cidr: string, ...except: string[]): PolicyRuleOptions => ({ peers: [{ cidr, except }] });
const policies: Readonly<Record<string, readonly PolicyRuleOptions[]>> = {
  'P-seed': [allow('169.254.169.254/32')],
  'P-except': [allow('0.0.0.0/0', '169.254.169.254/32')],
  'P-deny': [],
};

/** A pod `app/p1` on a node of a CNI, with kube2iam told of the CNI's own interface. */
const healthyDaemon: Readonly<Record<string, string>> = { 'kube2iam.daemon': 'ready' };

function cluster(cni: CniId | undefined, flags: Partial<Kube2iamFlags> = {}): WorldBuilder {
  const built = world()
    .node('n1', { addresses: ['10.0.0.1'] })
    .pod('app/p1', { node: 'n1' })
    .kube2iam({ iptables: true, hostIp: '$(HOST_IP)', hostInterface: interfaceFlag(cni), ...flags });
  return cni === undefined ? built : built.fact('cni', cni);
}

function interfaceFlag(cni: CniId | undefined): string {
  const face = cni === undefined ? undefined : cniProfiles[cni].hostInterfaces.value[0].face;
  if (!face) return 'eni+';
  return face.kind === 'name' ? face.name : `${face.prefix}+`;
}

function egress(builder: WorldBuilder, rules: readonly PolicyRuleOptions[]): WorldBuilder {
  return builder.networkPolicy('app/policy', { policyTypes: ['Egress'], egress: rules });
}

/** Answers what is stated, shown or assumed; `asked` collects every question, an open one fails the test. */
function asking(of: World, answers: Readonly<Record<string, string>> = {}): { ask: Ask; asked: string[] } {
  const asked: string[] = [];
  const ask = (question: Question): string => {
    asked.push(question.name);
    const value = answers[question.name] ?? lookUpFact(of, question).value ?? healthyDaemon[question.name];
    if (value === undefined) throw new Error(`open: ${question.name}`);
    return value;
  };
  return { ask, asked };
}

function sourceOf(of: World, name = 'p1'): PacketSource {
  const pod = of.workloads.find((workload) => workload.name === name)?.template;
  const node = of.nodes.find((candidate) => candidate.name === (pod?.nodeName ?? 'n1'));
  if (!pod || !node) throw new Error('the test names a pod on a node');
  return { pod, node };
}

function path(
  builder: WorldBuilder,
  to: Destination,
  answers: Readonly<Record<string, string>> = {},
  profiles: CniProfiles = cniProfiles,
): PacketPath {
  const built = builder.build();
  return packetPath(built, asking(built, answers).ask, sourceOf(built), to, profiles);
}

/** The end in the words of the table: k2i, IMDS, agent, out, refused or lost. */
function end({ end: reached }: PacketPath): string {
  if (reached.kind !== 'arrives') return reached.kind === 'dropped' ? 'lost' : 'refused';
  return { kube2iam: 'k2i', kiam: 'kiam', imds: 'IMDS', podIdentityAgent: 'agent', outside: 'out' }[
    reached.at.kind
  ];
}

const hostActionDrop = withOwnNode(cniProfiles['calico-iptables'], { kind: 'policed', afterwards: 'drop' });

function withOwnNode(profile: CniProfile, value: { kind: 'policed'; afterwards: 'drop' }): CniProfiles {
  if (profile.policy.kind !== 'enforced') throw new Error('the test names an engine');
  const policy = { ...profile.policy, ownNode: { ...profile.policy.ownNode, value } };
  return { ...cniProfiles, [profile.id]: { ...profile, policy } };
}

describe('who answers a request for credentials, by enforcer and policy', () => {
  interface Row {
    readonly enforcer: string;
    readonly cni: CniId;
    readonly cells: readonly [string, string, string, string, string, string];
    readonly facts?: Readonly<Record<string, string>>;
    readonly profiles?: CniProfiles;
  }
  const row = (enforcer: string, cni: CniId, cells: Row['cells'], rest: Partial<Row> = {}): Row => ({
    enforcer,
    cni,
    cells,
    ...rest,
  });
  const early = { facts: { policyEnforcement: 'notYet' } };
  // Cells: P-seed with rule · P-seed without · P-except with · P-except without · P-deny with · direct under P-deny.
  const table: readonly Row[] = [
    row('none (agent off)', 'aws-vpc-cni', ['k2i', 'IMDS', 'k2i', 'IMDS', 'k2i', 'k2i']),
    row('none (flannel)', 'flannel', ['k2i', 'IMDS', 'k2i', 'IMDS', 'k2i', 'k2i']),
    row('none (kubenet)', 'kubenet', ['k2i', 'IMDS', 'k2i', 'IMDS', 'k2i', 'k2i']),
    row('AWS agent (M26)', 'aws-vpc-cni-policy-standard', ['k2i', 'IMDS', 'lost', 'lost', 'lost', 'k2i']),
    row('AWS agent, strict, loaded', 'aws-vpc-cni-policy-strict', [
      'k2i',
      'IMDS',
      'lost',
      'lost',
      'lost',
      'k2i',
    ]),
    row(
      'AWS agent, before policies are loaded (M26)',
      'aws-vpc-cni-policy-standard',
      ['k2i', 'IMDS', 'k2i', 'IMDS', 'k2i', 'k2i'],
      early,
    ),
    row(
      'AWS agent, strict, before policies are loaded (M26)',
      'aws-vpc-cni-policy-strict',
      ['lost', 'lost', 'lost', 'lost', 'lost', 'lost'],
      early,
    ),
    row('Calico iptables, host action Accept (M9, M21)', 'calico-iptables', [
      'lost',
      'IMDS',
      'k2i',
      'lost',
      'lost',
      'lost',
    ]),
    row('Calico on the VPC CNI', 'calico-on-aws-vpc-cni', ['lost', 'IMDS', 'k2i', 'lost', 'lost', 'lost']),
    row(
      'Calico iptables, host action Drop (M21)',
      'calico-iptables',
      ['lost', 'IMDS', 'lost', 'lost', 'lost', 'lost'],
      { profiles: hostActionDrop },
    ),
    row('Calico eBPF', 'calico-ebpf', ['k2i', 'IMDS', 'lost', 'lost', 'lost', 'lost']),
    row('Cilium, legacy routing', 'cilium', ['k2i', 'IMDS', 'lost', 'lost', 'lost', 'lost']),
    row('Cilium on the VPC CNI', 'cilium-on-aws-vpc-cni', ['k2i', 'IMDS', 'lost', 'lost', 'lost', 'lost']),
    row('Cilium, eBPF host routing', 'cilium-ebpf-host-routing', [
      'IMDS',
      'IMDS',
      'lost',
      'lost',
      'lost',
      'lost',
    ]),
    row('Antrea', 'antrea', ['k2i', 'IMDS', 'lost', 'lost', 'lost', 'lost']),
    row('kube-router (M21)', 'kube-router', ['lost', 'IMDS', 'k2i', 'lost', 'lost', 'lost']),
    row('Weave (M21)', 'weave', ['k2i', 'IMDS', 'k2i', 'lost', 'k2i', 'k2i']),
  ];

  it.each(table)('$enforcer', ({ cni, cells, facts = {}, profiles = cniProfiles }) => {
    const absent = { ...facts, 'kube2iam.rule': 'absent' };
    const walk = (policy: string, answers: Readonly<Record<string, string>>, to: Destination): string =>
      end(path(egress(cluster(cni), policies[policy] ?? []), to, answers, profiles));
    expect([
      walk('P-seed', facts, metadata),
      walk('P-seed', absent, metadata),
      walk('P-except', facts, metadata),
      walk('P-except', absent, metadata),
      walk('P-deny', facts, metadata),
      walk('P-deny', facts, direct),
    ]).toEqual(cells);
  });

  it('speaks of every CNI', () => {
    expect(new Set(table.map(({ cni }) => cni))).toEqual(new Set(cniIds));
  });

  it('Fargate: nobody answers, with or without a policy', () => {
    const fargate = cluster('aws-vpc-cni')
      .node('f1', { compute: 'fargate' })
      .pod('app/serverless', { node: 'f1' });
    const built = egress(fargate, policies['P-seed'] ?? []).build();
    const source = sourceOf(built, 'serverless');
    const walk = (to: Destination): string => end(packetPath(built, asking(built).ask, source, to));
    expect([walk(metadata), walk(agent), walk(direct), walk({ kind: 'sts' })]).toEqual([
      'lost',
      'lost',
      'refused',
      'out',
    ]);
  });

  it('strict mode closes a pod that no policy selects, its node included (M26)', () => {
    const strict = cluster('aws-vpc-cni-policy-strict');
    expect([metadata, direct, { kind: 'sts' } as const].map((to) => end(path(strict, to)))).toEqual([
      'lost',
      'lost',
      'lost',
    ]);
  });
});

describe('stations of the way', () => {
  const reasons = ({ steps }: PacketPath): readonly string[] =>
    steps.map(({ hook, reason }) => `${hook} ${reason}`);

  it('names the rule, the policies and the source of what decided', () => {
    const { steps } = path(egress(cluster('calico-iptables'), policies['P-seed'] ?? []), metadata);
    expect(steps).toEqual([
      {
        hook: 'prerouting',
        action: 'rewrites',
        reason: 'redirected',
        at: { kind: 'DaemonSet', namespace: 'kube-system', name: 'kube2iam' },
        rule: '-A PREROUTING -d 169.254.169.254/32 -i cali+ -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.1:8181',
        source: 'jtblin/kube2iam:iptables/iptables.go',
      },
      {
        hook: 'policyInFilter',
        action: 'drops',
        reason: 'policyIsolates',
        at: { kind: 'NetworkPolicy', namespace: 'app', name: 'policy' },
        source: 'kubernetes/website "Network Policies", the two sorts of pod isolation',
      },
    ]);
  });

  it.each<[string, PacketPath, string, readonly string[]]>([
    [
      'M2: the host network meets neither rule nor policy',
      hostNetworkPath(metadata),
      'IMDS',
      ['namespace hostNetwork', 'receiver arrives'],
    ],
    [
      'M6: … and reaches kube2iam only by its port',
      hostNetworkPath(direct),
      'k2i',
      ['namespace hostNetwork', 'receiver arrives'],
    ],
    [
      'M10: IPv6 passes by the rule',
      path(cluster('aws-vpc-cni').fact('imds.httpProtocolIpv6', 'enabled'), metadataIpv6),
      'IMDS',
      ['prerouting ruleIsForIpv4', 'receiver arrives'],
    ],
    [
      'the metadata service does not answer over IPv6 unless that is switched on',
      path(cluster('aws-vpc-cni'), metadataIpv6),
      'lost',
      ['prerouting ruleIsForIpv4', 'receiver imdsOverIpv6Off'],
    ],
    [
      'M26: the AWS agent polices the family of the cluster alone',
      path(
        egress(cluster('aws-vpc-cni-policy-standard').fact('imds.httpProtocolIpv6', 'enabled'), []),
        metadataIpv6,
      ),
      'IMDS',
      ['policyAtVeth familyNotPoliced', 'prerouting ruleIsForIpv4', 'receiver arrives'],
    ],
    [
      'an IPv6 cluster leaves IMDS open over IPv4',
      path(egress(cluster('aws-vpc-cni-policy-standard').cluster({ ipFamily: 'ipv6' }), []), metadata, {
        'kube2iam.rule': 'absent',
      }),
      'IMDS',
      ['policyAtVeth familyNotPoliced', 'prerouting ruleAbsent', 'receiver arrives'],
    ],
    [
      'M15: another port passes by the rule',
      path(cluster('aws-vpc-cni'), { ...metadata, port: 8080 }),
      'IMDS',
      ['receiver arrives'],
    ],
    [
      'M8: eBPF host routing bypasses the rule',
      path(cluster('cilium-ebpf-host-routing'), metadata),
      'IMDS',
      ['prerouting netfilterBypassed', 'receiver arrives'],
    ],
    [
      'M1: an interface of another CNI never matches',
      path(cluster('aws-vpc-cni', { hostInterface: 'cali+' }), metadata),
      'IMDS',
      ['prerouting interfaceDiffers', 'receiver arrives'],
    ],
    [
      'M4: an uplink never matches either',
      path(cluster('aws-vpc-cni', { hostInterface: 'eth0' }), metadata),
      'IMDS',
      ['prerouting interfaceDiffers', 'receiver arrives'],
    ],
    [
      'M5: a rule without a listener refuses',
      path(cluster('aws-vpc-cni'), metadata, { 'kube2iam.daemon': 'notReady' }),
      'refused',
      ['prerouting redirectedToNotReady', 'receiver noListener'],
    ],
    [
      'M18: a DNAT to 127.0.0.1 is lost',
      path(cluster('aws-vpc-cni', { hostIp: '127.0.0.1' }), metadata),
      'lost',
      ['prerouting martian'],
    ],
    [
      'M16: a DNAT to another node finds its daemon',
      path(cluster('aws-vpc-cni', { hostIp: '10.0.0.2' }).node('n2', { addresses: ['10.0.0.2'] }), metadata),
      'k2i',
      ['prerouting redirected', 'receiver arrives'],
    ],
    [
      'M5: a DNAT to nobody is lost',
      path(cluster('aws-vpc-cni', { hostIp: '10.0.0.9' }), metadata),
      'lost',
      ['prerouting redirected', 'receiver redirectedElsewhere'],
    ],
    [
      'M17: the Pod Identity address is no matter of the rule',
      path(cluster('aws-vpc-cni'), agent),
      'agent',
      ['receiver arrives'],
    ],
    [
      'Cilium: no ipBlock selects the Pod Identity address',
      path(egress(cluster('cilium'), [allow('0.0.0.0/0')]), agent),
      'lost',
      ['policyAtVeth noIpBlockSelects'],
    ],
    [
      'Cilium: a rule without peers does',
      path(egress(cluster('cilium'), [{}]), agent),
      'agent',
      ['policyAtVeth policyAllows', 'receiver arrives'],
    ],
    [
      'Cilium: no ipBlock selects the DNS pods',
      path(egress(cluster('cilium'), [allow('0.0.0.0/0')]), { kind: 'dns' }),
      'lost',
      ['policyAtVeth noIpBlockSelects'],
    ],
    [
      'the AWS agent polices the Pod Identity address',
      path(egress(cluster('aws-vpc-cni-policy-standard'), []), agent),
      'lost',
      ['policyAtVeth policyIsolates'],
    ],
    [
      'Weave does not',
      path(egress(cluster('weave'), []), agent),
      'agent',
      ['policyInFilter nodeUnpoliced', 'receiver arrives'],
    ],
    [
      'kube-router does not police its node port range',
      path(egress(cluster('kube-router', { appPort: 30181 }), []), { ...direct, port: 30181 }),
      'k2i',
      ['policyInFilter nodeUnpoliced', 'receiver arrives'],
    ],
    [
      'M20: a block of metadata alone leaves STS open',
      path(egress(cluster('calico-iptables'), policies['P-except'] ?? []), { kind: 'sts' }),
      'out',
      ['policyInFilter policyAllows', 'receiver arrives'],
    ],
    [
      'P-seed cuts STS off',
      path(egress(cluster('cilium'), policies['P-seed'] ?? []), { kind: 'sts' }),
      'lost',
      ['policyAtVeth policyIsolates'],
    ],
    [
      'P-seed cuts DNS off',
      path(egress(cluster('cilium'), policies['P-seed'] ?? []), { kind: 'dns' }),
      'lost',
      ['policyAtVeth policyIsolates'],
    ],
    [
      'a port that nobody listens on',
      path(cluster('aws-vpc-cni'), { ...direct, port: 9 }),
      'refused',
      ['receiver noListener'],
    ],
    [
      'the pod’s own loopback',
      path(egress(cluster('cilium'), []), {
        kind: 'address',
        address: '127.0.0.1',
        port: 80,
        protocol: 'TCP',
      }),
      'out',
      ['namespace loopback'],
    ],
  ])('%s', (_title, found, expected, steps) => {
    expect([
      end(found),
      reasons(found).filter((reason) => expected !== 'out' || reason !== 'receiver arrives'),
    ]).toEqual([expected, steps.filter((reason) => expected !== 'out' || reason !== 'receiver arrives')]);
  });

  it('a pod with security groups of its own comes in by vlan and passes by eni+', () => {
    const built = cluster('aws-vpc-cni')
      .pod('app/sg', { node: 'n1', annotations: { 'vpc.amazonaws.com/pod-eni': '[]' } })
      .build();
    expect(end(packetPath(built, asking(built).ask, sourceOf(built, 'sg'), metadata))).toBe('IMDS');
  });

  it('ingress policies of the DNS pods have their say', () => {
    const dns = cluster('cilium')
      .workload('Deployment', 'kube-system/coredns', { labels: { 'k8s-app': 'kube-dns' } })
      .networkPolicy('kube-system/dns', {
        ingress: [
          {
            peers: [
              {
                namespaceSelector: {
                  matchLabels: { 'kubernetes.io/metadata.name': 'other' },
                  matchExpressions: [],
                },
              },
            ],
          },
        ],
      });
    const found = path(dns, { kind: 'dns' });
    expect([end(found), found.steps[0]?.at?.name]).toEqual(['lost', 'dns']);
  });

  it('tells kube2iam the address that it sees, and counts the hops back', () => {
    const ends = [
      path(cluster('aws-vpc-cni'), metadata),
      hostNetworkPath(direct),
      hostNetworkPath(metadata),
      path(cluster('aws-vpc-cni'), metadata, { 'kube2iam.rule': 'absent' }),
    ];
    const seen = ends.map(
      ({ end: reached }) =>
        reached.kind === 'arrives' && [
          reached.at.kind === 'kube2iam' && reached.at.sourceAddress,
          reached.hops,
        ],
    );
    expect(seen).toEqual([
      ['pod', 1],
      ['node', 1],
      [false, 1],
      [false, 2],
    ]);
  });

  it('takes the hops that somebody states, for pods alone', () => {
    const far = cluster('aws-vpc-cni').fact('imds.hops', '3');
    const { end: reached } = path(far, metadata, { 'kube2iam.rule': 'absent', 'imds.hops': '3' });
    expect(reached).toMatchObject({ kind: 'arrives', at: { kind: 'imds' }, hops: 3 });
  });

  it('M12: the token answer reaches a pod only with two hops', () => {
    const returned = [1, 2].map((limit) => [
      imdsAnswerReturns(limit, imdsHops['pod'] ?? 0),
      imdsAnswerReturns(limit, imdsHops['node'] ?? 0),
    ]);
    expect(returned).toEqual([
      [false, true],
      [true, true],
    ]);
  });
});

function hostNetworkPath(to: Destination): PacketPath {
  const built = egress(cluster('cilium').pod('app/host', { node: 'n1', hostNetwork: true }), []).build();
  return packetPath(built, asking(built).ask, sourceOf(built, 'host'), to);
}

describe('what is asked, and only when it matters', () => {
  const noKube2iam = world()
    .node('n1', { addresses: ['10.0.0.1'] })
    .pod('app/p1', { node: 'n1' });
  const questions = (
    builder: WorldBuilder,
    to: Destination,
    answers: Readonly<Record<string, string>> = {},
  ): readonly string[] => {
    const built = builder.build();
    const { ask, asked } = asking(built, answers);
    packetPath(built, ask, sourceOf(built), to);
    return [...new Set(asked)];
  };
  it.each<[string, WorldBuilder, Destination, Readonly<Record<string, string>>, readonly string[]]>([
    ['nothing without kube2iam and policies', noKube2iam, metadata, {}, []],
    ['nothing about STS when no policy isolates', cluster(undefined), { kind: 'sts' }, {}, []],
    [
      'nothing about the CNI when the policy admits what is dialled',
      egress(noKube2iam, [allow('0.0.0.0/0')]),
      { kind: 'sts' },
      {},
      [],
    ],
    [
      'the CNI when the policy does not',
      egress(noKube2iam, []),
      { kind: 'sts' },
      { cni: 'flannel' },
      ['cni'],
    ],
    [
      'the STS address when an engine will judge it',
      egress(noKube2iam, [allow('52.0.0.0/8')]),
      { kind: 'sts' },
      { cni: 'cilium', stsAddress: 'inside' },
      ['cni', 'stsAddress'],
    ],
    [
      '… and not when none does',
      egress(noKube2iam, [allow('52.0.0.0/8')]),
      { kind: 'sts' },
      { cni: 'flannel' },
      ['cni'],
    ],
    [
      'the CNI alone when the packet is dropped before any rule',
      egress(cluster(undefined), []),
      metadata,
      { cni: 'cilium' },
      ['cni'],
    ],
    [
      'CNI, daemon and rule when a rule names an interface',
      cluster(undefined),
      metadata,
      { cni: 'aws-vpc-cni' },
      ['cni', 'kube2iam.daemon', 'kube2iam.rule'],
    ],
    ['no daemon when the interface differs', cluster(undefined), metadata, { cni: 'cilium' }, ['cni']],
    [
      'the rule when iptables is off',
      cluster(undefined, { iptables: false }),
      metadata,
      { 'kube2iam.rule': 'absent' },
      ['kube2iam.rule'],
    ],
    [
      'whether kube2iam is installed when a pod carries its annotation',
      noKube2iam.pod('app/other', { annotations: { 'iam.amazonaws.com/role': 'r' } }),
      metadata,
      { kube2iam: 'notInstalled' },
      ['kube2iam'],
    ],
    [
      'whether policies are loaded where a gap is known',
      egress(noKube2iam, []),
      metadata,
      { cni: 'aws-vpc-cni-policy-standard', policyEnforcement: 'loaded' },
      ['cni', 'policyEnforcement'],
    ],
    [
      'the CNI of a node address that a policy admits, for engines differ',
      egress(noKube2iam, [allow('10.0.0.0/8')]),
      direct,
      { cni: 'weave' },
      ['cni'],
    ],
  ])('%s', (_title, builder, to, answers, expected) => {
    expect(questions(builder, to, answers)).toEqual(expected);
  });
});

describe('laws of the way', () => {
  const cni = fc.constantFrom(...cniIds);
  const cidr = fc.constantFrom(
    '0.0.0.0/0',
    '169.254.169.254/32',
    '169.254.0.0/16',
    '10.0.0.0/8',
    '52.0.0.0/8',
  );
  const rule = fc
    .tuple(cidr, fc.subarray(['169.254.169.254/32', '10.0.0.1/32']))
    .map(([range, except]) => allow(range, ...except));
  const rules = fc.array(rule, { maxLength: 3 });
  const destination = fc.constantFrom<Destination[]>(metadata, agent, direct);
  const hookOf = (id: CniId): string => {
    const { policy } = cniProfiles[id];
    return policy.kind === 'enforced' ? policy.hook : 'none';
  };

  it('the first egress policy leads a packet nowhere else: it arrives where it did, or is lost', () => {
    fc.assert(
      fc.property(
        cni.filter((id) => id !== 'aws-vpc-cni-policy-strict'),
        rules,
        destination,
        (id, drawn, to) => {
          expect([end(path(cluster(id), to)), 'lost']).toContain(end(path(egress(cluster(id), drawn), to)));
        },
      ),
      { numRuns: 80 },
    );
  });

  it('another egress policy never closes what is open to a pod that one selects already', () => {
    fc.assert(
      fc.property(cni, rules, rules, destination, (id, first, second, to) => {
        const one = egress(cluster(id), first);
        const both = one.networkPolicy('app/second', { policyTypes: ['Egress'], egress: second });
        const before = end(path(one, to));
        if (before !== 'lost') expect(end(path(both, to))).toBe(before);
      }),
      { numRuns: 80 },
    );
  });

  it('a pod on the host network never meets the rule, whatever the CNI, the policies and the interface', () => {
    fc.assert(
      fc.property(cni, rules, fc.constantFrom('eni+', '+', 'cni0'), (id, drawn, hostInterface) => {
        const built = egress(
          cluster(id, { hostInterface }).pod('app/host', { node: 'n1', hostNetwork: true }),
          drawn,
        ).build();
        expect(end(packetPath(built, asking(built).ask, sourceOf(built, 'host'), metadata))).toBe('IMDS');
      }),
      { numRuns: 80 },
    );
  });

  it('a rule whose interface does not match is as good as no kube2iam', () => {
    fc.assert(
      fc.property(cni, rules, (id, drawn) => {
        const without = world()
          .node('n1', { addresses: ['10.0.0.1'] })
          .pod('app/p1', { node: 'n1' })
          .fact('cni', id);
        const mismatched = path(egress(cluster(id, { hostInterface: 'nosuch+' }), drawn), metadata);
        expect(end(mismatched)).toBe(end(path(egress(without, drawn), metadata)));
      }),
      { numRuns: 80 },
    );
  });

  it('default-deny egress that is enforced before DNAT lets no metadata request through', () => {
    for (const id of cniIds.filter((candidate) => hookOf(candidate) === 'beforeDnat')) {
      expect([id, end(path(egress(cluster(id), []), metadata))]).toEqual([id, 'lost']);
    }
  });

  it('an except of the metadata address does not hold a redirected pod under an engine that judges after DNAT', () => {
    fc.assert(
      fc.property(
        cni.filter((id) => hookOf(id) === 'afterDnat'),
        cidr,
        (id, range) => {
          const [open, closed] = [allow(range), allow(range, '169.254.169.254/32')].map((one) =>
            end(path(egress(cluster(id), [one]), metadata)),
          );
          expect(closed).toBe(open);
        },
      ),
    );
  });
});
