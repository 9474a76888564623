import { describe, expect, test } from 'vitest';
import type { SdkFamily, SdkRef } from '../../src/model/sdk.ts';
import { parseSdk, sdkBehaviour } from '../../src/sdkChain/registry.ts';
import { runChain, type ChainRun } from '../../src/sdkChain/run.ts';
import { fakeInput, type FakeWorld } from './fakeWorld.ts';

const token = '/var/run/token';
const region = { HOME: '/home/app', AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-1' };
const irsa = {
  ...region,
  AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/app',
  AWS_WEB_IDENTITY_TOKEN_FILE: token,
};
const podIdentity = {
  ...region,
  AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials',
  AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: token,
};
const files = { [token]: 'token' };
const code = (status: number, name: string) => ({ status, code: name }) as const;

function run(sdk: SdkRef, world: FakeWorld): ChainRun {
  return runChain(sdkBehaviour(sdk).behaviour, fakeInput(world));
}

/** `imds`: who won. `webIdentity!`: who stopped the chain. `-`: nobody had credentials. */
function outcome({ end }: ChainRun): string {
  if (end.kind === 'credentials') return end.provider;
  return end.provider === undefined ? '-' : `${end.provider}!`;
}

function attempts({ steps }: ChainRun, kind: 'sts' | 'container'): number {
  const found = steps.find((step) => step.kind === 'exchange' && step.request.kind === kind);
  return found?.kind === 'exchange' ? found.attempts : 0;
}

/** Worlds in which IRSA is configured and fails, and the metadata service answers. */
const irsaWorlds = {
  half: { variables: { ...region, AWS_WEB_IDENTITY_TOKEN_FILE: token }, files },
  missing: { variables: irsa },
  unreadable: { variables: irsa, files: { [token]: false } },
  empty: { variables: irsa, files: { [token]: '' } },
  module: { variables: irsa, files, moduleMissing: true },
  denied: { variables: irsa, files, sts: code(403, 'AccessDenied') },
  invalid: { variables: irsa, files, sts: code(400, 'InvalidIdentityToken') },
  expired: { variables: irsa, files, sts: code(400, 'ExpiredTokenException') },
  idp: { variables: irsa, files, sts: code(400, 'IDPCommunicationError') },
  serverError: { variables: irsa, files, sts: 503 },
  dropped: { variables: irsa, files, sts: 'dropped' },
} as const satisfies Readonly<Record<string, FakeWorld>>;

describe('web identity fails: stop or go on to the metadata service', () => {
  const goesOn = 'imds';
  const stops = 'webIdentity!';
  const table: readonly (readonly [SdkFamily, ...string[]])[] = [
    // family, half, missing, unreadable, empty, module, denied, invalid, expired, idp, 5xx, dropped
    ['java-v1', goesOn, goesOn, goesOn, goesOn, goesOn, goesOn, goesOn, goesOn, goesOn, goesOn, goesOn],
    ['java-v2', goesOn, goesOn, goesOn, goesOn, goesOn, goesOn, goesOn, goesOn, goesOn, goesOn, goesOn],
    ['rust', goesOn, stops, stops, stops, 'webIdentity', stops, stops, stops, stops, stops, stops],
    ['dotnet-v3', goesOn, stops, stops, stops, stops, stops, stops, stops, stops, stops, stops],
    ['dotnet-v4', goesOn, stops, stops, stops, stops, stops, stops, stops, stops, stops, stops],
    ['php', goesOn, goesOn, goesOn, goesOn, 'webIdentity', goesOn, goesOn, goesOn, goesOn, goesOn, goesOn],
    ['ruby', goesOn, stops, stops, stops, 'webIdentity', stops, stops, stops, stops, stops, stops],
    ['cpp', goesOn, goesOn, goesOn, goesOn, 'webIdentity', goesOn, goesOn, goesOn, goesOn, goesOn, goesOn],
    ['kotlin', goesOn, goesOn, goesOn, goesOn, 'webIdentity', goesOn, goesOn, goesOn, goesOn, goesOn, goesOn],
    ['swift', goesOn, goesOn, goesOn, goesOn, 'webIdentity', goesOn, goesOn, goesOn, goesOn, goesOn, goesOn],
  ];
  for (const [family, ...expected] of table) {
    test(family, () => {
      const seen = Object.values(irsaWorlds).map((world) => outcome(run({ family }, world)));
      expect(seen).toEqual(expected);
    });
  }

  const retries: readonly (readonly [SdkFamily, keyof typeof irsaWorlds, number])[] = [
    ['rust', 'invalid', 1],
    ['rust', 'idp', 3],
    ['rust', 'serverError', 3],
    ['php', 'invalid', 4],
    ['php', 'expired', 1],
    ['ruby', 'invalid', 1],
    ['cpp', 'invalid', 3],
    ['cpp', 'idp', 3],
    ['cpp', 'serverError', 1],
    ['kotlin', 'invalid', 1],
    ['kotlin', 'idp', 3],
    ['swift', 'expired', 4],
    ['swift', 'invalid', 1],
    ['dotnet-v4', 'expired', 1],
  ];
  test.each(retries)('%s calls STS, on %s, %i times', (family, world, times) => {
    expect(attempts(run({ family }, irsaWorlds[world]), 'sts')).toBe(times);
  });
});

describe('EKS Pod Identity fails: stop or go on to the metadata service', () => {
  const worlds: readonly FakeWorld[] = [
    { variables: { ...region, AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://10.0.0.1/' } },
    { variables: podIdentity },
    { variables: podIdentity, files, container: 404 },
    { variables: podIdentity, files, container: 500 },
    { variables: podIdentity, files, container: 'refused' },
    { variables: podIdentity, files },
  ];
  const stops = 'container!';
  const table: readonly (readonly [SdkFamily, ...string[]])[] = [
    // family, bad host, token file missing, 404, 500, refused, all well
    ['java-v1', stops, stops, stops, stops, stops, 'container'],
    ['java-v2', 'imds', 'imds', 'imds', 'imds', 'imds', 'container'],
    ['rust', stops, stops, stops, stops, stops, 'container'],
    ['dotnet-v3', stops, stops, stops, stops, stops, 'container'],
    ['dotnet-v4', stops, stops, stops, stops, stops, 'container'],
    ['php', stops, stops, stops, stops, stops, 'container'],
    ['ruby', stops, stops, stops, stops, stops, 'container'],
    ['cpp', stops, stops, stops, stops, stops, 'container'],
    ['kotlin', 'imds', 'imds', 'imds', 'imds', 'imds', 'container'],
    ['swift', 'imds', 'imds', 'imds', 'imds', 'imds', 'container'],
  ];
  for (const [family, ...expected] of table) {
    test(family, () => {
      expect(worlds.map((world) => outcome(run({ family }, world)))).toEqual(expected);
    });
  }

  test('Swift refuses the address of the agent on IPv6 clusters and goes on', () => {
    const url = { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://[fd00:ec2::23]/v1/credentials' };
    const world = { variables: { ...region, ...url } };
    expect(outcome(run({ family: 'swift' }, world))).toBe('imds');
    expect(outcome(run({ family: 'java-v2' }, world))).toBe('container');
  });
});

describe('the token request of IMDSv2 fails: do without, or fail', () => {
  const answers = [403, 404, 405, 400, 500, 'dropped'] as const;
  const table: readonly (readonly [SdkFamily, ...string[]])[] = [
    ['java-v1', 'imds', 'imds', 'imds', '-', '-', 'imds'],
    ['java-v2', 'imds', 'imds', 'imds', '-', 'imds', 'imds'],
    ['rust', 'imds!', 'imds!', 'imds!', 'imds!', 'imds!', '-'],
    ['dotnet-v4', 'imds', 'imds', 'imds', 'imds!', 'imds', 'imds'],
    ['php', 'imds', 'imds', 'imds', 'imds!', 'imds!', 'imds'],
    ['ruby', 'imds', 'imds', 'imds', '-', 'imds', 'imds'],
    ['cpp', 'imds', 'imds', 'imds', '-', 'imds', 'imds'],
    ['kotlin', '-', '-', '-', '-', '-', '-'],
    ['swift', '-', '-', '-', '-', '-', '-'],
  ];
  for (const [family, ...expected] of table) {
    test(family, () => {
      const seen = answers.map((answer) =>
        outcome(run({ family }, { variables: region, imds: { token: answer } })),
      );
      expect(seen).toEqual(expected);
    });
  }

  test.each(['java-v2', 'ruby', 'php', 'botocore', 'go-v2'] as const)(
    '%s with version 1 switched off has nothing left',
    (family) => {
      const variables = { ...region, AWS_EC2_METADATA_V1_DISABLED: 'true' };
      const { end } = run({ family }, { variables, imds: { token: 403 } });
      expect(end.kind).toBe('error');
    },
  );
});

describe('which of two wins', () => {
  const keys = { AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 'secret' };
  const profile = '[default]\naws_access_key_id = AKIAFILE\naws_secret_access_key = s\n';
  const withFile = { variables: irsa, files: { ...files, '/home/app/.aws/credentials': profile } };
  const table: readonly (readonly [string, string, string, string])[] = [
    // SDK, IRSA against static keys, IRSA against a profile, IRSA against Pod Identity
    ['java-v1', 'environment', 'webIdentity', 'webIdentity'],
    ['java-v2', 'environment', 'webIdentity', 'webIdentity'],
    ['rust', 'environment', 'profile', 'webIdentity'],
    ['dotnet-v3', 'webIdentity', 'webIdentity', 'webIdentity'],
    ['dotnet-v4', 'environment', 'webIdentity', 'webIdentity'],
    ['php', 'environment', 'webIdentity', 'webIdentity'],
    ['ruby', 'environment', 'webIdentity', 'webIdentity'],
    ['cpp', 'environment', 'profile', 'webIdentity'],
    ['kotlin@1.3.105', 'environment', 'profile', 'webIdentity'],
    ['kotlin@1.4.0', 'environment', 'webIdentity', 'webIdentity'],
    ['swift', 'environment', 'profile', 'webIdentity'],
    ['js-v2', 'environment', 'sharedIni', 'container'],
    ['js-v3', 'environment', 'profile', 'webIdentity'],
  ];
  test.each(table)('%s', (name, ...expected) => {
    const parsed = parseSdk(name);
    if (parsed.kind !== 'sdk') throw new Error(name);
    const worlds: readonly FakeWorld[] = [
      { variables: { ...irsa, ...keys }, files },
      withFile,
      { variables: { ...irsa, ...podIdentity }, files },
    ];
    expect(worlds.map((world) => outcome(run(parsed.sdk, world)))).toEqual(expected);
  });
});

describe('an SDK too old for a mechanism', () => {
  const table: readonly (readonly [string, FakeWorld, string])[] = [
    ['js-v2@2.517.0', { variables: irsa, files }, 'imds'],
    ['js-v3@3.14.0', { variables: irsa, files }, 'imds'],
    ['java-v2@2.10.10', { variables: irsa, files }, 'imds'],
    ['go-v1@1.20.0', { variables: irsa, files }, 'imds'],
    ['ruby@3.57.0', { variables: irsa, files }, 'imds'],
    ['js-v2@2.1549.0', { variables: podIdentity, files }, 'imds'],
    ['js-v3@3.501.0', { variables: podIdentity, files }, 'container!'],
    ['botocore@1.31.0', { variables: podIdentity, files }, 'container!'],
    ['aws-cli-v2@2.9.19', { variables: podIdentity, files }, 'container!'],
    ['go-v2@1.24.0', { variables: podIdentity, files }, 'container!'],
    ['java-v1@1.12.745', { variables: podIdentity, files }, 'container!'],
    ['java-v2@2.21.25', { variables: podIdentity, files }, 'imds'],
    ['rust@1.1.7', { variables: podIdentity, files }, 'container!'],
    ['dotnet-v3@3.7.700.0', { variables: podIdentity, files }, 'imds'],
    ['ruby@3.187.0', { variables: podIdentity, files }, 'container!'],
    ['ruby@3.170.0', { variables: podIdentity, files }, 'imds'],
    ['botocore@1.13.20', { variables: region, imds: { v1: 401 } }, '-'],
    ['botocore@1.13.21', { variables: region, imds: { v1: 401 } }, 'imds'],
  ];
  test.each(table)('%s', (name, world, expected) => {
    const parsed = parseSdk(name);
    if (parsed.kind !== 'sdk') throw new Error(name);
    expect(outcome(run(parsed.sdk, world))).toBe(expected);
  });
});
