import { oncePer } from '../model/oncePer.ts';
import { decideAssumeRole } from '../iam/assumeRole.ts';
import { assumeRoleRequest } from '../iam/assumeRequest.ts';
import { isAllowed } from '../iam/decision.ts';
import type { PrincipalEntry } from '../iam/principal.ts';
import { parsePolicy } from '../iam/policyDocument.ts';
import { weighPolicies } from '../iam/policySide.ts';
import { parseRoleArn } from '../model/arn.ts';
import type { IamRole } from '../model/aws.ts';
import { roleArnAnnotation } from '../model/builder.ts';
import { lookUpFact, type Ask } from '../model/fact.ts';
import { factDefinitions, type FactName } from '../model/factDefinitions.ts';
import { indexOf, type World } from '../model/world.ts';
import { trustedEntries } from '../services/trustedPrincipals.ts';
import type { ReachedIdentity } from './reach.ts';

/** Which roles of a world may be able to assume which, as far as policies show a connection. */
export interface RoleGraph {
  /** Roles that a session of this role may be able to assume. */
  readonly from: (roleArn: string) => readonly string[];
  /** Roles that may be able to assume this one. */
  readonly to: (roleArn: string) => readonly string[];
}

/** Gives the graph of a world, made once for each. */
export const roleGraphOf: (world: World) => RoleGraph = oncePer((world) => {
  const callers = new Map(world.roles.map((role) => [role.arn, callersOf(world, role)]));
  const targets = new Map<string, string[]>();
  for (const [target, from] of callers) {
    for (const caller of from) targets.set(caller, [...(targets.get(caller) ?? []), target]);
  }
  return {
    from: (roleArn) => targets.get(roleArn) ?? [],
    to: (roleArn) => callers.get(roleArn) ?? [],
  };
});

/**
 * Lists the roles that an identity may be able to assume.
 *
 * Of an identity that the input does not name nothing is known but its kind: keys of a user, or a session.
 */
export function assumableBy(world: World, identity: ReachedIdentity): readonly string[] {
  if (identity.kind === 'role') return roleGraphOf(world).from(identity.arn);
  const isUser = identity.kind === 'static' && identity.accessKeyId?.startsWith(userKeyPrefix) === true;
  const isSession = identity.kind === 'unnamedRole';
  const kinds = new Set<PrincipalEntry['kind']>([
    ...(['everyone', 'account', 'uniqueId'] as const),
    ...(isSession ? [] : (['user'] as const)),
    ...(isUser ? [] : (['role', 'session'] as const)),
  ]);
  return world.roles
    .filter((role) => trustedEntries(role)?.some(({ kind }) => kinds.has(kind)))
    .map(({ arn }) => arn);
}

/** Long-term keys begin so. @source awsdocs/iam-user-guide:doc_source/reference_identifiers.md (unique IDs) */
const userKeyPrefix = 'AKIA';

/** Lists the roles from which chains lead to a role, and the role itself. */
export function sourcesOf(world: World, roleArn: string): ReadonlySet<string> {
  const graph = roleGraphOf(world);
  const found = new Set([roleArn]);
  // A set yields what is added to it while it is walked.
  for (const role of found) for (const caller of graph.to(role)) found.add(caller);
  return found;
}

function callersOf(world: World, role: IamRole): readonly string[] {
  const ask = askHopefully(world);
  const externalId = externalIdOf(world, role.arn);
  const call = { roleArn: role.arn, ...(externalId === undefined ? {} : { externalId }) };
  return possibleCallers(world, role).filter((callerRoleArn) => {
    if (callerRoleArn === role.arn) return false;
    if (!role.trustPolicy && !mayAssume(world, callerRoleArn, role.arn)) return false;
    return isAllowed(decideAssumeRole(world, ask, { ...call, callerRoleArn }));
  });
}

/** Roles that a trust policy can mean; of a policy that is not shown, all. */
function possibleCallers(world: World, role: IamRole): readonly string[] {
  const everyone = knownRoles(world);
  const entries = trustedEntries(role);
  if (!entries) return everyone;
  const named = entries.flatMap((entry): readonly string[] => {
    switch (entry.kind) {
      case 'role':
        return [entry.arn];
      case 'account':
        return everyone.filter((arn) => parseRoleArn(arn)?.accountId === entry.accountId);
      case 'everyone':
      case 'session':
      case 'uniqueId':
        return everyone;
      default:
        return [];
    }
  });
  return [...new Set(named)];
}

const knownRolesOf = new WeakMap<World, readonly string[]>();

/** Lists the roles that the input shows, and those that its nodes, service accounts and associations name. */
function knownRoles(world: World): readonly string[] {
  const known = knownRolesOf.get(world);
  if (known) return known;
  const named = [
    ...world.roles.map(({ arn }) => arn),
    ...[world.nodeDefaults, ...world.nodes].map(({ roleArn }) => roleArn),
    ...world.podIdentityAssociations.flatMap(({ roleArn, targetRoleArn }) => [roleArn, targetRoleArn]),
    ...world.serviceAccounts.map(({ annotations }) => annotations[roleArnAnnotation]),
  ];
  const list = [...new Set(named.flatMap((arn) => (arn !== undefined && parseRoleArn(arn) ? arn : [])))];
  knownRolesOf.set(world, list);
  return list;
}

/** Tells whether the caller's own policies are shown and allow it: else nothing connects the two. */
function mayAssume(world: World, callerRoleArn: string, roleArn: string): boolean {
  const documents = indexOf(world)
    .role(callerRoleArn)
    ?.identityPolicies?.map(({ document }) => document);
  const request = assumeRoleRequest(world, { callerRoleArn, roleArn });
  return (documents && weighPolicies('identityPolicy', documents, request))?.weight.allows === 'yes';
}

const hopes: Readonly<Partial<Record<FactName, string>>> = { trust: 'admits', identityPolicy: 'allows' };

/** Answers what is not known so that the caller gets on. */
function askHopefully(world: World): Ask {
  return (question) =>
    lookUpFact(world, question).value ??
    hopes[question.name] ??
    factDefinitions.get(question.name)?.options[0] ??
    '';
}

/**
 * Finds the external id that a trust policy asks for, which is no secret.
 *
 * @source awsdocs/iam-user-guide:doc_source/id_roles_create_for-user_externalid.md
 */
export function externalIdOf(world: World, roleArn: string): string | undefined {
  const document = indexOf(world).role(roleArn)?.trustPolicy;
  if (!document) return undefined;
  const { statements } = parsePolicy(document, 'trustPolicy').policy;
  const conditions = statements.flatMap((statement) => statement.conditions);
  return conditions.find(({ key }) => key.toLowerCase() === 'sts:externalid')?.values[0]?.text;
}
