import { describe, expect, test } from 'vitest';
import { world } from '../../src/model/builder.ts';
import { kiamAgentDefaults, type KiamAgent } from '../../src/model/kiam.ts';
import type { World } from '../../src/model/world.ts';
import type { Destination, PacketPath } from '../../src/network/path.ts';
import { conditionText } from '../../src/resolve/condition.ts';
import type { ExploreOptions } from '../../src/resolve/explore.ts';
import { tracePacket } from '../../src/resolve/tracePacket.ts';
import { daemonFacts } from '../daemonFacts.ts';

const toImds: Destination = { kind: 'address', address: '169.254.169.254', port: 80, protocol: 'TCP' };
const toNodePort: Destination = { kind: 'node', port: 8181, protocol: 'TCP' };

const cluster = world()
  .cluster({ region: 'eu-west-1' })
  .node('n1', { addresses: ['10.0.0.1'], labels: { pool: 'a' } });
const plain = cluster.fact('kube2iam', 'notInstalled').pod('pay/api');
const onAws = plain.fact('cni', 'aws-vpc-cni');
const kube2iamOnAnyCni = cluster
  .kube2iam({ iptables: true, hostInterface: 'eni+', hostIp: '$(HOST_IP)' }, { nodeSelector: { pool: 'a' } })
  .pod('pay/api');
const kube2iam = kube2iamOnAnyCni.fact('cni', 'aws-vpc-cni');

const kiam: KiamAgent = {
  ...daemonFacts('kiam-agent'),
  flags: { ...kiamAgentDefaults, port: 8181 },
  nodeSelector: { pool: 'b' },
};

/** A way on one line: its stations, who has the packet at the end, and when. */
function wayText({ steps, end }: PacketPath): string {
  const stations = steps.map(({ hook, action, reason, at }) =>
    [hook, action, reason, ...(at ? [at.kind, at.name] : [])].join(' '),
  );
  return [...stations, end.kind === 'arrives' ? `${end.at.kind} over ${end.hops}` : end.kind].join(' > ');
}

function ways(of: World, to: Destination, options: ExploreOptions): readonly string[] {
  const [workload] = of.workloads;
  if (!workload) throw new Error('the world has no workload');
  return tracePacket(of, workload, to, options).outcomes.map(
    ({ placement, path, when }) => `${placement.node.name}: ${wayText(path)} if ${conditionText(when)}`,
  );
}

const policy = (egress: readonly { readonly cidr: string }[]): World =>
  plain
    .networkPolicy('pay/egress', {
      policyTypes: ['Egress'],
      egress: egress.map((peer) => ({ peers: [peer] })),
    })
    .build();

const turned =
  'prerouting rewrites redirected DaemonSet kube2iam > receiver passes arrives DaemonSet kube2iam';
const turnedAway = (reason: string, node: string): string =>
  `prerouting rewrites ${reason} DaemonSet kube2iam > receiver rejects noListener Node ${node} > refused`;

