import { imdsGetFailures, type ImdsProvider } from '../imdsProvider.ts';
import {
  type ContainerProvider,
  type EnvironmentKeysProvider,
  type ProfileFailure,
  type ProfileProvider,
  type WebIdentityProvider,
} from '../entry.ts';
import { type Evidence, type Rule } from '../providerRow.ts';
import type { Renewal } from '../refresh.ts';
import { anyImdsFailure } from './anyImdsFailure.ts';
import { agentHosts } from './hosts.ts';
import { noAnswer } from './noAnswer.ts';

const runtime = 'aws/aws-sdk-net:sdk/src/Core/Amazon.Runtime/Credentials';
const webIdentity: Evidence = {
  source: `${runtime}/AssumeRoleWithWebIdentityCredentials.cs`,
  strength: 'source',
};
const retries: Evidence = {
  source: 'https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html',
  strength: 'docs',
};
const container: Evidence = { source: `${runtime}/GenericContainerCredentials.cs`, strength: 'source' };
const imds: Evidence = {
  source: 'aws/aws-sdk-net:sdk/src/Core/Amazon.Util/EC2InstanceMetadata.cs, `FetchApiToken`',
  strength: 'source',
};

/** What both major versions say when nothing is found. */
export const dotnetExhausted = 'Failed to resolve AWS credentials';

/** Static keys; half a pair makes the constructor throw, which leads to the next member. */
export const dotnetEnvironmentKeys: EnvironmentKeysProvider = {
  kind: 'environmentKeys',
  id: 'environment',
  accessKeyId: ['AWS_ACCESS_KEY_ID'],
  secretAccessKey: ['AWS_SECRET_ACCESS_KEY', 'AWS_SECRET_KEY'],
  setWhen: 'nonEmpty',
  names: 'firstSet',
  source: `${runtime}/EnvironmentVariablesAWSCredentials.cs`,
  strength: 'source',
};

/** IRSA: the choice is made by the constructor, so whatever fails later surfaces at first use. */
export const dotnetWebIdentity: WebIdentityProvider = {
  kind: 'webIdentity',
  id: 'webIdentity',
  values: 'environment',
  setWhen: 'nonEmpty',
  rules: [
    { on: ['roleMissing'], next: 'continue', error: '', ...webIdentity },
    { on: ['tokenPathRelative'], next: 'continue', error: 'the token path must be absolute', ...webIdentity },
    { on: ['moduleMissing'], next: 'stop', error: 'AWSSDK.SecurityToken could not be found', ...webIdentity },
    { on: ['tokenMissing', 'tokenUnreadable'], next: 'stop', error: 'FileNotFoundException', ...webIdentity },
    { on: ['tokenEmpty'], next: 'send', error: '', ...webIdentity },
    { on: ['accessDenied', 'expiredToken', 'clientError'], next: 'stop', error: '{code}', ...webIdentity },
    {
      on: ['invalidIdentityToken', 'idpCommunicationError'],
      attempts: 3,
      next: 'stop',
      error: '{code}',
      ...webIdentity,
      strength: 'docs',
    },
    { on: ['serverError', ...noAnswer], attempts: 5, next: 'stop', error: '{code}', ...retries },
  ],
  ...webIdentity,
};

/** A profile; `missing` says what a named profile that is not there leads to. */
export function dotnetProfile(missing: 'stop' | 'continue', evidence: Evidence): ProfileProvider {
  const rules: readonly Rule<ProfileFailure>[] = [
    { on: ['profileMissing'], next: missing, error: 'ProfileNotFoundException', ...evidence },
    { on: ['sourceMissing', 'broken'], next: 'continue', error: 'the profile is not valid', ...evidence },
    { on: ['ssoUnavailable', 'sourceFailed', 'roleRefused'], next: 'stop', error: '{code}', ...evidence },
  ];
  return {
    kind: 'profile',
    id: 'profile',
    lookup: { files: ['credentials', 'config'], nameFrom: ['AWS_PROFILE'] },
    takes: ['sourceProfile', 'credentialSource', 'webIdentity', 'sso', 'static', 'process'],
    rules,
    ...evidence,
  };
}

/** The container endpoint: once a URI is set, the metadata service is out of the chain. */
export const dotnetContainer: ContainerProvider = {
  kind: 'container',
  id: 'container',
  uriSetWhen: 'nonEmpty',
  bothSet: 'relative',
  hosts: [{ value: agentHosts }],
  tokenFirst: 'file',
  tokenWithRelativeUri: 'sent',
  rules: [
    { on: ['hostNotAllowed'], next: 'stop', error: 'ArgumentException', ...container },
    {
      on: ['tokenMissing', 'tokenUnreadable'],
      attempts: 5,
      next: 'stop',
      error: 'FileNotFoundException',
      ...container,
    },
    { on: ['tokenEmpty'], next: 'send', error: '', ...container },
    {
      on: ['clientError', 'serverError', ...noAnswer],
      attempts: 5,
      next: 'stop',
      error: '{code}',
      ...container,
    },
  ],
  ...container,
};

/** The metadata service. */
export const dotnetImds: ImdsProvider = {
  kind: 'imds',
  id: 'imds',
  disabledWhen: 'true',
  protocol: 'v2ThenV1',
  token: [
    { on: ['forbidden', 'notFound', 'methodNotAllowed'], next: 'v1', error: '', ...imds },
    { on: ['badRequest'], attempts: 3, next: 'stop', error: dotnetExhausted, ...imds },
    { on: ['serverError'], attempts: 3, next: 'v1AskAgain', error: '', ...imds },
    { on: noAnswer, attempts: 3, next: 'v1', error: '', ...imds },
  ],
  roleList: [
    { on: ['serverError', ...noAnswer], attempts: 3, next: 'stop', error: dotnetExhausted, ...imds },
    { on: imdsGetFailures, next: 'stop', error: dotnetExhausted, ...imds },
  ],
  roleCredentials: [{ on: imdsGetFailures, attempts: 3, next: 'stop', error: dotnetExhausted, ...imds }],
  ...imds,
};

/** A timer asks the metadata service every two minutes; whatever fails leaves the old credentials in use. */
export const dotnetImdsRenewal: Renewal = {
  of: ['imds'],
  triesFrom: { afterSeconds: 120 },
  mustFromSeconds: 0,
  servesOldAfter: anyImdsFailure,
  source: 'aws/aws-sdk-net:sdk/src/Core/Amazon.Runtime/Credentials/DefaultInstanceProfileAWSCredentials.cs',
  strength: 'source',
};
