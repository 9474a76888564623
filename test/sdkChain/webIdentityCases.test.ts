import { describe, expect, test } from 'vitest';
import type { Credentials } from '../../src/model/identity.ts';
import type { WebIdentityProvider } from '../../src/sdkChain/entry.ts';
import { keepCredentials, webIdentityStations } from '../../src/sdkChain/flow/webIdentity.ts';
import { runChain, type ChainInput } from '../../src/sdkChain/run.ts';
import { startWalk } from '../../src/sdkChain/walk.ts';
import { fakeInput, type FakeAnswer, type FakeWorld } from './fakeWorld.ts';
import { continues, sdkOf, stops, told, webIdentityRow } from './ownSdk.ts';

const roleArn = 'arn:aws:iam::111122223333:role/app';
const token = '/var/run/token';
const irsa = { AWS_ROLE_ARN: roleArn, AWS_WEB_IDENTITY_TOKEN_FILE: token };
const files = { [token]: 'token' };

const chosen = 'webIdentity selected by AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE of Pod api, Pod api';
const read = `read ${token} (webIdentityToken) -> text`;
const asked = `AssumeRoleWithWebIdentity ${roleArn} as own-session with ${token} ->`;
const succeeds = [
  chosen,
  read,
  `${asked} ok`,
  `webIdentity has ${roleArn} (irsa)`,
  'credentials of webIdentity',
];
const notConfigured = (...missing: readonly string[]): readonly string[] => [
  `webIdentity not configured: ${missing.join(', ')}`,
  'error of the chain: no credentials',
];
const failsAt = (failure: string, code: string = failure): readonly string[] => [
  `webIdentity stops: ${failure}: ${failure} ${code}`,
  `error of webIdentity: ${failure} ${code}`,
];

interface Case {
  readonly name: string;
  readonly row?: Partial<WebIdentityProvider>;
  readonly world: FakeWorld;
  readonly lines: readonly string[];
}

function linesOf({ row = {}, world }: Case, change: (input: ChainInput) => ChainInput = (input) => input) {
  const variables = { HOME: '/home/app', ...world.variables };
  return told(runChain(sdkOf([webIdentityRow(row)]), change(fakeInput({ files, ...world, variables }))));
}

const configured: readonly Case[] = [
  { name: 'in full: STS is called', world: { variables: irsa }, lines: succeeds },
  {
    name: 'not at all',
    world: {},
    lines: notConfigured('AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE'),
  },
  {
    name: 'without a role: as good as not at all',
    world: { variables: { AWS_WEB_IDENTITY_TOKEN_FILE: token } },
    lines: notConfigured('AWS_ROLE_ARN'),
  },
  {
    name: 'without a role, where that lets the next be tried',
    row: { rules: continues('roleMissing') },
    world: { variables: { AWS_WEB_IDENTITY_TOKEN_FILE: token } },
    lines: notConfigured('AWS_ROLE_ARN'),
  },
  {
    name: 'without a role, where that is an error',
    row: { rules: stops('roleMissing') },
    world: { variables: { AWS_WEB_IDENTITY_TOKEN_FILE: token } },
    lines: ['webIdentity selected by AWS_WEB_IDENTITY_TOKEN_FILE of Pod api', ...failsAt('roleMissing')],
  },
  {
    name: 'without a token file: as good as not at all',
    world: { variables: { AWS_ROLE_ARN: roleArn } },
    lines: notConfigured('AWS_WEB_IDENTITY_TOKEN_FILE'),
  },
  {
    name: 'without a token file, where that is an error',
    row: { rules: stops('tokenFileUnset') },
    world: { variables: { AWS_ROLE_ARN: roleArn } },
    lines: ['webIdentity selected by AWS_ROLE_ARN of Pod api', ...failsAt('tokenFileUnset')],
  },
];

const relative = 'run/token';
const config = '/home/app/.aws/config';
const lookup = { files: ['config'], nameFrom: [] } as const;
const region = { AWS_REGION: 'eu-west-1' };

