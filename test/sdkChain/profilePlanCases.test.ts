import { describe, expect, test } from 'vitest';
import { planProfile } from '../../src/sdkChain/profilePlan.ts';
import { parseProfileFile } from '../../src/sdkChain/profileFile.ts';
import { rolesStation } from '../../src/sdkChain/flow/profileRoles.ts';
import { runChain, type ChainInput } from '../../src/sdkChain/run.ts';
import { fakeInput, type FakeAnswer } from './fakeWorld.ts';
import { continues, profileRow, sdkOf, stops, told } from './ownSdk.ts';

const keys = 'aws_access_key_id = AKIAFILE\naws_secret_access_key = secret\n';
const fromKeys = (...roles: readonly object[]) => ({ kind: 'static', accessKeyId: 'AKIAFILE', roles });
const role = { roleArn: 'arn:x' };

describe('what a profile asks for', () => {
  const table: readonly (readonly [string, string, object])[] = [
    ['nothing where there is no such profile', '[b]\n', { kind: 'profileMissing' }],
    ['nothing where it holds nothing of use', '[a]\noutput = json', { kind: 'nothing' }],
    ['its static keys', `[a]\n${keys}`, fromKeys()],
    ['half a pair is broken', '[a]\naws_access_key_id = AKIA', { kind: 'broken' }],
    ['a secret alone is nothing', '[a]\naws_secret_access_key = s', { kind: 'nothing' }],
    ['a role alone is nothing', '[a]\nrole_arn = arn:x', { kind: 'nothing' }],
    [
      'a role by the keys of another profile',
      `[a]\nrole_arn = arn:x\nsource_profile = b\n[b]\n${keys}`,
      fromKeys(role),
    ],
    [
      'a role with its session name and external id',
      `[a]\nrole_arn = arn:x\nsource_profile = b\nrole_session_name = me\nexternal_id = e\n[b]\n${keys}`,
      fromKeys({ roleArn: 'arn:x', sessionName: 'me', externalId: 'e' }),
    ],
    ['an empty role is none', `[a]\nrole_arn =\nsource_profile = b\n${keys}[b]\n${keys}`, fromKeys()],
    [
      'a role by its own keys',
      `[a]\nrole_arn = arn:x\nsource_profile = a\n${keys}`,
      fromKeys({ roleArn: 'arn:x' }),
    ],
    [
      'a role by its own keys that it does not hold',
      '[a]\nrole_arn = arn:x\nsource_profile = a',
      { kind: 'broken' },
    ],
    [
      'roles one on top of another, the innermost first',
      `[a]\nrole_arn = arn:x\nsource_profile = b\n[b]\nrole_arn = arn:y\nsource_profile = c\n[c]\n${keys}`,
      fromKeys({ roleArn: 'arn:y' }, role),
    ],
    [
      'a circle of profiles is broken',
      '[a]\nrole_arn = arn:x\nsource_profile = b\n[b]\nrole_arn = arn:y\nsource_profile = a',
      { kind: 'broken' },
    ],
    ['a source that is missing', '[a]\nrole_arn = arn:x\nsource_profile = b', { kind: 'sourceMissing' }],
    ['a source that holds nothing', '[a]\nrole_arn = arn:x\nsource_profile = b\n[b]', { kind: 'broken' }],
    [
      'a source that needs single sign-on',
      '[a]\nrole_arn = arn:x\nsource_profile = b\n[b]\nsso_session = corp',
      { kind: 'sso' },
    ],
    ['single sign-on by a session', '[a]\nsso_session = corp', { kind: 'sso' }],
    ['single sign-on by an account', '[a]\nsso_account_id = 1', { kind: 'sso' }],
    [
      'a credential source',
      '[a]\nrole_arn = arn:x\ncredential_source = EcsContainer',
      { kind: 'credentialSource', name: 'EcsContainer', roles: [role] },
    ],
    ['a credential source without a role', '[a]\ncredential_source = EcsContainer', { kind: 'nothing' }],
    [
      'web identity',
      '[a]\nrole_arn = arn:x\nweb_identity_token_file = /t',
      { kind: 'webIdentity', roleArn: 'arn:x', tokenFile: '/t', sessionName: undefined, roles: [] },
    ],
    ['web identity without a role is broken', '[a]\nweb_identity_token_file = /t', { kind: 'broken' }],
    ['a program', '[a]\ncredential_process = /keys', { kind: 'process', roles: [] }],
    ['an empty program is none', '[a]\ncredential_process =', { kind: 'nothing' }],
  ];
  const { takes } = profileRow({});
  test.each(table)('%s', (_, text, plan) => {
    expect(planProfile(parseProfileFile(text, 'credentials'), 'a', { takes })).toStrictEqual(plan);
  });

  test('half a pair counts as no keys where a row says so', () => {
    const profiles = parseProfileFile('[a]\naws_access_key_id = AKIA\nsso_session = corp', 'credentials');
    expect(planProfile(profiles, 'a', { takes: ['staticPair', 'sso'] })).toStrictEqual({ kind: 'sso' });
  });

  test.each([
    ['on top of a program, where the SDK assumes it', ['process'] as const, [role]],
    ['not on top of a program, where the SDK does not', ['static'] as const, []],
  ])('a role of the same profile: %s', (_, roleOnTopOf, roles) => {
    const profiles = parseProfileFile('[a]\nrole_arn = arn:x\ncredential_process = /keys', 'credentials');
    const reading = { takes: ['process'], roleOnTopOf } as const;
    expect(planProfile(profiles, 'a', reading)).toStrictEqual({ kind: 'process', roles });
  });
});

