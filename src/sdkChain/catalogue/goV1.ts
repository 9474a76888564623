import { imdsGetFailures, type ImdsGetFailure } from '../imdsProvider.ts';
import { type Evidence, type Rule } from '../providerRow.ts';
import { type ProfileLookup, type SdkEntry } from '../entry.ts';
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

const none = 'NoCredentialProviders: no valid providers in chain';
const lookup: ProfileLookup = {
  files: ['credentials', 'config'],
  configNeeds: 'AWS_SDK_LOAD_CONFIG',
  nameFrom: ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE'],
};

const get: readonly Rule<ImdsGetFailure>[] = [
  { on: ['serverError', 'timeout', 'refused', 'hang'], attempts: 3, next: 'stop', error: none, ...imds },
  { on: imdsGetFailures, next: 'stop', error: none, ...imds },
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
      since: '1.21.0', // commit 2e1d76a9c; the EKS user guide says 1.23.13
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
    },
    {
      kind: 'profile',
      id: 'profile',
      lookup,
      takes: ['sourceProfile', 'static', 'credentialSource', 'webIdentity', 'sso', 'process'],
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
      ...chain,
    },
    {
      kind: 'container',
      id: 'container',
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
        { on: ['tokenEmpty'], next: 'send', error: '', ...containerRead },
        { on: ['clientError'], next: 'stop', error: none, ...seen(containerRead) },
        { on: ['serverError'], attempts: 4, next: 'stop', error: none, ...container },
        { on: ['timeout', 'refused'], attempts: 4, next: 'stop', error: none, ...seen(containerRead) },
        { on: ['hang'], next: 'stop', error: neverAnswers, ...seen(containerRead) },
      ],
      ...container,
    },
    // commit 1b7071ca4
    ...withImdsV2Since('1.25.38', {
      kind: 'imds',
      id: 'imds',
      disabledWhen: 'true',
      protocol: 'v2ThenV1',
      v1SwitchSince: '1.47.2',
      token: [
        { on: ['forbidden', 'notFound', 'methodNotAllowed'], next: 'v1', error: '', ...imds },
        { on: ['badRequest'], next: 'stop', error: none, ...imds },
        { on: ['serverError'], attempts: 3, next: 'v1AskAgain', error: '', ...imds },
        { on: ['timeout', 'hang', 'refused'], attempts: 3, next: 'v1', error: '', ...imds },
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
