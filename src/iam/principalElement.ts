import type { JsonValue } from '../model/aws.ts';
import { placeholderIn } from '../model/placeholder.ts';
import { isObject, type JsonObject } from '../model/jsonObject.ts';
import { doubt, nearestHint, refusal, type Complaint, type Reading } from './complaint.ts';
import type { PolicyGrammar } from './grammar.ts';
import {
  parsePrincipal,
  principalTypes,
  type PrincipalElement,
  type PrincipalEntry,
  type PrincipalType,
} from './principal.ts';

/**
 * Reads the `Principal` or `NotPrincipal` of a statement that must have one.
 *
 * @source awsdocs/iam-user-guide:doc_source/reference_policies_elements_principal.md;
 *   no policy that is read here may have `NotPrincipal`:
 *   awsdocs/iam-user-guide:doc_source/reference_policies_elements_notprincipal.md
 */
export function parsePrincipalElement(
  statement: JsonObject,
  path: string,
  grammar: PolicyGrammar,
): Reading<PrincipalElement> {
  const complaints: Complaint[] = [];
  const name = 'Principal' in statement ? 'Principal' : 'NotPrincipal';
  const field = `${path}.${name}`;
  if ('NotPrincipal' in statement) {
    const message = '`NotPrincipal` cannot be used in this kind of policy';
    complaints.push(
      refusal('not-principal', `${path}.NotPrincipal`, message, {
        help: 'deny everyone on the condition `ArnNotEquals` of `aws:PrincipalArn`',
      }),
    );
  }
  const entries = readEntries(statement[name], field, complaints);
  if (grammar.principal === 'everyoneOnly' && entries.some((entry) => entry.kind !== 'everyone')) {
    complaints.push(
      refusal('principal-invalid', field, 'this kind of policy names everyone', { expected: '`*`' }),
    );
  }
  return { value: { kind: name === 'Principal' ? 'principal' : 'notPrincipal', entries }, complaints };
}

function readEntries(
  value: JsonValue | undefined,
  field: string,
  complaints: Complaint[],
): readonly PrincipalEntry[] {
  if (value === '*') return [{ kind: 'everyone' }];
  if (!isObject(value)) {
    complaints.push(
      refusal('principal-malformed', field, 'a principal is `*` or an object', {
        expected: `an object with ${principalTypes.join(', ')}`,
      }),
    );
    return [];
  }
  const entries = Object.entries(value).flatMap(([type, names]) => {
    const known = principalTypes.find((candidate) => candidate === type);
    if (known) return readNames(known, names, `${field}.${type}`, complaints);
    const message = `IAM knows no kind of principal \`${type}\``;
    complaints.push(
      refusal('principal-type-unknown', `${field}.${type}`, message, nearestHint(type, principalTypes)),
    );
    return [];
  });
  if (entries.length === 0 && complaints.length === 0) {
    complaints.push(doubt('principal-empty', field, 'the statement names nobody'));
  }
  return entries;
}

function readNames(
  type: PrincipalType,
  value: JsonValue,
  field: string,
  complaints: Complaint[],
): readonly PrincipalEntry[] {
  const names: readonly JsonValue[] = Array.isArray(value) ? value : [value];
  return names.flatMap((name, at) => {
    const entry = typeof name === 'string' ? parsePrincipal(type, name) : undefined;
    if (entry) return [entry];
    complaints.push(invalidPrincipal(type, name, Array.isArray(value) ? `${field}[${at}]` : field));
    return [];
  });
}

/** @source `Invalid principal in policy`, the message of IAM */
function invalidPrincipal(type: PrincipalType, name: JsonValue, field: string): Complaint {
  const written = typeof name === 'string' ? name : JSON.stringify(name);
  const placeholder = placeholderIn(written);
  if (placeholder !== undefined) {
    return refusal('principal-placeholder', field, `the placeholder \`${placeholder}\` was not filled in`);
  }
  const account = /^(?:arn:[^:]*:[^:]*:[^:]*:)?(\d+)(?::|$)/.exec(written)?.[1];
  if (type === 'AWS' && account !== undefined && account.length !== 12) {
    const message = `\`${account}\` is no account: it has ${account.length} digits`;
    return refusal('account-id-length', field, message, { expected: '12 digits' });
  }
  return refusal('principal-invalid', field, `\`${written}\` is no principal`, expectedPrincipals[type]);
}

const expectedPrincipals: Readonly<Record<PrincipalType, { readonly expected: string }>> = {
  AWS: { expected: '`*`, an account id, or the ARN of an account, a role, a user or one session' },
  Service: { expected: 'the name of a service, as `ec2.amazonaws.com`' },
  Federated: { expected: 'the ARN of an identity provider, or a domain name' },
  CanonicalUser: { expected: 'a canonical user id' },
};
