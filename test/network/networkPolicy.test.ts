import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import type { PolicyOptions, PolicyRuleOptions } from '../../src/model/builderOptions.ts';
import type { NetworkPolicyPort } from '../../src/model/kubernetes.ts';
import type { LabelSelector } from '../../src/model/labels.ts';
import type { PodTemplate } from '../../src/model/pod.ts';
import type { World } from '../../src/model/world.ts';
import { networkPolicyShares } from '../../src/network/policies/networkPolicy.ts';
import type { PolicyPeer, PolicyPort } from '../../src/network/policies/peer.ts';
import { decide, weigh, type PolicyEvidence, type PolicyShare } from '../../src/network/policies/ruling.ts';
import { mayLeave } from '../oracle/networkPolicy.ts';

const select = (matchLabels: Readonly<Record<string, string>>): LabelSelector => ({
  matchLabels,
  matchExpressions: [],
});
const anyPod = select({});
const tcp = (port?: number | string, endPort?: number): NetworkPolicyPort => ({
  protocol: 'TCP',
  ...(port === undefined ? {} : { port }),
  ...(endPort === undefined ? {} : { endPort }),
});
const address = (text: string): PolicyPeer => ({ address: { kind: 'known', address: text } });

function egressShares(
  of: World,
  pod: PodTemplate,
  peer: PolicyPeer,
  port: PolicyPort,
): readonly PolicyShare[] {
  return networkPolicyShares(of, { pod, direction: 'Egress', peer, port });
}
function egressEvidence(of: World, pod: PodTemplate, peer: PolicyPeer, port: PolicyPort): PolicyEvidence {
  return weigh(egressShares(of, pod, peer, port));
}
function ingressEvidence(of: World, pod: PodTemplate, peer: PolicyPeer, port: PolicyPort): PolicyEvidence {
  return weigh(networkPolicyShares(of, { pod, direction: 'Ingress', peer, port }));
}

/** Namespaces a and b with a pod each; pods of b carry a named port. */
function base(): WorldBuilder {
  return world()
    .namespace('a', { labels: { team: 'one' } })
    .namespace('b', { labels: { team: 'two' } })
    .pod('a/p', { labels: { app: 'web' } })
    .pod('b/q', {
      labels: { app: 'db' },
      containers: { c: { ports: [{ name: 'sql', port: 5432, protocol: 'TCP' }] } },
    })
    .pod('b/host', { labels: { app: 'db' }, hostNetwork: true });
}

function podNamed(of: World, name: string): PodTemplate {
  const found = of.workloads.find((workload) => workload.name === name);
  if (!found) throw new Error(`the test names a pod: ${name}`);
  return found.template;
}

function egressOf(
  builder: WorldBuilder,
  to: PolicyPeer | 'q' | 'host',
  port = 80,
  protocol: 'TCP' | 'UDP' = 'TCP',
): PolicyEvidence {
  const built = builder.build();
  const peer = typeof to === 'string' ? { ...address('10.0.2.2'), pod: podNamed(built, to) } : to;
  return egressEvidence(built, podNamed(built, 'p'), peer, { port, protocol });
}

const policy = (rules: readonly PolicyRuleOptions[], options: PolicyOptions = {}): WorldBuilder =>
  base().networkPolicy('a/np', { policyTypes: ['Egress'], egress: rules, ...options });

const imds = address('169.254.169.254');
const block = (cidr: string, ...except: string[]): PolicyRuleOptions => ({ peers: [{ cidr, except }] });

