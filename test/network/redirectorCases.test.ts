import { describe, expect, it } from 'vitest';
import { world } from '../../src/model/builder.ts';
import { kube2iamDefaults, type Kube2iam } from '../../src/model/kube2iam.ts';
import type { ClusterNode } from '../../src/model/node.ts';
import type { World } from '../../src/model/world.ts';
import { kube2iamOn, kube2iamStandIn } from '../../src/network/kube2iamDaemon.ts';
import { redirectRule } from '../../src/network/redirectRule.ts';
import { kiamRedirector, kube2iamRedirector, type Redirector } from '../../src/network/redirector.ts';
import { elsewhere, kiam, kube2iam } from './redirectionScene.ts';

const nodeWith = (...addresses: readonly string[]): ClusterNode => {
  const [node] = world().node('n1', { addresses }).build().nodes;
  if (!node) throw new Error('the world has a node');
  return node;
};

describe('a daemon as a redirector', () => {
  it('of kube2iam', () => {
    const daemon = kube2iam({ metadataAddress: '10.9.9.9', appPort: 9191, hostIp: '10.0.0.1' });
    const { receiver, ...rest } = kube2iamRedirector(daemon);
    expect(rest).toStrictEqual({
      daemon,
      product: 'kube2iam',
      addsRule: true,
      hostInterface: 'eni+',
      readsNegation: false,
      needsInterface: true,
      needsMetadata: false,
      metadataAddress: '10.9.9.9',
      hostIp: '10.0.0.1',
      port: 9191,
      facts: { daemon: 'kube2iam.daemon', rule: 'kube2iam.rule' },
      reasons: {
        redirected: 'redirected',
        redirectedToNotReady: 'redirectedToNotReady',
        redirectedToGone: 'redirectedToGone',
        notOnNode: 'notOnNode',
        interfaceDiffers: 'interfaceDiffers',
        ruleAbsent: 'ruleAbsent',
        ruleInOwnNamespace: 'ruleInOwnNamespace',
      },
    });
    expect(receiver('pod')).toStrictEqual({ kind: 'kube2iam', daemon, sourceAddress: 'pod' });
  });

  it('of kiam', () => {
    const daemon = kiam({ port: 8181, host: '10.0.0.1', hostInterface: '!eth0' });
    const { receiver, ...rest } = kiamRedirector(daemon);
    expect(rest).toStrictEqual({
      daemon,
      product: 'kiam',
      addsRule: true,
      hostInterface: '!eth0',
      readsNegation: true,
      needsInterface: false,
      needsMetadata: false,
      metadataAddress: '169.254.169.254',
      hostIp: '10.0.0.1',
      port: 8181,
      facts: { daemon: 'kiam.agent', rule: 'kiam.rule' },
      reasons: {
        redirected: 'kiamRedirected',
        redirectedToNotReady: 'kiamRedirectedToNotReady',
        redirectedToGone: 'kiamRedirectedToGone',
        notOnNode: 'kiamNotOnNode',
        interfaceDiffers: 'kiamInterfaceDiffers',
        ruleAbsent: 'kiamRuleAbsent',
        ruleInOwnNamespace: 'kiamRuleInOwnNamespace',
      },
    });
    expect(receiver('node')).toStrictEqual({ kind: 'kiam', agent: daemon, sourceAddress: 'node' });
  });

  it.each<[string, Kube2iam, boolean]>([
    ['neither ARN nor role', kube2iam(), false],
    ['its base ARN', kube2iam({ autoDiscoverBaseArn: true }), true],
    ['its default role', kube2iam({ autoDiscoverDefaultRole: true }), true],
    ['both', kube2iam({ autoDiscoverBaseArn: true, autoDiscoverDefaultRole: true }), true],
  ])('kube2iam that discovers %s needs the metadata of its node: %s', (_what, daemon, expected) => {
    expect(kube2iamRedirector(daemon).needsMetadata).toBe(expected);
  });
});

