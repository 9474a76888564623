import type { ProfileLookup, ProfileProvider, SdkEntry, WebIdentityProvider } from '../entry.ts';
import type { ImdsProvider } from '../imdsProvider.ts';
import type { Evidence, VersionRange } from '../providerRow.ts';
import { goEnvironmentKeys, goGetRules, goTokenRules } from './goChain.ts';
import { agentHosts, loopbackHosts } from './hosts.ts';
import { withImdsV2Since } from './imdsV2Since.ts';
import { neverAnswers } from './neverAnswers.ts';
import { recordedIn } from './recordedIn.ts';

const seen = recordedIn('go-v1');
const refreshRecordings = 'conformance/sdk/recordings/go-v1';
const recordings = 'conformance/sdk/measured.json (1.44.133)';
const chain: Evidence = {
  source: `aws/aws-sdk-go:aws/session/credentials.go:39-64; ${recordings}`,
  strength: 'recorded',
};
const chainRead: Evidence = {
  source: 'aws/aws-sdk-go:aws/session/credentials.go:108-165 (1.55.6)',
  strength: 'source',
};
const webIdentity: Evidence = {
  source: `aws/aws-sdk-go:aws/credentials/stscreds/web_identity_provider.go:139-171; ${recordings}`,
  strength: 'recorded',
};
const container: Evidence = {
  source: `aws/aws-sdk-go:aws/defaults/defaults.go:123-252; ${recordings}`,
  strength: 'recorded',
};
const containerRead: Evidence = {
  source: 'aws/aws-sdk-go:aws/credentials/endpointcreds/provider.go (1.55.6)',
  strength: 'source',
};
const imds: Evidence = {
  source: `aws/aws-sdk-go:aws/ec2metadata/token_provider.go:55-77; ${recordings}`,
  strength: 'recorded',
};

const files: Evidence = { source: 'aws/aws-sdk-go:aws/session/shared_config.go', strength: 'source' };

const none = 'NoCredentialProviders: no valid providers in chain';
const lookup: ProfileLookup = {
  files: ['credentials', 'config'],
  configNeeds: 'AWS_SDK_LOAD_CONFIG',
  nameFrom: ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE'],
};

const keys = goEnvironmentKeys(chain);

const irsa: WebIdentityProvider = {
  kind: 'webIdentity',
  id: 'webIdentity',
  values: 'environment',
  setWhen: 'nonEmpty',
  rules: [
    { on: ['roleMissing'], next: 'stop', error: 'WebIdentityErr: role ARN is not set', ...chain },
    {
      on: ['tokenMissing', 'tokenUnreadable'],
      next: 'stop',
      error: 'WebIdentityErr',
      ...seen(webIdentity),
    },
    { on: ['tokenEmpty'], next: 'stop', error: 'WebIdentityErr: InvalidParameter', ...webIdentity },
    {
      on: ['accessDenied', 'clientError'],
      next: 'stop',
      error: 'WebIdentityErr: {code}',
      ...webIdentity,
    },
    {
      on: ['invalidIdentityToken', 'expiredToken', 'idpCommunicationError', 'serverError'],
      attempts: 4,
      next: 'stop',
      error: 'WebIdentityErr: {code}',
      ...webIdentity,
    },
    {
      on: ['timeout', 'refused'],
      attempts: 4,
      next: 'stop',
      error: 'WebIdentityErr',
      ...seen(webIdentity),
    },
    { on: ['hang'], next: 'stop', error: neverAnswers, ...webIdentity },
  ],
  ...chain,
};

/** What the profile gives, by the versions in which it gave more: web identity at first, SSO later. */
function profile(
  versions: VersionRange,
  id: string,
  takes: ProfileProvider['takes'],
  roleOnTopOf: ProfileProvider['takes'],
): ProfileProvider {
  return {
    ...versions,
    kind: 'profile',
    id,
    lookup,
    takes,
    roleOnTopOf,
    rules: [
      { on: ['profileMissing'], next: 'continue', error: 'SharedConfigProfileNotExistsError', ...chain },
      {
        on: ['sourceMissing', 'broken'],
        next: 'stop',
        error: 'SharedConfigAssumeRoleError',
        ...seen(chainRead),
      },
      { on: ['ssoUnavailable'], next: 'stop', error: 'SSOProviderInvalidToken', ...chainRead },
      { on: ['sourceFailed'], next: 'stop', error: '{code}', ...chainRead },
      { on: ['roleRefused'], next: 'stop', error: '{code}', ...chain },
    ],
    ...seen(chain),
  };
}

/** In these versions the variable that names a profile made it the first choice. */
const profileFirst = {
  since: '1.21.0', // commit 262e4f3c6
  until: '1.22.0', // commit e53fae34c, aws/aws-sdk-go#2727
  skippedWhenSet: ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE'],
  ...seen(chain),
} as const;

