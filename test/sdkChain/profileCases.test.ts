import { describe, expect, test } from 'vitest';
import {
  chosen,
  config,
  credentials,
  everySource,
  keys,
  linesOf,
  node,
  readConfig,
  readCredentials,
  role,
  roleArn,
  type ProfileCase,
} from './profileCase.ts';
import { runChain } from '../../src/sdkChain/run.ts';
import { fakeInput } from './fakeWorld.ts';
import { profileRow, sdkOf, stops } from './ownSdk.ts';

const fromFile = ['profile has keys AKIAFILE of Pod (sharedFile)', 'credentials of profile'];
const fromProgram = ['profile has keys unknown of Pod (sharedFile)', 'credentials of profile'];

const found: readonly ProfileCase[] = [
  {
    name: 'static keys',
    world: { files: { [credentials]: `[default]\n${keys}` } },
    lines: [readCredentials, chosen('default', credentials), ...fromFile],
  },
  {
    name: 'a program that prints keys, whatever they are where the SDK does not look',
    world: {
      files: { [config]: '[profile a]\ncredential_process = /keys' },
      variables: { AWS_PROFILE: 'a' },
    },
    processKeys: 'lasting',
    lines: [readConfig, chosen('a', config), ...fromProgram],
  },
  {
    name: 'a program that prints keys with a session token where the SDK wants one',
    row: { rules: stops('lastingKeys') },
    world: { files: { [config]: '[default]\ncredential_process = /keys' } },
    processKeys: 'temporary',
    lines: [readConfig, chosen('default', config), ...fromProgram],
  },
  {
    name: 'a program of which nobody says what it prints',
    row: { rules: stops('lastingKeys') },
    world: { files: { [config]: '[default]\ncredential_process = /keys' } },
    lines: [readConfig, chosen('default', config), ...fromProgram],
  },
  {
    name: 'web identity',
    others: everySource,
    world: {
      files: {
        [config]: `[default]\n${role}web_identity_token_file = /t\nrole_session_name = me`,
        '/t': 't',
      },
    },
    lines: [
      readConfig,
      chosen('default', config),
      'read /t (webIdentityToken) -> text',
      `AssumeRoleWithWebIdentity ${roleArn} as me with /t -> ok`,
      `profile has ${roleArn} (irsa)`,
      'credentials of profile',
    ],
  },
  {
    name: 'web identity in the source profile, under the name that the SDK gives',
    row: { takes: ['sourceProfile'] },
    others: everySource,
    world: {
      files: {
        [config]: `[default]\n${role}source_profile = b\n[profile b]\nrole_arn = arn:b\nweb_identity_token_file = /t`,
        '/t': 't',
      },
    },
    lines: [
      readConfig,
      chosen('default', config),
      'read /t (webIdentityToken) -> text',
      'AssumeRoleWithWebIdentity arn:b as own-session with /t -> ok',
      `AssumeRole ${roleArn} as own-session by arn:b -> ok`,
      `profile has ${roleArn} (irsa)`,
      'credentials of profile',
    ],
  },
  {
    name: 'a role assumed by the node',
    others: everySource,
    world: { files: { [config]: `[default]\n${role}credential_source = Ec2InstanceMetadata` } },
    lines: [
      readConfig,
      chosen('default', config),
      'profile selected by  of ',
      'imds roleList -> ok',
      'imds roleCredentials -> ok',
      `AssumeRole ${roleArn} as own-session by ${node} -> ok`,
      `profile has ${roleArn} (irsa)`,
      'credentials of profile',
    ],
  },
  {
    name: 'a role assumed by the task of ECS',
    others: everySource,
    world: {
      files: { [config]: `[default]\n${role}credential_source = EcsContainer` },
      variables: { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/x' },
    },
    lines: [
      readConfig,
      chosen('default', config),
      'profile selected by AWS_CONTAINER_CREDENTIALS_RELATIVE_URI of Pod api',
      'GET http://169.254.170.2/v2/x -> ok',
      `AssumeRole ${roleArn} as own-session by arn:aws:iam::111122223333:role/pod-identity -> ok`,
      `profile has ${roleArn} (irsa)`,
      'credentials of profile',
    ],
  },
  {
    name: 'a role assumed by the keys of the environment',
    world: {
      files: { [config]: `[default]\n${role}credential_source = Environment` },
      variables: { AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 's' },
    },
    lines: [
      readConfig,
      chosen('default', config),
      `AssumeRole ${roleArn} as own-session by keys AKIAENV of Pod -> ok`,
      `profile has ${roleArn} (irsa)`,
      'credentials of profile',
    ],
  },
  {
    name: 'keys in a file whose text nobody knows',
    row: { takes: ['staticPair'], lookup: { files: ['credentials'], nameFrom: [] } },
    world: { files: { [credentials]: null } },
    lines: [
      `read ${credentials} (profile) -> hidden`,
      `profile selected by ${credentials} of Pod api`,
      ...fromProgram,
    ],
  },
  {
    name: 'a profile that is perhaps in the file whose text nobody knows',
    world: {
      files: { [credentials]: null, [config]: '[default]\nregion = x' },
      variables: { AWS_PROFILE: 'a' },
    },
    lines: [
      readConfig,
      `read ${credentials} (profile) -> hidden`,
      `profile selected by ${config}, ${credentials} of Pod api, Pod api`,
      ...fromProgram,
    ],
  },
  {
    name: 'keys in a file whose text nobody knows, when the profile in sight holds none',
    row: { rules: stops('nothingInNamed') },
    world: {
      files: { [credentials]: null, [config]: '[profile a]\nregion = x' },
      variables: { AWS_PROFILE: 'a' },
    },
    lines: [
      readConfig,
      `read ${credentials} (profile) -> hidden`,
      `profile selected by ${config}, ${credentials} of Pod api, Pod api`,
      ...fromProgram,
    ],
  },
  {
    name: 'a program named in sight, beside a file whose text nobody knows',
    world: { files: { [credentials]: null, [config]: '[default]\ncredential_process = /keys' } },
    lines: [
      readConfig,
      `read ${credentials} (profile) -> hidden`,
      chosen('default', config, credentials),
      ...fromProgram,
    ],
  },
  {
    name: 'static keys although a file is no profile file, where the SDK passes over such lines',
    world: { files: { [credentials]: `rubbish\n[default]\n${keys}` } },
    lines: [readCredentials, chosen('default', credentials), ...fromFile],
  },
  {
    name: 'static keys where the SDK checks that files are profile files and they are',
    row: { rules: stops('unparsable', 'nothingInNamed') },
    world: { files: { [credentials]: `[a]\n${keys}` }, variables: { AWS_PROFILE: 'a' } },
    lines: [readCredentials, chosen('a', credentials), ...fromFile],
  },
];

describe('a profile gives', () => {
  test.each(found)('$name', (given) => {
    expect(linesOf(given)).toStrictEqual(given.lines);
  });

  test('keys whose id nobody knows, when a program prints them', () => {
    const files = { [config]: '[default]\ncredential_process = /keys' };
    const input = fakeInput({ variables: { HOME: '/home/app' }, files });
    expect(runChain(sdkOf([profileRow({})]), input).end).toStrictEqual({
      kind: 'credentials',
      provider: 'profile',
      credentials: {
        identity: { kind: 'static', from: { kind: 'Pod', namespace: 'pay', name: 'api' } },
        mechanism: 'sharedFile',
      },
    });
  });
});
