import type { SdkFamily } from '../model/sdk.ts';
import type { ImdsProvider } from './imdsProvider.ts';
import type { Evidence, Ranged, Rule, SetWhen, ProviderRow } from './providerRow.ts';
import type { Refresh } from './refresh.ts';

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
  /** There are no profiles at all when one of these files is to be read and is missing. */
  readonly mustExist?: readonly ('credentials' | 'config')[];
  /** `AWS_SHARED_CREDENTIALS_FILE` is read only when this variable is set. */
  readonly credentialsPathNeeds?: string;
  /** Variables that name the profile, in order; else it is `default`. */
  readonly nameFrom: readonly string[];
}

/**
 * What a profile can hold, in the words of the shared config file.
 *
 * `static`: a key id without its secret breaks the profile; `staticPair`: it counts as no keys.
 */
export type ProfileSource =
  'sourceProfile' | 'credentialSource' | 'static' | 'staticPair' | 'webIdentity' | 'process' | 'sso';

/** What can go wrong with a profile. */
export const profileFailures = [
  'profileMissing',
  'sourceMissing',
  'broken',
  'ssoUnavailable',
  'sourceFailed',
  'roleRefused',
] as const;
/**
 * Failures that an SDK can have only if it makes the check: a rule for one says that it does.
 *
 * `unparsable`: a file is no profile file. `unusable`: the profile holds what the row calls unusable.
 * `lastingKeys`: a program printed keys without a session token. `nothingInNamed`: a profile was named and
 * holds nothing of what the row takes.
 */
export type OptionalProfileFailure = 'unparsable' | 'unusable' | 'lastingKeys' | 'nothingInNamed';
/** See {@link profileFailures}. */
export type ProfileFailure = (typeof profileFailures)[number] | OptionalProfileFailure;

/** A profile of the shared files. */
export interface ProfileProvider extends ProviderRow {
  readonly kind: 'profile';
  readonly lookup: ProfileLookup;
  /** What is taken from the profile; the first that it holds is used. */
  readonly takes: readonly ProfileSource[];
  /** Sources on top of which the role of the same profile is assumed; `source_profile` needs no saying. */
  readonly roleOnTopOf?: readonly ProfileSource[];
  /** What of that makes this SDK fail at once. */
  readonly unusable?: readonly ProfileSource[];
  /** How often all of it is done before the credentials are taken; 1 when absent. */
  readonly passes?: number;
  readonly rules: readonly Rule<ProfileFailure>[];
}

/** What a gate can find wrong. `halfPair`: the profile holds a key id without its secret. */
export type ProfileGateFailure = 'profileMissing' | 'unparsable' | 'halfPair';

