import type {
  ProfileGate,
  ProfileGateFailure,
  ProfileLookup,
  ProfileProvider,
  SdkEntry,
  WebIdentityProvider,
} from '../entry.ts';
import type { Evidence, Rule, VersionRange } from '../providerRow.ts';
import { anyImdsFailure } from './anyImdsFailure.ts';
import { goEnvironmentKeys, goGetRules, goTokenRules } from './goChain.ts';
import { agentHosts, loopbackHosts } from './hosts.ts';
import { neverAnswers } from './neverAnswers.ts';
import { recordedIn } from './recordedIn.ts';

const seen = recordedIn('go-v2');
const refreshed: Evidence = {
  source: 'aws/aws-sdk-go-v2:credentials/ec2rolecreds/provider.go; conformance/sdk/recordings/go-v2',
  strength: 'recorded',
};
const chain: Evidence = {
  source: 'aws/aws-sdk-go-v2:config/resolve_credentials.go; conformance/sdk/measured.json (config 1.17.10)',
  strength: 'recorded',
};
const chainRead: Evidence = {
  source: 'aws/aws-sdk-go-v2:config/resolve_credentials.go (config 1.33.18)',
  strength: 'source',
};
const stscreds: Evidence = {
  source: 'aws/aws-sdk-go-v2:credentials/stscreds/web_identity_provider.go; conformance/sdk/measured.json',
  strength: 'recorded',
};
const imds: Evidence = {
  source: 'aws/aws-sdk-go-v2:feature/ec2/imds/token_provider.go; conformance/sdk/measured.json',
  strength: 'recorded',
};

const files: Evidence = { source: 'aws/aws-sdk-go-v2:config/shared_config.go', strength: 'source' };
const changes: Evidence = { source: 'aws/aws-sdk-go-v2:config/CHANGELOG.md (1.18.45)', strength: 'docs' };

const refresh = (failure: string): string => `failed to refresh cached credentials, ${failure}`;
const noRole = refresh('no EC2 IMDS role found');
const lookup: ProfileLookup = {
  files: ['credentials', 'config'],
  nameFrom: ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE'],
};

const keys = goEnvironmentKeys(chain);

const irsa: WebIdentityProvider = {
  kind: 'webIdentity',
  id: 'webIdentity',
  values: 'environment',
  setWhen: 'nonEmpty',
  rules: [
    { on: ['roleMissing'], next: 'stop', error: 'role ARN is not set', ...chain },
    { on: ['noRegion'], next: 'stop', error: 'failed to resolve service endpoint', ...chain },
    {
      on: ['tokenMissing', 'tokenUnreadable'],
      next: 'stop',
      error: refresh('failed to retrieve jwt from provide source'),
      ...seen(stscreds),
    },
    { on: ['tokenEmpty'], next: 'send', error: '', ...stscreds },
    {
      on: ['accessDenied', 'expiredToken', 'idpCommunicationError'],
      next: 'stop',
      error: refresh('{code}'),
      ...stscreds,
    },
    { on: ['clientError'], next: 'stop', error: refresh('{code}'), ...seen(stscreds) },
    {
      on: ['invalidIdentityToken', 'serverError', 'timeout', 'refused'],
      attempts: 3,
      next: 'stop',
      error: refresh('{code}'),
      ...stscreds,
    },
    { on: ['hang'], next: 'stop', error: neverAnswers, ...stscreds },
  ],
  ...chain,
};

function profile(
  versions: VersionRange,
  takes: ProfileProvider['takes'],
  roleOnTopOf: ProfileProvider['takes'],
): ProfileProvider {
  return {
    ...versions,
    kind: 'profile',
    id: 'profile',
    lookup,
    takes,
    roleOnTopOf,
    rules: [
      { on: ['profileMissing'], next: 'continue', error: 'SharedConfigProfileNotExistError', ...chain },
      {
        on: ['sourceMissing', 'broken'],
        next: 'stop',
        error: 'failed to load shared config',
        ...seen(chainRead),
      },
      { on: ['ssoUnavailable'], next: 'stop', error: refresh('SSO token is not cached'), ...chainRead },
      { on: ['sourceFailed'], next: 'stop', error: refresh('{code}'), ...chainRead },
      { on: ['roleRefused'], next: 'stop', error: refresh('{code}'), ...chain },
    ],
    ...seen(chain),
  };
}

