import { describe, expect, it } from 'vitest';
import { cniProfiles, type CniProfiles } from '../../src/network/cni/profiles.ts';
import {
  agent,
  allows,
  anybody,
  arrives,
  block,
  cluster,
  egress,
  filter,
  first,
  isolates,
  nodePort,
  on,
  otherNode,
  outside,
  refused,
  row,
  veth,
  way,
  withCilium,
  withDenial,
  type Way,
  type WayRow,
} from './ways.ts';

const hostActionSource =
  'projectcalico/calico:manifests/calico.yaml (FELIX_DEFAULTENDPOINTTOHOSTACTION); shape measured';
const standardGap =
  'aws/amazon-vpc-cni-k8s:README.md (NETWORK_POLICY_ENFORCING_MODE); aws/aws-network-policy-agent#345';
const strictGap = 'aws/amazon-vpc-cni-k8s:README.md (NETWORK_POLICY_ENFORCING_MODE); measured';
const strictSource =
  'aws/aws-network-policy-agent:pkg/rpc/rpc_handler.go; its own program measured, map empty';

describe('Calico whose host action is Drop', () => {
  const calico = cniProfiles['calico-iptables'];
  if (calico.policy.kind !== 'enforced') throw new Error('Calico enforces policies');
  const value = { kind: 'policed', afterwards: 'drop' } as const;
  const policy = { ...calico.policy, ownNode: { ...calico.policy.ownNode, value } };
  const profiles: CniProfiles = { ...cniProfiles, 'calico-iptables': { ...calico, policy } };
  const stated = 'calico-iptables';

  it.each<WayRow>([
    row(
      'what a policy admits to the node is dropped',
      egress(anybody).fact('cni', stated),
      nodePort(9),
      {},
      [`${filter} drops endpointToHostDrops [${first}] ${hostActionSource}`],
      'dropped',
    ),
    row(
      'so is what no policy speaks of',
      cluster.fact('cni', stated),
      nodePort(9),
      {},
      [`${filter} drops endpointToHostDrops [] ${hostActionSource}`],
      'dropped',
    ),
    row('… unless nobody says that this is the CNI', cluster, nodePort(9), {}, [refused], 'refused', []),
    row(
      'what a policy isolates from the node says so',
      egress(block('192.0.2.0/24')),
      nodePort(9),
      on(stated),
      [isolates(filter)],
      'dropped',
    ),
    row(
      'what goes elsewhere passes',
      egress(anybody).fact('cni', stated),
      outside,
      {},
      [allows(filter, first), arrives],
      'arrives',
    ),
  ])('$title', ({ of, to, answers, expected }) => {
    expect(way(of, to, answers, { profiles })).toStrictEqual(expected);
  });
});

describe('the AWS agent, before and after it has loaded the policies', () => {
  const asked = ['cni', 'policyEnforcement app/p1'];
  const standard = on('aws-vpc-cni-policy-standard');
  const strict = on('aws-vpc-cni-policy-strict');
  const notYet = { policyEnforcement: 'notYet' };
  const loaded = { policyEnforcement: 'loaded' };

  it.each<WayRow>([
    row(
      'standard mode lets pass what a policy will stop',
      egress(block('10.9.0.0/16')),
      outside,
      { ...standard, ...notYet },
      [`${veth} passes policiesNotYetLoaded [NetworkPolicy app/out] ${standardGap}`, arrives],
      'arrives',
      asked,
    ),
    row(
      '… and stops it then',
      egress(block('10.9.0.0/16')),
      outside,
      { ...standard, ...loaded },
      [isolates(veth)],
      'dropped',
      asked,
    ),
    row(
      'standard mode: what a policy admits passes at any time',
      egress(anybody).fact('cni', 'aws-vpc-cni-policy-standard'),
      outside,
      {},
      [allows(veth, first), arrives],
      'arrives',
    ),
    row(
      'strict mode stops what a policy will admit',
      egress(anybody).fact('cni', 'aws-vpc-cni-policy-strict'),
      outside,
      notYet,
      [`${veth} drops policiesNotYetLoaded [${first}] ${strictGap}`],
      'dropped',
      asked,
    ),
    row(
      '… and lets it pass then',
      egress(anybody).fact('cni', 'aws-vpc-cni-policy-strict'),
      outside,
      loaded,
      [allows(veth, first), arrives],
      'arrives',
      asked,
    ),
    row(
      'strict mode: what a policy stops is stopped at any time',
      egress(),
      outside,
      strict,
      [isolates(veth)],
      'dropped',
    ),
    row(
      'strict mode: what no policy selects may do nothing',
      cluster.fact('cni', 'aws-vpc-cni-policy-strict'),
      outside,
      {},
      [`${veth} drops strictWithoutPolicy [] ${strictSource}`],
      'dropped',
    ),
  ])('$title', ({ of, to, answers, expected }) => {
    expect(way(of, to, answers)).toStrictEqual(expected);
  });
});

