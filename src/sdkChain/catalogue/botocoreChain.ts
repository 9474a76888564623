import type { Evidence, ImdsProvider, ProfileFailure, ProfileLookup, Provider, Rule } from '../entry.ts';
import type { Refresh } from '../refresh.ts';
import { imdsGetFailures } from '../entry.ts';
import { agentHosts } from './hosts.ts';
import { withImdsV2Since } from './imdsV2Since.ts';
import { noAnswer } from './noAnswer.ts';
import { recordedIn } from './recordedIn.ts';

const seen = recordedIn('botocore');
/** What differs between botocore and the two command lines that carry it. */
export interface BotocoreSettings {
  readonly irsaSince?: string;
  readonly podIdentitySince: string;
  readonly imdsV2Since?: string;
  readonly v1SwitchSince: string;
  /** Attempts of an STS call: 5 in legacy mode, 3 in standard mode. */
  readonly stsAttempts: number;
  readonly profileFrom: readonly string[];
  /** Writes an exception as the user meets it. */
  readonly error: (exception: string, exit: BotocoreExit) => string;
  /** A command line refuses an API call without a region. */
  readonly noRegion: readonly Rule<'noRegion'>[];
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
    {
      kind: 'profile',
      id: 'assumeRoleProfile',
      lookup: merged,
      takes: ['sourceProfile', 'credentialSource'],
      rules: profile('InvalidConfigError'),
      ...credentials,
    },
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

function webIdentity(settings: BotocoreSettings, lookup: ProfileLookup): Provider {
  const { error, stsAttempts, irsaSince } = settings;
  return {
    kind: 'webIdentity',
    id: 'webIdentity',
    ...(irsaSince === undefined ? {} : { since: irsaSince }),
    values: 'eachThenProfile',
    setWhen: 'nonEmpty',
    lookup,
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

function imdsProviders({ imdsV2Since, v1SwitchSince, error }: BotocoreSettings): readonly Provider[] {
  const nothing = error('NoCredentialsError', 'noCredentials');
  const imds: ImdsProvider = {
    kind: 'imds',
    id: 'imds',
    disabledWhen: 'true',
    protocol: 'v2ThenV1',
    v1SwitchSince,
    token: [
      {
        on: ['forbidden', 'notFound', 'methodNotAllowed', 'serverError', 'timeout', 'hang'],
        next: 'v1',
        error: '',
        ...utils,
      },
      { on: ['refused'], next: 'v1', error: '', ...utils },
      { on: ['badRequest'], next: 'continue', error: nothing, ...utils },
    ],
    roleList: [{ on: imdsGetFailures, next: 'continue', error: nothing, ...utils }],
    roleCredentials: [{ on: imdsGetFailures, next: 'continue', error: nothing, ...utils }],
    ...utils,
  };
  return imdsV2Since === undefined ? [imds] : withImdsV2Since(imdsV2Since, imds);
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
