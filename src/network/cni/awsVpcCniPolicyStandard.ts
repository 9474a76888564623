import { asKubernetesDescribes, awsVpcCniInterfaces, netfilterCrossed } from './facts.ts';
import type { CniProfile, EnforcingEngine } from './profile.ts';

/** Describes the network policy agent of the VPC CNI in standard mode. */
export const networkPolicyAgent: EnforcingEngine = {
  kind: 'enforced',
  hook: 'beforeDnat',
  source: 'aws/aws-network-policy-agent:pkg/ebpf/bpf_client.go (tc ingress of the host veth); measured',
  evidence: 'recorded',
  ownNode: {
    value: { kind: 'unpoliced', addresses: 'primary' },
    source: 'aws/aws-network-policy-agent:pkg/fwruleprocessor/fw_rule_processor.go; its own program measured',
    evidence: 'recorded',
  },
  podsInIpBlocks: asKubernetesDescribes.podsInIpBlocks,
  families: {
    value: 'clusterFamily',
    source:
      'aws/aws-network-policy-agent:pkg/ebpf/c/tc.v4egress.bpf.c passes every other ethertype; measured',
    evidence: 'recorded',
  },
  withoutPolicy: asKubernetesDescribes.withoutPolicy,
  exceptsSince: {
    value: { image: 'aws-network-policy-agent', version: [1, 0, 4] },
    source: 'aws/aws-network-policy-agent#92, aws/aws-network-policy-agent#120',
    evidence: 'docs',
  },
  otherKinds: {
    ...asKubernetesDescribes.otherKinds,
    awsClusterNetworkPolicy: {
      value: 'enforced',
      source: 'aws/aws-network-policy-agent#496; its own program measured with an entry of the admin tier',
      evidence: 'recorded',
    },
  },
  beforePolicies: {
    value: 'everything',
    source:
      'aws/amazon-vpc-cni-k8s:README.md (NETWORK_POLICY_ENFORCING_MODE); aws/aws-network-policy-agent#345',
    evidence: 'recorded',
  },
};

/** Describes the VPC CNI with its network policy agent in standard mode. */
export const awsVpcCniPolicyStandard: CniProfile = {
  id: 'aws-vpc-cni-policy-standard',
  hostInterfaces: awsVpcCniInterfaces,
  netfilter: netfilterCrossed,
  policy: networkPolicyAgent,
};
