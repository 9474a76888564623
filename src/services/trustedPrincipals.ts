import { isAccepted } from '../iam/policy.ts';
import { parsePolicy } from '../iam/policyDocument.ts';
import type { PrincipalEntry } from '../iam/principal.ts';
import { parseArn } from '../model/arn.ts';
import type { IamRole } from '../model/aws.ts';

/**
 * Lists the OIDC issuers that a role's trust policy names, without `https://`.
 *
 * @returns nothing when the input does not state the trust policy
 */
export function trustedIssuers(role: IamRole | undefined): readonly string[] | undefined {
  const entries = trustedEntries(role)?.flatMap((entry) => {
    const arn = entry.kind === 'federated' ? parseArn(entry.provider) : undefined;
    return arn?.resource.startsWith('oidc-provider/') ? [arn.resource.slice('oidc-provider/'.length)] : [];
  });
  return entries && [...new Set(entries)];
}

/** Tells whether a trust policy names anybody who could call AssumeRole: a role, a user, an account, everyone. */
export function trustsSomeCaller(role: IamRole | undefined): boolean | undefined {
  const kinds: ReadonlySet<PrincipalEntry['kind']> = new Set([
    'everyone',
    'account',
    'role',
    'session',
    'user',
    'uniqueId',
  ]);
  return trustedEntries(role)?.some(({ kind }) => kinds.has(kind));
}

/**
 * Lists the principals that the Allow statements of a role's trust policy name.
 *
 * @returns nothing when the input does not state the trust policy, or states one that IAM refuses
 */
export function trustedEntries(role: IamRole | undefined): readonly PrincipalEntry[] | undefined {
  if (!role?.trustPolicy) return undefined;
  const parsed = parsePolicy(role.trustPolicy, 'trustPolicy');
  // A document that IAM refuses is not the one that AWS holds.
  if (!isAccepted(parsed)) return undefined;
  return parsed.policy.statements.flatMap(({ effect, principal }) =>
    effect === 'Allow' && principal ? principal.entries : [],
  );
}
