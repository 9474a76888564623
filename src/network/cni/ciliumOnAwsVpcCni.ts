import { cilium } from './cilium.ts';
import { awsVpcCniInterfaces } from './facts.ts';
import type { CniProfile } from './profile.ts';

/** Describes Cilium chained behind the VPC CNI, whose interfaces it polices. */
export const ciliumOnAwsVpcCni: CniProfile = {
  ...cilium,
  id: 'cilium-on-aws-vpc-cni',
  hostInterfaces: awsVpcCniInterfaces,
  netfilter: { value: 'crossed', source: 'docs.cilium.io "AWS VPC CNI plugin"', evidence: 'unverified' },
};
