import { describe, expect, test } from 'vitest';
import {
  chosen,
  config,
  credentials,
  everySource,
  irsa,
  keys,
  linesOf,
  node,
  readConfig,
  readCredentials,
  role,
  roleArn,
  type ProfileCase,
} from './profileCase.ts';
import { continues, imdsRow, stops } from './ownSdk.ts';

const absent = 'profile not configured: ~/.aws/credentials, ~/.aws/config';
const byNode = ['imds selected by  of ', 'imds roleList -> ok', 'imds roleCredentials -> ok'];

const failing: readonly ProfileCase[] = [
  {
    name: 'the named profile, missing',
    world: { files: { [credentials]: `[b]\n${keys}` }, variables: { AWS_PROFILE: 'a' } },
    lines: [
      readCredentials,
      chosen('a', credentials),
      'profile stops: profileMissing: profileMissing profileMissing',
      'error of profile: profileMissing profileMissing',
    ],
  },
  {
    name: 'the default profile, missing: it is not configured',
    world: { files: { [credentials]: `[b]\n${keys}` } },
    lines: [readCredentials, absent, 'error of the chain: no credentials'],
  },
  {
    name: 'a named profile that holds nothing, where the SDK minds',
    row: { rules: stops('nothingInNamed') },
    world: { files: { [credentials]: '[a]\noutput = json' }, variables: { AWS_PROFILE: 'a' } },
    lines: [
      readCredentials,
      chosen('a', credentials),
      'profile stops: nothingInNamed: nothingInNamed nothingInNamed',
      'error of profile: nothingInNamed nothingInNamed',
    ],
  },
  {
    name: 'the default profile that holds nothing, where the SDK minds named ones',
    row: { rules: stops('nothingInNamed') },
    world: { files: { [credentials]: '[default]\noutput = json' } },
    lines: [readCredentials, absent, 'error of the chain: no credentials'],
  },
  {
    name: 'a file that is no profile file, where the SDK minds',
    row: { rules: stops('unparsable') },
    world: { files: { [config]: 'rubbish', [credentials]: `[default]\n${keys}` } },
    lines: [
      readConfig,
      readCredentials,
      `profile selected by ${config} of Pod api, Pod api`,
      'profile stops: unparsable: unparsable unparsable',
      'error of profile: unparsable unparsable',
    ],
  },
  {
    name: 'web identity that this SDK cannot use',
    row: { unusable: ['webIdentity'], rules: stops('unusable') },
    others: everySource,
    world: { files: { [config]: `[default]\n${role}web_identity_token_file = /t`, '/t': 't' } },
    lines: [
      readConfig,
      chosen('default', config),
      'profile stops: unusable: unusable unusable',
      'error of profile: unusable unusable',
    ],
  },
  {
    name: 'a source profile that this SDK cannot use',
    row: { unusable: ['sourceProfile'], rules: stops('unusable') },
    world: { files: { [credentials]: `[default]\n${role}source_profile = b\n[b]\n${keys}` } },
    lines: [
      readCredentials,
      chosen('default', credentials),
      'profile stops: unusable: unusable unusable',
      'error of profile: unusable unusable',
    ],
  },
  {
    name: 'a program that prints keys without a session token, where the SDK wants one',
    row: { rules: stops('lastingKeys') },
    world: { files: { [config]: '[default]\ncredential_process = /keys' } },
    processKeys: 'lasting',
    lines: [
      readConfig,
      chosen('default', config),
      'profile stops: lastingKeys: lastingKeys lastingKeys',
      'error of profile: lastingKeys lastingKeys',
    ],
  },
  {
    name: 'single sign-on, for which a pod has no browser',
    world: { files: { [config]: '[default]\nsso_account_id = 111122223333' } },
    lines: [
      readConfig,
      chosen('default', config),
      'profile stops: ssoUnavailable: ssoUnavailable ssoUnavailable',
      'error of profile: ssoUnavailable ssoUnavailable',
    ],
  },
  ...['EcsContainer', 'Ec2InstanceMetadata', 'Environment', 'Elsewhere'].map((source): ProfileCase => ({
    name: `the credential source ${source}, which this SDK or this pod has not`,
    others: [irsa],
    world: {
      files: { [config]: `[default]\n${role}credential_source = ${source}` },
      variables: {
        AWS_ACCESS_KEY_ID: 'AKIAENV',
        ...(source === 'Environment' ? {} : { AWS_SECRET_ACCESS_KEY: 's' }),
      },
    },
    lines: [
      readConfig,
      chosen('default', config),
      'profile stops: sourceFailed: sourceFailed sourceFailed',
      'error of profile: sourceFailed sourceFailed',
    ],
  })),
  {
    name: 'web identity, of which this SDK knows nothing',
    world: { files: { [config]: `[default]\n${role}web_identity_token_file = /t`, '/t': 't' } },
    lines: [
      readConfig,
      chosen('default', config),
      'profile stops: sourceFailed: sourceFailed sourceFailed',
      'error of profile: sourceFailed sourceFailed',
    ],
  },
  {
    name: 'web identity whose token is missing',
    others: everySource,
    world: { files: { [config]: `[default]\n${role}web_identity_token_file = /t` } },
    lines: [
      readConfig,
      chosen('default', config),
      'read /t (webIdentityToken) -> fileMissing',
      'profile stops: tokenMissing: sourceFailed tokenMissing',
      'error of profile: sourceFailed tokenMissing',
    ],
  },
  {
    name: 'a profile that is passed over when the role is refused',
    row: { rules: continues('roleRefused') },
    others: [imdsRow],
    world: {
      files: { [credentials]: `[default]\n${role}source_profile = b\n[b]\n${keys}` },
      sts: { status: 403, code: 'AccessDenied' },
    },
    lines: [
      readCredentials,
      chosen('default', credentials),
      `AssumeRole ${roleArn} as own-session by keys AKIAFILE of Pod -> 403`,
      'profile continues: roleRefused: roleRefused AccessDenied',
      ...byNode,
      `imds has ${node} (imds)`,
      'credentials of imds',
    ],
  },
];

describe('a profile fails over', () => {
  test.each(failing)('$name', (given) => {
    expect(linesOf(given)).toStrictEqual(given.lines);
  });
});
