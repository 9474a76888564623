import type { CniFact, CniProfile, EnforcingEngine } from './profile.ts';

/** No kind of policy but NetworkPolicy: each of the others needs an engine that was made for it. */
const noOtherKinds: EnforcingEngine['otherKinds'] = {
  adminNetworkPolicy: {
    value: 'ignored',
    source: 'kubernetes-sigs/network-policy-api:site-src/implementations.md',
    evidence: 'docs',
  },
  clusterNetworkPolicy: {
    value: 'ignored',
    source: 'kubernetes-sigs/network-policy-api:site-src/implementations.md',
    evidence: 'docs',
  },
  awsClusterNetworkPolicy: {
    value: 'ignored',
    source: 'aws/aws-network-policy-agent#496: a kind of the VPC CNI alone',
    evidence: 'docs',
  },
  ciliumNetworkPolicy: {
    value: 'ignored',
    source: 'docs.cilium.io "Network Policy": a kind of Cilium alone',
    evidence: 'docs',
  },
  calicoNetworkPolicy: {
    value: 'ignored',
    source: 'docs.tigera.io "Network policy": a kind of Calico alone',
    evidence: 'docs',
  },
};

/** Rows that hold for every engine that enforces policy the way Kubernetes describes it. */
export const asKubernetesDescribes: Pick<
  EnforcingEngine,
  'podsInIpBlocks' | 'families' | 'withoutPolicy' | 'beforePolicies' | 'otherKinds'
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
  otherKinds: noOtherKinds,
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
    { face: { kind: 'prefix', prefix: 'eni' }, ending: 'sha1OfPodName' },
    {
      face: { kind: 'prefix', prefix: 'vlan' },
      ofPodsWith: 'securityGroups',
      ending: 'sha1OfPodName',
    },
  ],
  source:
    'aws/amazon-vpc-cni-k8s:pkg/sgpp/utils.go, pkg/networkutils/names.go and README.md (AWS_VPC_K8S_CNI_VETHPREFIX)',
  evidence: 'source',
};
