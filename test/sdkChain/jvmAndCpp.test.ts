import { describe, expect, test } from 'vitest';
import { parseSdk, sdkBehaviour } from '../../src/sdkChain/registry.ts';
import { runChain, type ChainRun } from '../../src/sdkChain/run.ts';
import { fakeInput, type FakeWorld } from './fakeWorld.ts';

const token = '/var/run/token';
const role = { AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/app' };
const irsa = { ...role, AWS_WEB_IDENTITY_TOKEN_FILE: token };
const region = { AWS_REGION: 'us-east-1' };
const podIdentity = { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials' };

function run(name: string, world: FakeWorld): ChainRun {
  const parsed = parseSdk(name);
  if (parsed.kind !== 'sdk') throw new Error(name);
  const variables = { HOME: '/home/app', ...world.variables };
  const files = { [token]: 'token', ...world.files };
  return runChain(sdkBehaviour(parsed.sdk).behaviour, fakeInput({ ...world, variables, files }));
}

/** Who had the last word, and an exclamation mark where it was an error. */
function lastWord({ end }: ChainRun): string {
  return end.kind === 'error' ? `${end.provider}!` : end.provider;
}

function asked({ steps }: ChainRun): readonly string[] {
  return steps.flatMap((step) => {
    if (step.kind !== 'exchange' || step.request.kind === 'readFile') return [];
    const { request } = step;
    if (request.kind !== 'imds') return [request.kind];
    return [`${request.call.kind}${request.withToken ? '+token' : ''}`];
  });
}

describe('who knows no region and asks the metadata service for it', () => {
  const table: readonly (readonly [string, readonly string[]])[] = [
    ['java-v1@1.11.677', ['other', 'sts']],
    ['java-v1', ['token', 'other+token', 'sts']],
    ['java-v2@2.10.11', ['other', 'sts']],
    ['java-v2', ['token', 'other+token', 'sts']],
    ['cpp@1.10.55', ['other', 'sts']],
    ['cpp@1.11.285', ['token', 'roleList+token', 'roleCredentials+token', 'other+token', 'sts']],
    ['cpp', ['token', 'roleList+token', 'roleCredentials+token']],
  ];
  test.each(table)('%s asks %j', (name, requests) => {
    expect(asked(run(name, { variables: irsa }))).toEqual(requests);
  });

  test('asks for no credentials on the way where there are none', () => {
    const world = { variables: irsa, imds: { token: 403, list: 404 } };
    expect(asked(run('cpp@1.11.285', world))).toEqual(['token', 'roleList', 'other', 'sts']);
  });
});

describe('a configuration that is not whole', () => {
  const table: readonly (readonly [string, string, FakeWorld, string])[] = [
    ['the role alone', 'java-v1', { variables: { ...region, ...role } }, 'webIdentity!'],
    ['the role alone', 'java-v2', { variables: { ...region, ...role } }, 'imds'],
    ['an empty role', 'java-v1', { variables: { ...region, ...irsa, AWS_ROLE_ARN: '' } }, 'imds'],
    ['an empty role', 'java-v2', { variables: { ...region, ...irsa, AWS_ROLE_ARN: '' } }, 'webIdentity'],
    [
      'an empty relative URI',
      'java-v1',
      { variables: { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '' } },
      'container',
    ],
    ['an empty full URI', 'java-v1', { variables: { AWS_CONTAINER_CREDENTIALS_FULL_URI: '' } }, 'container!'],
    ['an empty full URI', 'java-v2', { variables: { AWS_CONTAINER_CREDENTIALS_FULL_URI: '' } }, 'imds'],
    [
      'an unreadable token',
      'cpp@1.11.285',
      { variables: { ...region, ...irsa }, files: { [token]: false } },
      'webIdentity!',
    ],
    ['an unreadable token', 'cpp', { variables: { ...region, ...irsa }, files: { [token]: false } }, 'imds'],
  ];
  test.each(table)('%s: %s', (_, name, world, expected) => {
    expect(lastWord(run(name, world))).toBe(expected);
  });
});

describe('a config file that is no profile file', () => {
  const files = { '/home/app/.aws/config': '[default\nthis is no profile\n' };
  const table: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
    ['java-v2@2.10.40', irsa, 'webIdentity'],
    ['java-v2@2.12.0', irsa, 'imds'],
    ['java-v2@2.40.0', { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 's' }, 'sharedFiles!'],
    ['java-v2', irsa, 'sharedFilesForImds!'],
    ['java-v2', { ...irsa, ...podIdentity }, 'container'],
    ['kotlin', irsa, 'sharedConfig!'],
    ['kotlin', { ...irsa, ...podIdentity }, 'container'],
  ];
  test.each(table)('%s with %o', (name, variables, expected) => {
    expect(lastWord(run(name, { variables: { ...region, ...variables }, files }))).toBe(expected);
  });
});
