import { describe, expect, it } from 'vitest';
import { readNodeRules } from '../../src/ingest/iptables/nodeRules.ts';
import type { WorldBuilder } from '../../src/model/builder.ts';
import type { World } from '../../src/model/world.ts';
import type { Destination } from '../../src/network/path.ts';
import {
  allows,
  anybody,
  arrives,
  block,
  cluster,
  database,
  egress,
  filter,
  first,
  imds,
  imds6,
  isolates,
  nodePort,
  on,
  outside,
  refused,
  sts,
  veth,
  wayTo,
} from './ways.ts';

/** The same with rules that `iptables-save` printed on its nodes. */
function withRules(of: WorldBuilder, ...tables: readonly string[]): World {
  const { iptables, diagnostics } = readNodeRules([{ file: 'saved', text: tables.join('\n') }]);
  expect(diagnostics).toEqual([]);
  return { ...of.build(), iptables };
}
const table = (name: string, ...lines: readonly string[]): string =>
  [`*${name}`, ...lines, 'COMMIT'].join('\n');

const turning = (chain: string): string =>
  `-A ${chain} -d 169.254.169.254/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.1:8181`;
const nat = table(
  'nat',
  ':PREROUTING ACCEPT [0:0]',
  ':OUTPUT ACCEPT [0:0]',
  turning('PREROUTING'),
  turning('OUTPUT'),
);
const open = table('filter', ':FORWARD ACCEPT [0:0]');
const closed = table('filter', ':FORWARD DROP [0:0]');
const outputDropping = (flags: string): string =>
  table('filter', ':OUTPUT ACCEPT [0:0]', `-A OUTPUT -p tcp -m tcp --tcp-flags ${flags} -j DROP`);

const turned = (chain: string): string =>
  `iptables nat ${chain} rewrites ruleRewrites [IptablesRule nat ${chain} 1] ${turning(chain)} ` +
  'iptables-extensions(8), DNAT, REDIRECT, SNAT, MASQUERADE';
const routed = (reason: string, at: string): string =>
  `routing passes ${reason} [] ${at} netfilter.org "Traversing of tables and chains"`;
const chainEnds = 'iptables(8): the end of a built-in chain is its policy';
const passesForward = `iptables filter FORWARD skipped noRuleDecides [IptablesChain filter FORWARD] ${chainEnds}`;
const dropsForward = `iptables filter FORWARD drops chainDrops [IptablesChain filter FORWARD] ${chainEnds}`;
const dropsByRule = (chain: string, rule: string): string =>
  `iptables filter ${chain} drops ruleDrops [IptablesRule filter ${chain} 1] ${rule} iptables(8)`;
const fromKube2iam = 'receiver passes arrives [DaemonSet kube-system/kube2iam] measured with packets';

const withDaemon = (of: WorldBuilder): WorldBuilder => of.kube2iam({ hostIp: '10.0.0.1' });
const aws = on('aws-vpc-cni');
const bypassing = on('cilium-ebpf-host-routing');

interface Row {
  readonly title: string;
  readonly of: World;
  readonly to: Destination;
  readonly answers: Readonly<Record<string, string>>;
  readonly from?: string;
  readonly expected: ReturnType<typeof wayTo>;
}

