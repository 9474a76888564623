import {
  containerFailures,
  profileFailures,
  type ProfileLookup,
  type ProfileProvider,
  type ProfileSource,
  type SdkEntry,
  type WebIdentityProvider,
} from '../entry.ts';
import { imdsGetFailures, type ImdsGetFailure } from '../imdsProvider.ts';
import { type Evidence, type Rule } from '../providerRow.ts';
import { anyImdsFailure } from './anyImdsFailure.ts';
import { agentHosts, agentHostsOverIpv4 } from './hosts.ts';
import { withImdsV2Since } from './imdsV2Since.ts';
import { noAnswer } from './noAnswer.ts';
import { recordedIn } from './recordedIn.ts';

const seen = recordedIn('cpp');
const core = 'aws/aws-sdk-cpp:src/aws-cpp-sdk-core/source';
const chain: Evidence = { source: `${core}/auth/AWSCredentialsProviderChain.cpp`, strength: 'source' };
const webIdentity: Evidence = { source: `${core}/auth/STSCredentialsProvider.cpp`, strength: 'source' };
const crt: Evidence = {
  source: 'awslabs/aws-c-auth:source/credentials_provider_sts_web_identity.c:35-37,209-224,526-546',
  strength: 'source',
};
const container: Evidence = {
  source: `${core}/auth/GeneralHTTPCredentialsProvider.cpp`,
  strength: 'source',
};
const imds: Evidence = {
  source: `${core}/internal/AWSHttpResourceClient.cpp, \`GetDefaultCredentialsSecurely\``,
  strength: 'source',
};

const crtProfileSource: Evidence = {
  source: `${core}/auth/CRTProfileCredentialsProvider.cpp`,
  strength: 'source',
};

/** Empty credentials: the request goes out unsigned, and the service refuses it. */
const exhausted = 'no credentials: the request is sent unsigned';

const lookup: ProfileLookup = {
  files: ['credentials', 'config'],
  nameFrom: ['AWS_DEFAULT_PROFILE', 'AWS_PROFILE'],
};

function profile(
  id: string,
  files: ProfileLookup['files'],
  takes: readonly ProfileSource[],
): ProfileProvider {
  return {
    kind: 'profile',
    id,
    lookup: { ...lookup, files },
    takes,
    rules: [{ on: profileFailures, next: 'continue', error: '{code}', ...seen(chain) }],
    ...seen(chain),
  };
}

/** From 1.11.900 on: both files, `AWS_PROFILE` alone; web identity in the profile ends the process. */
const crtProfile: ProfileProvider = {
  ...profile('profile', ['credentials', 'config'], ['static', 'webIdentity']),
  since: '1.11.900',
  lookup: { files: ['credentials', 'config'], nameFrom: ['AWS_PROFILE'] },
  unusable: ['webIdentity'],
  rules: [
    { on: ['unusable'], next: 'stop', error: 'SIGABRT', ...seen(crtProfileSource) },
    { on: profileFailures, next: 'continue', error: '{code}', ...seen(chain) },
  ],
};

const webIdentityRow = {
  kind: 'webIdentity',
  id: 'webIdentity',
  values: 'eachThenProfile',
  setWhen: 'nonEmpty',
  lookup,
  rules: [
    { on: ['roleMissing'], next: 'continue', error: '', ...seen(webIdentity) },
    {
      on: ['tokenMissing'],
      next: 'continue',
      error: 'token file cannot be read',
      ...seen(webIdentity),
    },
    { on: ['tokenEmpty'], next: 'send', error: '', ...seen(webIdentity) },
    {
      on: ['accessDenied', 'expiredToken', 'clientError', 'serverError', ...noAnswer],
      next: 'continue',
      error: '{code}',
      ...seen(webIdentity),
    },
    {
      on: ['invalidIdentityToken', 'idpCommunicationError'],
      attempts: 3,
      next: 'continue',
      error: '{code}',
      ...seen(crt),
    },
  ],
  ...seen(chain),
} as const satisfies WebIdentityProvider;

/** A token file that is there and cannot be read ends the process. */
const abortsOnUnreadable = {
  ...webIdentityRow,
  rules: [
    { on: ['tokenUnreadable'], next: 'stop', error: 'SIGABRT', ...seen(webIdentity) },
    ...webIdentityRow.rules,
  ],
} as const satisfies WebIdentityProvider;

const availabilityZone = '/latest/meta-data/placement/availability-zone';