describe('egressEvidence', () => {
  it.each<
    [string, WorldBuilder, PolicyPeer | 'q' | 'host', PolicyEvidence['kind'], number?, ('TCP' | 'UDP')?]
  >([
    ['no policy', base(), imds, 'unselected'],
    [
      'a policy of another namespace',
      base().networkPolicy('b/np', { policyTypes: ['Egress'] }),
      imds,
      'unselected',
    ],
    ['a selector that misses', policy([], { podSelector: select({ app: 'other' }) }), imds, 'unselected'],
    [
      'policyTypes [Ingress] makes egress rules inert',
      policy([block('10.0.0.0/8')], { policyTypes: ['Ingress'] }),
      imds,
      'unselected',
    ],
    ['default deny', policy([]), imds, 'isolated'],
    ['one rule without limits', policy([{}]), imds, 'allowed'],
    ['the only address that is allowed', policy([block('169.254.169.254/32')]), imds, 'allowed'],
    ['… and so nothing else', policy([block('169.254.169.254/32')]), address('52.1.2.3'), 'isolated'],
    ['all but one address', policy([block('0.0.0.0/0', '169.254.169.254/32')]), imds, 'isolated'],
    [
      '… and so everything else',
      policy([block('0.0.0.0/0', '169.254.169.254/32')]),
      address('52.1.2.3'),
      'allowed',
    ],
    [
      'an except holds for its own peer alone',
      policy([block('0.0.0.0/0', '169.254.169.254/32'), block('169.254.0.0/16')]),
      imds,
      'allowed',
    ],
    [
      'several policies add up',
      policy([]).networkPolicy('a/wide', { policyTypes: ['Egress'], egress: [{}] }),
      imds,
      'allowed',
    ],
    ['split ranges reopen', policy([block('0.0.0.0/1'), block('128.0.0.0/1')]), imds, 'allowed'],
    ['0.0.0.0/0 says nothing about IPv6', policy([block('0.0.0.0/0')]), address('fd00:ec2::254'), 'isolated'],
    ['::/0 says nothing about IPv4', policy([block('::/0')]), imds, 'isolated'],
    [
      'IPv6 inside IPv6',
      policy([block('fd00:ec2::/32', 'fd00:ec2::23/128')]),
      address('fd00:ec2::254'),
      'allowed',
    ],
    [
      'IPv6 in an except',
      policy([block('::/0', 'fd00:ec2::254/128')]),
      address('fd00:0ec2:0:0:0:0:0:254'),
      'isolated',
    ],
    ['host bits of a CIDR count as zero', policy([block('169.254.1.2/16')]), imds, 'allowed'],
    ['a bare address is no CIDR', policy([block('169.254.169.254')]), imds, 'isolated'],
    ['a port that fits', policy([{ ports: [tcp(80)] }]), imds, 'allowed'],
    ['a port that does not', policy([{ ports: [tcp(443)] }]), imds, 'isolated'],
    ['a range, inclusive', policy([{ ports: [tcp(70, 80)] }]), imds, 'allowed'],
    ['past the range', policy([{ ports: [tcp(70, 79)] }]), imds, 'isolated'],
    ['every TCP port', policy([{ ports: [tcp()] }]), imds, 'allowed'],
    ['… and no UDP port', policy([{ ports: [tcp()] }]), imds, 'isolated', 53, 'UDP'],
    [
      'SCTP opens no TCP and still isolates',
      policy([{ ports: [{ protocol: 'SCTP', port: 80 }] }]),
      imds,
      'isolated',
    ],
    ['pods of the policy’s own namespace', policy([{ peers: [{ podSelector: anyPod }] }]), 'q', 'isolated'],
    ['all namespaces', policy([{ peers: [{ namespaceSelector: anyPod }] }]), 'q', 'allowed'],
    [
      'a namespace by its name label',
      policy([{ peers: [{ namespaceSelector: select({ 'kubernetes.io/metadata.name': 'b' }) }] }]),
      'q',
      'allowed',
    ],
    [
      'both selectors in one peer: AND',
      policy([
        { peers: [{ namespaceSelector: select({ team: 'two' }), podSelector: select({ app: 'web' }) }] },
      ]),
      'q',
      'isolated',
    ],
    [
      'as two peers: OR',
      policy([
        { peers: [{ namespaceSelector: select({ team: 'two' }) }, { podSelector: select({ app: 'web' }) }] },
      ]),
      'q',
      'allowed',
    ],
    [
      'selectors never reach an address that is no pod',
      policy([{ peers: [{ namespaceSelector: anyPod }] }]),
      imds,
      'isolated',
    ],
    [
      'selectors do not reach a pod on the host network',
      policy([{ peers: [{ namespaceSelector: anyPod }] }]),
      'host',
      'isolated',
    ],
    ['an ipBlock covers pods too', policy([block('10.0.0.0/8')]), 'q', 'allowed'],
    ['a port by name, on the pod that receives', policy([{ ports: [tcp('sql')] }]), 'q', 'allowed', 5432],
    ['a name of another number', policy([{ ports: [tcp('sql')] }]), 'q', 'isolated', 80],
    ['a name never fits an address', policy([{ ports: [tcp('sql')] }]), imds, 'isolated', 5432],
  ])('%s', (_title, builder, to, kind, port, protocol) => {
    expect(egressOf(builder, to, port, protocol).kind).toBe(kind);
  });

  it('names every rule that admits and every policy that is silent', () => {
    const builder = policy([block('169.254.0.0/16'), {}]).networkPolicy('a/deny', {
      policyTypes: ['Egress'],
    });
    const evidence = egressOf(builder, imds);
    expect(evidence.kind === 'allowed' && evidence.by.map(({ ref }) => ref.field)).toEqual([
      'spec.egress[0]',
      'spec.egress[1]',
    ]);
    const closed = egressOf(policy([]).networkPolicy('a/deny', { policyTypes: ['Egress'] }), imds);
    expect(closed.kind === 'isolated' && closed.silent.map(({ name }) => name)).toEqual(['np', 'deny']);
  });

  it('selects no pod on the host network', () => {
    const built = base()
      .networkPolicy('b/np', { policyTypes: ['Egress', 'Ingress'] })
      .build();
    const host = podNamed(built, 'host');
    expect(egressEvidence(built, host, imds, { port: 80, protocol: 'TCP' }).kind).toBe('unselected');
    expect(ingressEvidence(built, host, imds, { port: 80, protocol: 'TCP' }).kind).toBe('unselected');
  });
});

