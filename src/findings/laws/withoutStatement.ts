import type { Fix } from '../../model/patch.ts';
import type { World } from '../../model/world.ts';
import { roleName } from './trustPolicy.ts';
import { statementIn, trustStatements } from './trustStatements.ts';

/**
 * Proposes to name callers in the place of a statement of a trust policy, or to leave the statement out where
 * nobody needs it and others remain.
 *
 * @param field - where the statement stands, as `Statement[1]`
 */
export function withoutStatement(
  world: World,
  roleArn: string,
  field: string | undefined,
  callers: readonly string[],
): readonly Fix[] {
  const trust = trustStatements(world, roleArn);
  if (!trust) return [];
  const at = statementIn(field);
  const named = { Effect: 'Allow', Principal: { AWS: callers }, Action: 'sts:AssumeRole' };
  const left = trust.statements.flatMap((statement, index) =>
    index === at ? (callers.length === 0 ? [] : [named]) : [statement],
  );
  if (left.length === 0) return [];
  const whom = callers.length === 0 ? 'no longer trust' : `trust ${callers.map(roleName).join(', ')} and not`;
  return [
    {
      title: `let ${roleName(roleArn)} ${whom} its whole account`,
      patches: [trust.patch(left)],
    },
  ];
}
