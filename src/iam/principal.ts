import { parseArn, assumedRoleArn, parseRoleArn } from '../model/arn.ts';
import type { PrincipalMatch } from './decision.ts';
import type { RequestPrincipal } from './requestContext.ts';
import type { Truth } from './truth.ts';

/** One principal that a statement names. */
export type PrincipalEntry =
  | { readonly kind: 'everyone' }
  | { readonly kind: 'account'; readonly accountId: string }
  | { readonly kind: 'role'; readonly arn: string }
  /** One session of a role, by its name. */
  | { readonly kind: 'session'; readonly arn: string }
  /** An IAM user or a federated user; no workload is one. */
  | { readonly kind: 'user'; readonly arn: string }
  /** `AROA…` or `AIDA…`: what is left in a trust policy when the principal it named was deleted. */
  | { readonly kind: 'uniqueId'; readonly id: string }
  | { readonly kind: 'service'; readonly service: string }
  | { readonly kind: 'federated'; readonly provider: string }
  | { readonly kind: 'canonicalUser'; readonly id: string };

/** The `Principal` or `NotPrincipal` element of a statement. */
export interface PrincipalElement {
  readonly kind: 'principal' | 'notPrincipal';
  readonly entries: readonly PrincipalEntry[];
}

/** The keys that the map of a `Principal` element may have. */
export const principalTypes = ['AWS', 'Service', 'Federated', 'CanonicalUser'] as const;

/** A key of the map of a `Principal` element. */
export type PrincipalType = (typeof principalTypes)[number];

/**
 * Reads one value of a `Principal` element, or gives nothing when IAM refuses it as invalid.
 *
 * Wildcards stand for everyone or not at all: they match no part of a name or ARN.
 *
 * @source awsdocs/iam-user-guide:doc_source/reference_policies_elements_principal.md;
 *   unique ids: awsdocs/iam-user-guide:doc_source/reference_identifiers.md
 * @example
 * parsePrincipal('AWS', '111122223333') // => { kind: 'account', accountId: '111122223333' }
 * parsePrincipal('AWS', 'my-role') // => undefined
 */
export function parsePrincipal(type: PrincipalType, value: string): PrincipalEntry | undefined {
  if (value === '*') return type === 'CanonicalUser' ? undefined : { kind: 'everyone' };
  switch (type) {
    case 'AWS':
      return parseAwsPrincipal(value);
    case 'Service':
      return /^[a-z0-9.-]+\.[a-z0-9-]+$/i.test(value) ? { kind: 'service', service: value } : undefined;
    case 'Federated':
      return isFederated(value) ? { kind: 'federated', provider: value } : undefined;
    case 'CanonicalUser':
      return { kind: 'canonicalUser', id: value };
  }
}

function parseAwsPrincipal(value: string): PrincipalEntry | undefined {
  if (/^\d{12}$/.test(value)) return { kind: 'account', accountId: value };
  if (/^A[A-Z]{3}[A-Z0-9]{12,}$/.test(value)) return { kind: 'uniqueId', id: value };
  if (parseRoleArn(value)) return /[*?]/.test(value) ? undefined : { kind: 'role', arn: value };
  const arn = parseArn(value);
  if (!arn || arn.region !== '' || !/^\d{12}$/.test(arn.accountId) || /[*?]/.test(value)) return undefined;
  const { service, resource } = arn;
  if (service === 'iam' && resource === 'root') return { kind: 'account', accountId: arn.accountId };
  if (service === 'iam' && /^user\/./.test(resource)) return { kind: 'user', arn: value };
  if (service === 'sts' && /^federated-user\/./.test(resource)) return { kind: 'user', arn: value };
  if (service === 'sts' && /^assumed-role\/[^/]+\/[^/]+$/.test(resource))
    return { kind: 'session', arn: value };
  return undefined;
}

/**
 * @source `Federated principals must be valid domain names or SAML metadata ARNs`, the message of IAM
 */
function isFederated(value: string): boolean {
  const arn = parseArn(value);
  if (!arn) return /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(value);
  return (
    arn.service === 'iam' &&
    /^\d{12}$/.test(arn.accountId) &&
    /^(oidc-provider|saml-provider)\/[^*?]+$/.test(arn.resource)
  );
}

/** Whether an element names the one who asks, and as what. */
export interface PrincipalEvidence {
  readonly truth: Truth;
  readonly as?: PrincipalMatch;
}

/** What a match is worth, the most first: see `grants.ts`. */
const strength: readonly PrincipalMatch[] = [
  'everyone',
  'session',
  'role',
  'account',
  'service',
  'federated',
];

/**
 * Decides whether an element names the one who asks. Of several entries that do, the strongest counts.
 *
 * @example
 * matchPrincipal({ kind: 'principal', entries: [{ kind: 'service', service: 'ec2.amazonaws.com' }] },
 *   { kind: 'service', service: 'pods.eks.amazonaws.com' }).truth // => 'no'
 */
export function matchPrincipal(element: PrincipalElement, asking: RequestPrincipal): PrincipalEvidence {
  const matches = element.entries.map((entry) => matchEntry(entry, asking));
  const sure = matches.filter((match) => match.truth === 'yes').map((match) => match.as);
  const open = matches.find((match) => match.truth === 'open');
  if (element.kind === 'notPrincipal') {
    if (sure.length > 0) return { truth: 'no' };
    return open ? { truth: 'open' } : { truth: 'yes', as: 'everyone' };
  }
  const best = strength.find((match) => sure.includes(match));
  if (best) return { truth: 'yes', as: best };
  return open ?? { truth: 'no' };
}

function matchEntry(entry: PrincipalEntry, asking: RequestPrincipal): PrincipalEvidence {
  const when = (holds: boolean, as: PrincipalMatch): PrincipalEvidence =>
    holds ? { truth: 'yes', as } : { truth: 'no' };
  switch (entry.kind) {
    case 'everyone':
      return { truth: 'yes', as: 'everyone' };
    case 'account':
      return when(asking.kind === 'roleSession' && asking.accountId === entry.accountId, 'account');
    case 'role':
      return when(asking.kind === 'roleSession' && asking.roleArn === entry.arn, 'role');
    case 'session':
      return matchSession(entry.arn, asking);
    case 'uniqueId':
      return when(asking.kind === 'roleSession' && asking.roleId === entry.id, 'role');
    case 'service':
      return when(asking.kind === 'service' && asking.service === entry.service.toLowerCase(), 'service');
    case 'federated':
      return when(asking.kind === 'webIdentity' && asking.providerArn === entry.provider, 'federated');
    case 'user':
    case 'canonicalUser':
      return { truth: 'no' };
  }
}

function matchSession(arn: string, asking: RequestPrincipal): PrincipalEvidence {
  if (asking.kind !== 'roleSession') return { truth: 'no' };
  if (asking.sessionName !== undefined) {
    const own = assumedRoleArn(asking.roleArn, asking.sessionName);
    return own === arn ? { truth: 'yes', as: 'session' } : { truth: 'no' };
  }
  const ofRole = assumedRoleArn(asking.roleArn, '');
  return ofRole !== undefined && arn.startsWith(ofRole) ? { truth: 'open', as: 'session' } : { truth: 'no' };
}
