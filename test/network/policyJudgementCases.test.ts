import { describe, expect, it } from 'vitest';
import {
  agent,
  allows,
  anybody,
  arrives,
  block,
  cluster,
  database,
  egress,
  filter,
  first,
  imds6,
  into,
  isolates,
  nodePort,
  on,
  outside,
  pods,
  refused,
  row,
  second,
  sts,
  veth,
  way,
  withCilium,
  withDenial,
  type WayRow,
} from './ways.ts';

const denials =
  'kubernetes-sigs/network-policy-api:apis/v1alpha2/clusternetworkpolicy_types.go; docs.cilium.io "Deny Policies"';
const ciliumAlone = 'docs.cilium.io "Network Policy": a kind of Cilium alone';
const flannelSource = 'flannel-io/flannel:README.md: policy is left to other projects, unless switched on';
const weaveSource =
  'weaveworks/weave:prog/weave-npc/main.go returns local destinations first; shape measured';
const familySource =
  'aws/aws-network-policy-agent:pkg/ebpf/c/tc.v4egress.bpf.c passes every other ethertype; measured';
const podsSource = 'cilium/cilium:Documentation/security/policy/language.rst (CIDR based)';

describe('no CNI is asked for where every engine does the same', () => {
  it.each<WayRow>([
    row('no policy', cluster, outside, {}, [arrives], 'arrives', []),
    row('a rule without peers', egress(anybody), outside, {}, [allows(veth, first), arrives], 'arrives', []),
    row(
      'a block around an address beyond the node',
      egress(block('192.0.2.0/24')),
      outside,
      {},
      [allows(veth, first), arrives],
      'arrives',
      [],
    ),
    row(
      'the own node, by a block and by a rule without peers',
      egress(block('10.0.0.0/8'), anybody),
      nodePort(9),
      {},
      [allows(veth, first, second), refused],
      'refused',
      [],
    ),
    row(
      'a pod, by its labels and by a block',
      egress(pods, block('10.0.0.0/8')),
      database,
      {},
      [allows(veth, first, second), arrives],
      'arrives',
      [],
    ),
    row(
      'a pod, by a block alone, where engines differ',
      egress(block('10.0.0.0/8')),
      database,
      on('cilium'),
      [`${veth} drops noIpBlockSelects [${first}] ${podsSource}`],
      'dropped',
    ),
    row(
      'a policy that only Cilium enforces may stop what NetworkPolicy admits',
      withCilium(egress(anybody), 'deny', 'world'),
      outside,
      on('cilium'),
      [`${veth} drops policyDenies [CiliumNetworkPolicy app/cnp spec.egressDeny[0]] ${denials}`],
      'dropped',
    ),
  ])('$title', ({ of, to: destination, answers, expected }) => {
    expect(way(of, destination, answers)).toStrictEqual(expected);
  });
});

