import type { JsonValue } from '../../model/aws.ts';
import type { Fix } from '../../model/patch.ts';
import { indexOf, type World } from '../../model/world.ts';
import { roleName } from './trustPolicy.ts';

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
  const document = indexOf(world).role(roleArn)?.trustPolicy?.value;
  if (typeof document !== 'object' || document === null || !('Statement' in document)) return [];
  const { Statement = [], ...rest } = document as Readonly<Record<string, JsonValue>>;
  const statements = [Statement].flat() as readonly JsonValue[];
  const at = Number(/^Statement\[(\d+)\]/.exec(field ?? '')?.[1] ?? 0);
  const named = { Effect: 'Allow', Principal: { AWS: callers }, Action: 'sts:AssumeRole' };
  const left = statements.flatMap((statement, index) =>
    index === at ? (callers.length === 0 ? [] : [named]) : [statement],
  );
  if (left.length === 0) return [];
  const whom = callers.length === 0 ? 'no longer trust' : `trust ${callers.map(roleName).join(', ')} and not`;
  return [
    {
      title: `let ${roleName(roleArn)} ${whom} its whole account`,
      patches: [{ kind: 'trustPolicy', roleArn, document: { ...rest, Statement: left } }],
    },
  ];
}
