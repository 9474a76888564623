import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SdkFamily } from '../../src/model/sdk.ts';
import { parseProfileFile } from '../../src/sdkChain/profileFile.ts';
import { sdkBehaviour } from '../../src/sdkChain/registry.ts';
import { runChain, type ChainRun } from '../../src/sdkChain/run.ts';
import { fakeInput, type FakeWorld } from './fakeWorld.ts';

const credentialsPath = '/home/app/.aws/credentials';
const configPath = '/home/app/.aws/config';
const role = 'role_arn = arn:aws:iam::111122223333:role/app\n';
const keys = 'aws_access_key_id = AKIAFILE\naws_secret_access_key = secret\n';

function run(family: SdkFamily, world: FakeWorld): ChainRun {
  const region = { AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-1' };
  const variables = { HOME: '/home/app', ...region, ...world.variables };
  return runChain(sdkBehaviour({ family }).behaviour, fakeInput({ ...world, variables }));
}

describe('a profile file', () => {
  test.each([
    ['config', '[default]\na = 1', 'default', { a: '1' }],
    ['config', '[profile x]\na=1\nb = 2 # why', 'x', { a: '1', b: '2' }],
    ['config', '[x]\na = 1', 'x', undefined],
    ['config', '[profile "two words"]\na = 1', 'two words', { a: '1' }],
    ['config', '[sso-session x]\na = 1', 'x', undefined],
    ['credentials', '[x]\n# note\n\nA = 1\n; note', 'x', { a: '1' }],
    ['credentials', '[profile x]\na = 1', 'x', undefined],
    ['credentials', '[x]\na = 1\n[x]\na = 2', 'x', { a: '2' }],
    ['config', '[default]\ns3 =\n  addressing_style = path\na = 1', 'default', { s3: '', a: '1' }],
    ['credentials', 'a = 1', 'default', undefined],
  ] as const)('of %s: %j', (file, text, name, expected) => {
    const found = parseProfileFile(text, file).get(name);
    expect(found && Object.fromEntries(found)).toEqual(expected);
  });

  test('written with any names and values is read back', () => {
    const word = fc.stringMatching(/^[a-z][a-z_]{0,8}$/);
    const value = fc.stringMatching(/^[A-Za-z0-9/+:.-]{1,12}$/);
    fc.assert(
      fc.property(fc.dictionary(word, fc.dictionary(word, value)), (profiles) => {
        const text = Object.entries(profiles)
          .map(([name, all]) =>
            [`[${name}]`, ...Object.entries(all).map(([key, one]) => `${key} = ${one}`)].join('\n'),
          )
          .join('\n');
        const read = [...parseProfileFile(text, 'credentials')].map(([name, all]) => [
          name,
          Object.fromEntries(all),
        ]);
        expect(Object.fromEntries(read)).toEqual(profiles);
      }),
      { numRuns: 50 },
    );
  });
});

describe('where profiles are looked for', () => {
  const file = `[default]\n${keys}`;
  test.each([
    ['in HOME', { HOME: '/home/app' }, credentialsPath, 'profile'],
    ['not elsewhere when HOME is known', { HOME: '/root' }, credentialsPath, 'imds'],
    ['anywhere in .aws when HOME is not known', { HOME: '' }, '/data/.aws/credentials', 'profile'],
    ['where a variable says', { AWS_SHARED_CREDENTIALS_FILE: '/x/keys' }, '/x/keys', 'profile'],
    ['only where a variable says', { AWS_SHARED_CREDENTIALS_FILE: '/x/keys' }, credentialsPath, 'imds'],
  ])('%s', (_, variables, path, provider) => {
    expect(run('java-v2', { variables, files: { [path]: file } }).end.provider).toBe(provider);
  });
});

describe('a file whose text is not known', () => {
  const hidden = { files: { [credentialsPath]: null } };
  test('stands for static keys of an unknown user', () => {
    expect(run('rust', hidden).end).toMatchObject({
      provider: 'profile',
      credentials: { identity: { kind: 'static', from: { kind: 'Pod' } }, mechanism: 'sharedFile' },
    });
  });

  test('in a mounted directory is found too', () => {
    expect(run('rust', { hiddenDirectories: ['/home/app/.aws'] }).end.provider).toBe('profile');
    const noHome = { variables: { HOME: '' }, hiddenDirectories: ['/home/app/.aws'] };
    expect(run('rust', noHome).end.provider).toBe('profile');
    expect(run('rust', { hiddenDirectories: ['/home/app'] }).end.provider).toBe('imds');
  });

  test('is not asked about by a provider that static keys do not concern', () => {
    const token = '/var/run/token';
    const irsa = { AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/app', AWS_WEB_IDENTITY_TOKEN_FILE: token };
    const { steps, end } = run('botocore', {
      variables: irsa,
      files: { [credentialsPath]: null, [token]: 't' },
    });
    const read = steps.flatMap((step) =>
      step.kind === 'exchange' && step.request.kind === 'readFile' ? [step.request.path] : [],
    );
    expect({ read, provider: end.provider }).toEqual({ read: [token], provider: 'webIdentity' });
  });

  test('lets a named profile pass for existing', () => {
    expect(run('botocore', { ...hidden, variables: { AWS_PROFILE: 'x' } }).end.provider).toBe(
      'sharedCredentialsFile',
    );
  });
});

describe('a profile that is not as it should be', () => {
  const worlds: Readonly<Record<string, FakeWorld>> = {
    missing: { variables: { AWS_PROFILE: 'nosuch' }, files: { [credentialsPath]: `[x]\n${keys}` } },
    noSource: { files: { [configPath]: `[default]\n${role}source_profile = nowhere\n` } },
    loop: {
      files: {
        [configPath]: `[default]\n${role}source_profile = b\n[profile b]\n${role}source_profile = default\n`,
      },
    },
    noEnvironment: { files: { [configPath]: `[default]\n${role}credential_source = Environment\n` } },
    halfPair: { files: { [credentialsPath]: '[default]\naws_access_key_id = AKIA\n' } },
    sso: { files: { [configPath]: '[default]\nsso_session = corp\n' } },
    refused: {
      files: { [credentialsPath]: `[b]\n${keys}`, [configPath]: `[default]\n${role}source_profile = b\n` },
      sts: { status: 403, code: 'AccessDenied' },
    },
  };
  const table: readonly (readonly [SdkFamily, ...string[]])[] = [
    // family, missing, noSource, loop, noEnvironment, halfPair, sso, refused
    ['botocore', 'stop', 'stop', 'stop', 'stop', 'stop', 'stop', 'stop'],
    ['js-v3', 'imds', 'imds', 'imds', 'stop', 'imds', 'stop', 'stop'],
    ['go-v2', 'stop', 'stop', 'stop', 'stop', 'stop', 'stop', 'stop'],
    ['java-v2', 'imds', 'imds', 'imds', 'imds', 'imds', 'imds', 'imds'],
    ['rust', 'imds', 'imds', 'stop', 'stop', 'stop', 'stop', 'stop'],
    ['dotnet-v3', 'imds', 'imds', 'imds', 'stop', 'imds', 'stop', 'stop'],
    ['dotnet-v4', 'stop', 'imds', 'imds', 'stop', 'imds', 'stop', 'stop'],
    ['php', 'imds', 'imds', 'imds', 'imds', 'imds', 'imds', 'imds'],
    ['ruby', 'imds', 'stop', 'stop', 'stop', 'imds', 'stop', 'stop'],
    ['kotlin', 'imds', 'imds', 'imds', 'imds', 'imds', 'imds', 'imds'],
    ['swift', 'imds', 'imds', 'imds', 'imds', 'imds', 'imds', 'imds'],
  ];
  for (const [family, ...expected] of table) {
    test(family, () => {
      const seen = Object.values(worlds).map((world) => {
        const { end } = run(family, world);
        return end.kind === 'error' ? 'stop' : end.provider;
      });
      expect(seen).toEqual(expected);
    });
  }
});

describe('roles on top of one another', () => {
  test('are assumed from the source outwards', () => {
    const config = [
      '[default]\nrole_arn = arn:aws:iam::111122223333:role/outer\nsource_profile = inner\nexternal_id = x1',
      '[profile inner]\nrole_arn = arn:aws:iam::111122223333:role/inner\nrole_session_name = me',
      'credential_source = Ec2InstanceMetadata',
    ].join('\n');
    const { steps, end } = run('go-v2', { files: { [configPath]: config } });
    const assumed = steps.flatMap((step) =>
      step.kind === 'exchange' && step.request.kind === 'sts' ? [step.request] : [],
    );
    expect(assumed).toMatchObject([
      { roleArn: 'arn:aws:iam::111122223333:role/inner', sessionName: 'me', source: { mechanism: 'imds' } },
      { roleArn: 'arn:aws:iam::111122223333:role/outer', externalId: 'x1', source: { mechanism: 'irsa' } },
    ]);
    expect(end).toMatchObject({ provider: 'profile', kind: 'credentials' });
  });

  test('a profile that names itself as source means its own keys', () => {
    const files = {
      [credentialsPath]: `[default]\n${keys}${role}source_profile = default\n`,
    };
    expect(run('go-v2', { files }).end).toMatchObject({
      credentials: { identity: { arn: 'arn:aws:iam::111122223333:role/app' } },
    });
  });
});

test('botocore pairs the token of the environment with the role of a profile', () => {
  const files = {
    '/t': 'token',
    [configPath]: '[default]\nrole_arn = arn:aws:iam::111122223333:role/of-the-profile\n',
  };
  const { end } = run('botocore', { variables: { AWS_WEB_IDENTITY_TOKEN_FILE: '/t' }, files });
  expect(end).toMatchObject({
    provider: 'webIdentity',
    credentials: { identity: { arn: 'arn:aws:iam::111122223333:role/of-the-profile' } },
  });
});
