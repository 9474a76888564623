import { containerFailures, profileFailures, type ProfileLookup, type SdkEntry } from '../entry.ts';
import { imdsGetFailures, type ImdsGetFailure } from '../imdsProvider.ts';
import { type Evidence, type Rule } from '../providerRow.ts';
import { everyKind } from './everyKind.ts';
import { noAnswer } from './noAnswer.ts';

const module = 'awslabs/aws-sdk-swift:Sources/Core/AWSSDKIdentity/Sources/AWSSDKIdentity';
const folder = `${module}/AWSCredentialIdentityResolvers`;
const chain: Evidence = {
  source: `${folder}/DefaultAWSCredentialIdentityResolverChain.swift, \`getIdentity\``,
  strength: 'source',
};
const webIdentity: Evidence = {
  source: `${folder}/STSWebIdentityAWSCredentialIdentityResolver.swift, \`getIdentity\``,
  strength: 'source',
};
const container: Evidence = {
  source: `${folder}/ECSAWSCredentialIdentityResolver.swift, \`validateResolvedURL\``,
  strength: 'source',
};
const imds: Evidence = {
  source: `${module}/IMDSClient/IMDSClient.swift and IMDSTokenProvider.swift`,
  strength: 'source',
};

/** Only the last member's error is thrown, so a failing IRSA looks like a failing metadata service. */
const exhausted = 'IMDSError';

const lookup: ProfileLookup = { files: ['credentials', 'config'], nameFrom: ['AWS_PROFILE'] };

const get: readonly Rule<ImdsGetFailure>[] = [
  { on: ['unauthorized', ...noAnswer], attempts: 4, next: 'continue', error: exhausted, ...imds },
  { on: imdsGetFailures, next: 'continue', error: exhausted, ...imds },
];

/**
 * What the Swift SDK does since its resolvers are its own: every error leads to the next member; IMDSv2 only.
 *
 * Earlier releases used the chain of the CRT; which was the last is not known, so they are taken to
 * behave alike.
 *
 * @source awslabs/aws-sdk-swift:…/AWSSDKIdentity/…/DefaultAWSCredentialIdentityResolverChain.swift
 */
export const swift: SdkEntry = {
  family: 'swift',
  title: 'AWS SDK for Swift',
  versionMeans: 'the version of aws-sdk-swift',
  oldestKnown: '1.0.0',
  newestKnown: '1.7.85',
  shape: 'anyErrorContinues',
  ...chain,
  providers: [
    {
      kind: 'environmentKeys',
      id: 'environment',
      accessKeyId: ['AWS_ACCESS_KEY_ID'],
      secretAccessKey: ['AWS_SECRET_ACCESS_KEY'],
      setWhen: 'nonEmpty',
      names: 'firstSet',
      ...chain,
    },
    {
      kind: 'profile',
      id: 'profile',
      lookup,
      takes: ['sourceProfile', 'credentialSource', 'webIdentity', 'sso', 'process', 'static'],
      rules: [{ on: profileFailures, next: 'continue', error: '{code}', ...chain }],
      ...chain,
    },
    {
      kind: 'webIdentity',
      id: 'webIdentity',
      values: 'eachThenProfile',
      setWhen: 'nonEmpty',
      lookup,
      rules: [
        { on: ['roleMissing'], next: 'continue', error: '', ...webIdentity },
        { on: ['noRegion'], next: 'continue', error: 'region is not set', ...webIdentity },
        {
          on: ['tokenMissing', 'tokenUnreadable'],
          next: 'continue',
          error: 'token file cannot be read',
          ...webIdentity,
        },
        { on: ['tokenEmpty'], next: 'send', error: '', ...webIdentity },
        {
          on: ['accessDenied', 'invalidIdentityToken', 'clientError', 'serverError', ...noAnswer],
          next: 'continue',
          error: '{code}',
          ...webIdentity,
        },
        {
          on: ['expiredToken', 'idpCommunicationError'],
          attempts: 4,
          next: 'continue',
          error: '{code}',
          ...webIdentity,
        },
      ],
      ...webIdentity,
    },
    {
      kind: 'container',
      id: 'container',
      uriSetWhen: 'nonEmpty',
      bothSet: 'relative',
      hosts: [{ value: ['127/8', '169.254.170.2', '169.254.170.23'] }],
      tokenFirst: 'file',
      tokenWithRelativeUri: 'notSent',
      rules: [
        {
          on: ['clientError', 'serverError', ...noAnswer],
          attempts: 4,
          next: 'continue',
          error: '{code}',
          ...container,
        },
        { on: containerFailures, next: 'continue', error: '{code}', ...container },
      ],
      ...container,
    },
    {
      kind: 'imds',
      id: 'imds',
      disabledWhen: 'true',
      protocol: 'v2',
      token: [
        { on: ['forbidden'], next: 'continue', error: exhausted, ...imds },
        {
          on: ['notFound', 'methodNotAllowed', 'badRequest', 'serverError', ...noAnswer],
          attempts: 4,
          next: 'continue',
          error: exhausted,
          ...imds,
        },
      ],
      roleList: get,
      roleCredentials: get,
      ...imds,
    },
  ],
  sts: {
    regionFrom: ['AWS_REGION'],
    endpoints: [{ value: 'regional' }],
    setting: 'ignored',
    withoutRegion: 'client',
    sessionName: '<upper-case uuid>',
    attempts: 1,
    ...webIdentity,
  },
  refresh: {
    chain: 'walksAgain',
    renewals: [{ of: everyKind, mustFromSeconds: 300, ...chain }],
    ...chain,
  },
  exhausted,
};
