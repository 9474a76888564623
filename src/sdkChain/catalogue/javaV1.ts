import { imdsGetFailures } from '../imdsProvider.ts';
import { profileFailures, type ProfileProvider, type SdkEntry, type WebIdentityProvider } from '../entry.ts';
import { type Evidence } from '../providerRow.ts';
import { anyImdsFailure } from './anyImdsFailure.ts';
import { agentHostsOverIpv4, loopbackHosts } from './hosts.ts';
import { withImdsV2Since } from './imdsV2Since.ts';
import { javaRegionQuestion, javaWebIdentityRules } from './javaWebIdentity.ts';
import { noAnswer } from './noAnswer.ts';
import { recordedIn } from './recordedIn.ts';

const seen = recordedIn('java-v1');
const refreshRecordings = 'conformance/sdk/recordings/java-v1';
const core = 'aws/aws-sdk-java:aws-java-sdk-core/src/main/java/com/amazonaws';
const chain: Evidence = { source: `${core}/auth/AWSCredentialsProviderChain.java`, strength: 'source' };
const webIdentity: Evidence = {
  source: `${core}/auth/WebIdentityTokenCredentialsProvider.java`,
  strength: 'source',
};
const stsModule: Evidence = {
  source: `aws/aws-sdk-java#2283; ${core}/auth/profile/internal/securitytoken`,
  strength: 'source',
};
const retries: Evidence = {
  source: 'https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html',
  strength: 'docs',
};
const wrapper: Evidence = {
  source: `${core}/auth/EC2ContainerCredentialsProviderWrapper.java, \`initializeProvider\``,
  strength: 'source',
};
const containerRetries: Evidence = {
  source: `${core}/auth/ContainerCredentialsRetryPolicy.java`,
  strength: 'source',
};
const roleAlone: Evidence = {
  source: 'aws/aws-sdk-java:aws-java-sdk-sts/…/securitytoken/internal/STSProfileCredentialsService.java',
  strength: 'source',
};
const imds: Evidence = {
  source: `${core}/internal/InstanceMetadataServiceResourceFetcher.java, \`isTokenUnsupported\``,
  strength: 'source',
};

// Where no change log tells which release changed something, the first one run that behaves so is named.
const imdsV2Since = '1.11.678';
/** Since then the account is read from the role that STS has let be assumed. */
const accountSince = '1.12.776';
/** Before this version the profile came first; the EKS user guide asks for it. */
const webIdentityFirstSince = '1.11.704';

const exhausted = 'Unable to load AWS credentials from any provider in the chain';

const profile: ProfileProvider = {
  kind: 'profile',
  id: 'profile',
  lookup: { files: ['credentials', 'config'], nameFrom: ['AWS_PROFILE'] },
  takes: ['sourceProfile', 'process', 'static'],
  rules: [{ on: profileFailures, next: 'continue', error: '{code}', ...seen(chain) }],
  ...seen(chain),
};

const webIdentityRow = {
  kind: 'webIdentity',
  id: 'webIdentity',
  values: 'environment',
  setWhen: 'present',
  rules: [
    { on: ['tokenFileUnset'], next: 'stop', error: 'StackOverflowError', ...seen(roleAlone) },
    ...javaWebIdentityRules(
      { webIdentity: seen(webIdentity), chain: seen(chain), retries: seen(retries), stsModule },
      'aws-java-sdk-sts is not on the class path',
    ),
  ],
  ...seen(webIdentity),
} as const satisfies WebIdentityProvider;

const askingWithToken = {
  ...webIdentityRow,
  regionFromImds: javaRegionQuestion('v2ThenV1'),
} as const satisfies WebIdentityProvider;

const webIdentityProviders: readonly WebIdentityProvider[] = [
  { ...webIdentityRow, since: '1.11.622', until: imdsV2Since, regionFromImds: javaRegionQuestion('v1') },
  { ...askingWithToken, since: imdsV2Since, until: accountSince },
  {
    ...askingWithToken,
    since: accountSince,
    rules: [
      {
        on: ['roleNotArn'],
        next: 'continue',
        error: 'the ARN of the assumed role is not valid',
        ...seen(webIdentity),
      },
      ...webIdentityRow.rules,
    ],
  },
];

/**
 * What the Java SDK 1 does: the chain swallows every exception; its last member is either the container
 * endpoint or the metadata service, chosen once by the variables.
 *
 * @source aws/aws-sdk-java:aws-java-sdk-core/…/auth/DefaultAWSCredentialsProviderChain.java
 */
