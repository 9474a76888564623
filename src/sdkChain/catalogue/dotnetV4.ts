import type { Evidence } from '../providerRow.ts';
import type { SdkEntry } from '../entry.ts';
import {
  dotnetContainer,
  dotnetEnvironmentKeys,
  dotnetExhausted,
  dotnetImds,
  dotnetImdsRenewal,
  dotnetProfile,
  dotnetWebIdentity,
} from './dotnetChain.ts';

const folder = 'aws/aws-sdk-net:sdk/src/Core/Amazon.Runtime/Credentials';
const chain: Evidence = {
  source: `${folder}/DefaultAWSCredentialsIdentityResolver.cs`,
  strength: 'source',
};

/**
 * What the .NET SDK 4 does: as 3, but static keys of the environment come first again, and a named
 * profile that is missing is an error.
 *
 * @source aws/aws-sdk-net:sdk/src/Core/Amazon.Runtime/Credentials/DefaultAWSCredentialsIdentityResolver.cs
 */
export const dotnetV4: SdkEntry = {
  family: 'dotnet-v4',
  title: 'AWS SDK for .NET 4',
  versionMeans: 'the product version of the SDK (`ProductVersion` of a release), not that of AWSSDK.Core',
  oldestKnown: '4.0.0.0',
  newestKnown: '4.0.0.0',
  shape: 'switchByConfiguration',
  ...chain,
  providers: [
    dotnetEnvironmentKeys,
    dotnetWebIdentity,
    dotnetProfile('stop', chain),
    dotnetContainer,
    dotnetImds,
  ],
  sts: {
    regionFrom: ['AWS_REGION'],
    endpoints: [{ value: 'regional' }],
    setting: 'ignored',
    withoutRegion: { region: 'us-east-1' },
    sessionName: '<guid>',
    attempts: 5,
    source: 'https://docs.aws.amazon.com/sdkref/latest/guide/feature-sts-regionalized-endpoints.html',
    strength: 'docs',
  },
  refresh: {
    chain: 'pinned',
    renewals: [
      {
        of: ['webIdentity'],
        triesFrom: { beforeExpirySeconds: 900 },
        mustFromSeconds: 0,
        source: `${folder}/RefreshingAWSCredentials.cs; ${folder}/AssumeRoleWithWebIdentityCredentials.cs`,
        strength: 'source',
      },
      dotnetImdsRenewal,
    ],
    ...chain,
  },
  exhausted: dotnetExhausted,
};