describe('the ways of a packet from a pod', () => {
  test.each<[string, World, Destination, ExploreOptions, readonly string[]]>([
    [
      'to the metadata service, with nothing between',
      onAws.build(),
      toImds,
      {},
      ['n1: prerouting skipped notInstalled > receiver passes arrives > imds over 2 if '],
    ],
    [
      'to the metadata service, whatever the CNI is',
      plain.build(),
      toImds,
      {},
      ['n1: prerouting skipped notInstalled > receiver passes arrives > imds over 2 if '],
    ],
    [
      'to the metadata service, past policies that admit it, enforced or not',
      policy([{ cidr: '169.254.169.254/32' }]),
      toImds,
      {},
      [
        'n1: policyAtVeth passes policyAllows NetworkPolicy egress > prerouting skipped notInstalled > receiver passes arrives > imds over 2 if ',
      ],
    ],
    [
      'to the metadata service, against a policy that isolates the pod: stopped at two stations',
      policy([]),
      toImds,
      {},
      [
        'n1: policyAtVeth skipped policyNotEnforced NetworkPolicy egress > prerouting skipped notInstalled > receiver passes arrives > imds over 2 if cni=aws-vpc-cni|flannel|kubenet',
        'n1: policyAtVeth drops policyIsolates NetworkPolicy egress > dropped if cni=aws-vpc-cni-policy-standard|aws-vpc-cni-policy-strict|calico-ebpf|cilium|cilium-ebpf-host-routing|cilium-on-aws-vpc-cni|antrea',
        'n1: prerouting skipped notInstalled > policyInFilter drops policyIsolates NetworkPolicy egress > dropped if cni=calico-iptables|calico-on-aws-vpc-cni|kube-router|weave',
      ],
    ],
    [
      'to the metadata service, with a policy that is not loaded yet as the fault',
      { ...policy([]), facts: [{ name: 'cni', value: 'aws-vpc-cni-policy-standard' }] },
      toImds,
      { faults: 1 },
      [
        'n1: policyAtVeth drops policyIsolates NetworkPolicy egress > dropped if policyEnforcement:pay/api=loaded',
        'n1: policyAtVeth passes policiesNotYetLoaded NetworkPolicy egress > prerouting skipped notInstalled > receiver passes arrives > imds over 2 if policyEnforcement:pay/api=notYet',
      ],
    ],
    [
      'to STS, by a policy that admits it or is not loaded yet: one way',
      {
        ...policy([{ cidr: '203.0.113.0/24' }]),
        facts: [{ name: 'cni', value: 'aws-vpc-cni-policy-standard' }],
      },
      { kind: 'sts' },
      { faults: 1 },
      [
        'n1: policyAtVeth passes policyAllows NetworkPolicy egress > receiver passes arrives > outside over 2 if stsAddress:203.0.113.0/24=inside;stsAddress:203.0.113.0/24=outside&policyEnforcement:pay/api=notYet',
        'n1: policyAtVeth drops policyIsolates NetworkPolicy egress > dropped if stsAddress:203.0.113.0/24=outside&policyEnforcement:pay/api=loaded',
      ],
    ],
    [
      'to the metadata service, under the rule of kube2iam',
      kube2iam.build(),
      toImds,
      {},
      [
        `n1: ${turned} > kube2iam over 1 if kube2iam.daemon:n1=ready`,
        `n1: ${turnedAway('redirectedToNotReady', 'n1')} if kube2iam.daemon:n1=notReady`,
        'n1: prerouting skipped ruleAbsent DaemonSet kube2iam > receiver passes arrives > imds over 2 if kube2iam.daemon:n1=gone&kube2iam.rule:n1=absent',
        `n1: ${turnedAway('redirectedToGone', 'n1')} if kube2iam.daemon:n1=gone&kube2iam.rule:n1=present`,
      ],
    ],
    [
      'to the metadata service, as far as one run goes',
      kube2iam.build(),
      toImds,
      { maxRuns: 1 },
      [`n1: ${turned} > kube2iam over 1 if kube2iam.daemon:n1=ready`],
    ],
    [
      'to the metadata service, where kube2iam waits for packets of another CNI',
      kube2iamOnAnyCni.fact('kube2iam.daemon', 'ready').build(),
      toImds,
      {},
      [
        `n1: ${turned} > kube2iam over 1 if cni=aws-vpc-cni|aws-vpc-cni-policy-standard|aws-vpc-cni-policy-strict|calico-on-aws-vpc-cni|cilium-on-aws-vpc-cni`,
        'n1: prerouting skipped interfaceDiffers DaemonSet kube2iam > receiver passes arrives > imds over 2 if cni=calico-iptables|calico-ebpf|cilium|cilium-ebpf-host-routing|antrea|kube-router|weave|flannel|kubenet',
      ],
    ],
    [
      'to the metadata service, where the rule may be gone or wait for packets of another CNI',
      kube2iamOnAnyCni.fact('kube2iam.daemon', 'gone').fact('kube2iam.rule', 'absent').build(),
      toImds,
      {},
      ['n1: prerouting skipped ruleAbsent DaemonSet kube2iam > receiver passes arrives > imds over 2 if '],
    ],
    [
      'to the port of kube2iam',
      kube2iam.build(),
      toNodePort,
      {},
      [
        'n1: receiver passes arrives DaemonSet kube2iam > kube2iam over 1 if kube2iam.daemon:n1=ready',
        'n1: receiver rejects noListener Node n1 > refused if kube2iam.daemon:n1=notReady|gone',
      ],
    ],
    [
      'to the port of kube2iam on one node, of kiam on the other',
      {
        ...kube2iam
          .node('n2', { labels: { pool: 'b' } })
          .fact('kube2iam.daemon', 'ready')
          .fact('kiam.agent', 'ready')
          .build(),
        kiamAgents: [kiam],
      },
      toNodePort,
      {},
      [
        'n1: receiver passes arrives DaemonSet kube2iam > kube2iam over 1 if node:pay/api=n1',
        'n2: receiver passes arrives DaemonSet kiam-agent > kiam over 1 if node:pay/api=n2',
      ],
    ],
    ['to STS', kube2iam.build(), { kind: 'sts' }, {}, ['n1: receiver passes arrives > outside over 2 if ']],
  ])('%s', (_name, of, to, options, expected) => {
    expect(ways(of, to, options)).toEqual(expected);
  });
});

test('a trace tells of the pod, the destination, each way and all that was consulted', () => {
  const of = kube2iam.fact('kube2iam.daemon', 'ready').build();
  const [workload] = of.workloads;
  const [daemon] = of.kube2iam;
  const [node] = of.nodes;
  if (!workload || !daemon || !node) throw new Error('the world is not complete');
  const about = daemon.ref;
  expect(tracePacket(of, workload, toImds)).toStrictEqual({
    workload,
    to: toImds,
    outcomes: [
      {
        placement: { node, how: 'onlyNodeClass' },
        path: {
          steps: [
            {
              hook: 'prerouting',
              action: 'rewrites',
              reason: 'redirected',
              at: about,
              rule: '-A PREROUTING -d 169.254.169.254/32 -i eni+ -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.1:8181',
              source: 'jtblin/kube2iam:iptables/iptables.go',
            },
            {
              hook: 'receiver',
              action: 'passes',
              reason: 'arrives',
              at: about,
              source: 'measured with packets',
            },
          ],
          end: { kind: 'arrives', at: { kind: 'kube2iam', daemon, sourceAddress: 'pod' }, hops: 1 },
        },
        when: [[]],
      },
    ],
    consulted: [
      { question: { name: 'cni' }, value: 'aws-vpc-cni', basis: { kind: 'stated' } },
      {
        question: { name: 'kube2iam.daemon', scope: 'n1', about },
        value: 'ready',
        basis: { kind: 'stated' },
      },
      {
        question: {
          name: 'kube2iam.rule',
          scope: 'n1',
          about,
          known: 'present',
          options: ['absent', 'present'],
        },
        value: 'present',
        basis: { kind: 'input' },
      },
    ],
    incomplete: false,
  });
});
