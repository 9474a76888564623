import { describe, expect, test } from 'vitest';
import type { WebIdentityProvider } from '../../src/sdkChain/entry.ts';
import { findWebIdentity } from '../../src/sdkChain/flow/webIdentityValues.ts';
import { startWalk } from '../../src/sdkChain/walk.ts';
import { fakeInput } from './fakeWorld.ts';
import { sdkOf, webIdentityRow } from './ownSdk.ts';

const config = '/home/app/.aws/config';
const roleVariable = 'AWS_ROLE_ARN';
const tokenVariable = 'AWS_WEB_IDENTITY_TOKEN_FILE';
const role = { [roleVariable]: 'arn:env' };
const token = { [tokenVariable]: '/env/token' };
const session = { AWS_ROLE_SESSION_NAME: 'env-session' };
const roleKey = 'role_arn = arn:profile\n';
const tokenKey = 'web_identity_token_file = /profile/token\n';
const sessionKey = 'role_session_name = profile-session\n';
const pod = { kind: 'Pod', namespace: 'pay', name: 'api' };

/** The two values, the session name and the two places from which the values come. */
function found(
  roleArn: string,
  tokenFile: string,
  sessionName: string,
  by: readonly [string, string],
): object {
  return { kind: 'found', values: { roleArn, tokenFile, sessionName }, by, refs: [pod, pod] };
}

const ofEnvironment = (sessionName: string): object =>
  found('arn:env', '/env/token', sessionName, [roleVariable, tokenVariable]);
const profileRole = 'profile default: role_arn';
const profileToken = 'profile default: web_identity_token_file';
const ofProfile = (sessionName: string): object =>
  found('arn:profile', '/profile/token', sessionName, [profileRole, profileToken]);
const absent = { kind: 'absent', missing: [roleVariable, tokenVariable] };
const roleMissing = (by: string): object => ({ kind: 'roleMissing', by: [by], missing: [roleVariable] });
const tokenFileUnset = (by: string): object => ({
  kind: 'tokenFileUnset',
  by: [by],
  missing: [tokenVariable],
});

interface Case {
  readonly name: string;
  readonly row?: Partial<WebIdentityProvider>;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Keys of the default profile. */
  readonly profile?: string;
  readonly expected: object;
}

const lookup = { files: ['config'], nameFrom: ['AWS_PROFILE'] } as const;
const pair = { values: 'pairThenProfile', lookup } as const;
const each = { values: 'eachThenProfile', lookup } as const;
const wholeProfile = roleKey + tokenKey + sessionKey;

