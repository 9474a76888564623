import { parseRoleArn } from '../../model/arn.ts';
import { child, complain, text, type Field } from '../field.ts';
import type { LoneTrustPolicy } from '../found.ts';
import { readPolicyDocument } from './policyDocument.ts';

/** Keys under which people put the role beside its trust policy. */
const roleArnKeys = ['RoleArn', 'Arn', 'roleArn'];
const roleNameKeys = ['RoleName', 'roleName'];
const documentKeys = ['AssumeRolePolicyDocument', 'TrustPolicy', 'trustPolicy', 'PolicyDocument'];

/** The key of a wrapper that holds the trust policy, when the object is such a wrapper. */
export function wrappedDocumentKey(keys: ReadonlySet<string>): string | undefined {
  const named = [...roleArnKeys, ...roleNameKeys].some((key) => keys.has(key));
  return named && !keys.has('PolicyName') ? documentKeys.find((key) => keys.has(key)) : undefined;
}

/**
 * Reads a trust policy that stands alone in a file, or in a wrapper that names the role.
 *
 * The role is taken from the wrapper, else from the file's name: `<role>.json` or `trust-<role>.json`.
 */
export function readTrustPolicy(field: Field): LoneTrustPolicy | undefined {
  const keys = new Set(field.value?.kind === 'map' ? field.value.entries.keys() : []);
  const wrapped = wrappedDocumentKey(keys);
  const role = roleOf(field);
  if (!role) {
    complain(field, {
      code: 'unnamed-policy',
      severity: 'error',
      message: 'the trust policy does not say which role it belongs to',
      help: 'name the file `trust-<role name>.json`, or write {"RoleArn": …, "TrustPolicy": …}',
    });
    return undefined;
  }
  const owner = { kind: 'TrustPolicy', name: role.kind === 'arn' ? role.arn : role.name } as const;
  const document = readPolicyDocument(wrapped === undefined ? field : child(field, wrapped), owner);
  return document && { role, document };
}

function roleOf(field: Field): LoneTrustPolicy['role'] | undefined {
  for (const key of roleArnKeys) {
    const arn = text(child(field, key));
    if (arn !== undefined && parseRoleArn(arn)) return { kind: 'arn', arn };
  }
  for (const key of roleNameKeys) {
    const name = text(child(field, key));
    if (name !== undefined) return { kind: 'name', name };
  }
  const file = field.position.file.split(/[/\\]/).at(-1) ?? '';
  const name = /^(?:trust[-_.])?([\w+=,@-]{1,64})\.(?:json|ya?ml)$/i.exec(file)?.[1];
  // `trust.json` and the like name no role.
  return name === undefined || /^(trust|assume|policy|trust-?policy|assume-?role-?policy)$/i.test(name)
    ? undefined
    : { kind: 'name', name };
}
