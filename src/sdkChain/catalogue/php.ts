import { imdsGetFailures, type ImdsGetFailure } from '../imdsProvider.ts';
import {
  profileFailures,
  type ProfileLookup,
  type ProfileProvider,
  type ProfileSource,
  type SdkEntry,
} from '../entry.ts';
import { type Evidence, type Rule } from '../providerRow.ts';
import { agentHosts, loopbackHosts } from './hosts.ts';
import { withImdsV2Since } from './imdsV2Since.ts';
import { noAnswer } from './noAnswer.ts';

const folder = 'aws/aws-sdk-php:src/Credentials';
const chain: Evidence = { source: `${folder}/CredentialProvider.php:81-195`, strength: 'source' };
const webIdentity: Evidence = {
  source: `${folder}/AssumeRoleWithWebIdentityCredentialProvider.php`,
  strength: 'source',
};
const retries: Evidence = {
  source: 'https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html',
  strength: 'docs',
};
const container: Evidence = { source: `${folder}/EcsCredentialProvider.php`, strength: 'source' };
const imds: Evidence = { source: `${folder}/InstanceProfileProvider.php`, strength: 'source' };

const memoize: Evidence = { source: `${folder}/CredentialProvider.php:206-249`, strength: 'source' };

const exhausted = 'Error retrieving credentials from the instance profile metadata service';
const containerFailed = 'Error retrieving credentials from container metadata';

const lookup: ProfileLookup = { files: ['credentials', 'config'], nameFrom: ['AWS_PROFILE'] };

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
    rules: [{ on: profileFailures, next: 'continue', error: '{code}', ...chain }],
    ...chain,
  };
}

const get: readonly Rule<ImdsGetFailure>[] = [
  { on: ['unauthorized', 'forbidden'], next: 'stop', error: exhausted, ...imds },
  { on: imdsGetFailures, attempts: 4, next: 'stop', error: exhausted, ...imds },
];

/**
 * What the PHP SDK 3 does: every rejection leads to the next provider.
 *
 * @source aws/aws-sdk-php:src/Credentials/CredentialProvider.php, `defaultProvider` and `chain`
 */
export const php: SdkEntry = {
  family: 'php',
  title: 'AWS SDK for PHP 3',
  versionMeans: 'the version of the package aws/aws-sdk-php',
  oldestKnown: '3.0.0',
  newestKnown: '3.376.2',
  shape: 'anyErrorContinues',
  ...chain,
  providers: [
    {
      kind: 'environmentKeys',
      id: 'environment',
      accessKeyId: ['AWS_ACCESS_KEY_ID'],
      secretAccessKey: ['AWS_SECRET_ACCESS_KEY'],
      setWhen: 'truthy',
      names: 'firstSet',
      source: `${folder}/CredentialProvider.php:300-322`,
      strength: 'source',
    },
    {
      kind: 'webIdentity',
      id: 'webIdentity',
      since: '3.110.7', // awsdocs/amazon-eks-user-guide
      values: 'pairThenProfile',
      setWhen: 'nonEmpty',
      lookup,
      rules: [
        { on: ['roleMissing'], next: 'continue', error: '', ...webIdentity },
        {
          on: ['tokenPathRelative'],
          next: 'continue',
          error: 'the token path must be absolute',
          ...webIdentity,
        },
        {
          on: ['tokenMissing', 'tokenUnreadable'],
          next: 'continue',
          error: 'Unreadable tokenfile',
          ...webIdentity,
        },
        {
          on: ['tokenEmpty'],
          attempts: 4,
          next: 'continue',
          error: 'InvalidIdentityToken from file',
          ...webIdentity,
        },
        {
          on: ['accessDenied', 'expiredToken', 'clientError'],
          next: 'continue',
          error: '{code}',
          ...webIdentity,
        },
        { on: ['invalidIdentityToken'], attempts: 4, next: 'continue', error: '{code}', ...webIdentity },
        {
          on: ['idpCommunicationError', 'serverError', ...noAnswer],
          attempts: 4,
          next: 'continue',
          error: '{code}',
          ...retries,
        },
      ],
      ...chain,
    },
    profile('ssoProfile', ['config'], ['sso']),
    profile('credentialsFile', ['credentials'], ['process', 'sourceProfile', 'credentialSource', 'static']),
    profile('configFile', ['config'], ['process', 'sourceProfile', 'credentialSource', 'static']),
    {
      kind: 'container',
      id: 'container',
      uriSetWhen: 'nonEmpty',
      bothSet: 'relative',
      fullUriSince: '3.287.1', // some earlier version knew it for loopback hosts; which is not known
      hosts: [
        { until: '3.287.1', value: loopbackHosts },
        { since: '3.287.1', value: agentHosts }, // awsdocs/amazon-eks-user-guide
      ],
      tokenFileSince: '3.287.1',
      tokenFirst: 'file',
      tokenWithRelativeUri: 'sent',
      rules: [
        {
          on: [
            'hostNotAllowed',
            'tokenMissing',
            'tokenUnreadable',
            'tokenEmpty',
            'clientError',
            'serverError',
          ],
          next: 'stop',
          error: containerFailed,
          ...container,
        },
        { on: noAnswer, attempts: 4, next: 'stop', error: containerFailed, ...container },
      ],
      ...chain,
    },
    ...withImdsV2Since('3.147.7', {
      kind: 'imds',
      id: 'imds',
      disabledWhen: 'true',
      protocol: 'v2ThenV1',
      v1SwitchSince: '3.287.1', // read in 3.376.2; the SDKs learnt it in November 2023
      token: [
        { on: ['forbidden', 'notFound', 'methodNotAllowed', ...noAnswer], next: 'v1', error: '', ...imds },
        { on: ['badRequest', 'serverError'], attempts: 4, next: 'stop', error: exhausted, ...imds },
      ],
      roleList: get,
      roleCredentials: get,
      ...imds,
    }),
  ],
  sts: {
    regionFrom: ['AWS_REGION'],
    endpoints: [{ value: 'legacy' }],
    setting: 'honoured',
    withoutRegion: { region: 'us-east-1' },
    sessionName: 'aws-sdk-php-<unix ms>',
    attempts: 4,
    source: 'aws/aws-sdk-php:src/Sts/RegionalEndpoints/ConfigurationProvider.php',
    strength: 'source',
  },
  refresh: {
    chain: 'walksAgain',
    renewals: [
      { of: ['profile', 'webIdentity', 'container'], mustFromSeconds: 60, ...memoize },
      {
        of: ['imds'],
        mustFromSeconds: 60,
        servesOldAfter: ['serverError', ...noAnswer],
        source: `${memoize.source}; ${folder}/InstanceProfileProvider.php`,
        strength: 'source',
      },
    ],
    ...memoize,
  },
  exhausted,
};