/** A token that is refused is thrown away. */
const tokenRenewed = {
  on: ['unauthorized'],
  attempts: 3,
  attemptsFrom: 'newToken',
  next: 'stop',
  error: noRole,
  ...seen(imds),
} as const;

/** Where there was none, one is asked for once more. */
const tokenAgain = { on: ['unauthorized'], next: 'tokenAgain', error: '', ...seen(imds) } as const;

/** Until then the variable that names a profile made it the first choice. */
const profileFirst = {
  until: '1.1.1',
  skippedWhenSet: ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE'],
  ...seen(chain),
} as const;

/** What the configuration chooses from before it looks for the container endpoint. */
const chosen: SdkEntry['providers'] = [
  { ...keys, ...profileFirst },
  { ...keys, since: '1.1.1' },
  { ...irsa, ...profileFirst },
  { ...irsa, since: '1.1.1' },
  profile(
    { until: '1.1.0' },
    ['sourceProfile', 'static', 'process', 'credentialSource', 'webIdentity'],
    ['static', 'process', 'webIdentity'],
  ),
  profile(
    { since: '1.1.0', until: '1.3.0' },
    ['sourceProfile', 'static', 'sso', 'process', 'credentialSource', 'webIdentity'],
    ['static', 'process', 'webIdentity'],
  ),
  profile(
    { since: '1.3.0' },
    ['sourceProfile', 'static', 'credentialSource', 'webIdentity', 'sso', 'process'],
    ['static', 'process'],
  ),
];

/** `LoadDefaultConfig` fails before anything is chosen. */
function gates(): readonly ProfileGate[] {
  const failure = (on: ProfileGateFailure, error: string, evidence: Evidence): Rule<ProfileGateFailure> => ({
    on: [on],
    next: 'stop',
    error,
    ...evidence,
  });
  const halfPair = failure('halfPair', 'partial credentials found for profile', seen(files));
  const unparsable = failure('unparsable', 'failed to load shared config file', seen(files));
  const missing = failure('profileMissing', 'failed to get shared config profile', seen(changes));
  const gate = (versions: VersionRange, ...rules: readonly Rule<ProfileGateFailure>[]): ProfileGate => ({
    ...versions,
    kind: 'profileGate',
    id: 'sharedConfig',
    lookup,
    rules,
    ...seen(files),
  });
  return [
    gate({ until: '1.18.45' }, unparsable, halfPair),
    gate({ since: '1.18.45', until: '1.24.0' }, unparsable, missing, halfPair),
    // With internal/ini 1.7.0, which passes over lines that it cannot read.
    gate({ since: '1.24.0' }, missing, halfPair),
  ];
}

/**
 * What the Go SDK 2 does: `LoadDefaultConfig` picks one provider by what is configured, and never another.
 *
 * @source aws/aws-sdk-go-v2:config/resolve_credentials.go, `resolveCredentialChain`
 */
