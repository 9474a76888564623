import { imdsGetFailures, type ImdsGetFailure, type ImdsProvider } from '../imdsProvider.ts';
import { type Evidence, type Rule, type VersionRange } from '../providerRow.ts';
import {
  type OptionalWebIdentityFailure,
  type ProfileFailure,
  type ProfileLookup,
  type ProfileProvider,
  type ProfileSource,
  type SdkEntry,
  type WebIdentityProvider,
} from '../entry.ts';
import { anyImdsFailure } from './anyImdsFailure.ts';
import { agentHosts, loopbackHosts } from './hosts.ts';
import { noAnswer } from './noAnswer.ts';
import { recordedIn } from './recordedIn.ts';

const seen = recordedIn('ruby');
const core = 'aws/aws-sdk-ruby:gems/aws-sdk-core/lib/aws-sdk-core';
const changes = 'aws/aws-sdk-ruby:gems/aws-sdk-core/CHANGELOG.md';
const chain: Evidence = { source: `${core}/credential_provider_chain.rb`, strength: 'source' };
const webIdentity: Evidence = {
  source: `${core}/assume_role_web_identity_credentials.rb`,
  strength: 'source',
};
const retries: Evidence = { source: `${core}/plugins/retry_errors.rb:41-42`, strength: 'source' };
const sharedConfig: Evidence = { source: `${core}/shared_config.rb`, strength: 'source' };
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

/** Before the SDK knew web identity, a role without a source was an error, whatever else stood beside it. */
const roleNeedsSource: ProfileProvider = {
  ...profile('assumeRoleProfile', ['sourceProfile', 'credentialSource', 'webIdentity']),
  until: '3.58.0',
  unusable: ['webIdentity'],
  passes: 2,
  rules: [
    ...profileRules,
    { on: ['unusable'], next: 'stop', error: 'NoSourceProfileError', ...seen(sharedConfig) },
  ],
};

/** The chain asked for the role twice, once for the profile of the client and once more. */
const assumeRoleProfiles: readonly ProfileProvider[] = [
  roleNeedsSource,
  {
    ...profile('assumeRoleProfile', ['sourceProfile', 'credentialSource']),
    since: '3.58.0',
    until: '3.78.0',
    passes: 2,
  },
  { ...profile('assumeRoleProfile', ['sourceProfile', 'credentialSource']), since: '3.78.0' },
];

/** A key id without its secret counts as no keys. */
const sharedCredentials: ProfileProvider = {
  ...profile('sharedCredentials', ['static']),
  rules: [{ on: ['broken'], next: 'continue', error: none, ...seen(sharedConfig) }, ...profileRules],
};

function profile(id: string, takes: readonly ProfileSource[]): ProfileProvider {
  return { kind: 'profile', id, lookup, takes, rules: profileRules, ...seen(chain) };
}

