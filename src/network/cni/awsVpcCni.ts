import { awsVpcCniInterfaces, netfilterCrossed } from './facts.ts';
import type { CniProfile } from './profile.ts';

/** Describes the VPC CNI as it is installed by default: its network policy agent is off. */
export const awsVpcCni: CniProfile = {
  id: 'aws-vpc-cni',
  hostInterfaces: awsVpcCniInterfaces,
  netfilter: netfilterCrossed,
  policy: {
    kind: 'notEnforced',
    source: 'EKS user guide "cni-network-policy": enable-network-policy is false by default',
    evidence: 'docs',
  },
};