const checks: readonly Case[] = [
  {
    name: 'a relative path of the token, where that is an error',
    row: { rules: stops('tokenPathRelative') },
    world: { variables: { ...irsa, AWS_WEB_IDENTITY_TOKEN_FILE: relative }, files: { [relative]: 't' } },
    lines: [chosen, ...failsAt('tokenPathRelative')],
  },
  {
    name: 'a relative path of the token, where it is not',
    world: { variables: { ...irsa, AWS_WEB_IDENTITY_TOKEN_FILE: relative }, files: { [relative]: 't' } },
    lines: [
      chosen,
      `read ${relative} (webIdentityToken) -> text`,
      `AssumeRoleWithWebIdentity ${roleArn} as own-session with ${relative} -> ok`,
      ...succeeds.slice(-2),
    ],
  },
  {
    name: 'an absolute path of the token',
    row: { rules: stops('tokenPathRelative') },
    world: { variables: irsa },
    lines: succeeds,
  },
  {
    name: 'a path that nobody knows, which is not taken for relative',
    row: { rules: stops('tokenPathRelative') },
    world: { variables: { ...irsa, AWS_WEB_IDENTITY_TOKEN_FILE: undefined } },
    lines: [
      chosen,
      'read $(AWS_WEB_IDENTITY_TOKEN_FILE) (webIdentityToken) -> fileMissing',
      ...failsAt('tokenMissing'),
    ],
  },
  {
    name: 'an application without the STS module, where it is needed',
    row: { rules: stops('moduleMissing') },
    world: { variables: irsa, moduleMissing: true },
    lines: [chosen, ...failsAt('moduleMissing')],
  },
  {
    name: 'an application with the STS module',
    row: { rules: stops('moduleMissing') },
    world: { variables: irsa },
    lines: succeeds,
  },
  {
    name: 'an application without the STS module, where it is not needed',
    world: { variables: irsa, moduleMissing: true },
    lines: succeeds,
  },
  {
    name: 'a client for STS that asks the chain for credentials',
    row: { rules: stops('endlessChain') },
    world: { variables: irsa },
    lines: [chosen, ...failsAt('endlessChain')],
  },
  {
    name: 'no region, where one is needed',
    row: { rules: stops('noRegion') },
    world: { variables: irsa },
    lines: [chosen, ...failsAt('noRegion')],
  },
  {
    name: 'a region, where one is needed',
    row: { rules: stops('noRegion') },
    world: { variables: { ...irsa, ...region } },
    lines: succeeds,
  },
  {
    name: 'a file that is no profile file, where it is read',
    row: { rules: stops('unparsable'), lookup },
    world: { variables: irsa, files: { ...files, [config]: 'rubbish' } },
    lines: [chosen, `read ${config} (profile) -> text`, ...failsAt('unparsable')],
  },
  {
    name: 'a profile file, where it is read',
    row: { rules: stops('unparsable'), lookup },
    world: { variables: irsa, files: { ...files, [config]: '[default]' } },
    lines: [chosen, `read ${config} (profile) -> text`, ...succeeds.slice(1)],
  },
  {
    name: 'a profile file whose text nobody knows',
    row: { rules: stops('unparsable'), lookup },
    world: { variables: irsa, files: { ...files, [config]: null } },
    lines: succeeds,
  },
  {
    name: 'a file that is no profile file, where nobody says which files are read',
    row: { rules: stops('unparsable') },
    world: { variables: irsa, files: { ...files, [config]: 'rubbish' } },
    lines: succeeds,
  },
  {
    name: 'the first of two things that are wrong',
    row: { rules: stops('noRegion', 'moduleMissing') },
    world: { variables: irsa, moduleMissing: true },
    lines: [chosen, ...failsAt('moduleMissing')],
  },
];

describe('web identity is configured', () => {
  test.each(configured)('$name', (given) => {
    expect(linesOf(given)).toStrictEqual(given.lines);
  });
});

describe('before web identity asks STS it meets', () => {
  test.each(checks)('$name', (given) => {
    expect(linesOf(given)).toStrictEqual(given.lines);
  });

  test.each(['legacy', 'regional'] as const)(
    'the %s endpoint, where the former cannot be used',
    (endpoint) => {
      const row = webIdentityRow({ rules: stops('legacyEndpoint') });
      const sdk = sdkOf([row], { sts: { ...sdkOf([]).sts, endpoint } });
      expect(told(runChain(sdk, fakeInput({ variables: irsa, files })))).toStrictEqual(
        endpoint === 'legacy' ? [chosen, ...failsAt('legacyEndpoint')] : succeeds,
      );
    },
  );
});

