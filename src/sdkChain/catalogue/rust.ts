import { imdsGetFailures } from '../imdsProvider.ts';
import { type Evidence } from '../providerRow.ts';
import { type ProfileProvider, type SdkEntry, type WebIdentityProvider } from '../entry.ts';
import { anyImdsFailure } from './anyImdsFailure.ts';
import { agentHosts, loopbackHosts } from './hosts.ts';
import { noAnswer } from './noAnswer.ts';
import { recordedIn } from './recordedIn.ts';

const seen = recordedIn('rust');
const config = 'smithy-lang/smithy-rs:aws/rust-runtime/aws-config/src';
const chain: Evidence = { source: `${config}/meta/credentials/chain.rs:104-111`, strength: 'source' };
const webIdentity: Evidence = { source: `${config}/web_identity_token.rs`, strength: 'source' };
const retries: Evidence = {
  source: 'smithy-lang/smithy-rs:aws/codegen-aws-sdk/…/customize/sts/STSDecorator.kt:36-48',
  strength: 'source',
};
const profile: Evidence = { source: `${config}/profile/credentials.rs`, strength: 'source' };
const container: Evidence = {
  source: `${config}/ecs.rs and http_credential_provider.rs`,
  strength: 'source',
};
const imds: Evidence = {
  source: `${config}/imds/credentials.rs and imds/client/token.rs`,
  strength: 'source',
};

const cache: Evidence = {
  source: 'smithy-lang/smithy-rs:rust-runtime/…/identity/cache/lazy.rs',
  strength: 'source',
};

const exhausted = 'no providers in chain provided credentials';

const profileRow = {
  kind: 'profile',
  id: 'profile',
  lookup: { files: ['credentials', 'config'], nameFrom: ['AWS_PROFILE'] },
  takes: ['sourceProfile', 'credentialSource', 'webIdentity', 'sso', 'process', 'static'],
  rules: [
    { on: ['profileMissing'], next: 'continue', error: 'profile not found', ...seen(profile) },
    { on: ['unparsable'], next: 'stop', error: 'the profile file is not valid', ...seen(profile) },
    { on: ['broken'], next: 'stop', error: 'the profile is not valid', ...seen(profile) },
    {
      on: ['ssoUnavailable', 'sourceFailed', 'roleRefused'],
      next: 'stop',
      error: '{code}',
      ...seen(profile),
    },
    { on: ['sourceMissing'], next: 'continue', error: 'profile not found', ...seen(profile) },
  ],
  ...seen(profile),
} as const satisfies ProfileProvider;

const webIdentityRow = {
  kind: 'webIdentity',
  id: 'webIdentity',
  values: 'environment',
  setWhen: 'present',
  regionFromImds: { path: '/latest/meta-data/placement/region', protocol: 'v2', rounds: 1 },
  rules: [
    { on: ['roleMissing'], next: 'continue', error: '', ...seen(webIdentity) },
    { on: ['noRegion'], next: 'stop', error: 'the region is missing', ...webIdentity },
    {
      on: ['tokenMissing', 'tokenUnreadable'],
      next: 'stop',
      error: 'No such file or directory',
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
      attempts: 3,
      next: 'stop',
      error: '{code}',
      ...seen(retries),
    },
  ],
  ...seen(webIdentity),
} as const satisfies WebIdentityProvider;

/** Until 1.13.0 half a configuration is an error: a role without its source, a token without its role. */
const halfIsAnError = {
  profile: {
    ...profileRow,
    rules: [
      { on: ['sourceMissing'], next: 'stop', error: 'profile not found', ...seen(profile) },
      ...profileRow.rules,
    ],
  },
  webIdentity: {
    ...webIdentityRow,
    rules: [
      {
        on: ['roleMissing'],
        next: 'stop',
        error: 'AWS_ROLE_ARN environment variable must be set',
        ...seen(webIdentity),
      },
      ...webIdentityRow.rules,
    ],
  },
} as const satisfies { profile: ProfileProvider; webIdentity: WebIdentityProvider };

/** Since 1.8.10 the account is read from the role that STS has let be assumed. */
const roleNotArn = {
  on: ['roleNotArn'],
  next: 'stop',
  error: 'the ARN of the assumed role is not valid',
  ...seen({ source: `${config}/sts/util.rs`, strength: 'source' }),
} as const;

/**
 * What the Rust SDK does: it goes on only when a provider says "not loaded"; IMDSv2 only; profile before
 * web identity.
 *
 * @source smithy-lang/smithy-rs:aws/rust-runtime/aws-config/src/default_provider/credentials.rs:183-195
 */
