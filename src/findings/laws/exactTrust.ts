import type { JsonValue } from '../../model/aws.ts';
import { parseRoleArn } from '../../model/arn.ts';
import { roleArnAnnotation } from '../../model/builder.ts';
import type { ServiceAccount } from '../../model/kubernetes.ts';
import type { Fix } from '../../model/patch.ts';
import type { World } from '../../model/world.ts';
import { subjectOfAccount } from '../../resolve/serviceAccounts.ts';
import { clusterIssuer } from '../../services/oidcIssuer.ts';
import { oidcProviderArn } from '../../services/oidcProvider.ts';
import { isObject, type JsonObject } from '../../model/jsonObject.ts';
import { statementIn, trustStatements } from './trustStatements.ts';

const audienceAnnotation = 'eks.amazonaws.com/audience';

/** Lists the service accounts that are annotated with a role: those that its author means. */
export function accountsAskingFor(world: World, roleArn: string): readonly ServiceAccount[] {
  return world.serviceAccounts.filter(({ annotations }) => annotations[roleArnAnnotation] === roleArn);
}

/**
 * Proposes a trust policy that names, one by one, the service accounts that are annotated with the role, by the
 * provider of this cluster in the role's own account.
 *
 * @param field - where the statement at fault stands, as `Statement[0].Condition`
 * @param how - `instead`: in the place of the statement; `beside`: as one more statement, for a policy whose
 *   statement serves somebody else
 * @returns nothing when nobody asks for the role, or the policy or the issuer is not known
 */
export function exactTrustFixes(
  world: World,
  roleArn: string,
  field: string | undefined,
  how: 'instead' | 'beside' = 'instead',
): readonly Fix[] {
  const role = parseRoleArn(roleArn);
  const issuer = clusterIssuer(world, roleArn);
  const accounts = accountsAskingFor(world, roleArn);
  const trust = trustStatements(world, roleArn);
  if (!role || !issuer || accounts.length === 0 || !trust) return [];
  const { statements, patch } = trust;
  const at = statementIn(field);
  const old = statements[at];
  if (!isObject(old)) return [];
  const added = exactStatement(old, {
    provider: oidcProviderArn(role, issuer.issuer),
    issuer: issuer.issuer,
    subjects: [
      ...new Set([...(how === 'instead' ? keptSubjects(old, issuer.issuer) : []), ...subjectsOf(accounts)]),
    ],
    audiences: [
      ...new Set(accounts.map(({ annotations }) => annotations[audienceAnnotation] ?? 'sts.amazonaws.com')),
    ],
  });
  const changed =
    how === 'beside'
      ? [...statements, added]
      : statements.map((statement, index) => (index === at ? added : statement));
  const names = accounts.map(({ namespace, name }) => `${namespace}/${name}`).join(', ');
  return [
    {
      title: `let the trust policy of role ${role.name} name ${names} exactly`,
      patches: [patch(changed)],
    },
  ];
}

function subjectsOf(accounts: readonly ServiceAccount[]): readonly string[] {
  return accounts.map(subjectOfAccount);
}

/** Subjects that the statement names letter by letter already: somebody else may rely on them. */
function keptSubjects({ Condition }: JsonObject, issuer: string): readonly string[] {
  const equals = isObject(Condition) ? Condition['StringEquals'] : undefined;
  const named = isObject(equals) ? [equals[`${issuer}:sub`] ?? []].flat() : [];
  return named.filter(
    (text): text is string => typeof text === 'string' && /^system:serviceaccount:[^*?]+$/.test(text),
  );
}

interface ExactNames {
  readonly provider: string;
  readonly issuer: string;
  readonly subjects: readonly string[];
  readonly audiences: readonly string[];
}

/** Keeps conditions that are not about the token's subject or audience, such as one on the source address. */
function exactStatement(
  { Sid, Condition = {} }: JsonObject,
  { provider, issuer, subjects, audiences }: ExactNames,
): JsonObject {
  const kept = Object.entries(isObject(Condition) ? Condition : {}).flatMap(([operator, keys]) => {
    const others = Object.entries(isObject(keys) ? keys : {}).filter(([key]) => !/:(sub|aud)$/i.test(key));
    return others.length === 0 ? [] : [[operator, Object.fromEntries(others)] as const];
  });
  const others = Object.fromEntries(kept);
  return {
    ...(Sid === undefined ? {} : { Sid }),
    Effect: 'Allow',
    Principal: { Federated: provider },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      ...others,
      StringEquals: {
        ...others['StringEquals'],
        [`${issuer}:sub`]: oneOrMore(subjects),
        [`${issuer}:aud`]: oneOrMore(audiences),
      },
    },
  };
}

function oneOrMore(texts: readonly string[]): JsonValue {
  const [only] = texts;
  return texts.length === 1 && only !== undefined ? only : texts;
}
