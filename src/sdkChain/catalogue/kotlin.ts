import {
  containerFailures,
  profileFailures,
  type ProfileLookup,
  type ProfileProvider,
  type SdkEntry,
} from '../entry.ts';
import { imdsGetFailures } from '../imdsProvider.ts';
import { type Evidence } from '../providerRow.ts';
import { agentHosts, loopbackHosts } from './hosts.ts';
import { noAnswer } from './noAnswer.ts';
import { recordedIn } from './recordedIn.ts';

const seen = recordedIn('kotlin');
const config =
  'awslabs/aws-sdk-kotlin:aws-runtime/aws-config/common/src/aws/sdk/kotlin/runtime/auth/credentials';
const chain: Evidence = {
  source: 'smithy-lang/smithy-kotlin:runtime/auth/identity-api/…/identity/IdentityProviderChain.kt:37-48',
  strength: 'source',
};
const order: Evidence = {
  source: `${config}/DefaultChainCredentialsProvider.kt:54-70`,
  strength: 'source',
};
const webIdentity: Evidence = {
  source: `${config}/StsWebIdentityCredentialsProvider.kt`,
  strength: 'source',
};
const retries: Evidence = {
  source: 'awslabs/aws-sdk-kotlin:aws-runtime/aws-http/…/http/retries/AwsRetryPolicy.kt:54-75',
  strength: 'source',
};
const container: Evidence = { source: `${config}/EcsCredentialsProvider.kt`, strength: 'source' };
const imds: Evidence = { source: `${config}/ImdsCredentialsProvider.kt`, strength: 'source' };
const imdsRetries: Evidence = {
  source: 'awslabs/aws-sdk-kotlin:aws-runtime/aws-config/…/config/imds/ImdsRetryPolicy.kt:16-31',
  strength: 'source',
};

const cache: Evidence = {
  source: 'smithy-lang/smithy-kotlin:runtime/auth/aws-credentials/…/CachedCredentialsProvider.kt:58-69',
  strength: 'source',
};

const exhausted = 'No identity could be resolved from the chain';

const lookup: ProfileLookup = { files: ['credentials', 'config'], nameFrom: ['AWS_PROFILE'] };

/** Web identity, profile and metadata read the shared files, and each fails for it. */
const unparsable = {
  on: ['unparsable'],
  next: 'continue',
  error: 'the shared config is not valid',
  ...seen(chain),
} as const;

const profile: ProfileProvider = {
  kind: 'profile',
  id: 'profile',
  lookup,
  takes: ['static', 'sourceProfile', 'credentialSource', 'webIdentity', 'sso', 'process'],
  rules: [
    unparsable,
    {
      on: ['lastingKeys'],
      next: 'continue',
      error: 'missing field `SessionToken`',
      ...seen({ source: `${config}/JsonCredentialsDeserializer.kt`, strength: 'source' }),
    },
    { on: profileFailures, next: 'continue', error: '{code}', ...seen(chain) },
  ],
  ...seen({ source: `${config}/profile/ProfileChain.kt`, strength: 'source' }),
};

/**
 * What the Kotlin SDK does: every exception leads to the next provider; IMDSv2 only.
 *
 * Since 1.4.0 web identity comes before the profile (its CHANGELOG).
 *
 * @source awslabs/aws-sdk-kotlin:aws-runtime/aws-config/…/credentials/DefaultChainCredentialsProvider.kt
 */
