import type { Completeness, OidcProvider } from '../../model/aws.ts';
import type { Cluster } from '../../model/world.ts';
import type { Report } from '../field.ts';
import type { Found, OidcDetails } from '../found.ts';
import { complainOf } from './complainOf.ts';

/** Adds details to the OIDC providers listed; one that no list shows is in the cluster's account. */
export function assembleOidcProviders(
  found: Found,
  cluster: Cluster,
  report: Report,
): readonly OidcProvider[] {
  const byArn = new Map(found.oidcProviders.map((provider) => [provider.arn, provider]));
  for (const details of found.oidcDetails) {
    const provider = listedOrOwn(details, [...byArn.values()], cluster);
    if (provider) {
      byArn.set(provider.arn, { ...provider, clientIds: details.clientIds });
    } else {
      const message = 'nothing says in which account this OIDC provider is';
      const help = 'add the output of `aws iam list-open-id-connect-providers`';
      complainOf(report, 'error', 'unknown-account', details.ref, message, help);
    }
  }
  return [...byArn.values()];
}

function listedOrOwn(
  { url, ref }: OidcDetails,
  listed: readonly OidcProvider[],
  cluster: Cluster,
): OidcProvider | undefined {
  const known = listed.find((provider) => provider.url === url);
  if (known) return known;
  const { accountId, partition } = cluster;
  if (accountId === undefined) return undefined;
  const arn = `arn:${partition}:iam::${accountId}:oidc-provider/${url}`;
  return { ref: { ...ref, name: arn }, arn, accountId, url };
}

/** Puts together what each export claims to list in full. An empty account id means the cluster's own. */
export function assembleCompleteness(found: Found, cluster: Cluster): Completeness {
  const own = cluster.accountId;
  const accounts = (ids: readonly string[]): readonly string[] => [
    ...new Set(ids.flatMap((id) => (id === '' ? (own ?? []) : id))),
  ];
  return {
    rolesOfAccounts: accounts(found.complete.flatMap((part) => part.rolesOfAccounts ?? [])),
    oidcProvidersOfAccounts: accounts(found.complete.flatMap((part) => part.oidcProvidersOfAccounts ?? [])),
    podIdentityAssociations: found.complete.some((part) => part.podIdentityAssociations === true),
  };
}
