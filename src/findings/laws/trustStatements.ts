import type { JsonValue } from '../../model/aws.ts';
import { isObject } from '../../model/jsonObject.ts';
import type { Patch } from '../../model/patch.ts';
import { indexOf, type World } from '../../model/world.ts';

/** A trust policy taken apart: IAM takes one statement alone or a list. */
export interface TrustStatements {
  readonly statements: readonly JsonValue[];
  /** Gives the same policy with other statements. */
  readonly patch: (statements: readonly JsonValue[]) => Patch;
}

/** Takes the trust policy of a role apart; nothing when the input does not show it. */
export function trustStatements(world: World, roleArn: string): TrustStatements | undefined {
  const document = indexOf(world).role(roleArn)?.trustPolicy?.value;
  if (!isObject(document)) return undefined;
  return {
    statements: [document['Statement'] ?? []].flat() as readonly JsonValue[],
    patch: (Statement) => ({ kind: 'trustPolicy', roleArn, document: { ...document, Statement } }),
  };
}

/** The number of the statement inside which a field of a policy stands, as `Statement[1].Condition`. */
export function statementIn(field: string | undefined): number {
  return Number(/^Statement\[(\d+)\]/.exec(field ?? '')?.[1] ?? 0);
}