describe('STS answers web identity', () => {
  const table: readonly (readonly [string, FakeAnswer, string, string, string])[] = [
    ['that access is denied', { status: 403, code: 'AccessDenied' }, '403', 'accessDenied', 'AccessDenied'],
    ['with 403 and no code', 403, '403', 'accessDenied', 'HTTP 403'],
    ['with 400 and no code', 400, '400', 'clientError', 'HTTP 400'],
    ['with an unknown code', { status: 400, code: 'Throttling' }, '400', 'clientError', 'Throttling'],
    [
      'that the token is invalid',
      { status: 400, code: 'InvalidIdentityToken' },
      '400',
      'invalidIdentityToken',
      'InvalidIdentityToken',
    ],
    [
      'that the token has expired, by the name of the exception',
      { status: 400, code: 'ExpiredTokenException' },
      '400',
      'expiredToken',
      'ExpiredTokenException',
    ],
    [
      'that it cannot reach the cluster',
      { status: 400, code: 'IDPCommunicationError' },
      '400',
      'idpCommunicationError',
      'IDPCommunicationError',
    ],
    ['with an error of its own', 500, '500', 'serverError', 'HTTP 500'],
    [
      'that access is denied, in an error of its own',
      { status: 500, code: 'AccessDenied' },
      '500',
      'serverError',
      'AccessDenied',
    ],
    ['not at all', 'dropped', 'timeout', 'timeout', 'timeout'],
    ['with nobody there', 'refused', 'refused', 'refused', 'refused'],
    ['with silence', 'hang', 'hang', 'hang', 'hang'],
  ];
  test.each(table)('%s', (name, sts, reply, failure, code) => {
    expect(linesOf({ name, world: { variables: irsa, sts }, lines: [] })).toStrictEqual([
      chosen,
      read,
      `${asked} ${reply}`,
      ...failsAt(failure, code),
    ]);
  });

  test('with something that is no credentials', () => {
    const proxied = (input: ChainInput): ChainInput => ({
      ...input,
      exchange: (request) =>
        request.kind === 'sts'
          ? { kind: 'ok', body: { kind: 'text', text: '<html>' } }
          : input.exchange(request),
    });
    expect(linesOf({ name: '', world: { variables: irsa }, lines: [] }, proxied)).toStrictEqual([
      chosen,
      read,
      `${asked} ok`,
      ...failsAt('clientError'),
    ]);
  });

  test('with credentials alone are credentials kept', () => {
    const credentials: Credentials = { identity: { kind: 'role', arn: roleArn }, mechanism: 'irsa' };
    const walk = startWalk(sdkOf([]), fakeInput({}));
    keepCredentials(walk, { kind: 'ok', body: { kind: 'credentials', credentials } });
    keepCredentials(walk, { kind: 'ok', body: { kind: 'text', text: '<html>' } });
    keepCredentials(walk, { kind: 'refused' });
    expect(walk.held.credentials).toBe(credentials);
  });

  test.each([
    [
      'a name that is no ARN, where the account is looked for in it',
      'team-arn:app',
      stops('roleNotArn'),
      true,
    ],
    ['a name, where nobody looks', 'app', [], false],
    ['an ARN', roleArn, stops('roleNotArn'), false],
    ['a role that nobody knows', undefined, stops('roleNotArn'), false],
  ] as const)('for %s', (_, role, rules, fails) => {
    const lines = linesOf({
      name: '',
      row: { rules },
      world: { variables: { ...irsa, AWS_ROLE_ARN: role } },
      lines: [],
    });
    const name = role ?? '$(AWS_ROLE_ARN)';
    expect(lines).toStrictEqual([
      chosen,
      read,
      `AssumeRoleWithWebIdentity ${name} as own-session with ${token} -> ok`,
      ...(fails ? failsAt('roleNotArn') : [`webIdentity has ${name} (irsa)`, 'credentials of webIdentity']),
    ]);
  });
});

describe('the stations of web identity', () => {
  test('know a way on from each outcome', () => {
    const ways = webIdentityStations(webIdentityRow({ rules: continues('roleMissing', 'roleNotArn') })).map(
      ({ id, on }) => [id, Object.keys(on)],
    );
    expect(ways).toStrictEqual([
      ['webIdentity', ['absent', 'roleMissing', 'selected']],
      ['webIdentity/token', ['ok', 'tokenMissing', 'tokenUnreadable', 'tokenEmpty']],
      [
        'webIdentity/sts',
        [
          'ok',
          'accessDenied',
          'invalidIdentityToken',
          'expiredToken',
          'idpCommunicationError',
          'clientError',
          'serverError',
          'timeout',
          'refused',
          'hang',
          'roleNotArn',
        ],
      ],
    ]);
  });

  test('ask for nothing before the values are known', () => {
    const [, tokenStation] = webIdentityStations(webIdentityRow({}));
    const ask = () => tokenStation?.act(startWalk(sdkOf([]), fakeInput({})));
    expect(ask).toThrow(new Error('web identity is asked for before its values are known'));
  });
});