/** What the session chooses from before it looks for the container endpoint. */
const chosen: SdkEntry['providers'] = [
  profile({ until: '1.21.0' }, 'credentialSourceProfile', ['credentialSource'], []),
  { ...keys, until: '1.21.0' },
  { ...keys, ...profileFirst },
  { ...keys, since: '1.22.0' },
  { ...irsa, ...profileFirst }, // commit 2e1d76a9c; the EKS user guide says 1.23.13
  { ...irsa, since: '1.22.0' },
  profile(
    { until: '1.21.0' },
    'profile',
    ['sourceProfile', 'staticPair', 'process', 'credentialSource'],
    ['process'],
  ),
  profile(
    { since: '1.21.0', until: '1.37.0' },
    'profile',
    ['sourceProfile', 'staticPair', 'process', 'credentialSource', 'webIdentity'],
    ['staticPair', 'process'],
  ),
  // commit 04e0775c5
  profile(
    { since: '1.37.0' },
    'profile',
    ['sourceProfile', 'staticPair', 'credentialSource', 'webIdentity', 'sso', 'process'],
    ['staticPair', 'process'],
  ),
];

const imdsRow: ImdsProvider = {
  kind: 'imds',
  id: 'imds',
  disabledWhen: 'true',
  protocol: 'v2ThenV1',
  v1SwitchSince: '1.47.2',
  token: goTokenRules(none, seen(imds), 'v1'),
  roleList: goGetRules(none, imds),
  roleCredentials: goGetRules(none, imds),
  ...imds,
};

const imdsProviders: readonly ImdsProvider[] = [
  ...withImdsV2Since('1.25.38', { ...imdsRow, until: '1.44.221' }), // commit 1b7071ca4
  // commit 6c34cf06b
  {
    ...imdsRow,
    since: '1.44.221',
    token: goTokenRules(none, seen(imds), 'v1AskAgain'),
    roleList: goGetRules(none, seen(imds), 'openToken'),
  },
];

/**
 * What the Go SDK 1 does: the session picks one provider by what is configured, and never another.
 *
 * @source aws/aws-sdk-go:aws/session/credentials.go, `resolveCredentials`
 */
export const goV1: SdkEntry = {
  family: 'go-v1',
  title: 'AWS SDK for Go 1',
  versionMeans: 'the version of the module github.com/aws/aws-sdk-go',
  oldestKnown: '1.0.0',
  newestKnown: '1.55.8',
  shape: 'switchByConfiguration',
  ...seen(chain),
  providers: [
    {
      kind: 'profileGate',
      id: 'sharedConfig',
      lookup,
      rules: [{ on: ['unparsable'], next: 'stop', error: 'SharedConfigLoadError', ...seen(files) }],
      ...seen(files),
    },
    ...chosen,
    {
      kind: 'container',
      id: 'container',
      proxy: 'environment', // aws/aws-sdk-go:aws/defaults/defaults.go: net/http's default client
      uriSetWhen: 'nonEmpty',
      bothSet: 'full',
      hosts: [
        { until: '1.47.11', value: loopbackHosts },
        { since: '1.47.11', value: agentHosts }, // commit bcc4451db
      ],
      tokenFileSince: '1.47.11',
      tokenFirst: 'file',
      tokenWithRelativeUri: 'sent',
      rules: [
        { on: ['hostNotAllowed'], next: 'stop', error: none, ...container },
        { on: ['tokenMissing', 'tokenUnreadable'], next: 'stop', error: none, ...seen(containerRead) },
        { on: ['tokenEmpty'], next: 'sendWithout', error: '', ...seen(containerRead) },
        { on: ['tokenMalformed'], next: 'stop', error: none, ...seen(containerRead) },
        { on: ['clientError'], next: 'stop', error: none, ...seen(containerRead) },
        { on: ['serverError'], attempts: 4, next: 'stop', error: none, ...container },
        { on: ['timeout', 'refused'], attempts: 4, next: 'stop', error: none, ...seen(containerRead) },
        { on: ['hang'], next: 'stop', error: neverAnswers, ...seen(containerRead) },
      ],
      ...container,
    },
    ...imdsProviders,
  ],
  sts: {
    regionFrom: ['AWS_REGION'],
    endpoints: [{ value: 'legacy' }],
    setting: 'honoured',
    settingSince: '1.25.18', // commit 84fbd57ef
    withoutRegion: 'global',
    sessionName: '<unix ns>',
    attempts: 4,
    ...seen(webIdentity),
  },
  refresh: {
    chain: 'pinned',
    renewals: [
      {
        of: ['webIdentity'],
        mustFromSeconds: 0,
        source: `aws/aws-sdk-go:aws/credentials/stscreds/web_identity_provider.go; ${refreshRecordings}`,
        strength: 'recorded',
      },
      {
        of: ['container', 'imds'],
        mustFromSeconds: 300,
        source: `aws/aws-sdk-go:aws/defaults/defaults.go, \`ExpiryWindow\`; ${refreshRecordings}`,
        strength: 'recorded',
      },
    ],
    source: `aws/aws-sdk-go:aws/session/credentials.go; ${refreshRecordings}`,
    strength: 'recorded',
  },
  exhausted: none,
};
