import type { ProviderRow, Rule } from './providerRow.ts';

/** What can come of `PUT /latest/api/token`. */
export const imdsTokenFailures = [
  'forbidden',
  'notFound',
  'methodNotAllowed',
  'badRequest',
  'serverError',
  'timeout',
  'refused',
  'hang',
] as const;
/** Failures that an SDK takes for a `badRequest` unless it has a rule for them. */
export type OptionalImdsTokenFailure = 'unauthorized' | 'tooManyRequests';
/** See {@link imdsTokenFailures}. */
export type ImdsTokenFailure = (typeof imdsTokenFailures)[number] | OptionalImdsTokenFailure;

/** What can come of a GET at the metadata service. `empty`: no role name. */
export const imdsGetFailures = [
  'unauthorized',
  'forbidden',
  'notFound',
  'badRequest',
  'serverError',
  'empty',
  'timeout',
  'refused',
  'hang',
] as const;
/** See {@link imdsGetFailures}. */
export type ImdsGetFailure = (typeof imdsGetFailures)[number] | OptionalImdsGetFailure;
/** Credentials that are no JSON; an SDK takes them for `empty` unless it has a rule for them. */
export type OptionalImdsGetFailure = 'malformed';

/** When `AWS_EC2_METADATA_DISABLED` switches the provider off. */
export type DisabledWhen = 'nonEmpty' | 'nonEmptyButFalse' | 'presentButFalse' | 'true';

/** The instance metadata service, or whatever answers at its address. */
export interface ImdsProvider extends ProviderRow {
  readonly kind: 'imds';
  readonly disabledWhen: DisabledWhen;
  /** `v1`: the SDK knows no token. `v2`: it does without credentials rather than without a token. */
  readonly protocol: 'v1' | 'v2ThenV1' | 'v2';
  /** `AWS_EC2_METADATA_V1_DISABLED` is honoured from this version on; absent: never. */
  readonly v1SwitchSince?: string;
  /** Present: no token is kept from one GET to the next. */
  readonly tokenAsked?: 'beforeEachGet';
  /** `v1AskAgain`: go on without a token, but ask for one again before the next GET. */
  readonly token: readonly Rule<ImdsTokenFailure, 'v1' | 'v1AskAgain'>[];
  /** `tokenAgain`: where no token is held, ask for one once more and repeat the GET with it. */
  readonly roleList: readonly Rule<ImdsGetFailure, 'tokenAgain'>[];
  readonly roleCredentials: readonly Rule<ImdsGetFailure>[];
}
