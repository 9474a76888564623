import { calicoEngine, calicoIptables } from './calicoIptables.ts';
import { awsVpcCniInterfaces } from './facts.ts';
import type { CniProfile } from './profile.ts';

/** Describes Calico as policy engine alone (`calico-policy-only.yaml`) on pods that the VPC CNI connects. */
export const calicoOnAwsVpcCni: CniProfile = {
  ...calicoIptables,
  id: 'calico-on-aws-vpc-cni',
  hostInterfaces: awsVpcCniInterfaces,
  policy: {
    ...calicoEngine,
    ownNode: {
      value: { kind: 'policed', afterwards: 'accept' },
      source: 'projectcalico/calico:manifests/calico-policy-only.yaml (FELIX_DEFAULTENDPOINTTOHOSTACTION)',
      evidence: 'source',
    },
  },
};