export const javaV1: SdkEntry = {
  family: 'java-v1',
  title: 'AWS SDK for Java 1',
  versionMeans: 'the version of com.amazonaws:aws-java-sdk-core',
  oldestKnown: '1.11.0',
  newestKnown: '1.12.797',
  shape: 'anyErrorContinues',
  ...seen(chain),
  providers: [
    {
      kind: 'environmentKeys',
      id: 'environment',
      accessKeyId: ['AWS_ACCESS_KEY_ID', 'AWS_ACCESS_KEY'],
      secretAccessKey: ['AWS_SECRET_KEY', 'AWS_SECRET_ACCESS_KEY'],
      setWhen: 'nonBlank',
      names: 'firstSet',
      ...seen({ source: `${core}/auth/DefaultAWSCredentialsProviderChain.java`, strength: 'docs' }),
    },
    { ...profile, until: webIdentityFirstSince },
    ...webIdentityProviders,
    { ...profile, since: webIdentityFirstSince },
    {
      kind: 'container',
      id: 'container',
      uriSetWhen: 'present',
      emptyRelativeUri: 'requested',
      bothSet: 'relative',
      hosts: [
        { until: '1.12.746', value: loopbackHosts },
        // awsdocs/amazon-eks-user-guide; the newest release, too, refuses the IPv6 address
        { since: '1.12.746', value: agentHostsOverIpv4 },
      ],
      tokenFileSince: '1.12.746',
      tokenFirst: 'variable',
      tokenWithRelativeUri: 'notSent',
      rules: [
        {
          on: ['uriEmpty', 'hostNotAllowed', 'tokenMissing', 'tokenUnreadable', 'clientError'],
          next: 'stop',
          error: exhausted,
          ...seen(wrapper),
        },
        { on: ['tokenMalformed'], next: 'stop', error: exhausted, ...seen(wrapper) },
        { on: ['tokenEmpty'], next: 'sendWithout', error: '', ...seen(wrapper) },
        {
          on: ['serverError', ...noAnswer],
          attempts: 6,
          next: 'stop',
          error: exhausted,
          ...seen(containerRetries),
        },
      ],
      ...seen(wrapper),
    },
    ...withImdsV2Since(imdsV2Since, {
      kind: 'imds',
      id: 'imds',
      disabledWhen: 'true',
      protocol: 'v2ThenV1',
      v1SwitchSince: '1.12.634',
      tokenAsked: 'beforeEachGet',
      token: [
        {
          on: [
            'unauthorized',
            'forbidden',
            'notFound',
            'methodNotAllowed',
            'tooManyRequests',
            'timeout',
            'hang',
          ],
          next: 'v1AskAgain',
          error: '',
          ...seen(imds),
        },
        { on: ['badRequest', 'serverError', 'refused'], next: 'continue', error: exhausted, ...seen(imds) },
      ],
      roleList: [
        {
          on: ['empty'],
          attempts: 2,
          attemptsFrom: 'newToken',
          next: 'continue',
          error: exhausted,
          ...seen(imds),
        },
        { on: imdsGetFailures, next: 'continue', error: exhausted, ...seen(imds) },
      ],
      roleCredentials: [{ on: imdsGetFailures, next: 'continue', error: exhausted, ...seen(imds) }],
      ...seen(imds),
    }),
  ],
  sts: {
    regionFrom: ['AWS_REGION'],
    endpoints: [{ value: 'legacy' }],
    setting: 'honoured',
    withoutRegion: 'global',
    sessionName: 'aws-sdk-java-<unix ms>',
    attempts: 4,
    source: 'https://docs.aws.amazon.com/sdkref/latest/guide/feature-sts-regionalized-endpoints.html',
    strength: 'docs',
  },
  refresh: {
    chain: 'pinned',
    renewals: [
      {
        of: ['webIdentity', 'profile'],
        triesFrom: { beforeExpirySeconds: 300 },
        mustFromSeconds: 60,
        source: `${core}/auth/ShouldDoBlockingSessionRefresh.java; ${refreshRecordings}`,
        strength: 'recorded',
      },
      {
        of: ['container'],
        triesFrom: { beforeExpirySeconds: 900, afterSeconds: 3600 },
        mustFromSeconds: 0,
        source: `${core}/auth/BaseCredentialsFetcher.java; ${refreshRecordings}`,
        strength: 'recorded',
      },
      {
        of: ['imds'],
        triesFrom: { beforeExpirySeconds: 900, afterSeconds: 3600 },
        mustFromSeconds: 0,
        servesOldAfter: anyImdsFailure,
        source: `${core}/auth/BaseCredentialsFetcher.java, \`allowExpiredCredentials\`; ${refreshRecordings}`,
        strength: 'recorded',
      },
    ],
    source: `${core}/auth/AWSCredentialsProviderChain.java; ${refreshRecordings}`,
    strength: 'recorded',
  },
  exhausted,
};