export const kotlin: SdkEntry = {
  family: 'kotlin',
  title: 'AWS SDK for Kotlin',
  versionMeans: 'the version of aws.sdk.kotlin:bom',
  oldestKnown: '0.13.0',
  newestKnown: '1.8.12',
  shape: 'anyErrorContinues',
  ...seen(chain),
  providers: [
    {
      kind: 'environmentKeys',
      id: 'environment',
      accessKeyId: ['AWS_ACCESS_KEY_ID'],
      secretAccessKey: ['AWS_SECRET_ACCESS_KEY'],
      setWhen: 'nonBlank',
      names: 'firstSet',
      ...seen({ source: `${config}/EnvironmentCredentialsProvider.kt:34-49`, strength: 'source' }),
    },
    { ...profile, until: '1.4.0' },
    {
      kind: 'webIdentity',
      id: 'webIdentity',
      values: 'environment',
      setWhen: 'present',
      lookup,
      regionFromImds: { path: '/latest/meta-data/placement/region', protocol: 'v2', rounds: 1 },
      rules: [
        unparsable,
        { on: ['roleMissing'], next: 'continue', error: '', ...seen(webIdentity) },
        { on: ['noRegion'], next: 'continue', error: 'the region is missing', ...webIdentity },
        {
          on: ['roleNotArn'],
          next: 'continue',
          error: 'the ARN of the assumed role is not valid',
          ...seen(webIdentity),
        },
        {
          on: ['tokenMissing', 'tokenUnreadable'],
          next: 'continue',
          error: 'token file cannot be read',
          ...seen(webIdentity),
        },
        { on: ['tokenEmpty'], next: 'send', error: '', ...seen(webIdentity) },
        {
          on: ['accessDenied', 'invalidIdentityToken', 'expiredToken', 'clientError'],
          next: 'continue',
          error: '{code}',
          ...seen(webIdentity),
        },
        {
          on: ['idpCommunicationError', 'serverError', ...noAnswer],
          attempts: 3,
          next: 'continue',
          error: '{code}',
          ...seen(retries),
        },
      ],
      ...seen(order),
    },
    { ...profile, since: '1.4.0' },
    {
      kind: 'container',
      id: 'container',
      uriSetWhen: 'nonEmpty',
      bothSet: 'relative',
      hosts: [
        { until: '0.33.1', value: loopbackHosts },
        { since: '0.33.1', value: agentHosts }, // commit e95dffa; the EKS user guide says 1.0.1
      ],
      tokenFileSince: '0.33.1',
      tokenFirst: 'file',
      tokenWithRelativeUri: 'sent',
      rules: [
        { on: ['tokenEmpty'], next: 'send', error: '', ...seen(container) },
        {
          on: ['tokenMalformed'],
          next: 'continue',
          error: 'the token is no valid header',
          ...seen(container),
        },
        {
          on: ['serverError', ...noAnswer],
          attempts: 3,
          next: 'continue',
          error: '{code}',
          ...seen(container),
        },
        { on: containerFailures, next: 'continue', error: '{code}', ...seen(container) },
      ],
      ...seen(container),
    },
    {
      kind: 'profileGate',
      id: 'sharedConfig',
      lookup,
      rules: [{ ...unparsable, next: 'stop', error: exhausted }],
      ...seen(chain),
    },
    {
      kind: 'imds',
      id: 'imds',
      disabledWhen: 'true',
      protocol: 'v2',
      token: [
        { on: ['serverError'], attempts: 3, next: 'continue', error: exhausted, ...seen(imdsRetries) },
        {
          on: ['forbidden', 'notFound', 'methodNotAllowed', 'badRequest', ...noAnswer],
          next: 'continue',
          error: exhausted,
          ...seen(imds),
        },
      ],
      roleList: [
        {
          on: ['serverError', 'unauthorized'],
          attempts: 3,
          next: 'continue',
          error: exhausted,
          ...seen(imdsRetries),
        },
        { on: imdsGetFailures, next: 'continue', error: exhausted, ...seen(imds) },
      ],
      roleCredentials: [
        {
          on: ['serverError', 'unauthorized'],
          attempts: 3,
          next: 'continue',
          error: exhausted,
          ...seen(imdsRetries),
        },
        { on: imdsGetFailures, next: 'continue', error: exhausted, ...seen(imds) },
      ],
      ...seen(imds),
    },
  ],
  sts: {
    regionFrom: ['AWS_REGION'],
    endpoints: [{ value: 'regional' }],
    setting: 'ignored',
    withoutRegion: 'client',
    sessionName: 'aws-sdk-kotlin-<unix ms>',
    attempts: 3,
    source: `${config}/StsAssumeRoleCredentialsProvider.kt:201-202`,
    strength: 'source',
  },
  refresh: {
    chain: 'walksAgain',
    renewals: [
      {
        of: ['profile', 'webIdentity', 'container'],
        mustFromSeconds: 10,
        atMostSeconds: 900,
        ...cache,
      },
      {
        of: ['imds'],
        mustFromSeconds: 10,
        atMostSeconds: 900,
        servesOldAfter: ['serverError', ...noAnswer],
        source: `${cache.source}; ${config}/ImdsCredentialsProvider.kt:144-151`,
        strength: 'source',
      },
    ],
    ...cache,
  },
  exhausted,
};