describe('a packet and the rules that the input shows of its node', () => {
  it.each<Row>([
    {
      title: 'eBPF host routing bypasses rules that would have turned it, after the policies',
      of: withRules(withDaemon(egress(anybody)), nat),
      to: imds,
      answers: bypassing,
      expected: [
        'imds, hops 2',
        allows(veth, first),
        'iptables skipped netfilterBypassed [] ' +
          'docs.cilium.io "Tuning Guide", eBPF host routing; a stand-in program measured with packets',
        arrives,
      ],
    },
    {
      title: '… and makes no difference to rules that let it pass',
      of: withRules(cluster, open),
      to: outside,
      answers: bypassing,
      expected: ['outside, hops 2', routed('routedBeyond', '192.0.2.9:443'), passesForward, arrives],
    },
    {
      title: '… nor to a pod on the host network',
      of: withRules(withDaemon(egress()).pod('app/host', { node: 'n1', hostNetwork: true }), nat),
      to: imds,
      answers: { ...bypassing, 'kube2iam.daemon': 'ready' },
      from: 'host',
      expected: [
        'kube2iam from the node, hops 1',
        'namespace skipped hostNetwork [Pod app/host] ' +
          'measured with packets: a process of the node crosses neither PREROUTING nor a pod veth',
        turned('OUTPUT'),
        routed('routedToNode', '10.0.0.1:8181'),
        fromKube2iam,
      ],
    },
    {
      title: 'a policy in the filter table judges it where the rules have turned it to',
      of: withRules(withDaemon(egress(block('169.254.169.254/32'))).fact('cni', 'calico-iptables'), nat),
      to: imds,
      answers: {},
      expected: ['dropped', turned('PREROUTING'), routed('routedToNode', '10.0.0.1:8181'), isolates(filter)],
    },
    {
      title: 'a policy in the filter table admits it there',
      of: withRules(withDaemon(egress(block('10.0.0.1/32'))).fact('cni', 'calico-iptables'), nat),
      to: imds,
      answers: { 'kube2iam.daemon': 'ready' },
      expected: [
        'kube2iam from the pod, hops 1',
        turned('PREROUTING'),
        routed('routedToNode', '10.0.0.1:8181'),
        allows(filter, first),
        fromKube2iam,
      ],
    },
    {
      title: 'a chain whose policy is DROP: a pod',
      of: withRules(cluster, closed),
      to: database,
      answers: aws,
      expected: ['dropped', dropsForward],
    },
    {
      title: 'a chain whose policy is DROP: STS',
      of: withRules(cluster, closed),
      to: sts,
      answers: aws,
      expected: ['dropped', dropsForward],
    },
    {
      title: 'the address of the DNS Service is not shown, and so not where rules turn it to',
      of: withRules(cluster, closed),
      to: { kind: 'dns' },
      answers: aws,
      expected: ['outside, hops 2', arrives],
    },
    {
      title: 'the answer is lost',
      of: withRules(
        cluster,
        table('filter', ':FORWARD ACCEPT [0:0]', '-A FORWARD -s 192.0.2.9/32 -p tcp -j DROP'),
      ),
      to: outside,
      answers: aws,
      expected: [
        'dropped',
        routed('routedBeyond', '192.0.2.9:443'),
        passesForward,
        arrives,
        dropsByRule('FORWARD', '-A FORWARD -s 192.0.2.9/32 -p tcp -j DROP'),
      ],
    },
    {
      title: 'the refusal of a closed port is lost',
      of: withRules(cluster, outputDropping('RST RST')),
      to: nodePort(9),
      answers: aws,
      expected: [
        'dropped',
        routed('routedToNode', '10.0.0.1:9'),
        refused,
        dropsByRule('OUTPUT', '-A OUTPUT -p tcp -m tcp --tcp-flags RST RST -j DROP'),
      ],
    },
    {
      title: 'a closed port refuses all the same where only the answer of an open one is lost',
      of: withRules(cluster, outputDropping('SYN,ACK SYN,ACK')),
      to: nodePort(9),
      answers: aws,
      expected: ['refused', routed('routedToNode', '10.0.0.1:9'), refused],
    },
    {
      title: 'an open port answers all the same where only the refusal of a closed one is lost',
      of: withRules(withDaemon(cluster), outputDropping('RST RST')),
      to: nodePort(8181),
      answers: { ...aws, 'kube2iam.daemon': 'ready' },
      expected: ['kube2iam from the pod, hops 1', routed('routedToNode', '10.0.0.1:8181'), fromKube2iam],
    },
    {
      title: 'nobody answers over IPv6, whatever becomes of answers',
      of: withRules(
        cluster.pod('app/six', { node: 'n1', status: { phase: 'Running', podIP: 'fd00:1::5' } }),
        '# Generated by ip6tables-save v1.8.9',
        table('filter', ':FORWARD ACCEPT [0:0]', '-A FORWARD -s fd00:ec2::254/128 -p tcp -j DROP'),
      ),
      to: imds6,
      answers: { ...aws, 'imds.httpProtocolIpv6': 'disabled' },
      from: 'six',
      expected: [
        'dropped',
        routed('routedBeyond', 'fd00:ec2::254:80'),
        passesForward,
        'receiver drops imdsOverIpv6Off [Node n1] ' +
          'EC2 API ModifyInstanceMetadataOptions (HttpProtocolIpv6): disabled by default',
      ],
    },
  ])('$title', ({ of, to, answers, from = 'p1', expected }) => {
    expect(wayTo(of, to, answers, { from })).toStrictEqual(expected);
  });
});
