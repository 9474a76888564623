import type { SecurityGroup, SecurityGroupPolicy } from '../model/securityGroup.ts';
import type { World } from '../model/world.ts';
import { written, type Manifest } from './manifestDraft.ts';
import { selectorManifest } from './selectorManifest.ts';

/** Writes the SecurityGroupPolicies, and the groups as `aws ec2 describe-security-groups` prints them. */
export function securityGroupManifests({
  securityGroupPolicies,
  securityGroups,
}: World): readonly Manifest[] {
  const groups = securityGroups.length === 0 ? [] : [{ SecurityGroups: securityGroups.map(groupManifest) }];
  return [...securityGroupPolicies.map(policyManifest), ...groups];
}

function policyManifest(policy: SecurityGroupPolicy): Manifest {
  const { namespace, name, podSelector, serviceAccountSelector, groupIds } = policy;
  const spec = written({
    podSelector: podSelector && selectorManifest(podSelector),
    serviceAccountSelector: serviceAccountSelector && selectorManifest(serviceAccountSelector),
    securityGroups: { groupIds },
  });
  const apiVersion = 'vpcresources.k8s.aws/v1beta1';
  return { apiVersion, kind: 'SecurityGroupPolicy', metadata: { name, namespace }, spec };
}

function groupManifest({ id, egress }: SecurityGroup): Manifest {
  const rules = egress.map(({ protocol, fromPort, toPort }) =>
    written({ IpProtocol: protocol, FromPort: fromPort, ToPort: toPort }),
  );
  return { GroupId: id, IpPermissionsEgress: rules };
}
