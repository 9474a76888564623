import type { SdkEntry } from '../entry.ts';
import { botocoreProviders, botocoreRefresh } from './botocoreChain.ts';

const recorded = {
  source: 'aws/aws-cli:awscli/customizations/assumerole.py (1.45.11); conformance/sdk/measured.json',
  strength: 'recorded',
} as const;

const error = (exception: string): string => `${exception} (exit 255)`;

/**
 * What version 1 of the AWS CLI does: botocore as a dependency, in legacy retry mode.
 *
 * @source aws/aws-cli:setup.py (which botocore a version pins); conformance/sdk/measured.json
 */
export const awsCliV1: SdkEntry = {
  family: 'aws-cli-v1',
  title: 'AWS CLI 1',
  versionMeans: 'the version of the package awscli',
  oldestKnown: '1.16.0',
  newestKnown: '1.45.11',
  shape: 'softErrorsContinue',
  ...recorded,
  providers: botocoreProviders({
    irsaSince: '1.16.210', // pins botocore 1.12.200
    podIdentitySince: '1.30.0', // pins botocore 1.32.0
    // pin botocore 1.13.21, 1.13.22, 1.13.23, 1.13.25
    imdsV2: { first: '1.16.285', reverted: '1.16.286', again: '1.16.287', settled: '1.16.289' },
    v1SwitchSince: '1.30.4', // pins botocore 1.32.4
    stsAttempts: 5,
    profileFrom: ['AWS_DEFAULT_PROFILE', 'AWS_PROFILE'],
    error,
    noRegion: [{ on: ['noRegion'], next: 'stop', error: error('NoRegionError'), ...recorded }],
  }),
  sts: {
    regionFrom: ['AWS_DEFAULT_REGION'],
    endpoints: [
      { until: '1.42.0', value: 'legacy' },
      { since: '1.42.0', value: 'regional' }, // pins botocore 1.40.0
    ],
    setting: 'honoured',
    settingSince: '1.16.266', // pins botocore 1.13.2
    withoutRegion: 'global',
    sessionName: 'botocore-session-<unix s>',
    attempts: 5,
    ...recorded,
  },
  refresh: botocoreRefresh,
  exhausted: 'NoCredentialsError (exit 255)',
};
