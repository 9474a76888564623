import type { JsonValue } from '../../model/aws.ts';
import type { Fix } from '../../model/patch.ts';
import { indexOf, type World } from '../../model/world.ts';
import { trustedIssuers } from '../../services/trustedPrincipals.ts';
import { roleName } from './trustPolicy.ts';

/** Proposes that a role trusts others to assume it, beside whom it trusts already. */
export function trustCallers(world: World, roleArn: string, callers: readonly string[]): readonly Fix[] {
  const document = indexOf(world).role(roleArn)?.trustPolicy?.value;
  if (typeof document !== 'object' || document === null || !('Statement' in document)) return [];
  const { Statement = [], ...rest } = document as Readonly<Record<string, JsonValue>>;
  const statements = [Statement].flat() as readonly JsonValue[];
  const [only] = callers;
  const added = {
    Effect: 'Allow',
    Principal: { AWS: callers.length === 1 && only !== undefined ? only : callers },
    Action: 'sts:AssumeRole',
  };
  return [
    {
      title: `let ${roleName(roleArn)} trust ${callers.map(roleName).join(' and ')}`,
      patches: [{ kind: 'trustPolicy', roleArn, document: { ...rest, Statement: [...statements, added] } }],
    },
  ];
}

/** Tells whether a role trusts an OIDC provider: it is on its way to IRSA. */
export function isTurnedOver(world: World, roleArn: string): boolean {
  return (trustedIssuers(indexOf(world).role(roleArn)) ?? []).length > 0;
}