export const goV2: SdkEntry = {
  family: 'go-v2',
  title: 'AWS SDK for Go 2',
  versionMeans: 'the version of the module github.com/aws/aws-sdk-go-v2/config',
  oldestKnown: '1.0.0',
  newestKnown: '1.33.18',
  shape: 'switchByConfiguration',
  ...seen(chain),
  providers: [
    ...gates(),
    ...chosen,
    ...container(),
    {
      kind: 'imds',
      id: 'imds',
      disabledWhen: 'true',
      protocol: 'v2ThenV1',
      v1SwitchSince: '1.22.0', // config/CHANGELOG.md, 2023-11-02
      token: goTokenRules(noRole, seen(imds), 'v1'),
      roleList: [tokenAgain, tokenRenewed, ...goGetRules(noRole, imds)],
      roleCredentials: [tokenRenewed, ...goGetRules(noRole, imds)],
      ...imds,
    },
  ],
  sts: {
    regionFrom: ['AWS_REGION', 'AWS_DEFAULT_REGION'],
    endpoints: [{ value: 'regional' }],
    setting: 'ignored',
    withoutRegion: 'client',
    sessionName: '<unix ns>',
    attempts: 3,
    ...seen(stscreds),
  },
  refresh: {
    chain: 'pinned',
    renewals: [
      { of: ['webIdentity'], mustFromSeconds: 0, ...refreshed },
      { of: ['container'], mustFromSeconds: 300, ...refreshed },
      // config 1.15.1 takes credentials 1.11.0, whose CHANGELOG names the change (2022-03-23).
      { of: ['imds'], until: '1.15.1', mustFromSeconds: 300, ...refreshed },
      {
        of: ['imds'],
        since: '1.15.1',
        mustFromSeconds: 300,
        noWindowUpToSeconds: 900,
        atMostSeconds: 3600,
        servesOldAfter: anyImdsFailure,
        ...refreshed,
      },
    ],
    ...refreshed,
  },
  exhausted: noRole,
};

/**
 * Two things changed: which URI wins (1.27.34), and that an error body no longer hides a 5xx from the
 * retries (seen in 1.26.1, not yet in 1.25.0).
 */
function container(): SdkEntry['providers'] {
  const shared = {
    kind: 'container',
    id: 'container',
    // aws/aws-sdk-go-v2:credentials/endpointcreds/internal/client/client.go, aws/transport/http/client.go
    proxy: 'environment',
    uriSetWhen: 'nonEmpty',
    hosts: [
      { until: '1.25.0', value: loopbackHosts },
      { since: '1.25.0', value: agentHosts },
    ],
    tokenFileSince: '1.25.0',
    tokenFirst: 'file',
    tokenWithRelativeUri: 'sent',
  } as const;
  const rules = (
    serverErrorAttempts: number,
    evidence: Evidence,
  ): Extract<SdkEntry['providers'][number], { kind: 'container' }>['rules'] => [
    {
      on: ['hostNotAllowed'],
      next: 'stop',
      error: 'invalid endpoint host, only loopback/ecs/eks hosts are allowed',
      ...chain,
    },
    {
      on: ['tokenMissing', 'tokenUnreadable'],
      next: 'stop',
      error: refresh('failed to read authorization token'),
      ...seen(chainRead),
    },
    { on: ['tokenEmpty'], next: 'sendWithout', error: '', ...seen(chainRead) },
    {
      on: ['tokenMalformed'],
      next: 'stop',
      error: refresh('authorization token contains invalid newline sequence'),
      ...seen(chainRead),
    },
    { on: ['clientError'], next: 'stop', error: refresh('failed to load credentials'), ...seen(chainRead) },
    {
      on: ['serverError'],
      attempts: serverErrorAttempts,
      next: 'stop',
      error: refresh('failed to load credentials'),
      ...seen(evidence),
    },
    {
      on: ['timeout', 'refused'],
      attempts: 3,
      next: 'stop',
      error: refresh('failed to load credentials'),
      ...seen(chainRead),
    },
    { on: ['hang'], next: 'stop', error: neverAnswers, ...seen(chainRead) },
  ];
  return [
    { ...shared, until: '1.26.1', bothSet: 'full', rules: rules(1, chain), ...chain },
    {
      ...shared,
      since: '1.26.1',
      until: '1.27.34',
      bothSet: 'full',
      rules: rules(3, chainRead),
      ...seen(chainRead),
    },
    { ...shared, since: '1.27.34', bothSet: 'relative', rules: rules(3, chainRead), ...seen(chainRead) },
  ];
}
