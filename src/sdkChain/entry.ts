import type { SdkFamily } from '../model/sdk.ts';
import type { Refresh } from './refresh.ts';

/** How well a fact about an SDK is backed: seen in a recording, read in its source, or documented. */
export type EvidenceStrength = 'recorded' | 'source' | 'docs';

/** Where a fact is known from. */
export interface Evidence {
  /** A public place, as `owner/repo:path`. */
  readonly source: string;
  readonly strength: EvidenceStrength;
}

/** The versions for which a row holds: from `since` on, before `until`. */
export interface VersionRange {
  readonly since?: string;
  readonly until?: string;
}

/** A value that holds for some versions only. */
export interface Ranged<Value> extends VersionRange {
  readonly value: Value;
}

/** What an SDK does after some failures. */
export interface Rule<Failure extends string, Next extends string = never> extends Evidence {
  readonly on: readonly Failure[];
  /** Attempts of the request in all; 1 when absent. */
  readonly attempts?: number;
  /** `stop`: the error surfaces and nothing later is tried. `continue`: the next provider is tried. */
  readonly next: 'stop' | 'continue' | Next;
  /** What the application sees; `{code}` stands for the error code of the service. */
  readonly error: string;
}

/** When a variable counts as set. `truthy` is PHP's: neither empty nor `0`. */
export type SetWhen = 'nonEmpty' | 'nonBlank' | 'truthy' | 'present';

/** What every provider row has. `id` is unique within an SDK. */
export interface ProviderRow extends VersionRange, Evidence {
  readonly id: string;
}

/** Static keys in environment variables. */
export interface EnvironmentKeysProvider extends ProviderRow {
  readonly kind: 'environmentKeys';
  /** Names in the order in which they are tried. */
  readonly accessKeyId: readonly string[];
  readonly secretAccessKey: readonly string[];
  readonly setWhen: SetWhen;
  /** `firstPresent`: a variable that is present but empty hides the names after it. */
  readonly names: 'firstSet' | 'firstPresent';
  /** The provider is passed over when one of these variables is set. */
  readonly skippedWhenSet?: readonly string[];
  /** Absent: half a pair counts as none. Present: the key id alone switches the provider on. */
  readonly halfPair?: Rule<'halfPair'>;
}

/** Which profile is meant, and in which files it is looked for. */
export interface ProfileLookup {
  /** Where both hold a key, the credentials file wins. */
  readonly files: readonly ('credentials' | 'config')[];
  /** The config file is read only when this variable is set. */
  readonly configNeeds?: string;
  /** Variables that name the profile, in order; else it is `default`. */
  readonly nameFrom: readonly string[];
}

/** What a profile can hold, in the words of the shared config file. */
export type ProfileSource =
  'sourceProfile' | 'credentialSource' | 'static' | 'webIdentity' | 'process' | 'sso';

/** What can go wrong with a profile. */
export const profileFailures = [
  'profileMissing',
  'sourceMissing',
  'broken',
  'ssoUnavailable',
  'sourceFailed',
  'roleRefused',
] as const;
/** See {@link profileFailures}. */
export type ProfileFailure = (typeof profileFailures)[number];

/** A profile of the shared files. */
export interface ProfileProvider extends ProviderRow {
  readonly kind: 'profile';
  readonly lookup: ProfileLookup;
  /** What is taken from the profile; the first that it holds is used. */
  readonly takes: readonly ProfileSource[];
  readonly rules: readonly Rule<ProfileFailure>[];
}

/** A check, before any provider, that the named profile exists. */
export interface ProfileGate extends ProviderRow {
  readonly kind: 'profileGate';
  readonly lookup: ProfileLookup;
  readonly rules: readonly Rule<'profileMissing'>[];
}

/** What can go wrong with web identity, whatever the SDK. */
export const webIdentityFailures = [
  'roleMissing',
  'tokenMissing',
  'tokenUnreadable',
  'tokenEmpty',
  'accessDenied',
  'invalidIdentityToken',
  'expiredToken',
  'idpCommunicationError',
  'clientError',
  'serverError',
  'timeout',
  'refused',
  'hang',
] as const;
/** Failures that an SDK can have only if it makes the check: a rule for one says that it does. */
export type OptionalWebIdentityFailure = 'moduleMissing' | 'noRegion' | 'tokenPathRelative';
/** See {@link webIdentityFailures}. */
export type WebIdentityFailure = (typeof webIdentityFailures)[number] | OptionalWebIdentityFailure;

/** IRSA: `AWS_ROLE_ARN` with `AWS_WEB_IDENTITY_TOKEN_FILE`. */
export interface WebIdentityProvider extends ProviderRow {
  readonly kind: 'webIdentity';
  /**
   * `pairThenProfile`: both from the environment, else both from the profile.
   * `eachThenProfile`: value by value.
   */
  readonly values: 'environment' | 'pairThenProfile' | 'eachThenProfile';
  readonly setWhen: SetWhen;
  /** Needed when values may come from a profile. */
  readonly lookup?: ProfileLookup;
  /** A rule `send` for an empty token lets the request go out. */
  readonly rules: readonly Rule<WebIdentityFailure, 'send'>[];
}

