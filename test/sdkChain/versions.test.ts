import { describe, expect, test } from 'vitest';
import { parseSdk, sdkBehaviour } from '../../src/sdkChain/registry.ts';
import { runChain } from '../../src/sdkChain/run.ts';
import { fakeInput, type FakeWorld } from './fakeWorld.ts';

const token = '/var/run/token';
const irsa = {
  AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/app',
  AWS_WEB_IDENTITY_TOKEN_FILE: token,
  AWS_REGION: 'us-east-1',
};

/** Gives how it ends, and what was asked of the metadata service on the way. */
function run(name: string, world: FakeWorld): readonly [end: string, ...asked: string[]] {
  const parsed = parseSdk(name);
  if (parsed.kind !== 'sdk') throw new Error(parsed.diagnostic.message);
  const input = fakeInput({ ...world, files: { [token]: 'token' } });
  const { end, steps } = runChain(sdkBehaviour(parsed.sdk).behaviour, input);
  const asked = steps.flatMap((step) =>
    step.kind === 'exchange' && step.request.kind === 'imds' ? [step.request.call.kind] : [],
  );
  return [end.kind === 'error' ? end.error : end.provider, ...asked];
}

describe('Ruby asks the metadata service over again', () => {
  const none = 'unable to sign request without credentials set';
  const kube2iam = { imds: { token: 403, credentials: 404 } } as const;
  const round = ['roleList', 'roleCredentials'];
  const table: readonly (readonly [string, readonly string[]])[] = [
    ['ruby@3.78.0', [...round, ...round, ...round]],
    ['ruby@3.185.2', ['token', ...round, 'token', ...round, 'token', ...round]],
    ['ruby@3.188.0', ['token', ...round, ...round, ...round]],
    ['ruby@3.211.0', ['token', ...round]],
  ];
  test.each(table)('%s', (name, expected) => expect(run(name, kube2iam)).toEqual([none, ...expected]));
});

describe('a version in which IRSA went wrong', () => {
  const legacy = { ...irsa, AWS_STS_REGIONAL_ENDPOINTS: 'legacy' };
  const { AWS_REGION: _, ...noRegion } = irsa;
  const table: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
    ['ruby@3.58.0', irsa, 'SystemStackError'],
    ['ruby@3.78.0', irsa, 'webIdentity'],
    ['ruby@3.78.0', noRegion, 'MissingRegionError'],
    ['ruby@3.120.0', noRegion, 'webIdentity'],
    ['ruby@3.120.0', legacy, 'webIdentity'],
    ['ruby@3.211.0', legacy, 'MissingCredentialsError'],
  ];
  test.each(table)('%s %o', (name, variables, end) => expect(run(name, { variables })).toEqual([end]));
});

describe('botocore, where the answer to a token request is lost', () => {
  const lost = { imds: { token: 'hang' } } as const;
  test.each([
    ['botocore@1.13.21', 'NoCredentialsError'],
    ['botocore@1.13.22', 'imds'],
    ['botocore@1.13.23', 'imds'],
    ['aws-cli-v1@1.16.285', 'NoCredentialsError (exit 255)'],
  ])('%s', (name, end) => expect(run(name, lost)[0]).toBe(end));
});
