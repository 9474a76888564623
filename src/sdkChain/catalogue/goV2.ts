import { imdsGetFailures, type ImdsGetFailure } from '../imdsProvider.ts';
import { type Evidence, type Rule } from '../providerRow.ts';
import { type ProfileLookup, type SdkEntry } from '../entry.ts';
import { anyImdsFailure } from './anyImdsFailure.ts';
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

const refresh = (failure: string): string => `failed to refresh cached credentials, ${failure}`;
const noRole = refresh('no EC2 IMDS role found');
const lookup: ProfileLookup = {
  files: ['credentials', 'config'],
  nameFrom: ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE'],
};

const get: readonly Rule<ImdsGetFailure>[] = [
  { on: ['serverError', 'timeout', 'refused', 'hang'], attempts: 3, next: 'stop', error: noRole, ...imds },
  { on: imdsGetFailures, next: 'stop', error: noRole, ...imds },
];

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
    {
      kind: 'environmentKeys',
      id: 'environment',
      accessKeyId: ['AWS_ACCESS_KEY_ID', 'AWS_ACCESS_KEY'],
      secretAccessKey: ['AWS_SECRET_ACCESS_KEY', 'AWS_SECRET_KEY'],
      setWhen: 'nonEmpty',
      names: 'firstSet',
      ...chain,
    },
    {
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
    },
    {
      kind: 'profile',
      id: 'profile',
      lookup,
      takes: ['sourceProfile', 'static', 'credentialSource', 'webIdentity', 'sso', 'process'],
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
      ...chain,
    },
    ...container(),
    {
      kind: 'imds',
      id: 'imds',
      disabledWhen: 'true',
      protocol: 'v2ThenV1',
      v1SwitchSince: '1.22.0', // config/CHANGELOG.md, 2023-11-02
      token: [
        { on: ['forbidden', 'notFound', 'methodNotAllowed'], next: 'v1', error: '', ...imds },
        { on: ['badRequest'], next: 'stop', error: noRole, ...imds },
        { on: ['serverError'], attempts: 3, next: 'v1AskAgain', error: '', ...imds },
        { on: ['timeout', 'hang', 'refused'], attempts: 3, next: 'v1', error: '', ...imds },
      ],
      roleList: [{ on: ['unauthorized'], next: 'tokenAgain', error: '', ...imds }, ...get],
      roleCredentials: get,
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
    { on: ['tokenEmpty'], next: 'send', error: '', ...chainRead },
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
