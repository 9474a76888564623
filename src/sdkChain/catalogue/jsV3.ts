import { imdsGetFailures } from '../imdsProvider.ts';
import {
  type ContainerProvider,
  type ProfileLookup,
  type ContainerFailure,
  type SdkEntry,
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
const exhausted = 'Could not load credentials from any providers';
const wrongHost = 'the URL is not a valid container metadata service hostname';

/** Whatever fails, the older container provider is asked next, and its complaint is what is shown. */
const containerRules: readonly Rule<ContainerFailure, 'send'>[] = [
  { on: ['hostNotAllowed'], next: 'stop', error: wrongHost, ...http },
  {
    on: ['tokenMissing', 'tokenUnreadable'],
    next: 'stop',
    error: wrongHost,
    ...seen(http),
  },
  { on: ['tokenEmpty'], next: 'send', error: '', ...seen(http) },
  {
    on: ['clientError', 'serverError', 'refused', 'timeout'],
    attempts: 4,
    next: 'stop',
    error: wrongHost,
    ...http,
  },
  { on: ['hang'], next: 'stop', error: neverAnswers, ...http },
];

const container: ContainerProvider = {
  kind: 'container',
  id: 'container',
  uriSetWhen: 'nonEmpty',
  bothSet: 'relative',
  hosts: [
    { until: '3.502.0', value: ['localhost', '127.0.0.1'] },
    { since: '3.502.0', value: agentHosts },
  ],
  tokenFileSince: '3.502.0',
  tokenFirst: 'file',
  tokenWithRelativeUri: 'sent',
  moreAttemptsWhenRelative: 1,
  rules: containerRules,
  ...http,
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
    {
      kind: 'profile',
      id: 'profile',
      lookup,
      takes: ['sourceProfile', 'credentialSource', 'static', 'webIdentity', 'process', 'sso'],
      rules: [
        { on: ['profileMissing'], next: 'continue', error: exhausted, ...ini },
        { on: ['broken', 'sourceMissing'], next: 'continue', error: exhausted, ...seen(iniRead) },
        { on: ['ssoUnavailable', 'sourceFailed'], next: 'stop', error: '{code}', ...iniRead },
        { on: ['roleRefused'], next: 'stop', error: '{code}', ...ini },
      ],
      ...ini,
    },
    {
      kind: 'webIdentity',
      id: 'webIdentity',
      since: '3.15.0',
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
    },
    container,
    {
      kind: 'imds',
      id: 'imds',
      disabledWhen: 'nonEmptyButFalse',
      protocol: 'v2ThenV1',
      v1SwitchSince: '3.458.0', // the change of 2023-11 reached the clients about then
      token: [
        {
          on: ['forbidden', 'notFound', 'methodNotAllowed', 'serverError', ...noAnswer],
          next: 'v1',
          error: '',
          ...imds,
        },
        { on: ['badRequest'], next: 'continue', error: exhausted, ...imds },
      ],
      roleList: [{ on: imdsGetFailures, next: 'continue', error: exhausted, ...imds }],
      roleCredentials: [{ on: imdsGetFailures, next: 'continue', error: exhausted, ...imds }],
      ...imds,
    },
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
