import type { Evidence, Rule } from '../providerRow.ts';
import type { ImdsProvider, ImdsTokenFailure } from '../imdsProvider.ts';
import type { ProfileFailure, ProfileLookup, ProfileProvider, Provider, RegionQuestion } from '../entry.ts';
import type { Refresh } from '../refresh.ts';
import { imdsGetFailures, imdsTokenFailures } from '../imdsProvider.ts';
import { agentHosts } from './hosts.ts';
import { noAnswer } from './noAnswer.ts';
import { recordedIn } from './recordedIn.ts';

const seen = recordedIn('botocore');
/** What differs between botocore and the two command lines that carry it. */
export interface BotocoreSettings {
  readonly irsaSince?: string;
  readonly podIdentitySince: string;
  /** Absent: metadata tokens were known from the beginning. */
  readonly imdsV2?: ImdsV2Versions;
  readonly v1SwitchSince: string;
  /** Attempts of an STS call: 5 in legacy mode, 3 in standard mode. */
  readonly stsAttempts: number;
  readonly profileFrom: readonly string[];
  /** Writes an exception as the user meets it. */
  readonly error: (exception: string, exit: BotocoreExit) => string;
  /** Version 2 of the AWS CLI asks for the region before it asks STS. */
  readonly regionFromImds?: RegionQuestion;
  /** A command line refuses an API call without a region. */
  readonly noRegion: readonly Rule<'noRegion'>[];
}

/** The versions in which botocore learnt to ask for a metadata token. */
export interface ImdsV2Versions {
  /** Does without credentials where the token is lost. */
  readonly first: string;
  /** Knows no token again. */
  readonly reverted: string;
  readonly again: string;
  /** Does without a token after an answer of 405 and after errors of the service. */
  readonly settled: string;
}

/** What kind of failure ends the process of a command line. */
export type BotocoreExit = 'general' | 'service' | 'validation' | 'noCredentials';

const credentials: Evidence = {
  source: 'boto/botocore:botocore/credentials.py; conformance/sdk/measured.json',
  strength: 'recorded',
};
const credentialsRead: Evidence = {
  source: 'boto/botocore:botocore/credentials.py (1.43.67)',
  strength: 'source',
};
const utils: Evidence = {
  source: 'boto/botocore:botocore/utils.py; conformance/sdk/measured.json',
  strength: 'recorded',
};

/**
 * Gives botocore's chain: providers give nothing or raise, and a raise ends the chain.
 *
 * @source boto/botocore:botocore/credentials.py, `create_credential_resolver`, `load_credentials`
 */
export function botocoreProviders(settings: BotocoreSettings): readonly Provider[] {
  const { error, profileFrom } = settings;
  const merged: ProfileLookup = { files: ['credentials', 'config'], nameFrom: profileFrom };
  const profile = (exception: string): readonly Rule<ProfileFailure>[] => [
    // The check at the head of the chain has already found out a missing profile.
    { on: ['profileMissing'], next: 'continue', error: 'ProfileNotFound', ...credentialsRead },
    {
      on: ['broken', 'sourceMissing'],
      next: 'stop',
      error: error(exception, 'general'),
      ...seen(credentialsRead),
    },
    { on: ['roleRefused'], next: 'stop', error: error('{code}', 'service'), ...credentials },
    {
      on: ['sourceFailed'],
      next: 'stop',
      error: error('CredentialRetrievalError', 'general'),
      ...credentialsRead,
    },
    {
      on: ['ssoUnavailable'],
      next: 'stop',
      error: error('SSOTokenLoadError', 'general'),
      ...credentialsRead,
    },
  ];
  return [
    {
      kind: 'profileGate',
      id: 'namedProfile',
      lookup: merged,
      rules: [
        { on: ['profileMissing'], next: 'stop', error: error('ProfileNotFound', 'general'), ...credentials },
        {
          on: ['unparsable'],
          next: 'stop',
          error: error('ConfigParseError', 'general'),
          ...seen({ source: 'boto/botocore:botocore/configloader.py', strength: 'source' }),
        },
      ],
      ...credentials,
    },
    {
      kind: 'environmentKeys',
      id: 'environment',
      accessKeyId: ['AWS_ACCESS_KEY_ID'],
      secretAccessKey: ['AWS_SECRET_ACCESS_KEY'],
      setWhen: 'nonEmpty',
      names: 'firstSet',
      halfPair: {
        on: ['halfPair'],
        next: 'stop',
        error: error('PartialCredentialsError', 'general'),
        ...credentials,
      },
      ...credentials,
    },
    ...assumeRoleProfile(settings, {
      kind: 'profile',
      id: 'assumeRoleProfile',
      lookup: merged,
      takes: ['sourceProfile', 'credentialSource'],
      rules: profile('InvalidConfigError'),
      ...credentials,
    }),
    webIdentity(settings, merged),
    {
      kind: 'profile',
      id: 'ssoProfile',
      lookup: merged,
      takes: ['sso'],
      rules: profile('SSOError'),
      ...credentialsRead,
    },
    {
      kind: 'profile',
      id: 'sharedCredentialsFile',
      lookup: { ...merged, files: ['credentials'] },
      takes: ['static'],
      rules: profile('PartialCredentialsError'),
      ...credentials,
    },
    {
      kind: 'profile',
      id: 'process',
      lookup: merged,
      takes: ['process'],
      rules: profile('CredentialRetrievalError'),
      ...credentials,
    },
    {
      kind: 'profile',
      id: 'configFile',
      lookup: { ...merged, files: ['config'] },
      takes: ['static'],
      rules: profile('PartialCredentialsError'),
      ...seen(credentialsRead),
    },
    container(settings),
    ...imdsProviders(settings),
  ];
}

