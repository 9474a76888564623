import type { CniId } from '../../model/cni.ts';
import { antrea } from './antrea.ts';
import { awsVpcCni } from './awsVpcCni.ts';
import { awsVpcCniPolicyStandard } from './awsVpcCniPolicyStandard.ts';
import { awsVpcCniPolicyStrict } from './awsVpcCniPolicyStrict.ts';
import { calicoEbpf } from './calicoEbpf.ts';
import { calicoIptables } from './calicoIptables.ts';
import { calicoOnAwsVpcCni } from './calicoOnAwsVpcCni.ts';
import { cilium } from './cilium.ts';
import { ciliumEbpfHostRouting } from './ciliumEbpfHostRouting.ts';
import { ciliumOnAwsVpcCni } from './ciliumOnAwsVpcCni.ts';
import { flannel } from './flannel.ts';
import { kubenet } from './kubenet.ts';
import { kubeRouter } from './kubeRouter.ts';
import type { CniProfile } from './profile.ts';
import { weave } from './weave.ts';

/** A profile for each CNI. */
export type CniProfiles = Readonly<Record<CniId, CniProfile>>;

/** Lists what is known of every CNI. */
export const cniProfiles: CniProfiles = {
  'aws-vpc-cni': awsVpcCni,
  'aws-vpc-cni-policy-standard': awsVpcCniPolicyStandard,
  'aws-vpc-cni-policy-strict': awsVpcCniPolicyStrict,
  'calico-iptables': calicoIptables,
  'calico-ebpf': calicoEbpf,
  'calico-on-aws-vpc-cni': calicoOnAwsVpcCni,
  cilium,
  'cilium-ebpf-host-routing': ciliumEbpfHostRouting,
  'cilium-on-aws-vpc-cni': ciliumOnAwsVpcCni,
  antrea,
  'kube-router': kubeRouter,
  weave,
  flannel,
  kubenet,
};

/**
 * Gives what is known of a CNI.
 *
 * @example
 * cniProfile('weave').hostInterfaces.value[0].face // => { kind: 'name', name: 'weave' }
 */
export function cniProfile(id: CniId): CniProfile {
  return cniProfiles[id];
}
