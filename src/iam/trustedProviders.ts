import type { PolicyDocument } from '../model/aws.ts';
import { parsePolicy } from './policyDocument.ts';
import type { TokenIssuer } from './subjects.ts';

/** Lists the OIDC providers that the Allow statements of a trust policy name, with their issuers. */
export function trustedProviders(document: PolicyDocument): readonly TokenIssuer[] {
  const { statements } = parsePolicy(document, 'trustPolicy').policy;
  const providers = statements.flatMap(({ effect, principal }) =>
    effect === 'Allow' && principal?.kind === 'principal'
      ? principal.entries.flatMap((entry) => (entry.kind === 'federated' ? entry.provider : []))
      : [],
  );
  return [...new Set(providers)].flatMap((providerArn) => {
    const issuer = /:oidc-provider\/(.+)$/.exec(providerArn)?.[1];
    return issuer === undefined ? [] : [{ providerArn, issuer }];
  });
}
