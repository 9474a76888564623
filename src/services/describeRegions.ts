import { assumeRoleRequest } from '../iam/assumeRequest.ts';
import { evaluate, verdictOf, weigh } from '../iam/evaluate.ts';
import { isAccepted } from '../iam/policy.ts';
import { parsePolicy } from '../iam/policyDocument.ts';
import type { ObjectRef } from '../model/objectRef.ts';
import { indexOf, type World } from '../model/world.ts';

const action = 'ec2:DescribeRegions';

/**
 * Finds a role whose policies, all of them shown, do not let it list the regions of EC2.
 *
 * @returns the role, or nothing when it may, or when the input does not show its policies
 * @source jtblin/kube2iam:README.md (permissions of the node)
 */
export function mayNotDescribeRegions(world: World, roleArn: string): ObjectRef | undefined {
  const role = indexOf(world).role(roleArn);
  const parsed = role?.identityPolicies?.map(({ document }) => parsePolicy(document, 'identityPolicy'));
  if (!role || !parsed?.every(isAccepted)) return undefined;
  const { context } = assumeRoleRequest(world, { callerRoleArn: roleArn, roleArn });
  const policies = parsed.map(({ policy }) => policy);
  const verdict = verdictOf(weigh(evaluate(policies, { ...context, action, resource: '*' })));
  return verdict === 'explicitDeny' || verdict === 'implicitDeny' ? role.ref : undefined;
}
