import { parseRoleArn } from '../model/arn.ts';
import type { Identity, Mechanism } from '../model/identity.ts';

/** Names a role: by its name alone where the account is clear, else with the account. */
export type RoleNamer = (arn: string) => string;

/**
 * Chooses how roles are named: by name alone in the account that has most of them, else with the account.
 *
 * A path is left out: within an account no two roles share a name, whatever their paths.
 *
 * @source https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html (names of roles are
 * unique within an account)
 * @returns the namer, and that account; none when there is no role
 * @example
 * roleNamer(['arn:aws:iam::111122223333:role/b']).name('arn:aws:iam::111122223333:role/team/a') // => 'a'
 */
export function roleNamer(arns: readonly string[]): { readonly name: RoleNamer; readonly account?: string } {
  const counts = new Map<string, number>();
  for (const arn of new Set(arns)) {
    const account = parseRoleArn(arn)?.accountId;
    if (account !== undefined) counts.set(account, (counts.get(account) ?? 0) + 1);
  }
  const [most] = [...counts].toSorted(([, a], [, b]) => b - a);
  if (!most) return { name: (arn) => arn };
  const [account] = most;
  return { account, name: (arn) => nameIn(account, arn) };
}

function nameIn(account: string, arn: string): string {
  const role = parseRoleArn(arn);
  if (!role) return arn;
  return role.accountId === account ? role.name : `${role.accountId}:role/${role.name}`;
}

/** Names an identity in a few words. */
export function identityWords(identity: Identity, name: RoleNamer = (arn) => arn): string {
  switch (identity.kind) {
    case 'role':
      return name(identity.arn);
    case 'unnamedRole':
      return identity.which === 'nodeRole' ? 'node role' : `\`${identity.text}\` (placeholder)`;
    case 'static':
      return identity.accessKeyId === undefined ? 'static keys' : `static keys ${identity.accessKeyId}`;
    case 'none':
      return 'none';
  }
}

/**
 * The names of the mechanisms, as their own documents call them.
 */
export const mechanismNames: Readonly<Record<Mechanism, string>> = {
  irsa: 'IRSA',
  podIdentity: 'Pod Identity',
  kube2iam: 'kube2iam',
  kiam: 'kiam',
  imds: 'IMDS',
  env: 'environment',
  sharedFile: 'profile file',
  none: '-',
};