/** Before botocore knew web identity, a role without a source was an error, whatever else stood beside it. */
function assumeRoleProfile(
  { irsaSince, error }: BotocoreSettings,
  provider: ProfileProvider,
): readonly ProfileProvider[] {
  if (irsaSince === undefined) return [provider];
  const before: ProfileProvider = {
    ...provider,
    until: irsaSince,
    takes: [...provider.takes, 'webIdentity'],
    unusable: ['webIdentity'],
    rules: [
      ...provider.rules,
      {
        on: ['unusable'],
        next: 'stop',
        error: error('PartialCredentialsError', 'general'),
        ...seen({ source: 'boto/botocore:botocore/credentials.py (1.12.199)', strength: 'source' }),
      },
    ],
  };
  return [before, { ...provider, since: irsaSince }];
}

function webIdentity(settings: BotocoreSettings, lookup: ProfileLookup): Provider {
  const { error, stsAttempts, irsaSince } = settings;
  return {
    kind: 'webIdentity',
    id: 'webIdentity',
    ...(irsaSince === undefined ? {} : { since: irsaSince }),
    values: 'eachThenProfile',
    setWhen: 'nonEmpty',
    lookup,
    ...(settings.regionFromImds ? { regionFromImds: settings.regionFromImds } : {}),
    rules: [
      ...settings.noRegion,
      { on: ['roleMissing'], next: 'stop', error: error('InvalidConfigError', 'general'), ...credentials },
      {
        on: ['tokenMissing', 'tokenUnreadable'],
        next: 'stop',
        error: error('FileNotFoundError', 'general'),
        ...seen(credentials),
      },
      {
        on: ['tokenEmpty'],
        next: 'stop',
        error: error('ParamValidationError', 'validation'),
        ...seen(credentials),
      },
      {
        on: ['accessDenied', 'invalidIdentityToken', 'expiredToken', 'clientError'],
        next: 'stop',
        error: error('{code}', 'service'),
        ...credentials,
      },
      {
        on: ['idpCommunicationError', 'serverError'],
        attempts: stsAttempts,
        next: 'stop',
        error: error('{code}', 'service'),
        ...credentials,
      },
      {
        on: ['refused'],
        attempts: stsAttempts,
        next: 'stop',
        error: error('EndpointConnectionError', 'general'),
        ...credentials,
      },
      {
        on: ['timeout'],
        attempts: stsAttempts,
        next: 'stop',
        error: error('ConnectTimeoutError', 'general'),
        ...credentials,
      },
      {
        on: ['hang'],
        attempts: stsAttempts,
        next: 'stop',
        error: error('ReadTimeoutError', 'general'),
        ...credentials,
      },
    ],
    ...credentials,
  };
}

