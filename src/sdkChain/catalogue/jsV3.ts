import { imdsGetFailures, type ImdsProvider } from '../imdsProvider.ts';
import {
  type ContainerFailure,
  type ContainerProvider,
  type ProfileFailure,
  type ProfileLookup,
  type ProfileProvider,
  type SdkEntry,
  type WebIdentityProvider,
} from '../entry.ts';
import { type Evidence, type Rule } from '../providerRow.ts';
import { everyKind } from './everyKind.ts';
import { agentHosts } from './hosts.ts';
import { noAnswer } from './noAnswer.ts';
import { neverAnswers } from './neverAnswers.ts';
import { recordedIn } from './recordedIn.ts';

const seen = recordedIn('js-v3');
const refreshRecordings = 'conformance/sdk/recordings/js-v3';
const recordings = 'conformance/sdk/measured.json';
const chain: Evidence = {
  source: `aws/aws-sdk-js-v3:packages/credential-provider-node/src/defaultProvider.ts; ${recordings}`,
  strength: 'recorded',
};
const webIdentity: Evidence = {
  source: `aws/aws-sdk-js-v3:packages/credential-provider-web-identity/src/fromTokenFile.ts; ${recordings}`,
  strength: 'recorded',
};
const ini: Evidence = {
  source: `aws/aws-sdk-js-v3:packages/credential-provider-ini/src/resolveProfileData.ts; ${recordings}`,
  strength: 'recorded',
};
const iniRead: Evidence = {
  source: 'aws/aws-sdk-js-v3:packages/credential-provider-ini/src/resolveProfileData.ts',
  strength: 'source',
};
const http: Evidence = {
  source: `aws/aws-sdk-js-v3:packages/credential-provider-http/src/fromHttp/fromHttp.ts; ${recordings}`,
  strength: 'recorded',
};
const imds: Evidence = {
  source: `smithy-lang/smithy-typescript:packages/credential-provider-imds; ${recordings}`,
  strength: 'recorded',
};

const lookup: ProfileLookup = { files: ['credentials', 'config'], nameFrom: ['AWS_PROFILE'] };
/** `credential-provider-node` takes `credential-provider-http` in; recorded with 3.504.0, and not with 3.502.0. */
const podIdentitySince = '3.503.1';
const exhausted = 'Could not load credentials from any providers';
const wrongHost = 'the URL is not a valid container metadata service hostname';

/** What became of the answer; `attempts` of the request. */
function containerRules(attempts: number): readonly Rule<ContainerFailure, 'send'>[] {
  return [
    { on: ['hostNotAllowed'], next: 'stop', error: wrongHost, ...http },
    {
      on: ['tokenMissing', 'tokenUnreadable'],
      next: 'stop',
      error: wrongHost,
      ...seen(http),
    },
    { on: ['tokenEmpty'], next: 'send', error: '', ...seen(http) },
    { on: ['tokenMalformed'], next: 'stop', error: wrongHost, ...seen(http) },
    {
      on: ['clientError', 'serverError', 'refused', 'timeout'],
      attempts,
      next: 'stop',
      error: wrongHost,
      ...seen(http),
    },
    { on: ['hang'], next: 'stop', error: neverAnswers, ...http },
  ];
}

const container = {
  kind: 'container',
  id: 'container',
  uriSetWhen: 'nonEmpty',
  tokenFirst: 'file',
  tokenFileSince: podIdentitySince,
  tokenWithRelativeUri: 'sent',
  ...seen(http),
} as const;

/**
 * With Pod Identity came a second provider: whatever fails in it, the older one is asked next, and its
 * complaint is what is shown. At first it preferred the full URI. Releases from 3.974.0 on take any newer
 * version of it, and so in a new install the one that prefers the relative URI.
 */