const fromEnvironment: readonly Case[] = [
  { name: 'both variables', variables: { ...role, ...token }, expected: ofEnvironment('own-session') },
  {
    name: 'both variables and a session name',
    variables: { ...role, ...token, ...session },
    expected: ofEnvironment('env-session'),
  },
  {
    name: 'both variables and an empty session name',
    variables: { ...role, ...token, AWS_ROLE_SESSION_NAME: '' },
    expected: ofEnvironment('own-session'),
  },
  {
    name: 'a role whose text nobody knows',
    variables: { [roleVariable]: undefined, ...token },
    expected: found('$(AWS_ROLE_ARN)', '/env/token', 'own-session', [roleVariable, tokenVariable]),
  },
  { name: 'neither variable', variables: session, expected: absent },
  { name: 'the token file alone', variables: token, expected: roleMissing(tokenVariable) },
  { name: 'the role alone', variables: role, expected: tokenFileUnset(roleVariable) },
  {
    name: 'an empty role, which is none',
    variables: { [roleVariable]: '', ...token },
    expected: roleMissing(tokenVariable),
  },
  {
    name: 'an empty role, where that counts',
    row: { setWhen: 'present' },
    variables: { [roleVariable]: '', ...token },
    expected: found('', '/env/token', 'own-session', [roleVariable, tokenVariable]),
  },
  {
    name: 'a variable for which the provider is passed over',
    row: { skippedWhenSet: ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE'] },
    variables: { ...role, ...token, AWS_PROFILE: 'a' },
    expected: { kind: 'absent', missing: [] },
  },
  {
    name: 'an empty variable for which the provider is not passed over',
    row: { skippedWhenSet: ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE'] },
    variables: { ...role, ...token, AWS_PROFILE: '' },
    expected: ofEnvironment('own-session'),
  },
  {
    name: 'both variables, of which an SDK knows nothing that knows profiles alone',
    row: { values: 'profileAlone' },
    variables: { ...role, ...token },
    expected: { kind: 'absent', missing: [] },
  },
  {
    name: 'a profile, which does not matter',
    row: { values: 'environment', lookup },
    variables: role,
    profile: wholeProfile,
    expected: tokenFileUnset(roleVariable),
  },
  {
    name: 'a profile, where nobody says in which files profiles are',
    row: { values: 'eachThenProfile' },
    variables: token,
    profile: wholeProfile,
    expected: roleMissing(tokenVariable),
  },
];

const fromPair: readonly Case[] = [
  {
    name: 'the pair of the environment first',
    row: pair,
    variables: { ...role, ...token },
    profile: wholeProfile,
    expected: ofEnvironment('own-session'),
  },
  {
    name: 'the pair of the profile, under its own session name',
    row: pair,
    variables: { ...token, ...session },
    profile: wholeProfile,
    expected: ofProfile('profile-session'),
  },
  {
    name: 'the pair of the profile, which names no session',
    row: pair,
    variables: session,
    profile: roleKey + tokenKey,
    expected: ofProfile('own-session'),
  },
  {
    name: 'not one half of each',
    row: pair,
    variables: token,
    profile: roleKey,
    expected: roleMissing(tokenVariable),
  },
  {
    name: 'nor the other half of each',
    row: pair,
    variables: role,
    profile: tokenKey,
    expected: tokenFileUnset(roleVariable),
  },
  { name: 'no half pair of a profile', row: pair, variables: {}, profile: tokenKey, expected: absent },
];

const fromEach: readonly Case[] = [
  {
    name: 'the environment first',
    row: each,
    variables: { ...role, ...token },
    profile: wholeProfile,
    expected: ofEnvironment('own-session'),
  },
  {
    name: 'the role of the profile with the token of the environment',
    row: each,
    variables: token,
    profile: roleKey + sessionKey,
    expected: found('arn:profile', '/env/token', 'profile-session', [profileRole, tokenVariable]),
  },
  {
    name: 'the token of the profile with the role of the environment',
    row: each,
    variables: { ...role, ...session },
    profile: tokenKey + sessionKey,
    expected: found('arn:env', '/profile/token', 'env-session', [roleVariable, profileToken]),
  },
  {
    name: 'both from the profile, the session name from the environment',
    row: each,
    variables: session,
    profile: wholeProfile,
    expected: ofProfile('env-session'),
  },
  {
    name: 'both from the profile, and no session name',
    row: each,
    variables: {},
    profile: roleKey + tokenKey,
    expected: ofProfile('own-session'),
  },
  {
    name: 'no role where the profile has a token alone',
    row: each,
    variables: {},
    profile: tokenKey,
    expected: roleMissing(profileToken),
  },
  {
    name: 'no token where the profile has a role alone',
    row: each,
    variables: {},
    profile: roleKey,
    expected: tokenFileUnset(profileRole),
  },
  {
    name: 'an empty value of a profile is none',
    row: each,
    variables: {},
    profile: `role_arn =\n${tokenKey}`,
    expected: roleMissing(profileToken),
  },
  { name: 'nothing of another profile', row: each, variables: {}, profile: '[profile b]', expected: absent },
];

function check({ row = {}, variables, profile, expected }: Case): void {
  const files = profile === undefined ? {} : { [config]: `[default]\n${profile}` };
  const input = fakeInput({ variables: { HOME: '/home/app', ...variables }, files });
  expect(findWebIdentity(startWalk(sdkOf([]), input), webIdentityRow(row))).toStrictEqual(expected);
}

describe('web identity is looked for in the environment:', () => {
  test.each(fromEnvironment)('$name', check);
});

describe('web identity is looked for in the environment, else in the profile:', () => {
  test.each(fromPair)('$name', check);

  test('the profile that is named, in a file that is in sight', () => {
    const variables = { HOME: '/home/app', AWS_PROFILE: 'a' };
    const files = { [config]: `[profile a]\n${wholeProfile}`, '/home/app/.aws/credentials': null };
    const input = fakeInput({ variables, files });
    const row = webIdentityRow({
      values: 'pairThenProfile',
      lookup: { ...lookup, files: ['credentials', 'config'] },
    });
    expect(findWebIdentity(startWalk(sdkOf([]), input), row)).toStrictEqual({
      kind: 'found',
      values: { roleArn: 'arn:profile', tokenFile: '/profile/token', sessionName: 'profile-session' },
      by: ['profile a: role_arn', 'profile a: web_identity_token_file'],
      refs: [pod, pod],
    });
    expect(input.asked).toStrictEqual([{ kind: 'readFile', path: config, purpose: 'profile' }]);
  });
});

describe('web identity is looked for value by value:', () => {
  test.each(fromEach)('$name', check);
});
