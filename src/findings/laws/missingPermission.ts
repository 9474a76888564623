import { evaluate, verdictOf, weigh } from '../../iam/evaluate.ts';
import { isAccepted, type Policy } from '../../iam/policy.ts';
import { parsePolicy } from '../../iam/policyDocument.ts';
import { parseRoleArn } from '../../model/arn.ts';
import { indexOf, type World } from '../../model/world.ts';

/** Something that one role may do and another may not. */
export interface Permission {
  readonly action: string;
  readonly resource: string;
}

/**
 * Finds what the policies of one role allow and those of another do not.
 *
 * An action or a resource with a wildcard counts as allowed where the other role's policies allow the text as it
 * stands, which is so where their wildcard is as wide.
 *
 * @returns nothing where the other role may do all of it, or the policies of one are not known
 */
export function missingPermission(world: World, of: string, to: string): Permission | undefined {
  const [had, has] = [policiesOf(world, of), policiesOf(world, to)];
  const caller = parseRoleArn(to);
  if (!had || !has || !caller) return undefined;
  const principal = { kind: 'roleSession', roleArn: to, accountId: caller.accountId } as const;
  for (const { effect, actions, resources } of had.flatMap(({ statements }) => statements)) {
    if (effect !== 'Allow' || actions.kind !== 'oneOf' || resources?.kind !== 'oneOf') continue;
    for (const { text: action } of actions.patterns) {
      for (const { text: resource } of resources.patterns) {
        const context = { principal, action, resource, keys: new Map(), openKeys: [] };
        if (verdictOf(weigh(evaluate(has, context))) === 'implicitDeny') return { action, resource };
      }
    }
  }
  return undefined;
}

function policiesOf(world: World, roleArn: string): readonly Policy[] | undefined {
  const parsed = indexOf(world)
    .role(roleArn)
    ?.identityPolicies?.map(({ document }) => parsePolicy(document, 'identityPolicy'));
  return parsed?.every(isAccepted) ? parsed.map(({ policy }) => policy) : undefined;
}