describe('what an engine does with policies', () => {
  it.each<WayRow>([
    row(
      'flannel enforces no kind',
      withCilium(egress(), 'allow', 'world'),
      outside,
      on('flannel'),
      [
        `${veth} skipped policyNotEnforced [NetworkPolicy app/out, CiliumNetworkPolicy app/cnp] ${flannelSource}`,
        arrives,
      ],
      'arrives',
    ),
    row(
      '… and a policy that denies is named once',
      withCilium(cluster, 'deny', 'world'),
      outside,
      on('flannel'),
      [`${veth} skipped policyNotEnforced [CiliumNetworkPolicy app/cnp] ${flannelSource}`, arrives],
      'arrives',
    ),
    row(
      '… nor one alone',
      withCilium(cluster, 'allow', 'host'),
      outside,
      on('flannel'),
      [`${veth} skipped policyNotEnforced [CiliumNetworkPolicy app/cnp] ${flannelSource}`, arrives],
      'arrives',
    ),
    row(
      'Weave enforces NetworkPolicy alone',
      withCilium(egress(anybody), 'allow', 'host'),
      outside,
      on('weave'),
      [
        `${filter} skipped kindNotEnforced [CiliumNetworkPolicy app/cnp] ${ciliumAlone}`,
        allows(filter, first),
        arrives,
      ],
      'arrives',
    ),
    row(
      'a policy of another engine is no policy to the AWS agent, whatever the family',
      withCilium(cluster, 'allow', 'host'),
      imds6,
      on('aws-vpc-cni-policy-standard'),
      [`${veth} skipped kindNotEnforced [CiliumNetworkPolicy app/cnp] ${ciliumAlone}`, arrives],
      'arrives',
      ['cni', 'imds.httpProtocolIpv6 n1'],
    ),
    row(
      'the AWS agent polices the family of the cluster alone',
      egress(),
      imds6,
      on('aws-vpc-cni-policy-standard'),
      [`${veth} skipped familyNotPoliced [NetworkPolicy app/out] ${familySource}`, arrives],
      'arrives',
      ['cni', 'imds.httpProtocolIpv6 n1'],
    ),
    row('Cilium polices both', egress(), imds6, on('cilium'), [isolates(veth)], 'dropped'),
    row(
      'Cilium: a block of others leaves the own node isolated, as anywhere',
      egress(block('192.0.2.0/24')),
      nodePort(9),
      on('cilium'),
      [isolates(veth)],
      'dropped',
    ),
    row(
      'Weave polices no address of the node',
      egress(),
      nodePort(9),
      on('weave'),
      [`${filter} skipped nodeUnpoliced [NetworkPolicy app/out] ${weaveSource}`, refused],
      'refused',
    ),
    row(
      '… the agent’s included',
      egress(),
      agent,
      on('weave'),
      [`${filter} skipped nodeUnpoliced [NetworkPolicy app/out] ${weaveSource}`, arrives],
      'arrives',
    ),
    row(
      'the AWS agent polices the Pod Identity address, which is not the node’s primary one',
      egress(),
      agent,
      on('aws-vpc-cni-policy-standard'),
      [isolates(veth)],
      'dropped',
      ['cni', 'policyEnforcement app/p1'],
    ),
    row(
      'Calico polices the lowest port of the node',
      egress(),
      nodePort(1),
      on('calico-iptables'),
      [isolates(filter)],
      'dropped',
    ),
    row(
      'a denial of addresses to which STS does not belong says nothing',
      withDenial(cluster, { kind: 'networks', cidrs: ['52.0.0.0/8'] }),
      sts,
      { ...on('calico-iptables'), stsAddress: 'outside' },
      [arrives],
      'arrives',
      ['cni', 'stsAddress 52.0.0.0/8'],
    ),
    row(
      'a denial of addresses to which STS belongs',
      withDenial(cluster, { kind: 'networks', cidrs: ['52.0.0.0/8'] }),
      sts,
      { ...on('calico-iptables'), stsAddress: 'inside' },
      [`${filter} drops policyDenies [AdminNetworkPolicy deny spec.egress[0]] ${denials}`],
      'dropped',
      ['cni', 'stsAddress 52.0.0.0/8'],
    ),
    row(
      'the ingress policy of the pod that receives, by the address of who sends',
      into(cluster, block('10.1.0.0/24')),
      database,
      on('calico-iptables'),
      [allows(filter, 'NetworkPolicy data/in spec.ingress[0]'), arrives],
      'arrives',
    ),
    row(
      '… by its labels',
      into(cluster, pods),
      database,
      on('cilium'),
      [allows(veth, 'NetworkPolicy data/in spec.ingress[0]'), arrives],
      'arrives',
      [],
    ),
    row(
      'egress admits, ingress does not',
      into(egress(anybody), block('192.0.2.0/24')).fact('cni', 'calico-iptables'),
      database,
      on('calico-iptables'),
      [allows(filter, first), isolates(filter, 'NetworkPolicy data/in')],
      'dropped',
    ),
    row(
      'what egress stops no ingress policy sees',
      into(egress()),
      database,
      on('calico-iptables'),
      [isolates(filter)],
      'dropped',
    ),
  ])('$title', ({ of, to: destination, answers, expected }) => {
    expect(way(of, destination, answers)).toStrictEqual(expected);
  });
});