/** What can go wrong with the container endpoint. */
export const containerFailures = [
  'hostNotAllowed',
  'tokenMissing',
  'tokenUnreadable',
  'tokenEmpty',
  'clientError',
  'serverError',
  'timeout',
  'refused',
  'hang',
] as const;
/** See {@link containerFailures}. */
export type ContainerFailure = (typeof containerFailures)[number];

/** The container credentials endpoint: ECS by a relative URI, EKS Pod Identity by a full one. */
export interface ContainerProvider extends ProviderRow {
  readonly kind: 'container';
  readonly uriSetWhen: SetWhen;
  /** Which URI wins when both are set. */
  readonly bothSet: 'relative' | 'full';
  /** The full URI is unknown before this version. */
  readonly fullUriSince?: string;
  /** Hosts to which a full URI may lead over plain HTTP. `127/8` stands for that block. */
  readonly hosts: readonly Ranged<readonly string[]>[];
  /** The token file is unknown before this version. */
  readonly tokenFileSince?: string;
  /** Which wins when token and token file are both set. */
  readonly tokenFirst: 'file' | 'variable';
  /** Whether the token goes along with a relative URI. */
  readonly tokenWithRelativeUri: 'sent' | 'notSent';
  /** Attempts made on top with a relative URI. */
  readonly moreAttemptsWhenRelative?: number;
  /** A rule `send` for the token lets the request go out without it. */
  readonly rules: readonly Rule<ContainerFailure, 'send'>[];
}

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
/** See {@link imdsTokenFailures}. */
export type ImdsTokenFailure = (typeof imdsTokenFailures)[number];

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
export type ImdsGetFailure = (typeof imdsGetFailures)[number];

/** When `AWS_EC2_METADATA_DISABLED` switches the provider off. */
export type DisabledWhen = 'nonEmpty' | 'nonEmptyButFalse' | 'true';

/** The instance metadata service, or whatever answers at its address. */
export interface ImdsProvider extends ProviderRow {
  readonly kind: 'imds';
  readonly disabledWhen: DisabledWhen;
  /** `v1`: the SDK knows no token. `v2`: it does without credentials rather than without a token. */
  readonly protocol: 'v1' | 'v2ThenV1' | 'v2';
  /** `AWS_EC2_METADATA_V1_DISABLED` is honoured from this version on; absent: never. */
  readonly v1SwitchSince?: string;
  /** `v1AskAgain`: go on without a token, but ask for one again before the next GET. */
  readonly token: readonly Rule<ImdsTokenFailure, 'v1' | 'v1AskAgain'>[];
  /** `tokenAgain`: ask for a token once more and repeat the GET with it. */
  readonly roleList: readonly Rule<ImdsGetFailure, 'tokenAgain'>[];
  readonly roleCredentials: readonly Rule<ImdsGetFailure>[];
}

/** One member of a default chain. */
export type Provider =
  | EnvironmentKeysProvider
  | ProfileGate
  | ProfileProvider
  | WebIdentityProvider
  | ContainerProvider
  | ImdsProvider;

/** How an SDK calls STS. */
export interface StsClient extends Evidence {
  /** Variables that name the region, in order. */
  readonly regionFrom: readonly string[];
  /** `legacy`: the global host for the regions of before 2019, unless a setting says otherwise. */
  readonly endpoints: readonly Ranged<'legacy' | 'regional'>[];
  /** Whether `AWS_STS_REGIONAL_ENDPOINTS` changes that. */
  readonly setting: 'honoured' | 'ignored';
  /** `client`: the region given in code. `askImdsRounds`: the metadata service is asked, so many times. */
  readonly withoutRegion:
    'global' | 'client' | { readonly askImdsRounds: number } | { readonly region: string };
  /** Role session name when none is configured: a pattern in angle brackets, or fixed text. */
  readonly sessionName: string;
  /** Attempts of AssumeRole when STS does not answer or fails with a 5xx. */
  readonly attempts: number;
}

/** How a chain decides, in one word. */
export type ChainShape = 'anyErrorContinues' | 'softErrorsContinue' | 'switchByConfiguration';

/** What is known of one SDK family, through all its versions. */
export interface SdkEntry extends Evidence {
  readonly family: SdkFamily;
  readonly title: string;
  /** What a version number of this family counts. */
  readonly versionMeans: string;
  readonly oldestKnown: string;
  readonly newestKnown: string;
  readonly shape: ChainShape;
  /** In the order of the chain, rows of all versions together. */
  readonly providers: readonly Provider[];
  readonly sts: StsClient;
  readonly refresh: Refresh;
  /** What the application sees when no provider has credentials. */
  readonly exhausted: string;
}