describe('kube-router, which leaves the node ports of the node open', () => {
  it.each<[number, Way['end']]>([
    [29_999, 'dropped'],
    [30_000, 'refused'],
    [32_767, 'refused'],
    [32_768, 'dropped'],
  ])('port %i is %s', (port, end) => {
    expect(way(egress().build(), nodePort(port), on('kube-router')).end).toBe(end);
  });
});

describe('who is a node to a policy', () => {
  const isolated = isolates(veth, 'CiliumNetworkPolicy app/cnp');
  const allowed = allows(veth, 'CiliumNetworkPolicy app/cnp spec.egress[0]');

  it.each<WayRow>([
    ...(
      [
        ['host', nodePort(9), [allowed, refused], 'refused'],
        ['host', agent, [allowed, arrives], 'arrives'],
        ['host', otherNode, [isolated], 'dropped'],
        ['host', outside, [isolated], 'dropped'],
        ['remote-node', nodePort(9), [isolated], 'dropped'],
        ['remote-node', agent, [isolated], 'dropped'],
        ['remote-node', outside, [isolated], 'dropped'],
        ['world', nodePort(9), [isolated], 'dropped'],
        ['world', agent, [isolated], 'dropped'],
        ['world', otherNode, [isolated], 'dropped'],
        ['world', outside, [allowed, arrives], 'arrives'],
      ] as const
    ).map(([entity, to, steps, end]) =>
      row(
        `Cilium: ${entity} and ${to.kind === 'address' ? to.address : 'the own node'}`,
        withCilium(cluster, 'allow', entity),
        to,
        on('cilium'),
        steps,
        end,
      ),
    ),
    row(
      'the administrators deny nodes by their labels: another node',
      withDenial(cluster, {
        kind: 'nodes',
        selector: { matchLabels: { role: 'infra' }, matchExpressions: [] },
      }),
      otherNode,
      on('calico-iptables'),
      [
        `${filter} drops policyDenies [AdminNetworkPolicy deny spec.egress[0]] kubernetes-sigs/network-policy-api:apis/v1alpha2/clusternetworkpolicy_types.go; docs.cilium.io "Deny Policies"`,
      ],
      'dropped',
    ),
    row(
      '… and the own node, whose labels are others',
      withDenial(cluster, {
        kind: 'nodes',
        selector: { matchLabels: { role: 'infra' }, matchExpressions: [] },
      }),
      nodePort(9),
      on('calico-iptables'),
      [refused],
      'refused',
    ),
  ])('$title', ({ of, to, answers, expected }) => {
    expect(way(of, to, answers)).toStrictEqual(expected);
  });

  it('another node is remote-node, and refuses where nobody listens', () => {
    const { steps, end } = way(withCilium(cluster, 'allow', 'remote-node'), otherNode, on('cilium'));
    expect([steps[0], end]).toEqual([allowed, 'refused']);
    expect(steps.at(-1)).toBe(refused.replace('Node n1', 'Node n2'));
  });
});