function container({ error, podIdentitySince }: BotocoreSettings): Provider {
  return {
    kind: 'container',
    id: 'container',
    uriSetWhen: 'present',
    bothSet: 'relative',
    hosts: [
      { until: podIdentitySince, value: ['169.254.170.2', 'localhost', '127.0.0.1'] },
      { since: podIdentitySince, value: agentHosts },
    ],
    tokenFileSince: podIdentitySince,
    tokenFirst: 'file',
    tokenWithRelativeUri: 'sent',
    rules: [
      { on: ['hostNotAllowed'], next: 'stop', error: error('ValueError', 'general'), ...credentials },
      {
        on: ['tokenMissing', 'tokenUnreadable'],
        next: 'stop',
        error: error('FileNotFoundError', 'general'),
        ...seen(credentialsRead),
      },
      { on: ['tokenEmpty'], next: 'send', error: '', ...seen(credentialsRead) },
      {
        on: ['tokenMalformed'],
        next: 'stop',
        error: error('ValueError', 'general'),
        ...seen(credentialsRead),
      },
      {
        on: ['clientError', 'serverError', ...noAnswer],
        attempts: 3,
        next: 'stop',
        error: error('CredentialRetrievalError', 'general'),
        ...utils,
      },
    ],
    ...credentials,
  };
}

/** Every way in which a token request fails but the one that botocore has always taken for an error: 400. */
const notBadRequest: readonly ImdsTokenFailure[] = [
  ...imdsTokenFailures.filter((failure) => failure !== 'badRequest'),
  'unauthorized',
  'tooManyRequests',
];

function imdsProviders({ imdsV2, v1SwitchSince, error }: BotocoreSettings): readonly Provider[] {
  const nothing = error('NoCredentialsError', 'noCredentials');
  const withoutTokenAfter = (v1: readonly ImdsTokenFailure[]): ImdsProvider['token'] => [
    { on: v1, next: 'v1', error: '', ...utils },
    { on: ['badRequest', ...notBadRequest], next: 'continue', error: nothing, ...utils },
  ];
  const settled: ImdsProvider = {
    kind: 'imds',
    id: 'imds',
    disabledWhen: 'true',
    protocol: 'v2ThenV1',
    v1SwitchSince,
    token: withoutTokenAfter(notBadRequest),
    roleList: [{ on: imdsGetFailures, next: 'continue', error: nothing, ...utils }],
    roleCredentials: [{ on: imdsGetFailures, next: 'continue', error: nothing, ...utils }],
    ...utils,
  };
  if (!imdsV2) return [settled];
  const v1: ImdsProvider = { ...settled, protocol: 'v1', token: [] };
  const { first, reverted, again } = imdsV2;
  return [
    { ...v1, until: first },
    {
      ...settled,
      since: first,
      until: reverted,
      token: withoutTokenAfter(['forbidden', 'notFound']),
    },
    {
      ...v1,
      since: reverted,
      until: again,
      source: 'boto/botocore#1892; boto/botocore:botocore/utils.py (1.13.22)',
      strength: 'source',
    },
    {
      ...settled,
      since: again,
      until: imdsV2.settled,
      token: withoutTokenAfter(['forbidden', 'notFound', 'hang']),
      source: 'boto/botocore:botocore/utils.py (1.13.23, 1.13.24)',
      strength: 'source',
    },
    { ...settled, since: imdsV2.settled },
  ];
}

const renewed: Evidence = {
  source: 'boto/botocore:botocore/credentials.py:80-81,596-620; conformance/sdk/recordings/botocore',
  strength: 'recorded',
};

/**
 * When botocore renews credentials: advised from 15 minutes before expiry, demanded from 10. Those of the
 * metadata service, when they are that near their end, are held for 17 to 25 minutes (here: the least), and
 * an empty answer is an error at once.
 *
 * @source boto/botocore:botocore/credentials.py:80-81,596-620 and botocore/utils.py:683-715
 */
export const botocoreRefresh: Refresh = {
  chain: 'pinned',
  renewals: [
    {
      of: ['webIdentity', 'profile', 'container'],
      triesFrom: { beforeExpirySeconds: 900 },
      mustFromSeconds: 600,
      ...renewed,
    },
    {
      of: ['imds'],
      mustFromSeconds: 900,
      stretched: { belowSeconds: 900, heldSeconds: 1020 },
      source: 'boto/botocore:botocore/utils.py:683-715; conformance/sdk/recordings/botocore',
      strength: 'recorded',
    },
  ],
  ...renewed,
};
