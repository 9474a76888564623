import type { CniFact, CniProfile, EnforcingEngine } from './profile.ts';

/** Rows that hold for every engine that enforces policy the way Kubernetes describes it. */
export const asKubernetesDescribes: Pick<
  EnforcingEngine,
  'podsInIpBlocks' | 'families' | 'withoutPolicy' | 'beforePolicies'
> = {
  podsInIpBlocks: {
    value: 'selected',
    source: 'kubernetes/kubernetes:test/e2e/network/netpol/network_policy.go, the tests on IPBlock.CIDR',
    evidence: 'docs',
  },
  families: {
    value: 'both',
    source: 'kubernetes/kubernetes:staging/src/k8s.io/api/networking/v1/types.go (IPBlock)',
    evidence: 'docs',
  },
  withoutPolicy: {
    value: 'everything',
    source: 'kubernetes/website "Network Policies", the two sorts of pod isolation',
    evidence: 'docs',
  },
  beforePolicies: {
    value: 'waits',
    source: 'kubernetes/website "Network Policies", pod lifecycle (kubernetes/website#39875)',
    evidence: 'docs',
  },
};

/** Packets that a veth or a bridge hands to the kernel of the node pass through netfilter. */
export const netfilterCrossed: CniFact<'crossed'> = {
  value: 'crossed',
  source: 'measured with packets: iptables 1.8.9 on Linux 6.18, veths with /32 routes and a bridge',
  evidence: 'recorded',
};

/**
 * The names that the VPC CNI gives to the node's end of a pod's veth.
 *
 * A pod with security groups of its own gets another in strict mode, the default of that feature.
 */
export const awsVpcCniInterfaces: CniProfile['hostInterfaces'] = {
  value: [
    { face: { kind: 'prefix', prefix: 'eni' } },
    { face: { kind: 'prefix', prefix: 'vlan' }, ofPodsAnnotated: 'vpc.amazonaws.com/pod-eni' },
  ],
  source: 'aws/amazon-vpc-cni-k8s:pkg/sgpp/utils.go and README.md (AWS_VPC_K8S_CNI_VETHPREFIX)',
  evidence: 'source',
};
