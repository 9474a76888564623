import {
  containerFailures,
  profileFailures,
  type ProfileGate,
  type ProfileLookup,
  type ProfileProvider,
  type Provider,
  type SdkEntry,
  type WebIdentityProvider,
} from '../entry.ts';
import { imdsGetFailures } from '../imdsProvider.ts';
import { type Evidence, type VersionRange } from '../providerRow.ts';
import { anyImdsFailure } from './anyImdsFailure.ts';
import { agentHosts, agentHostsOverIpv4, loopbackHosts } from './hosts.ts';
import { withImdsV2Since } from './imdsV2Since.ts';
import { javaRegionQuestion, javaWebIdentityRules } from './javaWebIdentity.ts';
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

// Where no change log tells which release changed something, the first one run that behaves so is named.
const webIdentityFirstSince = '2.10.46';
const unparsableSince = '2.10.91';
const agentSince = '2.21.26'; // the EKS user guide says 2.21.30

const lookup: ProfileLookup = { files: ['credentials', 'config'], nameFrom: ['AWS_PROFILE'] };

const unparsable = {
  on: ['unparsable'],
  next: 'continue',
  error: 'the profile file is not valid',
  ...seen({
    source: 'aws/aws-sdk-java-v2:core/profiles/…/profiles/internal/ProfileFileReader.java',
    strength: 'source',
  }),
} as const;

const profileRow = {
  kind: 'profile',
  id: 'profile',
  lookup,
  takes: ['webIdentity', 'sso', 'sourceProfile', 'credentialSource', 'process', 'static'],
  rules: [{ on: profileFailures, next: 'continue', error: '{code}', ...seen(chain) }],
  ...seen(profile),
} as const satisfies ProfileProvider;

const webIdentityRow = {
  kind: 'webIdentity',
  id: 'webIdentity',
  values: 'environment',
  setWhen: 'present',
  rules: javaWebIdentityRules(
    { webIdentity: seen(webIdentity), chain: seen(chain), retries: seen(retries), stsModule },
    'the sts module is not on the class path',
  ),
  ...seen(webIdentity),
} as const satisfies WebIdentityProvider;

const askingWithToken = {
  ...webIdentityRow,
  regionFromImds: javaRegionQuestion('v2ThenV1'),
} as const satisfies WebIdentityProvider;

/** The profile came first for a while. */
const profileFirst: readonly Provider[] = [
  { ...profileRow, until: webIdentityFirstSince },
  { ...webIdentityRow, until: '2.10.11', values: 'profileAlone', regionFromImds: javaRegionQuestion('v1') },
  {
    ...webIdentityRow,
    since: '2.10.11', // awsdocs/amazon-eks-user-guide; aws/aws-sdk-java-v2#1470
    until: '2.10.43',
    regionFromImds: javaRegionQuestion('v1'),
  },
  { ...askingWithToken, since: '2.10.43', until: webIdentityFirstSince },
];

/** Later a file that is no profile file was no longer passed over; the client for STS reads it, too. */
const webIdentityFirst: readonly Provider[] = [
  { ...askingWithToken, since: webIdentityFirstSince, until: unparsableSince },
  {
    ...askingWithToken,
    since: unparsableSince,
    lookup,
    rules: [unparsable, ...webIdentityRow.rules],
  },
  { ...profileRow, since: webIdentityFirstSince, until: unparsableSince },
  { ...profileRow, since: unparsableSince, rules: [unparsable, ...profileRow.rules] },
];

/** A check that the shared files can be read. */
function sharedFilesGate(id: string, versions: VersionRange, error: string): ProfileGate {
  return {
    ...versions,
    kind: 'profileGate',
    id,
    lookup,
    rules: [{ ...unparsable, next: 'stop', error }],
    source: unparsable.source,
    strength: unparsable.strength,
  };
}

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
    sharedFilesGate('sharedFiles', { since: '2.23.20', until: '2.41.0' }, 'IllegalArgumentException'),
    {
      kind: 'environmentKeys',
      id: 'environment',
      accessKeyId: ['AWS_ACCESS_KEY_ID'],
      secretAccessKey: ['AWS_SECRET_ACCESS_KEY'],
      setWhen: 'nonBlank',
      names: 'firstSet',
      ...seen(chain),
    },
    ...profileFirst,
    ...webIdentityFirst,
    {
      kind: 'container',
      id: 'container',
      uriSetWhen: 'present',
      emptyRelativeUri: 'requested',
      bothSet: 'relative',
      hosts: [
        { until: agentSince, value: loopbackHosts },
        { since: agentSince, until: '2.52.0', value: agentHostsOverIpv4 },
        { since: '2.52.0', value: agentHosts },
      ],
      tokenFileSince: agentSince,
      tokenFirst: 'variable',
      tokenWithRelativeUri: 'sent',
      rules: [
        { on: ['tokenEmpty'], next: 'sendWithout', error: '', ...seen(container) },
        {
          on: ['uriEmpty', 'tokenMalformed'],
          next: 'continue',
          error: '{code}',
          ...seen(container),
        },
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
    // The address of the metadata service may stand in the profile.
    sharedFilesGate('sharedFilesForImds', { since: '2.17.20' }, exhausted),
    ...withImdsV2Since('2.10.21', {
      kind: 'imds',
      id: 'imds',
      disabledWhen: 'presentButFalse',
      protocol: 'v2ThenV1',
      v1SwitchSince: '2.23.20',
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