const containers: readonly ContainerProvider[] = [
  {
    ...container,
    until: podIdentitySince,
    bothSet: 'relative',
    hosts: [{ value: ['localhost', '127.0.0.1'] }],
    rules: containerRules(1),
  },
  {
    ...container,
    since: podIdentitySince,
    until: '3.974.0',
    bothSet: 'full',
    hosts: [
      // Addresses in brackets are allowed, and its first HTTP client could not dial them.
      { until: '3.575.0', value: agentHosts.filter((host) => !host.includes(':')) },
      { since: '3.575.0', value: agentHosts },
    ],
    moreAttemptsWhenRelative: 1,
    rules: containerRules(4),
  },
  {
    ...container,
    since: '3.974.0',
    bothSet: 'relative',
    hosts: [{ value: agentHosts }],
    moreAttemptsWhenRelative: 1,
    rules: containerRules(4),
  },
];

const profileRules: readonly Rule<ProfileFailure>[] = [
  { on: ['profileMissing'], next: 'continue', error: exhausted, ...ini },
  { on: ['broken', 'sourceMissing'], next: 'continue', error: exhausted, ...seen(iniRead) },
  { on: ['ssoUnavailable', 'sourceFailed'], next: 'stop', error: '{code}', ...iniRead },
  { on: ['roleRefused'], next: 'stop', error: '{code}', ...ini },
];

/** Until a client lent the chain its way to STS, a profile that needs it was an error. */
const needsRoleAssumer: Rule<ProfileFailure> = {
  on: ['unusable'],
  next: 'stop',
  error: 'CredentialsProviderError: no role assumption callback was provided',
  ...seen(iniRead),
};

/** At first a profile that is named is the whole chain. */
const namedAlone: Rule<ProfileFailure> = {
  on: ['profileMissing', 'nothingInNamed'],
  next: 'stop',
  error: 'ProviderError: profile could not be found or parsed',
  ...seen(chain),
};

const profileRow = { kind: 'profile', id: 'profile', lookup, ...seen(ini) } as const;

const profiles: readonly ProfileProvider[] = [
  {
    ...profileRow,
    until: '3.6.0',
    takes: ['sourceProfile', 'static'],
    unusable: ['sourceProfile'],
    rules: [needsRoleAssumer, namedAlone, ...profileRules],
  },
  {
    ...profileRow,
    since: '3.6.0',
    until: '3.10.0',
    takes: ['sourceProfile', 'static'],
    unusable: ['sourceProfile'],
    rules: [needsRoleAssumer, ...profileRules],
  },
  {
    ...profileRow,
    since: '3.10.0',
    until: '3.12.0',
    takes: ['sourceProfile', 'static', 'webIdentity'],
    unusable: ['sourceProfile', 'webIdentity'],
    rules: [needsRoleAssumer, ...profileRules],
  },
  {
    ...profileRow,
    since: '3.12.0',
    until: '3.13.0',
    takes: ['sourceProfile', 'static', 'webIdentity'],
    rules: profileRules,
  },
  {
    ...profileRow,
    since: '3.13.0',
    takes: ['sourceProfile', 'credentialSource', 'static', 'webIdentity', 'process', 'sso'],
    rules: profileRules,
  },
  { ...profileRow, until: '3.13.0', id: 'process', takes: ['process'], rules: profileRules },
];

const irsa: WebIdentityProvider = {
  kind: 'webIdentity',
  id: 'webIdentity',
  values: 'environment',
  setWhen: 'nonEmpty',
  rules: [
    { on: ['roleMissing'], next: 'continue', error: '', ...webIdentity },
    {
      on: ['tokenMissing', 'tokenUnreadable'],
      next: 'stop',
      error: 'ENOENT: no such file or directory',
      ...seen(webIdentity),
    },
    { on: ['tokenEmpty'], next: 'send', error: '', ...seen(webIdentity) },
    {
      on: ['accessDenied', 'invalidIdentityToken', 'expiredToken', 'clientError'],
      next: 'stop',
      error: '{code}',
      ...webIdentity,
    },
    {
      on: ['idpCommunicationError', 'serverError', 'refused', 'timeout'],
      attempts: 3,
      next: 'stop',
      error: '{code}',
      ...webIdentity,
    },
    { on: ['hang'], next: 'stop', error: neverAnswers, ...webIdentity },
  ],
  ...webIdentity,
};

