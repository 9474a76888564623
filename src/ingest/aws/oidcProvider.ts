import { parseArn } from '../../model/arn.ts';
import type { OidcProvider } from '../../model/aws.ts';
import { child, complain, items, text, textList, truth, type Field } from '../field.ts';
import type { Found, OidcDetails } from '../found.ts';

/**
 * Reads `list-open-id-connect-providers`: every provider of one account, without details. A key `IsTruncated`
 * beside them, which AWS itself does not print, says that there may be others.
 */
export function readOidcProviderList(field: Field): Partial<Found> {
  const providers = items(child(field, 'OpenIDConnectProviderList')).flatMap((item): OidcProvider[] => {
    const arnField = child(item, 'Arn');
    const arn = text(arnField) ?? '';
    const parsed = parseArn(arn);
    if (!parsed?.resource.startsWith('oidc-provider/')) {
      complain(arnField, { code: 'invalid-value', severity: 'error', message: `\`${arn}\` is no provider` });
      return [];
    }
    const { accountId, resource } = parsed;
    const ref = { kind: 'OidcProvider', name: arn, position: arnField.position };
    return [{ ref, arn, accountId, url: resource.slice('oidc-provider/'.length) }];
  });
  const accounts = [...new Set(providers.map((provider) => provider.accountId))];
  // An empty list is complete too, but for which account only the cluster can tell: see `assemble`.
  const oidcProvidersOfAccounts = accounts.length > 0 ? accounts : [''];
  if (truth(child(field, 'IsTruncated')) === true) return { oidcProviders: providers };
  return { oidcProviders: providers, complete: [{ oidcProvidersOfAccounts }] };
}

/** Reads `get-open-id-connect-provider`: details without the ARN. */
export function readOidcProvider(field: Field): OidcDetails {
  const url = (text(child(field, 'Url')) ?? '').replace(/^https:\/\//, '');
  const ref = { kind: 'OidcProvider', name: url, position: field.position };
  return { ref, url, clientIds: textList(child(field, 'ClientIDList')) };
}
