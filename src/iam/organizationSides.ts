import { parseRoleArn } from '../model/arn.ts';
import type { OrganizationPolicy } from '../model/aws.ts';
import type { World } from '../model/world.ts';
import type { StsRequest } from './assumeRequest.ts';
import { weighPolicies, type PolicySide } from './policySide.ts';

/**
 * Whom the policies of an organization leave alone.
 *
 * @source https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html ("Tasks and
 *   entities not restricted by SCPs"); RCPs likewise:
 *   https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
 */
const serviceLinkedPath = '/aws-service-role/';

/**
 * Weighs the policies of an organization that limit a role: service control policies the role that asks,
 * resource control policies the role that is asked for. One side for each target that policies are attached to:
 * each must allow the request.
 *
 * A target of which no policy is shown that allows anything is taken to have `FullAWSAccess`
 * (`RCPFullAWSAccess`), which Organizations attaches by itself. Policies whose target nobody states count as
 * attached to one and the same, for every account but the management account.
 *
 * @source https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html;
 *   https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_evaluation.html
 */
export function organizationSides(
  { organization }: World,
  type: OrganizationPolicy['type'],
  roleArn: string,
  request: StsRequest,
): readonly PolicySide[] {
  const role = parseRoleArn(roleArn);
  if (!organization || !role || role.path.startsWith(serviceLinkedPath)) return [];
  if (role.accountId === organization.managementAccountId) return [];
  const byTarget = new Map<string, OrganizationPolicy[]>();
  for (const policy of organization.policies) {
    const { target = '' } = policy;
    if (policy.type !== type || !concerns(target, role.accountId)) continue;
    byTarget.set(target, [...(byTarget.get(target) ?? []), policy]);
  }
  return [...byTarget.values()].map((policies) => sideOf(type, policies, request));
}

/** A root or organizational unit may hold any account: the tree of the organization is not known. */
function concerns(target: string, accountId: string): boolean {
  return !/^\d{12}$/.test(target) || target === accountId;
}

function sideOf(
  type: OrganizationPolicy['type'],
  policies: readonly OrganizationPolicy[],
  request: StsRequest,
): PolicySide {
  const documents = policies.map(({ document }) => document);
  const side = weighPolicies(type, documents, request);
  if (!side) return { by: type, weight: { allows: 'open', denies: 'open' }, because: [] };
  const allows = side.because.some(({ effect }) => effect === 'Allow') ? side.weight.allows : 'yes';
  return { ...side, weight: { ...side.weight, allows } };
}