/** What holds of web identity in every version; `checks` come before anything is sent. */
function webIdentityProvider(
  versions: VersionRange,
  checks: readonly Rule<OptionalWebIdentityFailure>[],
): WebIdentityProvider {
  return {
    ...versions,
    kind: 'webIdentity',
    id: 'webIdentity',
    values: 'pairThenProfile',
    setWhen: 'present',
    lookup,
    rules: [
      ...checks,
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
  };
}

const webIdentityProviders: readonly WebIdentityProvider[] = [
  // Commit 0a8a637.
  webIdentityProvider({ since: '3.58.0', until: '3.61.1' }, [
    {
      on: ['endlessChain'],
      next: 'stop',
      error: 'SystemStackError',
      ...seen({ source: `${changes} (3.61.1)`, strength: 'docs' }),
    },
  ]),
  webIdentityProvider({ since: '3.61.1', until: '3.90.1' }, [
    {
      on: ['noRegion'],
      next: 'stop',
      error: 'MissingRegionError',
      ...seen({ source: `${changes} (3.90.1)`, strength: 'docs' }),
    },
  ]),
  webIdentityProvider({ since: '3.90.1', until: '3.165.0' }, []),
  // Endpoint rules name a way to sign for each endpoint, and so for a call that needs no signature.
  webIdentityProvider({ since: '3.165.0' }, [
    {
      on: ['legacyEndpoint'],
      next: 'stop',
      error: 'MissingCredentialsError',
      ...seen({
        source: `${changes} (3.165.0); aws/aws-sdk-ruby:gems/aws-sdk-core/lib/aws-sdk-sts/endpoint_provider.rb`,
        strength: 'source',
      }),
    },
  ]),
];

/** What the SDK does when it gets no token. */
const tokenRules: ImdsProvider['token'] = [
  {
    on: ['forbidden', 'notFound', 'methodNotAllowed', 'tooManyRequests', 'serverError', 'timeout', 'hang'],
    next: 'v1',
    error: '',
    ...seen(imds),
  },
  { on: ['badRequest', 'refused'], next: 'continue', error: none, ...seen(imds) },
];

/** From 3.186.0 on, 401 is an answer like others. */
const tokenAlsoAfter401: ImdsProvider['token'] = [
  { on: ['unauthorized'], next: 'v1', error: '', ...seen(imds) },
  ...tokenRules,
];

/** What holds of the metadata service in every version. `rounds`: which failures make it ask again. */
function imdsProvider(
  versions: VersionRange,
  token: ImdsProvider['token'],
  rounds: readonly Round[],
): ImdsProvider {
  const rules = rounds.map(({ on, ...round }): Rule<ImdsGetFailure> => ({
    on,
    next: 'continue',
    error: none,
    ...round,
    ...seen(imds),
  }));
  const malformed: Rule<ImdsGetFailure> = {
    on: ['malformed'],
    attempts: 4,
    attemptsFrom: 'roleList',
    next: 'stop',
    error: 'MetadataParserError',
    ...seen(imds),
  };
  return {
    ...versions,
    kind: 'imds',
    id: 'imds',
    disabledWhen: 'true',
    protocol: token.length === 0 ? 'v1' : 'v2ThenV1',
    v1SwitchSince: '3.186.0',
    token,
    roleList: rules,
    roleCredentials: [malformed, ...rules],
    ...seen(imds),
  };
}

/** Failures after which the metadata service is asked over again. */
type Round = Pick<Rule<ImdsGetFailure>, 'on' | 'attempts' | 'attemptsFrom'>;

/**
 * Up to 3.188.0 a provider without credentials was asked for them two more times, to see if it had any.
 * From 3.186.0 on it remembers to do without a token, until a 401 tells it otherwise.
 *
 * @source aws/aws-sdk-ruby:gems/aws-sdk-core/lib/aws-sdk-core/credential_provider.rb, `set?`
 */
const imdsProviders: readonly ImdsProvider[] = [
  imdsProvider({ until: '3.79.0' }, [], [{ on: imdsGetFailures, attempts: 3, attemptsFrom: 'roleList' }]),
  imdsProvider({ since: '3.79.0', until: '3.186.0' }, tokenRules, [
    { on: imdsGetFailures, attempts: 3, attemptsFrom: 'token' },
  ]),
  imdsProvider({ since: '3.186.0', until: '3.211.0' }, tokenAlsoAfter401, [
    { on: ['unauthorized'], attempts: 3, attemptsFrom: 'token' },
    { on: imdsGetFailures, attempts: 3, attemptsFrom: 'roleList' },
  ]),
  imdsProvider({ since: '3.211.0' }, tokenAlsoAfter401, [{ on: imdsGetFailures }]),
];

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
    ...webIdentityProviders,
    profile('ssoProfile', ['sso']),
    ...assumeRoleProfiles,
    sharedCredentials,
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
        { on: ['uriEmpty'], next: 'stop', error: none, ...seen(container) },
        { on: ['clientError', 'serverError', ...noAnswer], next: 'stop', error: none, ...seen(container) },
      ],
      ...seen(chain),
    },
    ...imdsProviders,
  ],
  sts: {
    regionFrom: ['AWS_REGION', 'AMAZON_REGION', 'AWS_DEFAULT_REGION'],
    endpoints: [
      { until: '3.92.0', value: 'legacy' },
      { since: '3.92.0', value: 'regional' },
    ],
    setting: 'honoured',
    settingSince: '3.71.0',
    withoutRegion: 'client',
    sessionName: '<base64 of a uuid>',
    attempts: 4,
    ...seen({ source: `${changes} (3.71.0, 3.92.0)`, strength: 'docs' }),
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
