import { describe, expect, it } from 'vitest';
import type { WorldBuilder } from '../../src/model/builder.ts';
import type { Kube2iamFlags } from '../../src/model/kube2iam.ts';
import type { World } from '../../src/model/world.ts';
import type { Destination } from '../../src/network/path.ts';
import {
  agent,
  arrives,
  cluster,
  database,
  egress,
  imds,
  imds6,
  isolates,
  kiam,
  nodePort,
  on,
  sts,
  to,
  veth,
  wayTo,
} from './ways.ts';

type Answers = Readonly<Record<string, string>>;
type Steps = ReturnType<typeof wayTo>;

const healthy: Answers = {
  'kube2iam.daemon': 'ready',
  'kube2iam.rule': 'present',
  'kiam.agent': 'ready',
  'kiam.rule': 'present',
};
const aws = { ...on('aws-vpc-cni'), ...healthy };

const kube2iam = (flags: Partial<Kube2iamFlags> = {}, of: WorldBuilder = cluster): WorldBuilder =>
  of.kube2iam({ iptables: true, hostInterface: 'eni+', hostIp: '$(HOST_IP)', ...flags });

const daemonRule = (address: string): string =>
  `-A PREROUTING -d 169.254.169.254/32 -i eni+ -p tcp -m tcp --dport 80 -j DNAT --to-destination ${address}:8181`;
const prerouting = (action: string, reason: string, address: string, source: string): string =>
  `prerouting ${action} ${reason} [DaemonSet kube-system/kube2iam] ${daemonRule(address)} ${source}`;
const redirected = (address: string): string =>
  prerouting('rewrites', 'redirected', address, 'jtblin/kube2iam:iptables/iptables.go');

