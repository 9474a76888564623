import { containerFailures, profileFailures, type SdkEntry } from '../entry.ts';
import { imdsGetFailures } from '../imdsProvider.ts';
import { type Evidence } from '../providerRow.ts';
import { anyImdsFailure } from './anyImdsFailure.ts';
import { agentHosts, loopbackHosts } from './hosts.ts';
import { withImdsV2Since } from './imdsV2Since.ts';
import { noAnswer } from './noAnswer.ts';
import { recordedIn } from './recordedIn.ts';

const seen = recordedIn('java-v2');
const refreshRecordings = 'conformance/sdk/recordings/java-v2';
const auth = 'core/auth/src/main/java/software/amazon/awssdk/auth/credentials';
const chain: Evidence = {
  source: `aws/aws-sdk-java-v2:${auth}/AwsCredentialsProviderChain.java; aws/aws-sdk-java-v2#6638`,
  strength: 'source',
};
const webIdentity: Evidence = {
  source: `aws/aws-sdk-java-v2:${auth}/WebIdentityTokenFileCredentialsProvider.java`,
  strength: 'source',
};
const stsModule: Evidence = {
  source: `aws/aws-sdk-java-v2:${auth}/internal/WebIdentityCredentialsUtils.java; aws/aws-sdk-java-v2#1915`,
  strength: 'source',
};
const retries: Evidence = {
  source: 'https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html',
  strength: 'docs',
};
const profile: Evidence = {
  source: `aws/aws-sdk-java-v2:${auth}/internal/ProfileCredentialsUtils.java`,
  strength: 'source',
};
const container: Evidence = {
  source: `aws/aws-sdk-java-v2:${auth}/ContainerCredentialsProvider.java`,
  strength: 'source',
};
const imds: Evidence = {
  source: `aws/aws-sdk-java-v2:${auth}/InstanceProfileCredentialsProvider.java`,
  strength: 'source',
};

const exhausted = 'Unable to load credentials from any of the providers in the chain';

/**
 * What the Java SDK 2 does: every exception of a provider leads to the next one, web identity's too.
 *
 * @source aws/aws-sdk-java-v2:core/auth/…/auth/credentials/DefaultCredentialsProvider.java
 */
export const javaV2: SdkEntry = {
  family: 'java-v2',
  title: 'AWS SDK for Java 2',
  versionMeans: 'the version of software.amazon.awssdk:bom',
  oldestKnown: '2.0.0',
  newestKnown: '2.57.8',
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
      ...seen(chain),
    },
    {
      kind: 'webIdentity',
      id: 'webIdentity',
      since: '2.10.11', // awsdocs/amazon-eks-user-guide; aws/aws-sdk-java-v2#1470
      values: 'environment',
      setWhen: 'nonEmpty',
      rules: [
        { on: ['roleMissing'], next: 'continue', error: '', ...seen(webIdentity) },
        {
          on: ['moduleMissing'],
          next: 'continue',
          error: 'the sts module is not on the class path',
          ...stsModule,
        },
        {
          on: ['tokenMissing', 'tokenUnreadable'],
          next: 'continue',
          error: 'token file cannot be read',
          ...seen(chain),
        },
        { on: ['tokenEmpty'], next: 'send', error: '', ...seen(webIdentity) },
        {
          on: ['accessDenied', 'invalidIdentityToken', 'expiredToken', 'clientError'],
          next: 'continue',
          error: '{code}',
          ...seen(chain),
        },
        {
          on: ['idpCommunicationError', 'serverError', ...noAnswer],
          attempts: 4,
          next: 'continue',
          error: '{code}',
          ...seen(retries),
        },
      ],
      ...seen(webIdentity),
    },
    {
      kind: 'profile',
      id: 'profile',
      lookup: { files: ['credentials', 'config'], nameFrom: ['AWS_PROFILE'] },
      takes: ['webIdentity', 'sso', 'sourceProfile', 'credentialSource', 'process', 'static'],
      rules: [{ on: profileFailures, next: 'continue', error: '{code}', ...seen(chain) }],
      ...seen(profile),
    },
    {
      kind: 'container',
      id: 'container',
      uriSetWhen: 'nonEmpty',
      bothSet: 'relative',
      hosts: [
        { until: '2.21.30', value: loopbackHosts },
        { since: '2.21.30', value: agentHosts }, // awsdocs/amazon-eks-user-guide
      ],
      tokenFileSince: '2.21.30',
      tokenFirst: 'file',
      tokenWithRelativeUri: 'sent',
      rules: [
        {
          on: ['serverError', ...noAnswer],
          attempts: 6,
          next: 'continue',
          error: '{code}',
          ...seen({
            source: `aws/aws-sdk-java-v2:${auth}/internal/ContainerCredentialsRetryPolicy.java`,
            strength: 'source',
          }),
        },
        { on: containerFailures, next: 'continue', error: '{code}', ...seen(chain) },
      ],
      ...seen(container),
    },
    ...withImdsV2Since('2.10.21', {
      kind: 'imds',
      id: 'imds',
      disabledWhen: 'true',
      protocol: 'v2ThenV1',
      v1SwitchSince: '2.21.30',
      token: [
        {
          on: ['forbidden', 'notFound', 'methodNotAllowed', 'serverError', ...noAnswer],
          next: 'v1',
          error: '',
          ...seen(imds),
        },
        { on: ['badRequest'], next: 'continue', error: exhausted, ...seen(imds) },
      ],
      roleList: [{ on: imdsGetFailures, next: 'continue', error: exhausted, ...seen(imds) }],
      roleCredentials: [{ on: imdsGetFailures, next: 'continue', error: exhausted, ...seen(imds) }],
      ...seen(imds),
    }),
  ],
  sts: {
    regionFrom: ['AWS_REGION'],
    endpoints: [{ value: 'regional' }],
    setting: 'ignored',
    withoutRegion: 'global',
    sessionName: 'aws-sdk-java-<unix ms>',
    attempts: 4,
    ...seen(webIdentity),
  },
  refresh: {
    chain: 'pinned',
    renewals: [
      {
        of: ['webIdentity', 'profile'],
        triesFrom: { beforeExpirySeconds: 300 },
        mustFromSeconds: 60,
        source: `aws/aws-sdk-java-v2:services/sts/…/sts/auth/StsCredentialsProvider.java; ${refreshRecordings}`,
        strength: 'recorded',
      },
      {
        of: ['container'],
        triesFrom: { beforeExpirySeconds: 900, afterSeconds: 3600 },
        mustFromSeconds: 60,
        source: `${container.source}, \`prefetchTime\`; ${refreshRecordings}`,
        strength: 'recorded',
      },
      {
        of: ['imds'],
        triesFrom: { afterHalfOfLifeSeconds: 300 },
        mustFromSeconds: 1,
        servesOldAfter: anyImdsFailure,
        source: `${imds.source}, \`prefetchTime\`; ${refreshRecordings}`,
        strength: 'recorded',
      },
    ],
    source: `${chain.source}; ${refreshRecordings}`,
    strength: 'recorded',
  },
  exhausted,
};
