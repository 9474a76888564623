import { parseArn } from './arn.ts';
import type { OidcProvider } from './aws.ts';

/**
 * Makes an OIDC provider of its ARN, which holds its account and its URL.
 *
 * @example
 * oidcProviderOf('arn:aws:iam::111122223333:oidc-provider/example.com/id').url // => 'example.com/id'
 */
export function oidcProviderOf(arn: string, clientIds?: readonly string[]): OidcProvider {
  const parsed = parseArn(arn);
  return {
    ref: { kind: 'OidcProvider', name: arn },
    arn,
    accountId: parsed?.accountId ?? '',
    url: parsed?.resource.replace(/^oidc-provider\//, '') ?? '',
    ...(clientIds === undefined ? {} : { clientIds }),
  };
}