describe('the rule that a redirector appends', () => {
  const toKube2iam = kube2iamRedirector(kube2iam());
  const toKiam = kiamRedirector(kiam());
  const told = kube2iamRedirector(
    kube2iam({ hostIp: '10.0.0.7', appPort: 9191, metadataAddress: '10.9.9.9' }),
  );
  interface Row {
    readonly what: string;
    readonly by: Redirector;
    readonly node?: ClusterNode;
    readonly hostInterface?: string;
    readonly text: string;
    readonly face?: { readonly pattern: string; readonly negated: boolean };
    readonly to: { readonly address: string; readonly port: number };
  }
  it.each<Row>([
    {
      what: 'for the interfaces that begin alike',
      by: toKube2iam,
      hostInterface: 'eni+',
      text: '-A PREROUTING -d 169.254.169.254/32 -i eni+ -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.1:8181',
      face: { pattern: 'eni+', negated: false },
      to: { address: '10.0.0.1', port: 8181 },
    },
    {
      what: 'for every interface',
      by: toKube2iam,
      hostInterface: '+',
      text: '-A PREROUTING -d 169.254.169.254/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.1:8181',
      to: { address: '10.0.0.1', port: 8181 },
    },
    {
      what: 'for all interfaces but one, as kiam writes it',
      by: toKiam,
      hostInterface: '!eth0',
      text: '-A PREROUTING -d 169.254.169.254/32 ! -i eth0 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.1:3100',
      face: { pattern: 'eth0', negated: true },
      to: { address: '10.0.0.1', port: 3100 },
    },
    {
      what: 'of another hand, which is taken to be for every interface',
      by: toKiam,
      text: '-A PREROUTING -d 169.254.169.254/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.1:3100',
      to: { address: '10.0.0.1', port: 3100 },
    },
    {
      what: 'by the address, port and metadata address that the flags give',
      by: told,
      hostInterface: 'eth1',
      text: '-A PREROUTING -d 10.9.9.9/32 -i eth1 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.7:9191',
      face: { pattern: 'eth1', negated: false },
      to: { address: '10.0.0.7', port: 9191 },
    },
    {
      what: 'by the IPv4 address of the node',
      by: toKube2iam,
      node: nodeWith('fd00::1', '10.0.0.3'),
      text: '-A PREROUTING -d 169.254.169.254/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.3:8181',
      to: { address: '10.0.0.3', port: 8181 },
    },
    {
      what: 'by an address of nobody where that of the node is not shown',
      by: toKube2iam,
      node: nodeWith(),
      text: '-A PREROUTING -d 169.254.169.254/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 192.0.2.1:8181',
      to: { address: '192.0.2.1', port: 8181 },
    },
  ])('$what', ({ by, node = nodeWith('10.0.0.1'), hostInterface, text, face, to }) => {
    expect(redirectRule(by, node, hostInterface)).toStrictEqual({
      matches: [
        { kind: 'destination', cidr: `${by.metadataAddress}/32`, negated: false },
        ...(face ? [{ kind: 'inInterface', ...face }] : []),
        { kind: 'protocol', protocol: 'tcp', negated: false },
        { kind: 'destinationPorts', ranges: [[80, 80]], negated: false },
      ],
      target: { kind: 'DNAT', ...to },
      text,
      ref: by.daemon.ref,
    });
  });
});

describe('the kube2iam daemons of node n1', () => {
  const template = kube2iam().ref;
  const running = (node: string): Kube2iam =>
    kube2iam({}, { ref: { ...template, kind: 'Pod', name: 'kube2iam-x7k2p' }, outdated: { node, template } });
  const second = kube2iam({}, { ref: { ...template, name: 'kube2iam-gpu' } });
  const of = (kube2iams: readonly Kube2iam[], change: Partial<World> = {}): World => ({
    ...world().node('n1').pod('app/p1').build(),
    kube2iam: kube2iams,
    ...change,
  });
  const annotated = world()
    .node('n1')
    .pod('app/p1', { annotations: { [kube2iamDefaults.iamRoleKey]: 'reader' } })
    .build();
  interface Row {
    readonly what: string;
    readonly of: World;
    readonly compute?: ClusterNode['compute'];
    readonly answer?: 'installed' | 'notInstalled';
    readonly daemons: readonly Kube2iam[];
  }
  it.each<Row>([
    { what: 'every one that covers it', of: of([kube2iam(), second]), daemons: [kube2iam(), second] },
    { what: 'none that is for other nodes', of: of([kube2iam({}, elsewhere)]), daemons: [] },
    {
      what: 'the pod that runs there in place of its template, before the others',
      of: of([kube2iam(), second, running('n1')]),
      daemons: [running('n1'), second],
    },
    {
      what: 'not the pod that runs on another node in place of the template',
      of: of([kube2iam(), running('n2')]),
      daemons: [kube2iam()],
    },
    {
      what: 'the pod that runs there though its template is for other nodes by now',
      of: of([kube2iam({}, elsewhere), running('n1')]),
      daemons: [running('n1')],
    },
    { what: 'none on Fargate', of: of([kube2iam()]), compute: 'fargate', daemons: [] },
    {
      what: 'none on Fargate, though an annotation hints at one',
      of: annotated,
      compute: 'fargate',
      daemons: [],
    },
    { what: 'none where no manifest and no annotation hints at one', of: of([]), daemons: [] },
    {
      what: 'a stand-in where an annotation hints at one and kube2iam is installed',
      of: annotated,
      answer: 'installed',
      daemons: [kube2iamStandIn],
    },
    {
      what: 'none where kube2iam is not installed in spite of the annotation',
      of: annotated,
      answer: 'notInstalled',
      daemons: [],
    },
    {
      what: 'none where kiam is shown, which reads the same annotation',
      of: { ...annotated, kiamAgents: [kiam()] },
      daemons: [],
    },
  ])('$what', ({ of: given, compute = 'ec2', answer, daemons }) => {
    const asked: string[] = [];
    const ask = ({ name }: { readonly name: string }): string => {
      asked.push(name);
      return answer ?? '';
    };
    const found = kube2iamOn(given, ask, { ...nodeWith('10.0.0.1'), compute });
    expect([found, asked]).toStrictEqual([daemons, answer === undefined ? [] : ['kube2iam']]);
  });
});
