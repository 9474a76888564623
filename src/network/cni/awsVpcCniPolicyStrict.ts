import { awsVpcCniPolicyStandard, networkPolicyAgent } from './awsVpcCniPolicyStandard.ts';
import type { CniProfile } from './profile.ts';

/** Describes the VPC CNI with its network policy agent in strict mode: what no policy selects is denied. */
export const awsVpcCniPolicyStrict: CniProfile = {
  ...awsVpcCniPolicyStandard,
  id: 'aws-vpc-cni-policy-strict',
  policy: {
    ...networkPolicyAgent,
    withoutPolicy: {
      value: 'nothing',
      source: 'aws/aws-network-policy-agent:pkg/rpc/rpc_handler.go; its own program measured, map empty',
      evidence: 'recorded',
    },
    beforePolicies: {
      value: 'nothing',
      source: 'aws/amazon-vpc-cni-k8s:README.md (NETWORK_POLICY_ENFORCING_MODE); measured',
      evidence: 'recorded',
    },
  },
};