describe('ingressEvidence', () => {
  it.each<[string, readonly PolicyRuleOptions[], PolicyEvidence['kind']]>([
    ['default deny', [], 'isolated'],
    ['from the sender’s namespace', [{ peers: [{ namespaceSelector: select({ team: 'one' }) }] }], 'allowed'],
    ['from the own namespace alone', [{ peers: [{ podSelector: anyPod }] }], 'isolated'],
    ['a name is looked up on the pod itself', [{ ports: [tcp('sql')] }], 'allowed'],
    ['an ipBlock around the sender', [block('10.0.0.0/8')], 'allowed'],
  ])('%s', (_title, ingress, kind) => {
    const built = base().networkPolicy('b/np', { ingress }).build();
    const from = { ...address('10.0.1.1'), pod: podNamed(built, 'p') };
    expect(ingressEvidence(built, podNamed(built, 'q'), from, { port: 5432, protocol: 'TCP' }).kind).toBe(
      kind,
    );
  });
});

describe('an address that the input does not show', () => {
  const sts: PolicyPeer = { address: { kind: 'hidden', fact: 'stsAddress', family: 4, orAmong: [] } };
  const settled = (
    rules: readonly PolicyRuleOptions[],
    inside: readonly string[],
  ): readonly [string, readonly string[]] => {
    const asked: string[] = [];
    const built = policy(rules).build();
    const shares = egressShares(built, podNamed(built, 'p'), sts, { port: 443, protocol: 'TCP' });
    const verdict = decide(shares, ({ name, scope = '' }) => {
      asked.push(`${name} ${scope}`);
      return inside.includes(scope) ? 'inside' : 'outside';
    });
    return [verdict.kind, asked];
  };
  it.each<[string, readonly PolicyRuleOptions[], readonly string[], string, readonly string[]]>([
    ['is inside the whole family', [block('0.0.0.0/0')], [], 'allowed', []],
    ['is in no link-local range', [block('169.254.0.0/16')], [], 'isolated', []],
    ['so an except of one is idle', [block('0.0.0.0/0', '169.254.169.254/32')], [], 'allowed', []],
    ['is in no range of the other family', [block('::/0')], [], 'isolated', []],
    [
      'is asked for by a narrower range',
      [block('52.0.0.0/8')],
      ['52.0.0.0/8'],
      'allowed',
      ['stsAddress 52.0.0.0/8'],
    ],
    ['may be outside of it', [block('52.0.0.0/8')], [], 'isolated', ['stsAddress 52.0.0.0/8']],
    [
      'may be private, by a VPC endpoint',
      [block('0.0.0.0/0', '10.0.0.0/8')],
      ['10.0.0.0/8'],
      'isolated',
      ['stsAddress 10.0.0.0/8'],
    ],
    [
      'is not asked for once some rule admits it',
      [block('52.0.0.0/8'), block('0.0.0.0/0')],
      [],
      'allowed',
      [],
    ],
    [
      'is asked for only until a rule admits it',
      [block('52.0.0.0/8'), block('54.0.0.0/8')],
      ['52.0.0.0/8'],
      'allowed',
      ['stsAddress 52.0.0.0/8'],
    ],
    [
      'is not asked for by a rule whose port does not fit',
      [{ ...block('52.0.0.0/8'), ports: [tcp(80)] }],
      [],
      'isolated',
      [],
    ],
  ])('%s', (_title, rules, inside, verdict, asked) => {
    expect(settled(rules, inside)).toEqual([verdict, asked]);
  });
});

