import type { AttachedPolicy } from '../../model/aws.ts';
import { parseRoleArn } from '../../model/arn.ts';
import { child, complain, integer, items, rootField, text, type Field } from '../field.ts';
import type { ExportedRole } from '../found.ts';
import { withoutUndefined } from '../withoutUndefined.ts';
import { readPolicyDocument } from './policyDocument.ts';

/**
 * Reads a role as `get-role` and `list-roles` show it: its trust policy, not its other policies.
 *
 * @source IAM API, data type Role
 */
export function readRole(field: Field): ExportedRole | undefined {
  const arn = text(child(field, 'Arn'));
  const name = text(child(field, 'RoleName')) ?? parseRoleArn(arn ?? '')?.name;
  if (arn === undefined || name === undefined) {
    complain(field, { code: 'missing-field', severity: 'error', message: 'a role needs an `Arn`' });
    return undefined;
  }
  const ref = { kind: 'Role', name: arn, position: field.position };
  const own = field.value ? rootField(field.value, ref, field.report) : field;
  const trust = child(own, 'AssumeRolePolicyDocument');
  const boundaryArn = text(child(child(own, 'PermissionsBoundary'), 'PermissionsBoundaryArn'));
  const role = withoutUndefined({
    ref,
    arn,
    name,
    roleId: text(child(own, 'RoleId')),
    trustPolicy: readPolicyDocument(trust, { kind: 'TrustPolicy', name: arn }),
    maxSessionDurationSeconds: integer(child(own, 'MaxSessionDuration')),
  });
  return { role, ...(boundaryArn === undefined ? {} : { boundaryArn }) };
}

/**
 * Reads a role as `get-account-authorization-details` shows it: with every policy that it has.
 *
 * @source IAM API, data type RoleDetail
 */
export function readRoleDetail(field: Field): ExportedRole | undefined {
  const exported = readRole(field);
  if (!exported) return undefined;
  const inline = items(child(field, 'RolePolicyList')).flatMap(
    (item) => readInlinePolicy(item, exported.role.arn) ?? [],
  );
  const attachedArns = items(child(field, 'AttachedManagedPolicies')).flatMap(
    (item) => text(child(item, 'PolicyArn')) ?? [],
  );
  return { ...exported, policies: { inline, attachedArns } };
}

function readInlinePolicy(field: Field, roleArn: string): AttachedPolicy | undefined {
  const name = text(child(field, 'PolicyName')) ?? '';
  const owner = { kind: 'Policy', name: `${roleArn} ${name}` } as const;
  const document = readPolicyDocument(child(field, 'PolicyDocument'), owner);
  return document && { name, document };
}

/** Reads the default version of a managed policy. @source IAM API, data type ManagedPolicyDetail */
export function readManagedPolicy(field: Field): AttachedPolicy | undefined {
  const arn = text(child(field, 'Arn'));
  if (arn === undefined) return undefined;
  const version = text(child(field, 'DefaultVersionId'));
  const current = items(child(field, 'PolicyVersionList')).find(
    (item) => text(child(item, 'VersionId')) === version,
  );
  if (!current) return undefined;
  const document = readPolicyDocument(child(current, 'Document'), { kind: 'Policy', name: arn });
  return document && { name: text(child(field, 'PolicyName')) ?? arn, arn, document };
}
