import type { StatementEvidence } from '../../iam/decision.ts';
import { trustedProviders } from '../../iam/trustedProviders.ts';
import { parseArn, parseRoleArn, type RoleArnParts } from '../../model/arn.ts';
import { roleArnAnnotation } from '../../model/builder.ts';
import { annotationRef, type ObjectRef } from '../../model/objectRef.ts';
import type { Fix } from '../../model/patch.ts';
import { indexOf, type World } from '../../model/world.ts';
import { clusterIssuer } from '../../services/oidcIssuer.ts';
import { oidcProviderArn } from '../../services/oidcProvider.ts';
import type { Examined } from '../finding.ts';
import { accountsAskingFor, exactTrustFixes } from './exactTrust.ts';
import type { Refusal } from './stsRefuses.ts';
import type { Ground } from './ground.ts';
import { roleName } from './trustPolicy.ts';

/** What makes a statement match nobody at all; another rule tells it, at the statement itself. */
const narrowCodes: ReadonlySet<string> = new Set([
  'wildcard-under-equals',
  'subject-under-audience',
  'audience-under-subject',
  'condition-key-of-another-issuer',
  'federated-without-web-identity',
]);

interface Denial {
  readonly roleArn: string;
  /** Statements of the trust policy that allow something to somebody. */
  readonly statements: readonly StatementEvidence[];
}

function denialOf({ evidence }: Refusal, { trustComplaints }: Examined): Denial | undefined {
  if (evidence.kind !== 'assumption' || evidence.decision.kind !== 'denied') return undefined;
  const { roleArn, decision } = evidence;
  if (decision.reason !== 'implicitDeny' || decision.by !== 'trustPolicy') return undefined;
  if (trustComplaints.some(({ code, object }) => narrowCodes.has(code) && object?.name === roleArn))
    return undefined;
  return { roleArn, statements: decision.because.filter(({ effect }) => effect === 'Allow') };
}

/** A statement that names the caller's provider, and the claims of the token that do not fit it. */
function unfittingClaim(
  { statements }: Denial,
  claim: 'sub' | 'aud',
): { readonly at: ObjectRef; readonly expected: readonly string[]; readonly actual: string } | undefined {
  for (const { at, conditions } of statements) {
    const failing = conditions.filter(({ holds, undetermined }) => !holds && !undetermined);
    const found = failing.find(({ key }) => key.toLowerCase().endsWith(`:${claim}`));
    if (found && (claim === 'sub' || failing.length === 1)) {
      const field = `${at.field ?? ''}.Condition.${found.operator}.${found.key}`;
      return { at: { ...at, field }, expected: found.expected, actual: found.actual?.[0] ?? '' };
    }
  }
  return undefined;
}

function listed(texts: readonly string[]): string {
  return texts.map((text) => `\`${text}\``).join(', ');
}

/** Finds the subject that the trust policy wants instead of the token's. */
export function subjectGround(refusal: Refusal, examined: Examined): Ground | undefined {
  const denial = denialOf(refusal, examined);
  const claim = denial && unfittingClaim(denial, 'sub');
  if (!denial || !claim) return undefined;
  const { roleArn } = denial;
  return {
    at: claim.at,
    why: `the trust policy of ${roleName(roleArn)} wants the subject ${listed(claim.expected)}, and the token is of \`${claim.actual}\``,
    fixes: exactTrustFixes(examined.world, roleArn, claim.at.field),
  };
}

/** Finds the audience that the provider or the trust policy wants instead of the token's. */
export function audienceGround(refusal: Refusal, examined: Examined): Ground | undefined {
  const { world } = examined;
  const { evidence, request } = refusal;
  const denial = denialOf(refusal, examined);
  const claim =
    evidence.kind === 'audienceNotRegistered'
      ? { expected: evidence.clientIds, actual: evidence.audience, at: evidence.at }
      : denial && unfittingClaim(denial, 'aud');
  if (!claim?.at) return undefined;
  const annotated = accountsAskingFor(world, request.roleArn).find(
    ({ annotations }) => annotations[audienceAnnotation] === claim.actual,
  );
  const wanted = claim.expected[0] ?? '';
  return {
    at: annotated ? annotationRef(annotated, audienceAnnotation) : claim.at,
    why: `the token is for the audience \`${claim.actual}\`, and ${evidence.kind === 'audienceNotRegistered' ? 'the OIDC provider' : `the trust policy of ${roleName(request.roleArn)}`} wants ${listed(claim.expected)}`,
    fixes: annotated
      ? [
          {
            title: `ask for the audience ${wanted} on service account ${annotated.namespace}/${annotated.name}`,
            patches: [
              {
                kind: 'annotation',
                object: { kind: 'ServiceAccount', namespace: annotated.namespace, name: annotated.name },
                on: 'metadata',
                key: audienceAnnotation,
                value: wanted,
              },
            ],
          },
        ]
      : exactTrustFixes(world, request.roleArn, claim.at.field),
  };
}