describe('laws of NetworkPolicy', () => {
  const labels = fc.dictionary(fc.constantFrom('app', 'tier'), fc.constantFrom('x', 'y'), {
    maxKeys: 2,
    noNullPrototype: true,
  });
  const requirement = fc.record({
    key: fc.constantFrom('app', 'tier'),
    operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist'),
    values: fc.constantFrom(['x'], ['x', 'y']),
  });
  const selector: fc.Arbitrary<LabelSelector> = fc.record({
    matchLabels: labels,
    matchExpressions: fc.array(requirement, { maxLength: 1 }),
  });
  const ipv4 = fc.constantFrom('169.254.169.254', '169.254.170.23', '10.0.0.1', '10.0.2.2', '52.1.2.3');
  const ipv6 = fc.constantFrom(
    'fd00:0ec2:0000:0000:0000:0000:0000:0254',
    '2600:0000:0000:0000:0000:0000:0000:0001',
  );
  const cidr4 = fc.tuple(ipv4, fc.constantFrom(0, 1, 8, 16, 32)).map(([at, length]) => `${at}/${length}`);
  const cidr6 = fc.tuple(ipv6, fc.constantFrom(0, 32, 128)).map(([at, length]) => `${at}/${length}`);
  const peer = fc.oneof(
    fc.record({ cidr: cidr4, except: fc.array(cidr4, { maxLength: 2 }) }),
    fc.record({ cidr: cidr6, except: fc.array(cidr6, { maxLength: 1 }) }),
    fc.record({ podSelector: selector }),
    fc.record({ namespaceSelector: selector }),
    fc.record({ namespaceSelector: selector, podSelector: selector }),
  );
  const port: fc.Arbitrary<NetworkPolicyPort> = fc.oneof(
    fc.record({ protocol: fc.constantFrom('TCP', 'UDP', 'SCTP') }),
    fc.record({
      protocol: fc.constantFrom('TCP', 'UDP'),
      port: fc.constantFrom<(number | string)[]>(80, 443, 'http'),
    }),
    fc.record({
      protocol: fc.constant('TCP' as const),
      port: fc.constantFrom(79, 80),
      endPort: fc.constantFrom(80, 443),
    }),
  );
  const rule: fc.Arbitrary<PolicyRuleOptions> = fc.record({
    peers: fc.array(peer, { maxLength: 2 }),
    ports: fc.array(port, { maxLength: 2 }),
  });
  const policyOptions: fc.Arbitrary<PolicyOptions> = fc.record({
    podSelector: selector,
    policyTypes: fc.constantFrom<('Ingress' | 'Egress')[][]>(['Egress'], ['Ingress', 'Egress'], ['Ingress']),
    egress: fc.array(rule, { maxLength: 2 }),
  });
  const pod = fc.record({ labels, hostNetwork: fc.boolean() });
  const scene = fc.record({
    from: pod,
    to: fc.option(pod, { nil: undefined }),
    namespaces: fc.tuple(labels, labels),
    policies: fc.array(fc.tuple(fc.constantFrom('a', 'b'), policyOptions), { maxLength: 3 }),
    address: fc.oneof(ipv4, ipv6),
    port: fc.constantFrom(79, 80, 443),
    protocol: fc.constantFrom('TCP', 'UDP'),
  });
  type Scene = typeof scene extends fc.Arbitrary<infer Value> ? Value : never;

  const ports = [{ name: 'http', port: 80, protocol: 'TCP' as const }];
  function built({ from, to, namespaces: [first, second], policies }: Scene): World {
    const start = world()
      .namespace('a', { labels: first })
      .namespace('b', { labels: second })
      .pod('a/from', from)
      .pod('b/to', { ...to, containers: { c: { ports } } });
    return policies
      .reduce((so, [namespace, options], at) => so.networkPolicy(`${namespace}/np${at}`, options), start)
      .build();
  }
  function connects(of: World, { to, address: at, port: number, protocol }: Scene): PolicyEvidence['kind'] {
    const receiver = to && podNamed(of, 'to');
    const other: PolicyPeer = { ...address(at), ...(receiver ? { pod: receiver } : {}) };
    return egressEvidence(of, podNamed(of, 'from'), other, { port: number, protocol }).kind;
  }

  it('agrees with the semantics said a second time', () => {
    fc.assert(
      fc.property(scene, (drawn) => {
        const of = built(drawn);
        const receiver = drawn.to && podNamed(of, 'to');
        const to = { address: drawn.address, ...(receiver ? { pod: receiver } : {}) };
        const said = mayLeave(of, {
          from: podNamed(of, 'from'),
          to,
          port: drawn.port,
          protocol: drawn.protocol,
        });
        expect(connects(of, drawn) !== 'isolated').toBe(said);
      }),
      { numRuns: 600 },
    );
  });

  it('one more policy never closes a path of a pod that is isolated already', () => {
    fc.assert(
      fc.property(scene, policyOptions, (drawn, options) => {
        const before = connects(built(drawn), drawn);
        const after = connects(built({ ...drawn, policies: [...drawn.policies, ['a', options]] }), drawn);
        if (before === 'allowed') expect(after).toBe('allowed');
        if (!options.policyTypes?.includes('Egress')) expect(after).toBe(before);
      }),
      { numRuns: 120 },
    );
  });

  it('the order of policies does not matter', () => {
    fc.assert(
      fc.property(scene, (drawn) => {
        const turned = { ...drawn, policies: drawn.policies.toReversed() };
        expect(connects(built(turned), turned)).toBe(connects(built(drawn), drawn));
      }),
      { numRuns: 120 },
    );
  });
});