export const rust: SdkEntry = {
  family: 'rust',
  title: 'AWS SDK for Rust',
  versionMeans: 'the version of the crate aws-config',
  oldestKnown: '0.0.20',
  newestKnown: '1.13.0',
  shape: 'softErrorsContinue',
  ...seen(chain),
  providers: [
    {
      kind: 'environmentKeys',
      id: 'environment',
      accessKeyId: ['AWS_ACCESS_KEY_ID'],
      secretAccessKey: ['AWS_SECRET_ACCESS_KEY', 'SECRET_ACCESS_KEY'],
      setWhen: 'nonBlank',
      names: 'firstSet',
      ...seen({ source: `${config}/environment/credentials.rs:28-39`, strength: 'source' }),
    },
    { ...halfIsAnError.profile, until: '1.13.0' },
    { ...profileRow, since: '1.13.0' },
    { ...halfIsAnError.webIdentity, until: '1.8.10' },
    {
      ...halfIsAnError.webIdentity,
      since: '1.8.10',
      until: '1.13.0',
      rules: [...halfIsAnError.webIdentity.rules, roleNotArn],
    },
    { ...webIdentityRow, since: '1.13.0', rules: [...webIdentityRow.rules, roleNotArn] },
    {
      kind: 'container',
      id: 'container',
      uriSetWhen: 'present',
      bothSet: 'relative',
      hosts: [
        { until: '1.1.8', value: loopbackHosts },
        { since: '1.1.8', value: agentHosts },
      ],
      tokenFileSince: '1.1.8',
      tokenFirst: 'file',
      tokenFileRead: 'evenWithoutUri',
      tokenWithRelativeUri: 'sent',
      rules: [
        {
          on: ['hostNotAllowed', 'uriEmpty'],
          next: 'stop',
          error: 'the URI was invalid',
          ...seen(container),
        },
        {
          on: ['tokenMalformed'],
          next: 'stop',
          error: 'the token is no valid header',
          ...seen(container),
        },
        {
          on: ['tokenMissing', 'tokenUnreadable'],
          next: 'stop',
          error: 'the token file could not be read',
          ...seen(container),
        },
        { on: ['tokenEmpty'], next: 'send', error: '', ...seen(container) },
        { on: ['clientError'], next: 'stop', error: '{code}', ...seen(container) },
        { on: ['serverError', ...noAnswer], attempts: 3, next: 'stop', error: '{code}', ...seen(container) },
      ],
      ...seen(container),
    },
    {
      kind: 'imds',
      id: 'imds',
      disabledWhen: 'true',
      protocol: 'v2',
      token: [
        {
          on: ['forbidden', 'notFound', 'methodNotAllowed', 'badRequest'],
          next: 'stop',
          error: 'failed to load IMDS session token',
          ...seen(imds),
        },
        {
          on: ['serverError'],
          attempts: 4,
          next: 'stop',
          error: 'failed to load IMDS session token',
          ...seen(imds),
        },
        { on: noAnswer, next: 'continue', error: exhausted, ...seen(imds) },
      ],
      roleList: [
        { on: ['notFound', ...noAnswer], next: 'continue', error: exhausted, ...seen(imds) },
        { on: ['serverError', 'unauthorized'], attempts: 4, next: 'stop', error: '{code}', ...seen(imds) },
        { on: ['forbidden', 'badRequest', 'empty'], next: 'stop', error: '{code}', ...seen(imds) },
      ],
      roleCredentials: [
        { on: ['serverError', 'unauthorized'], attempts: 4, next: 'stop', error: '{code}', ...seen(imds) },
        { on: imdsGetFailures, next: 'stop', error: '{code}', ...seen(imds) },
      ],
      ...seen(imds),
    },
  ],
  sts: {
    regionFrom: ['AWS_REGION', 'AWS_DEFAULT_REGION'],
    endpoints: [{ value: 'regional' }],
    setting: 'ignored',
    withoutRegion: 'client',
    sessionName: 'web-identity-token-<unix ms>',
    sessionNameInProfile: {
      webIdentity: 'web-identity-token-profile-<unix ms>',
      assumeRole: 'assume-role-from-profile-<unix ms>',
    },
    attempts: 3,
    ...seen(webIdentity),
  },
  refresh: {
    chain: 'walksAgain',
    renewals: [
      { of: ['profile', 'webIdentity', 'container'], mustFromSeconds: 10, ...cache },
      {
        of: ['imds'],
        mustFromSeconds: 10,
        servesOldAfter: anyImdsFailure,
        source: `${config}/imds/credentials.rs:183-208,276-285`,
        strength: 'source',
      },
    ],
    ...cache,
  },
  exhausted,
};
