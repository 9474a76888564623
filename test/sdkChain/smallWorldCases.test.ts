import { describe, expect, test } from 'vitest';
import type { Reply, Request } from '../../src/model/exchange.ts';
import { smallInput, smallTokenPath, type SmallWorld } from '../../src/sdkChain/smallWorld.ts';

const from = { kind: 'Pod', name: 'example' } as const;
const app = 'arn:aws:iam::111122223333:role/app';
const endpoint = { kind: 'regional', region: 'eu-west-1' } as const;

const read = (path: string): Request => ({ kind: 'readFile', path, purpose: 'profile' });
const webIdentity: Request = {
  kind: 'sts',
  action: 'AssumeRoleWithWebIdentity',
  roleArn: app,
  tokenFile: smallTokenPath,
  sessionName: 'app',
  endpoint,
};
const assumeRole: Request = {
  kind: 'sts',
  action: 'AssumeRole',
  roleArn: app,
  source: { identity: { kind: 'static' }, mechanism: 'env' },
  sessionName: 'app',
  endpoint,
};
const container: Request = { kind: 'container', url: 'http://169.254.170.23/v1/credentials' };
const token: Request = { kind: 'imds', call: { kind: 'token' }, withToken: false };
const roleList = (withToken: boolean): Request => ({ kind: 'imds', call: { kind: 'roleList' }, withToken });
const roleCredentials = (withToken: boolean): Request => ({
  kind: 'imds',
  call: { kind: 'roleCredentials', roleName: 'node' },
  withToken,
});
const zone = (withToken: boolean): Request => ({
  kind: 'imds',
  call: { kind: 'other', path: '/latest/meta-data/placement/availability-zone' },
  withToken,
});

const credentials = (
  mechanism: 'irsa' | 'podIdentity' | 'imds',
  life?: { expiresInSeconds: number },
): Reply => ({
  kind: 'ok',
  body: {
    kind: 'credentials',
    credentials: { identity: { kind: 'role', arn: app }, mechanism, ...life },
  },
});
const text = (of: string): Reply => ({ kind: 'file', content: { kind: 'text', text: of, from } });
const imdsToken: Reply = { kind: 'ok', body: { kind: 'imdsToken' } };
const nodeRole: Reply = { kind: 'ok', body: { kind: 'roleList', roleNames: ['node'] } };
const noRole: Reply = { kind: 'ok', body: { kind: 'roleList', roleNames: [] } };
const inZone: Reply = { kind: 'ok', body: { kind: 'text', text: 'eu-west-1a' } };
const status = (code: number, error?: string): Reply => ({
  kind: 'httpError',
  status: code,
  ...(error === undefined ? {} : { code: error }),
});

type Row = readonly [title: string, world: Omit<SmallWorld, 'variables'>, request: Request, reply: Reply];

