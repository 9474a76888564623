import type { Fix } from '../../model/patch.ts';
import { indexOf, type World } from '../../model/world.ts';
import { trustedIssuers } from '../../services/trustedPrincipals.ts';
import { roleName } from './trustPolicy.ts';
import { trustStatements } from './trustStatements.ts';

/** Proposes that a role trusts others to assume it, beside whom it trusts already. */
export function trustCallers(world: World, roleArn: string, callers: readonly string[]): readonly Fix[] {
  const trust = trustStatements(world, roleArn);
  if (!trust) return [];
  const [only] = callers;
  const added = {
    Effect: 'Allow',
    Principal: { AWS: callers.length === 1 && only !== undefined ? only : callers },
    Action: 'sts:AssumeRole',
  };
  return [
    {
      title: `let ${roleName(roleArn)} trust ${callers.map(roleName).join(' and ')}`,
      patches: [trust.patch([...trust.statements, added])],
    },
  ];
}

/** Tells whether a role trusts an OIDC provider: it is on its way to IRSA. */
export function isTurnedOver(world: World, roleArn: string): boolean {
  return (trustedIssuers(indexOf(world).role(roleArn)) ?? []).length > 0;
}
