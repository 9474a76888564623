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
import { withImdsV2Since } from './imdsV2Since.ts';

const chain: Evidence = {
  source: 'aws/aws-sdk-net:sdk/src/Core/Amazon.Runtime/Credentials/FallbackCredentialsFactory.cs',
  strength: 'source',
};

/**
 * What the .NET SDK 3 does: the first member that can be built is taken for good; web identity comes
 * before the static keys of the environment.
 *
 * @source aws/aws-sdk-net:sdk/src/Core/Amazon.Runtime/Credentials/FallbackCredentialsFactory.cs, `Reset`
 */
export const dotnetV3: SdkEntry = {
  family: 'dotnet-v3',
  title: 'AWS SDK for .NET 3',
  versionMeans: 'the product version of the SDK (`ProductVersion` of a release), not that of AWSSDK.Core',
  oldestKnown: '3.3.0.0',
  newestKnown: '3.7.734.0',
  shape: 'switchByConfiguration',
  ...chain,
  providers: [
    { ...dotnetWebIdentity, since: '3.3.659.1' }, // awsdocs/amazon-eks-user-guide
    dotnetProfile('continue', chain),
    dotnetEnvironmentKeys,
    // Before, only the relative URI was looked at; awsdocs/amazon-eks-user-guide
    { ...dotnetContainer, fullUriSince: '3.7.734.0', tokenFileSince: '3.7.734.0' },
    ...withImdsV2Since('3.3.634.1', dotnetImds),
  ],
  sts: {
    regionFrom: ['AWS_REGION'],
    endpoints: [{ value: 'legacy' }],
    setting: 'honoured',
    withoutRegion: { region: 'us-east-1' },
    sessionName: '<guid>',
    attempts: 5,
    source: 'https://docs.aws.amazon.com/sdkref/latest/guide/feature-sts-regionalized-endpoints.html',
    strength: 'docs',
  },
  // When web identity and the container are asked again is known of 4 alone.
  refresh: { chain: 'pinned', renewals: [dotnetImdsRenewal], ...chain },
  exhausted: dotnetExhausted,
};
