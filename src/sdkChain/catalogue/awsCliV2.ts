import type { SdkEntry } from '../entry.ts';
import { botocoreProviders, botocoreRefresh, type BotocoreExit } from './botocoreChain.ts';

const recorded = {
  source: 'aws/aws-cli:awscli/botocore/credentials.py (2.36.7); conformance/sdk/measured.json (2.9.19)',
  strength: 'recorded',
} as const;

/** @source aws/aws-cli:awscli/constants.py; conformance/sdk/measured.json */
const exitCodes: Readonly<Record<BotocoreExit, number>> = {
  general: 255,
  service: 254,
  noCredentials: 253,
  validation: 252,
};

const error = (exception: string, exit: BotocoreExit): string => `${exception} (exit ${exitCodes[exit]})`;

/**
 * What version 2 of the AWS CLI does: its own copy of botocore, in standard retry mode.
 *
 * @source aws/aws-cli:awscli/botocore/credentials.py; conformance/sdk/measured.json
 */
export const awsCliV2: SdkEntry = {
  family: 'aws-cli-v2',
  title: 'AWS CLI 2',
  versionMeans: 'the version that `aws --version` prints',
  oldestKnown: '2.0.0',
  newestKnown: '2.36.7',
  shape: 'softErrorsContinue',
  ...recorded,
  providers: botocoreProviders({
    podIdentitySince: '2.15.0', // commit 5303dc8e8
    v1SwitchSince: '2.15.1',
    stsAttempts: 3,
    profileFrom: ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE'],
    error,
    regionFromImds: {
      path: '/latest/meta-data/placement/availability-zone/',
      protocol: 'v2ThenV1',
      rounds: 2,
    },
    noRegion: [
      {
        on: ['noRegion'],
        next: 'stop',
        error: error('NoRegionError', 'noCredentials'),
        source: 'aws/aws-cli:awscli/botocore/args.py (2.36.7)',
        strength: 'source',
      },
    ],
  }),
  sts: {
    regionFrom: ['AWS_REGION', 'AWS_DEFAULT_REGION'],
    endpoints: [{ value: 'regional' }],
    setting: 'ignored',
    withoutRegion: 'global',
    sessionName: 'botocore-session-<unix s>',
    attempts: 3,
    ...recorded,
  },
  refresh: botocoreRefresh,
  exhausted: 'NoCredentialsError (exit 253)',
};