/** A check that the named profile exists, and that its files can be read: each where there is a rule. */
export interface ProfileGate extends ProviderRow {
  readonly kind: 'profileGate';
  readonly lookup: ProfileLookup;
  readonly rules: readonly Rule<ProfileGateFailure>[];
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
/**
 * Failures that an SDK can have only if it makes the check: a rule for one says that it does.
 *
 * `roleNotArn`: STS let a role pass that is no ARN, and the SDK looks for the account in it.
 * `endlessChain`: the client for STS asks the chain for credentials, which makes a client for STS.
 * `legacyEndpoint`: the SDK wants to sign what it sends where the setting says `legacy`, and cannot.
 * `tokenFileUnset`: there is a role and no token file to go with it.
 * `unparsable`: the client for STS reads the shared files, and one is no profile file.
 */
export type OptionalWebIdentityFailure =
  | 'moduleMissing'
  | 'noRegion'
  | 'tokenPathRelative'
  | 'roleNotArn'
  | 'endlessChain'
  | 'legacyEndpoint'
  | 'tokenFileUnset'
  | 'unparsable';
/** See {@link webIdentityFailures}. */
export type WebIdentityFailure = (typeof webIdentityFailures)[number] | OptionalWebIdentityFailure;

/** How an SDK asks the metadata service for the region. */
export interface RegionQuestion {
  readonly path: string;
  /** As in {@link ImdsProvider}. */
  readonly protocol: 'v1' | 'v2ThenV1' | 'v2';
  /** How often the whole is asked. */
  readonly rounds: number;
  /** Present: the SDK gets the node's credentials on the way, and lets them lie. */
  readonly after?: 'credentials';
}

/** IRSA: `AWS_ROLE_ARN` with `AWS_WEB_IDENTITY_TOKEN_FILE`. */
export interface WebIdentityProvider extends ProviderRow {
  readonly kind: 'webIdentity';
  /**
   * `pairThenProfile`: both from the environment, else both from the profile.
   * `eachThenProfile`: value by value. `profileAlone`: the SDK knows web identity only as what a profile
   * of its profile provider asks for.
   */
  readonly values: 'environment' | 'pairThenProfile' | 'eachThenProfile' | 'profileAlone';
  readonly setWhen: SetWhen;
  /** Needed when values may come from a profile, and for a rule for `unparsable`. */
  readonly lookup?: ProfileLookup;
  /** The provider is passed over when one of these variables is set. */
  readonly skippedWhenSet?: readonly string[];
  /** Asked when nothing names the region; absent: the metadata service is not asked for it. */
  readonly regionFromImds?: RegionQuestion;
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
/**
 * Failures that an SDK can have only if it makes the check: a rule for one says that it does.
 *
 * `uriEmpty`: the variable counts as set and is empty. `tokenMalformed`: the token has a line break, which
 * no header can hold.
 */
export type OptionalContainerFailure = 'uriEmpty' | 'tokenMalformed';
/** See {@link containerFailures}. */
export type ContainerFailure = (typeof containerFailures)[number] | OptionalContainerFailure;

/** The container credentials endpoint: ECS by a relative URI, EKS Pod Identity by a full one. */
export interface ContainerProvider extends ProviderRow {
  readonly kind: 'container';
  readonly uriSetWhen: SetWhen;
  /** Present: a relative URI that is set and empty leads to the host alone, whatever `uriEmpty` says. */
  readonly emptyRelativeUri?: 'requested';
  /** Which URI wins when both are set. */
  readonly bothSet: 'relative' | 'full';
  /** The full URI is unknown before this version. */
  readonly fullUriSince?: string;
  /** Hosts to which a full URI may lead over plain HTTP. `127/8` stands for that block, `*` for any. */
  readonly hosts: readonly Ranged<readonly string[]>[];
  /** The token file is unknown before this version. */
  readonly tokenFileSince?: string;
  /** Which wins when token and token file are both set. */
  readonly tokenFirst: 'file' | 'variable';
  /** Whether the token file is read even when no URI is set, and can fail there. */
  readonly tokenFileRead?: 'evenWithoutUri';
  /** Whether the token goes along with a relative URI. */
  readonly tokenWithRelativeUri: 'sent' | 'notSent';
  /** Present: plain HTTP goes to the proxy that `HTTP_PROXY` names, unless `NO_PROXY` names the host. */
  readonly proxy?: 'environment';
  /** Attempts made on top with a relative URI. */
  readonly moreAttemptsWhenRelative?: number;
  /** `send` for an empty token: the request goes out with an empty header; `sendWithout`: with none. */
  readonly rules: readonly Rule<ContainerFailure, 'send' | 'sendWithout'>[];
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
  /** It is ignored before this version. */
  readonly settingSince?: string;
  /** `client`: the region given in code. */
  readonly withoutRegion: 'global' | 'client' | { readonly region: string };
  /** Role session name when none is configured: a pattern in angle brackets, or fixed text. */
  readonly sessionName: string;
  /** The same where a profile asks for the role, if it differs. */
  readonly sessionNameInProfile?: { readonly webIdentity: string; readonly assumeRole: string };
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
