import {
  imdsGetFailures,
  type Evidence,
  type ProfileFailure,
  type ProfileLookup,
  type ProfileProvider,
  type ProfileSource,
  type Rule,
  type SdkEntry,
} from '../entry.ts';
import { anyImdsFailure } from './anyImdsFailure.ts';
import { agentHosts, loopbackHosts } from './hosts.ts';
import { withImdsV2Since } from './imdsV2Since.ts';
import { noAnswer } from './noAnswer.ts';
import { recordedIn } from './recordedIn.ts';

const seen = recordedIn('ruby');
const core = 'aws/aws-sdk-ruby:gems/aws-sdk-core/lib/aws-sdk-core';
const chain: Evidence = { source: `${core}/credential_provider_chain.rb`, strength: 'source' };
const webIdentity: Evidence = {
  source: `${core}/assume_role_web_identity_credentials.rb`,
  strength: 'source',
};
const retries: Evidence = { source: `${core}/plugins/retry_errors.rb:41-42`, strength: 'source' };
const container: Evidence = { source: `${core}/ecs_credentials.rb`, strength: 'source' };
const imds: Evidence = { source: `${core}/instance_profile_credentials.rb`, strength: 'source' };

const refreshed: Evidence = {
  source: `${core}/refreshing_credentials.rb:18-19,61-84; conformance/sdk/recordings/ruby`,
  strength: 'recorded',
};

const none = 'unable to sign request without credentials set';

const lookup: ProfileLookup = {
  files: ['credentials', 'config'],
  nameFrom: ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE'],
};

/** Only an unknown profile is rescued; whatever else fails is raised. */
const profileRules: readonly Rule<ProfileFailure>[] = [
  { on: ['profileMissing'], next: 'continue', error: 'NoSuchProfileError', ...seen(chain) },
  { on: ['sourceMissing', 'broken'], next: 'stop', error: 'NoSourceProfileError', ...seen(chain) },
  { on: ['ssoUnavailable', 'sourceFailed', 'roleRefused'], next: 'stop', error: '{code}', ...seen(chain) },
];

function profile(id: string, takes: readonly ProfileSource[]): ProfileProvider {
  return { kind: 'profile', id, lookup, takes, rules: profileRules, ...seen(chain) };
}

/**
 * What the Ruby SDK 3 does: the chain rescues nothing, and the token is read and STS called while the
 * client is built.
 *
 * @source aws/aws-sdk-ruby:gems/aws-sdk-core/lib/aws-sdk-core/credential_provider_chain.rb
 */
export const ruby: SdkEntry = {
  family: 'ruby',
  title: 'AWS SDK for Ruby 3',
  versionMeans: 'the version of the gem aws-sdk-core',
  oldestKnown: '3.0.0',
  newestKnown: '3.211.0',
  shape: 'softErrorsContinue',
  ...seen(chain),
  providers: [
    {
      kind: 'environmentKeys',
      id: 'environment',
      accessKeyId: ['AWS_ACCESS_KEY_ID', 'AMAZON_ACCESS_KEY_ID', 'AWS_ACCESS_KEY'],
      secretAccessKey: ['AWS_SECRET_ACCESS_KEY', 'AMAZON_SECRET_ACCESS_KEY', 'AWS_SECRET_KEY'],
      setWhen: 'nonEmpty',
      names: 'firstPresent',
      ...seen(chain),
    },
    {
      kind: 'webIdentity',
      id: 'webIdentity',
      since: '3.58.0', // commit 0a8a637
      values: 'pairThenProfile',
      setWhen: 'present',
      lookup,
      rules: [
        { on: ['roleMissing'], next: 'continue', error: '', ...seen(chain) },
        {
          on: ['tokenMissing', 'tokenUnreadable'],
          next: 'stop',
          error: 'MissingWebIdentityTokenFile',
          ...seen(webIdentity),
        },
        { on: ['tokenEmpty'], next: 'send', error: '', ...seen(webIdentity) },
        {
          on: ['accessDenied', 'invalidIdentityToken', 'expiredToken', 'clientError'],
          next: 'stop',
          error: '{code}',
          ...seen(webIdentity),
        },
        {
          on: ['idpCommunicationError', 'serverError', ...noAnswer],
          attempts: 4,
          next: 'stop',
          error: '{code}',
          ...seen(retries),
        },
      ],
      ...seen(webIdentity),
    },
    profile('ssoProfile', ['sso']),
    profile('assumeRoleProfile', ['sourceProfile', 'credentialSource']),
    profile('sharedCredentials', ['static']),
    profile('process', ['process']),
    {
      kind: 'container',
      id: 'container',
      uriSetWhen: 'present',
      bothSet: 'relative',
      fullUriSince: '3.171.0',
      hosts: [
        { until: '3.188.0', value: loopbackHosts },
        { since: '3.188.0', value: agentHosts }, // commit 9934e39
      ],
      tokenFileSince: '3.188.0',
      tokenFirst: 'file',
      tokenWithRelativeUri: 'sent',
      rules: [
        { on: ['hostNotAllowed'], next: 'stop', error: 'ArgumentError', ...seen(container) },
        {
          on: ['tokenMissing', 'tokenUnreadable'],
          next: 'stop',
          error: 'TokenFileReadError',
          ...seen(container),
        },
        { on: ['tokenEmpty'], next: 'send', error: '', ...seen(container) },
        { on: ['clientError', 'serverError', ...noAnswer], next: 'stop', error: none, ...seen(container) },
      ],
      ...seen(chain),
    },
    ...withImdsV2Since('3.79.0', {
      kind: 'imds',
      id: 'imds',
      disabledWhen: 'true',
      protocol: 'v2ThenV1',
      v1SwitchSince: '3.186.0',
      token: [
        {
          on: ['forbidden', 'notFound', 'methodNotAllowed', 'serverError', 'timeout', 'hang'],
          next: 'v1',
          error: '',
          ...seen(imds),
        },
        { on: ['badRequest', 'refused'], next: 'continue', error: none, ...seen(imds) },
      ],
      roleList: [{ on: imdsGetFailures, next: 'continue', error: none, ...seen(imds) }],
      roleCredentials: [{ on: imdsGetFailures, next: 'continue', error: none, ...seen(imds) }],
      ...seen(imds),
    }),
  ],
  sts: {
    regionFrom: ['AWS_REGION', 'AMAZON_REGION', 'AWS_DEFAULT_REGION'],
    endpoints: [{ value: 'regional' }],
    setting: 'honoured',
    withoutRegion: 'client',
    sessionName: '<base64 of a uuid>',
    attempts: 4,
    source: 'aws/aws-sdk-ruby:gems/aws-sdk-core/lib/aws-sdk-sts/plugins/sts_regional_endpoints.rb',
    strength: 'source',
  },
  refresh: {
    chain: 'pinned',
    renewals: [
      {
        of: ['webIdentity', 'profile', 'container'],
        triesFrom: { beforeExpirySeconds: 600 },
        mustFromSeconds: 300,
        ...refreshed,
      },
      {
        of: ['imds'],
        triesFrom: { beforeExpirySeconds: 600 },
        mustFromSeconds: 300,
        servesOldAfter: anyImdsFailure,
        ...refreshed,
      },
    ],
    ...refreshed,
  },
  exhausted: none,
};
