import { describe, expect, test } from 'vitest';
import type { SdkFamily } from '../../src/model/sdk.ts';
import { sdkBehaviour } from '../../src/sdkChain/registry.ts';
import {
  irsaVariables,
  podIdentityVariables,
  summariseSdk,
  type SdkSummary,
} from '../../src/sdkChain/summary.ts';

describe('the whole summary of an SDK', () => {
  test.each<SdkSummary>([
    {
      family: 'java-v2',
      title: 'AWS SDK for Java 2',
      versionMeans: 'the version of software.amazon.awssdk:bom',
      newestKnown: '2.57.8',
      shape: 'anyErrorContinues',
      order: ['environment', 'webIdentity', 'profile', 'container', 'sharedFilesForImds', 'imds'],
      firstIrsa: '2.10.11',
      firstPodIdentity: '2.21.26',
      firstImdsV2: '2.10.21',
      fallsBackWhenIrsaFails: true,
      strength: 'recorded',
    },
    {
      family: 'go-v2',
      title: 'AWS SDK for Go 2',
      versionMeans: 'the version of the module github.com/aws/aws-sdk-go-v2/config',
      newestKnown: '1.33.18',
      shape: 'switchByConfiguration',
      order: ['sharedConfig', 'environment', 'webIdentity', 'profile', 'container', 'imds'],
      firstIrsa: 'everyVersion',
      firstPodIdentity: '1.25.0',
      firstImdsV2: 'everyVersion',
      fallsBackWhenIrsaFails: false,
      strength: 'recorded',
    },
    {
      family: 'js-v2',
      title: 'AWS SDK for JavaScript 2 (Node.js)',
      versionMeans: 'the version of the package aws-sdk',
      newestKnown: '2.1693.0',
      shape: 'anyErrorContinues',
      order: [
        'environment',
        'environmentAmazon',
        'ssoProfile',
        'sharedIni',
        'container',
        'process',
        'webIdentity',
        'imds',
      ],
      firstIrsa: '2.518.0',
      firstPodIdentity: '2.1550.0',
      firstImdsV2: '2.575.0',
      fallsBackWhenIrsaFails: true,
      strength: 'recorded',
    },
  ])('$family', (summary) => {
    expect(summariseSdk(sdkBehaviour({ family: summary.family }).entry)).toStrictEqual(summary);
  });
});

describe('an SDK that lacks a provider', () => {
  test.each<[SdkFamily, string, Partial<SdkSummary>]>([
    ['java-v2', 'webIdentity', { firstIrsa: 'never', firstPodIdentity: '2.21.26', firstImdsV2: '2.10.21' }],
    ['java-v2', 'container', { firstIrsa: '2.10.11', firstPodIdentity: 'never', firstImdsV2: '2.10.21' }],
    ['java-v2', 'imds', { firstIrsa: '2.10.11', firstPodIdentity: '2.21.26', firstImdsV2: 'never' }],
    ['rust', 'webIdentity', { firstIrsa: 'never', firstPodIdentity: '1.1.8', firstImdsV2: 'everyVersion' }],
  ])('%s without %s', (family, kind, expected) => {
    const { entry } = sdkBehaviour({ family });
    const lacking = { ...entry, providers: entry.providers.filter((provider) => provider.kind !== kind) };
    expect(summariseSdk(lacking)).toMatchObject(expected);
  });

  test('java-v2 without the metadata service has nothing to fall back to', () => {
    const { entry } = sdkBehaviour({ family: 'java-v2' });
    const lacking = { ...entry, providers: entry.providers.filter(({ kind }) => kind !== 'imds') };
    expect(summariseSdk(lacking).fallsBackWhenIrsaFails).toBe(false);
  });
});

describe('the variables that EKS puts into a pod', () => {
  const region = { AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-1' };

  test('for IRSA', () => {
    expect(irsaVariables).toStrictEqual({
      ...region,
      AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/app',
      AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/secrets/token',
    });
  });

  test('for Pod Identity', () => {
    expect(podIdentityVariables).toStrictEqual({
      ...region,
      AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials',
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/var/run/secrets/token',
    });
  });
});