/** Recorded in 1.10.55, 1.11.201 to 1.11.591, and 1.11.900; which release between them changed is not known. */
const webIdentityProviders: readonly WebIdentityProvider[] = [
  {
    ...abortsOnUnreadable,
    since: '1.7.174', // awsdocs/amazon-eks-user-guide
    until: '1.11.201',
    regionFromImds: { path: availabilityZone, protocol: 'v1', rounds: 1 },
  },
  {
    ...abortsOnUnreadable,
    since: '1.11.201',
    until: '1.11.900',
    regionFromImds: { path: availabilityZone, protocol: 'v2ThenV1', rounds: 1, after: 'credentials' },
  },
  {
    ...webIdentityRow,
    since: '1.11.900',
    rules: [
      // The client asks the metadata service for its region, and web identity does without it.
      { on: ['noRegion'], next: 'continue', error: 'the region is missing', ...seen(crt) },
      {
        on: ['tokenUnreadable'],
        next: 'continue',
        error: 'token file cannot be read',
        ...seen(webIdentity),
      },
      ...webIdentityRow.rules,
    ],
  },
];

const get: readonly Rule<ImdsGetFailure>[] = [
  { on: ['serverError', ...noAnswer], attempts: 2, next: 'continue', error: exhausted, ...seen(imds) },
  { on: imdsGetFailures, next: 'continue', error: exhausted, ...seen(imds) },
];

/**
 * What the C++ SDK does: empty credentials mean "next"; the profile's static keys come before web
 * identity; with a container URI the metadata service is not in the chain.
 *
 * @source aws/aws-sdk-cpp:src/aws-cpp-sdk-core/source/auth/AWSCredentialsProviderChain.cpp
 */
export const cpp: SdkEntry = {
  family: 'cpp',
  title: 'AWS SDK for C++',
  versionMeans: 'the version of aws-sdk-cpp',
  oldestKnown: '1.0.0',
  newestKnown: '1.11.900',
  shape: 'anyErrorContinues',
  ...seen(chain),
  providers: [
    {
      kind: 'environmentKeys',
      id: 'environment',
      accessKeyId: ['AWS_ACCESS_KEY_ID'],
      secretAccessKey: ['AWS_SECRET_ACCESS_KEY'],
      setWhen: 'nonEmpty',
      names: 'firstSet',
      ...seen(chain),
    },
    { ...profile('profile', ['credentials'], ['static']), until: '1.11.900' },
    crtProfile,
    profile('process', ['credentials', 'config'], ['process']),
    ...webIdentityProviders,
    profile('ssoProfile', ['credentials', 'config'], ['sso']),
    {
      kind: 'container',
      id: 'container',
      uriSetWhen: 'nonEmpty',
      bothSet: 'relative',
      hosts: [
        { until: '1.11.263', value: ['*'] }, // recorded in 1.10.55
        // awsdocs/amazon-eks-user-guide; the IPv6 address is refused in 1.11.285, and not in 1.11.900
        { since: '1.11.263', until: '1.11.900', value: agentHostsOverIpv4 },
        { since: '1.11.900', value: agentHosts },
      ],
      tokenFileSince: '1.11.263',
      tokenFirst: 'file',
      tokenWithRelativeUri: 'sent',
      rules: [
        { on: ['hostNotAllowed', 'clientError'], next: 'stop', error: exhausted, ...seen(container) },
        {
          on: ['tokenMissing', 'tokenUnreadable', 'tokenEmpty'],
          next: 'stop',
          error: exhausted,
          ...seen(container),
        },
        { on: ['serverError', ...noAnswer], attempts: 2, next: 'stop', error: exhausted, ...seen(imds) },
      ],
      ...seen(chain),
    },
    ...withImdsV2Since('1.7.229', {
      kind: 'imds',
      id: 'imds',
      disabledWhen: 'true',
      protocol: 'v2ThenV1',
      token: [
        {
          on: ['unauthorized', 'forbidden', 'notFound', 'methodNotAllowed', 'serverError', ...noAnswer],
          next: 'v1',
          error: '',
          ...seen(imds),
        },
        { on: ['tooManyRequests'], attempts: 2, next: 'v1', error: '', ...seen(imds) },
        { on: ['badRequest'], next: 'continue', error: exhausted, ...seen(imds) },
      ],
      roleList: get,
      roleCredentials: get,
      ...seen(imds),
    }),
  ],
  sts: {
    regionFrom: ['AWS_REGION', 'AWS_DEFAULT_REGION'],
    endpoints: [{ value: 'regional' }],
    setting: 'ignored',
    withoutRegion: { region: 'us-east-1' },
    sessionName: '<uuid>',
    attempts: 1,
    ...seen(crt),
  },
  refresh: {
    chain: 'walksAgainWhenEmpty',
    // Web identity has no row: some releases ask STS for every request, later ones keep what they got.
    renewals: [
      {
        of: ['container'],
        mustFromSeconds: 5,
        atMostSeconds: 300,
        servesOldAfter: containerFailures,
        ...container,
      },
      {
        of: ['imds'],
        mustFromSeconds: 5,
        atMostSeconds: 300,
        servesOldAfter: anyImdsFailure,
        source: `${core}/config/EC2InstanceProfileConfigLoader.cpp; ${core}/auth/AWSCredentialsProvider.cpp`,
        strength: 'source',
      },
    ],
    ...chain,
  },
  exhausted,
};