const audienceAnnotation = 'eks.amazonaws.com/audience';

/** Finds the issuers that the trust policy names, where no statement names this cluster's provider. */
export function issuerGround(refusal: Refusal, examined: Examined): Ground | undefined {
  const denial = denialOf(refusal, examined);
  if (!denial || denial.statements.some(({ principalMatches }) => principalMatches)) return undefined;
  const { world } = examined;
  const { roleArn } = denial;
  const document = indexOf(world).role(roleArn)?.trustPolicy;
  const providers = document ? trustedProviders(document) : [];
  const issuer = clusterIssuer(world, roleArn)?.issuer;
  const [statement] = denial.statements;
  if (!document || issuer === undefined || providers.length === 0) return undefined;
  if (!statement || providers.some((provider) => provider.issuer === issuer)) return undefined;
  return {
    at: statement.at,
    why: `the trust policy of ${roleName(roleArn)} names the issuer ${listed(providers.map((each) => each.issuer))}, and this cluster is \`${issuer}\``,
    fixes: exactTrustFixes(world, roleArn, statement.at.field, 'beside'),
  };
}

/** Finds the account of the role that has no provider; `where`: the account of the cluster, or another. */
export function providerGround(
  { evidence, request }: Refusal,
  { world }: Examined,
  where: 'ownAccount' | 'otherAccount',
): Ground | undefined {
  if (evidence.kind !== 'oidcProviderAbsent') return undefined;
  const { accountId, issuer } = evidence;
  const foreign = world.cluster.accountId !== undefined && world.cluster.accountId !== accountId;
  if (foreign !== (where === 'otherAccount')) return undefined;
  const [account] = accountsAskingFor(world, request.roleArn);
  const role = parseRoleArn(request.roleArn);
  return {
    at: account ? annotationRef(account, roleArnAnnotation) : { kind: 'Role', name: request.roleArn },
    why: `account ${accountId}${foreign ? `, in which ${roleName(request.roleArn)} is,` : ''} has no OIDC provider for the issuer of this cluster`,
    fixes: role && issuer !== undefined ? providerFixes(world, role, issuer) : [],
  };
}

function providerFixes(world: World, role: RoleArnParts, issuer: string): readonly Fix[] {
  const arn = oidcProviderArn(role, issuer);
  const patch = { kind: 'oidcProvider', arn, clientIds: ['sts.amazonaws.com'] } as const;
  const title = `create the OIDC provider ${arn}`;
  const trust = exactTrustFixes(world, role.arn, undefined, 'beside');
  return [
    { title, patches: [patch] },
    ...trust.map((fix) => ({ title: `${title} and ${fix.title}`, patches: [patch, ...fix.patches] })),
  ];
}

/** Finds the provider of another account that the trust policy names, or the other account that has none. */
export function foreignProviderGround(refusal: Refusal, examined: Examined): Ground | undefined {
  const absent = providerGround(refusal, examined, 'otherAccount');
  const denial = denialOf(refusal, examined);
  if (absent || !denial) return absent;
  const { roleArn, statements } = denial;
  const document = indexOf(examined.world).role(roleArn)?.trustPolicy;
  const issuer = clusterIssuer(examined.world, roleArn)?.issuer;
  const account = parseRoleArn(roleArn)?.accountId;
  const named = document ? trustedProviders(document) : [];
  const foreign = named.find(
    (each) => each.issuer === issuer && parseArn(each.providerArn)?.accountId !== account,
  );
  const [statement] = statements;
  if (!foreign || !statement || statements.some(({ principalMatches }) => principalMatches)) return undefined;
  return {
    at: statement.at,
    why: `${roleName(roleArn)} is in account ${account ?? ''}, and its trust policy names the provider of account ${parseArn(foreign.providerArn)?.accountId ?? ''}`,
    fixes: exactTrustFixes(examined.world, roleArn, statement.at.field),
  };
}
