import type { SdkEntry } from '../entry.ts';
import { botocoreProviders, botocoreRefresh } from './botocoreChain.ts';

/**
 * What botocore does, and with it boto3, which has no chain of its own.
 *
 * @source boto/botocore:botocore/credentials.py; conformance/sdk/measured.json
 */
export const botocore: SdkEntry = {
  family: 'botocore',
  title: 'botocore and boto3 (Python)',
  versionMeans: 'the version of the package botocore; a version of boto3 is translated',
  oldestKnown: '1.12.0',
  newestKnown: '1.44.8',
  shape: 'softErrorsContinue',
  source: 'boto/botocore:botocore/credentials.py; conformance/sdk/measured.json',
  strength: 'recorded',
  providers: botocoreProviders({
    irsaSince: '1.12.200', // commit 02df351ce
    podIdentitySince: '1.32.0', // commit 54a09c7d0
    // commit 92973803d; taken back by boto/botocore#1892
    imdsV2: { first: '1.13.21', reverted: '1.13.22', again: '1.13.23', settled: '1.13.25' },
    v1SwitchSince: '1.32.4',
    stsAttempts: 5,
    profileFrom: ['AWS_DEFAULT_PROFILE', 'AWS_PROFILE'],
    error: (exception) => exception,
    noRegion: [],
  }),
  sts: {
    regionFrom: ['AWS_DEFAULT_REGION'],
    endpoints: [
      { until: '1.40.0', value: 'legacy' },
      { since: '1.40.0', value: 'regional' },
    ],
    setting: 'honoured',
    settingSince: '1.13.2',
    withoutRegion: 'global',
    sessionName: 'botocore-session-<unix s>',
    attempts: 5,
    source: 'boto/botocore:botocore/configprovider.py; conformance/sdk/measured.json',
    strength: 'recorded',
  },
  refresh: botocoreRefresh,
  exhausted: 'NoCredentialsError',
};
