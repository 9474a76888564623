import type { OrganizationPolicy } from '../../model/aws.ts';
import { child, complain, descend, text, type Field } from '../field.ts';
import type { Found } from '../found.ts';
import { readPolicyDocument } from './policyDocument.ts';

/**
 * The types of policies that limit who may assume a role.
 *
 * @source AWS Organizations API, data type PolicySummary
 */
const policyTypes: ReadonlyMap<string, OrganizationPolicy['type']> = new Map([
  ['SERVICE_CONTROL_POLICY', 'serviceControlPolicy'],
  ['RESOURCE_CONTROL_POLICY', 'resourceControlPolicy'],
]);

/**
 * Reads `aws organizations describe-policy`. A key `TargetId` beside `Policy` may say what the policy is
 * attached to, which the output itself does not.
 *
 * @source AWS Organizations API, data type Policy
 */
export function readOrganizationPolicy(document: Field): Partial<Found> {
  const policy = child(document, 'Policy');
  const summary = child(policy, 'PolicySummary');
  const type = policyTypes.get(text(child(summary, 'Type')) ?? '');
  if (!type) {
    complain(summary, {
      code: 'invalid-value',
      severity: 'warning',
      message: 'the policy of the organization limits no role',
      expected: `the type ${[...policyTypes.keys()].join(' or ')}`,
    });
    return {};
  }
  const arn = text(child(summary, 'Arn'));
  const name = text(child(summary, 'Name')) ?? arn ?? '';
  const target = text(child(document, 'TargetId'));
  const content = readPolicyDocument(child(policy, 'Content'), { kind: 'OrganizationPolicy', name });
  if (!content) return {};
  const found: OrganizationPolicy = {
    type,
    name,
    document: content,
    ...(arn === undefined ? {} : { arn }),
    ...(target === undefined ? {} : { target }),
  };
  return { organizationPolicies: [found] };
}

/** Reads `aws organizations describe-organization`. @source AWS Organizations API, data type Organization */
export function readOrganization(document: Field): Partial<Found> {
  const account = text(descend(document, 'Organization', 'MasterAccountId'));
  return { managementAccountIds: account === undefined ? [] : [account] };
}
