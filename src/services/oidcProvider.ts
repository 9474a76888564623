import type { RoleArnParts } from '../model/arn.ts';
import type { Reply } from '../model/exchange.ts';
import type { Ask } from '../model/fact.ts';
import type { World } from '../model/world.ts';
import type { ServiceEvidence } from './evidence.ts';
import { clusterIssuer } from './oidcIssuer.ts';
import { stsError, stsErrors } from './stsErrors.ts';

/** The provider that STS finds for a token, or why it finds none. */
export interface FoundProvider {
  /** Absent when the input does not let one tell. */
  readonly issuer?: string;
  readonly error?: Reply;
  readonly evidence: readonly ServiceEvidence[];
}

/**
 * Looks for the cluster's OIDC provider in the account of the role, and for the token's audience in it.
 *
 * @source aws/aws-eks-best-practices:latest/bpg/security/iam.adoc (a role of another account needs the provider
 * there)
 */
export function findOidcProvider(
  world: World,
  ask: Ask,
  { accountId, arn }: RoleArnParts,
  audience: string | undefined,
): FoundProvider {
  const found = clusterIssuer(world, arn);
  const provider = world.oidcProviders.find(
    (candidate) => candidate.accountId === accountId && candidate.url === found?.issuer,
  );
  const { source } = stsErrors.noOidcProvider;
  const known = provider ? 'registered' : absentProvider(world, accountId, found?.issuer);
  const state = ask({
    name: 'oidcProvider',
    scope: accountId,
    ...(known === undefined ? {} : { known }),
    ...(provider ? { about: provider.ref } : {}),
  });
  const evidence: readonly ServiceEvidence[] = issuerEvidence(found);
  const about = found ? { issuer: found.issuer } : {};
  if (state === 'absent') {
    const error = stsError('noOidcProvider', found ? `https://${found.issuer}` : "the cluster's issuer");
    return { error, evidence: [...evidence, { kind: 'oidcProviderAbsent', accountId, ...about, source }] };
  }
  if (!provider) return { ...about, evidence };
  const { clientIds, ref: at, url: issuer } = provider;
  if (clientIds && audience !== undefined && !clientIds.includes(audience)) {
    const finding = { kind: 'audienceNotRegistered', audience, clientIds, at } as const;
    const refused = { ...finding, source: stsErrors.wrongAudience.source };
    return { error: stsError('wrongAudience'), evidence: [...evidence, refused] };
  }
  return { issuer, evidence: [...evidence, { kind: 'oidcProviderFound', accountId, issuer, at, source }] };
}

/** A complete list that lacks the provider states that there is none. */
function absentProvider(world: World, accountId: string, issuer: string | undefined): 'absent' | undefined {
  const complete = world.complete.oidcProvidersOfAccounts.includes(accountId);
  const none = !world.oidcProviders.some((provider) => provider.accountId === accountId);
  return complete && (issuer !== undefined || none) ? 'absent' : undefined;
}

function issuerEvidence(found: ReturnType<typeof clusterIssuer>): readonly ServiceEvidence[] {
  const { source } = stsErrors.noOidcProvider;
  if (!found) return [{ kind: 'issuerUnknown', source }];
  const { issuer, from } = found;
  return from === 'cluster' ? [] : [{ kind: 'issuerInferred', issuer, from, source }];
}

/** Writes the ARN of an account's provider for an issuer. */
export function oidcProviderArn({ partition, accountId }: RoleArnParts, issuer: string): string {
  return `arn:${partition}:iam::${accountId}:oidc-provider/${issuer}`;
}