describe('a packet of a pod, without rules of its node', () => {
  it.each<[string, World, Destination, Answers, Steps]>([
    [
      'the pod’s own loopback leaves its network namespace nowhere',
      egress().build(),
      to('127.0.0.1', 80),
      on('cilium'),
      [
        'outside, hops 0',
        'namespace skipped loopback [] ip(7): an address of 127.0.0.0/8 never leaves its network namespace',
        arrives,
      ],
    ],
    [
      'dropped at the veth it meets no rule',
      kube2iam({}, egress()).build(),
      imds,
      { ...on('cilium'), ...healthy },
      ['dropped', isolates(veth)],
    ],
    [
      'dropped as martian it meets no policy in the filter table',
      kube2iam({ hostInterface: 'cali+', hostIp: '127.0.0.1' }, egress()).build(),
      imds,
      { ...on('calico-iptables'), ...healthy },
      [
        'dropped',
        prerouting(
          'drops',
          'martian',
          '127.0.0.1',
          'measured with packets: a DNAT to 127.0.0.1 is lost without route_localnet',
        ).replace('eni+', 'cali+'),
      ],
    ],
    [
      'kube2iam of its node',
      kube2iam().build(),
      imds,
      aws,
      [
        'kube2iam from the pod, hops 1',
        redirected('10.0.0.1'),
        'receiver passes arrives [DaemonSet kube-system/kube2iam] measured with packets',
      ],
    ],
    [
      'kiam of its node',
      { ...cluster.build(), kiamAgents: [kiam] },
      imds,
      aws,
      [
        'kiam from the pod, hops 1',
        'prerouting rewrites kiamRedirected [DaemonSet kube-system/kiam-agent] ' +
          '-A PREROUTING -d 169.254.169.254/32 ! -i eth0 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.1:3100 ' +
          'uswitch/kiam:cmd/kiam/iptables.go',
        'receiver passes arrives [DaemonSet kube-system/kiam-agent] measured with packets',
      ],
    ],
    [
      'a rule that leads to an address of nobody',
      kube2iam({ hostIp: '10.0.0.9' }).build(),
      imds,
      aws,
      [
        'dropped',
        redirected('10.0.0.9'),
        'receiver drops redirectedElsewhere [DaemonSet kube-system/kube2iam] ' +
          'measured with packets: a DNAT to an address that nobody owns fails',
      ],
    ],
    ['the metadata service over IPv6, switched on', cluster.build(), imds6, {}, ['imds, hops 2', arrives]],
    [
      'the metadata service over IPv6, switched off',
      cluster.build(),
      imds6,
      { 'imds.httpProtocolIpv6': 'disabled' },
      [
        'dropped',
        'receiver drops imdsOverIpv6Off [Node n1] ' +
          'EC2 API ModifyInstanceMetadataOptions (HttpProtocolIpv6): disabled by default',
      ],
    ],
  ])('%s', (_title, of, destination, answers, expected) => {
    expect(wayTo(of, destination, answers)).toStrictEqual(expected);
  });

  it('a rule that leads to another node finds no daemon where none runs', () => {
    const elsewhere = kube2iam({ hostIp: '10.0.0.2' }).build();
    const onWorkers = elsewhere.kube2iam.map((daemon) => ({ ...daemon, nodeSelector: { role: 'worker' } }));
    const [end, rule] = wayTo({ ...elsewhere, kube2iam: onWorkers }, imds, aws);
    expect([end, rule]).toEqual(['refused', redirected('10.0.0.2')]);
  });

  it.each<[string, Destination, Steps]>([
    [
      'the metadata service',
      imds,
      [
        'imds, hops 1',
        'namespace skipped hostNetwork [Pod app/host] ' +
          'measured with packets: a process of the node crosses neither PREROUTING nor a pod veth',
        arrives,
      ],
    ],
    [
      'kube2iam by its port',
      nodePort(8181),
      [
        'kube2iam from the node, hops 1',
        'namespace skipped hostNetwork [Pod app/host] ' +
          'measured with packets: a process of the node crosses neither PREROUTING nor a pod veth',
        'receiver passes arrives [DaemonSet kube-system/kube2iam] measured with packets',
      ],
    ],
  ])('from the host network: %s', (_title, destination, expected) => {
    const of = kube2iam({}, egress()).pod('app/host', { node: 'n1', hostNetwork: true }).build();
    expect(wayTo(of, destination, { ...on('cilium'), ...healthy }, { from: 'host' })).toStrictEqual(expected);
  });
});

describe('a packet of a pod on Fargate', () => {
  const fargate = (of: WorldBuilder): World =>
    of.node('f1', { compute: 'fargate' }).pod('app/job', { node: 'f1' }).build();
  const notEnforced =
    'policyAtVeth skipped policyNotEnforced [NetworkPolicy app/out] ' +
    'awsdocs/amazon-eks-user-guide "cni-network-policy": policies apply to EC2 Linux nodes alone';

  it.each<[string, World, Destination, Steps]>([
    [
      'the metadata service is not there',
      fargate(egress()),
      imds,
      [
        'dropped',
        'namespace drops fargateHasNoImds [Node f1] ' +
          'awsdocs/amazon-eks-user-guide "Fargate": pods cannot reach the instance metadata service',
      ],
    ],
    [
      'the Pod Identity agent neither',
      fargate(egress()),
      agent,
      [
        'dropped',
        'namespace drops fargateHasNoAgent [Node f1] ' +
          'awsdocs/amazon-eks-user-guide "EKS Pod Identity": not available for pods on Fargate',
      ],
    ],
    ['STS, without a policy', fargate(cluster), sts, ['outside, hops 2', arrives]],
    ['STS, with a policy', fargate(egress()), sts, ['outside, hops 2', notEnforced, arrives]],
    ['a pod, with a policy', fargate(egress()), database, ['outside, hops 2', notEnforced, arrives]],
  ])('%s', (_title, of, destination, expected) => {
    expect(wayTo(of, destination, on('cilium'), { from: 'job' })).toStrictEqual(expected);
  });
});