const file = '/home/app/.aws/credentials';
const begin = [`read ${file} (profile) -> text`, `profile selected by profile default, ${file} of Pod api`];
const withRole = `[default]\nrole_arn = arn:x\nsource_profile = b\n[b]\n${keys}`;

function inputOf(text: string, sts: FakeAnswer = 200): ChainInput {
  return fakeInput({ variables: { HOME: '/home/app' }, files: { [file]: text }, sts });
}

describe('STS asked for the role of a profile', () => {
  const asked = 'AssumeRole arn:x as own-session by keys AKIAFILE of Pod ->';
  const table: readonly (readonly [string, FakeAnswer, string, string])[] = [
    ['with a code', { status: 403, code: 'AccessDenied' }, '403', 'AccessDenied'],
    ['without a code', 400, '400', 'HTTP 400'],
    ['with the first of the server errors, tried again', 500, '500 x3', 'HTTP 500'],
    ['busy, tried again', { status: 503, code: 'Unavailable' }, '503 x3', 'Unavailable'],
    ['not listening, tried again', 'refused', 'refused x3', 'refused'],
    ['out of reach, tried again', 'dropped', 'timeout x3', 'timeout'],
    ['silent, tried again', 'hang', 'hang x3', 'hang'],
  ];
  test.each(table)('refuses %s', (_, sts, reply, code) => {
    expect(told(runChain(sdkOf([profileRow({})]), inputOf(withRole, sts)))).toStrictEqual([
      ...begin,
      `${asked} ${reply}`,
      `profile stops: roleRefused: roleRefused ${code}`,
      `error of profile: roleRefused ${code}`,
    ]);
  });

  test('answers with something that is no credentials: refused, and not tried again', () => {
    const input = inputOf(withRole);
    const exchange: ChainInput['exchange'] = (request) =>
      request.kind === 'sts'
        ? { kind: 'ok', body: { kind: 'text', text: '<html>' } }
        : input.exchange(request);
    expect(told(runChain(sdkOf([profileRow({})]), { ...input, exchange }))).toStrictEqual([
      ...begin,
      `${asked} ok`,
      'profile stops: roleRefused: roleRefused clientError',
      'error of profile: roleRefused clientError',
    ]);
  });

  test('is sent no more than the profile says', () => {
    const { steps } = runChain(sdkOf([profileRow({})]), inputOf(withRole));
    expect(steps.find((step) => step.kind === 'exchange' && step.request.kind === 'sts')).toStrictEqual({
      kind: 'exchange',
      provider: 'profile',
      request: {
        kind: 'sts',
        action: 'AssumeRole',
        roleArn: 'arn:x',
        source: {
          identity: {
            kind: 'static',
            accessKeyId: 'AKIAFILE',
            from: { kind: 'Pod', namespace: 'pay', name: 'api' },
          },
          mechanism: 'sharedFile',
        },
        sessionName: 'own-session',
        endpoint: { kind: 'global' },
      },
      reply: {
        kind: 'ok',
        body: {
          kind: 'credentials',
          credentials: { identity: { kind: 'role', arn: 'arn:x' }, mechanism: 'irsa' },
        },
      },
      attempts: 1,
    });
  });

  test('knows the session by the name that the SDK keeps for profiles', () => {
    const { sts } = sdkOf([]);
    const names = { webIdentity: 'w', assumeRole: 'own-profile-session' };
    const sdk = sdkOf([profileRow({})], { sts: { ...sts, sessionNameInProfile: names } });
    expect(told(runChain(sdk, inputOf(withRole)))).toContain(
      'AssumeRole arn:x as own-profile-session by keys AKIAFILE of Pod -> ok',
    );
  });
});

describe('an SDK that goes through the profile', () => {
  const assumed = 'AssumeRole arn:x as own-session by keys AKIAFILE of Pod -> ok';
  const end = ['profile has arn:x (irsa)', 'credentials of profile'];
  const [, selected = ''] = begin;
  test.each([
    ['once', {}, [...begin, assumed, ...end]],
    ['twice, asks STS twice', { passes: 2 }, [...begin, assumed, selected, assumed, ...end]],
  ])('%s', (_, passes, lines) => {
    expect(told(runChain(sdkOf([profileRow(passes)]), inputOf(withRole)))).toStrictEqual(lines);
  });

  test.each([
    ['once', {}, stops('roleRefused'), { roleRefused: { kind: 'stop' } }],
    ['twice', { passes: 2 }, continues('roleRefused'), { roleRefused: { kind: 'nextProvider' } }],
  ] as const)('%s has a way on from each outcome', (times, passes, rules, refused) => {
    const row = profileRow({ ...passes, rules });
    expect(rolesStation(row, sdkOf([row])).on).toStrictEqual({
      done: { kind: 'credentials' },
      ...(times === 'twice' ? { again: { kind: 'station', id: 'profile' } } : {}),
      next: { kind: 'station', id: 'profile/roles' },
      ...refused,
    });
  });
});