describe('what the services of a small world answer', () => {
  const rows: readonly Row[] = [
    ['STS gives a role for a token', {}, webIdentity, credentials('irsa')],
    ['STS gives a role for keys', {}, assumeRole, credentials('irsa')],
    ['STS refuses an empty token', { token: 'empty' }, webIdentity, status(400, 'ValidationError')],
    ['STS does not look at the token when it gets keys', { token: 'empty' }, assumeRole, credentials('irsa')],
    ['STS gives no reason for a 500', { sts: { status: 500 } }, webIdentity, status(500)],
    [
      'STS names what it refuses',
      { sts: { status: 403, code: 'AccessDenied' } },
      assumeRole,
      status(403, 'AccessDenied'),
    ],
    ['STS is in order where that is said', { sts: 'ok' }, webIdentity, credentials('irsa')],
    ['packets to STS are dropped', { sts: 'timeout' }, webIdentity, { kind: 'timeout' }],
    ['the agent gives a role', {}, container, credentials('podIdentity')],
    ['the agent is down', { container: 'refused' }, container, { kind: 'refused' }],
    ['the agent never answers', { container: 'hang' }, container, { kind: 'hang' }],
    [
      'credentials live as long as is said',
      { lifeSeconds: 3600 },
      container,
      credentials('podIdentity', { expiresInSeconds: 3600 }),
    ],
    ['IMDS gives a token', {}, token, imdsToken],
    ['IMDS refuses a token', { imds: { token: { status: 403 } } }, token, status(403)],
    ['IMDS lists one role', {}, roleList(true), nodeRole],
    ['IMDS lists it without a token as well', {}, roleList(false), nodeRole],
    ['IMDS lists no role', { imds: { roleList: 'empty' } }, roleList(true), noRole],
    ['IMDS has no list', { imds: { roleList: { status: 404 } } }, roleList(true), status(404)],
    ['IMDS gives a role', {}, roleCredentials(true), credentials('imds')],
    ['IMDS fails', { imds: { roleCredentials: { status: 500 } } }, roleCredentials(true), status(500)],
    ['IMDS wants a token', { imds: { withoutToken: { status: 401 } } }, roleCredentials(false), status(401)],
    [
      'IMDS is content with a token',
      { imds: { withoutToken: { status: 401 } } },
      roleCredentials(true),
      credentials('imds'),
    ],
    ['IMDS does not want a token for a token', { imds: { withoutToken: { status: 401 } } }, token, imdsToken],
    ['IMDS knows the zone', {}, zone(true), inZone],
    ['IMDS knows the zone though it has no role', { imds: { roleList: 'empty' } }, zone(true), inZone],
    ['IMDS that has no list has no zone', { imds: { roleList: { status: 404 } } }, zone(true), status(404)],
    [
      'IMDS wants a token for the zone',
      { imds: { withoutToken: { status: 401 } } },
      zone(false),
      status(401),
    ],
  ];
  test.each(rows)('%s', (_, world, request, reply) => {
    expect(smallInput({ variables: {}, ...world }).exchange(request)).toStrictEqual(reply);
  });
});

describe('the files of a small world', () => {
  const credentialsFile = '/root/.aws/credentials';
  const files = { [credentialsFile]: '[default]\n' };
  const rows: readonly Row[] = [
    ['the token is there', {}, read(smallTokenPath), text('token')],
    ['the token is missing', { token: 'missing' }, read(smallTokenPath), { kind: 'fileMissing' }],
    ['a file that is named is there', { files }, read(credentialsFile), text('[default]\n')],
    [
      'it is there without the token',
      { files, token: 'missing' },
      read(credentialsFile),
      text('[default]\n'),
    ],
    ['the token is there beside it', { files }, read(smallTokenPath), text('token')],
    ['another file is missing', { files }, read('/root/.aws/config'), { kind: 'fileMissing' }],
    [
      'the token is empty',
      { token: 'empty' },
      read(smallTokenPath),
      { kind: 'file', content: { kind: 'empty', from } },
    ],
    [
      'the token cannot be read',
      { token: 'unreadable' },
      read(smallTokenPath),
      { kind: 'file', content: { kind: 'unreadable', from } },
    ],
  ];
  test.each(rows)('%s', (_, world, request, reply) => {
    expect(smallInput({ variables: {}, ...world }).exchange(request)).toStrictEqual(reply);
  });
});

describe('the environment of a small world', () => {
  test('has the variables of a manifest, the files, and no mounted directory', () => {
    const { environment } = smallInput({
      variables: { AWS_REGION: 'eu-west-1', AWS_PROFILE: '' },
      files: { '/root/.aws/config': '[default]\n' },
    });
    expect(environment).toStrictEqual({
      variables: new Map([
        ['AWS_REGION', { value: 'eu-west-1', from, by: 'manifest' }],
        ['AWS_PROFILE', { value: '', from, by: 'manifest' }],
      ]),
      files: new Map([
        ['/root/.aws/config', { kind: 'text', text: '[default]\n', from }],
        ['/var/run/secrets/token', { kind: 'text', text: 'token', from }],
      ]),
      hiddenDirectories: [],
    });
  });

  test('has no file when the only one, the token, is missing', () => {
    expect(smallInput({ variables: {}, token: 'missing' }).environment.files).toStrictEqual(new Map());
  });

  test.each([
    [{}, false],
    [{ stsModule: 'missing' }, true],
  ] as const)('lacks the STS module when that is said: %o', (world, missing) => {
    expect(smallInput({ variables: {}, ...world }).moduleMissing()).toBe(missing);
  });
});