const imdsRow: ImdsProvider = {
  kind: 'imds',
  id: 'imds',
  disabledWhen: 'nonEmptyButFalse',
  protocol: 'v2ThenV1',
  // From there on a new install has the package of 2023-11 that knows the switch.
  v1SwitchSince: '3.378.0',
  token: [
    {
      on: [
        'unauthorized',
        'forbidden',
        'notFound',
        'methodNotAllowed',
        'tooManyRequests',
        'serverError',
        ...noAnswer,
      ],
      next: 'v1',
      error: '',
      ...imds,
    },
    { on: ['badRequest'], next: 'continue', error: exhausted, ...imds },
  ],
  roleList: [{ on: imdsGetFailures, next: 'continue', error: exhausted, ...imds }],
  roleCredentials: [{ on: imdsGetFailures, next: 'continue', error: exhausted, ...imds }],
  ...imds,
};

/**
 * What the JavaScript SDK 3 does: an error leads on only when it says so (`tryNextLink`).
 *
 * The EKS user guide names other first versions than were recorded (IRSA 3.27.0, Pod Identity 3.458.0).
 *
 * @source aws/aws-sdk-js-v3:packages/credential-provider-node/src/defaultProvider.ts
 */
export const jsV3: SdkEntry = {
  family: 'js-v3',
  title: 'AWS SDK for JavaScript 3 (Node.js)',
  versionMeans: 'the version of the package @aws-sdk/client-sts and its siblings',
  oldestKnown: '3.0.0',
  newestKnown: '3.1174.0',
  shape: 'softErrorsContinue',
  ...seen(chain),
  providers: [
    {
      kind: 'environmentKeys',
      id: 'environment',
      accessKeyId: ['AWS_ACCESS_KEY_ID'],
      secretAccessKey: ['AWS_SECRET_ACCESS_KEY'],
      setWhen: 'nonEmpty',
      names: 'firstSet',
      skippedWhenSet: ['AWS_PROFILE'],
      ...chain,
    },
    ...profiles,
    { ...irsa, since: '3.12.0', until: '3.15.0', values: 'profileAlone' },
    { ...irsa, since: '3.15.0' },
    ...containers,
    { ...imdsRow, until: '3.738.0', disabledWhen: 'nonEmpty' },
    { ...imdsRow, since: '3.738.0' },
  ],
  sts: {
    regionFrom: ['AWS_REGION'],
    endpoints: [{ value: 'regional' }],
    setting: 'ignored',
    withoutRegion: 'client',
    sessionName: 'aws-sdk-js-session-<unix ms>',
    attempts: 3,
    ...seen(webIdentity),
  },
  refresh: {
    chain: 'walksAgain',
    remembersErrors: {
      until: '3.27.0', // CHANGELOG: stop memoizing rejected provider, aws/aws-sdk-js-v3#2680
      source: `aws/aws-sdk-js-v3:packages/property-provider/CHANGELOG.md; ${refreshRecordings}`,
      strength: 'recorded',
    },
    renewals: [
      {
        of: everyKind,
        triesFrom: { beforeExpirySeconds: 300 },
        mustFromSeconds: 0,
        source: `aws/aws-sdk-js-v3:packages/credential-provider-node/src/defaultProvider.ts; ${refreshRecordings}`,
        strength: 'recorded',
      },
    ],
    source: `aws/aws-sdk-js-v3:packages/credential-provider-node/src/runtime/memoize-chain.ts; ${refreshRecordings}`,
    strength: 'recorded',
  },
  exhausted,
};
