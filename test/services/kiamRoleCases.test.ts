import { describe, expect, test } from 'vitest';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import { kiamAgentDefaults, kiamServerDefaults } from '../../src/model/kiam.ts';
import { anyNode } from '../../src/resolve/placement.ts';
import {
  fatalPod,
  kiamBaseArn,
  kiamPermitted,
  kiamSession,
  resolveKiamRole,
  type PermittedFinding,
} from '../../src/services/kiamRole.ts';
import { kiamRoute, type KiamRoute } from '../../src/services/kiamRoute.ts';

const key = 'iam.amazonaws.com/permitted';
const base = 'arn:aws:iam::111122223333:role/';
const nodeRole = 'arn:aws:iam::444455556666:role/eks/node';

describe('the base ARN of a kiam server', () => {
  const given = { ...kiamServerDefaults, roleBaseArn: base };
  const detected = { ...given, roleBaseArnAutodetect: true };

  test.each([
    ['as given', given, world().nodeDefaults({ roleArn: nodeRole }), undefined, base],
    [
      'of the account of the role of its node, without the path',
      detected,
      world().cluster({ accountId: '777788889999' }),
      nodeRole,
      'arn:aws:iam::444455556666:role/',
    ],
    [
      'in the partition of the role of its node',
      detected,
      world().cluster({ accountId: '777788889999' }),
      'arn:aws-cn:iam::444455556666:role/node',
      'arn:aws-cn:iam::444455556666:role/',
    ],
    [
      'of the role that all nodes have',
      detected,
      world().nodeDefaults({ roleArn: nodeRole }),
      undefined,
      'arn:aws:iam::444455556666:role/',
    ],
    [
      'of the role of its node before that of all nodes',
      detected,
      world().nodeDefaults({ roleArn: `${base}node` }),
      nodeRole,
      'arn:aws:iam::444455556666:role/',
    ],
    [
      'of the account of the cluster, where no node role is known',
      detected,
      world().cluster({ accountId: '777788889999', partition: 'aws-cn' }),
      undefined,
      'arn:aws-cn:iam::777788889999:role/',
    ],
    ['undiscovered, where nothing shows an account', detected, world(), undefined, '<discovered base ARN>/'],
  ] as const)('%s', (_name, flags, state, roleArn, expected) => {
    const node = { ...anyNode('ec2'), ...(roleArn === undefined ? {} : { roleArn }) };
    expect(kiamBaseArn(state.build(), node, flags)).toBe(expected);
  });
});

describe('the role of an annotation of kiam', () => {
  test.each([
    ['a name', 'app', { name: 'app', arn: `${base}app` }],
    ['a path and a name', 'k8s/app', { name: 'k8s/app', arn: `${base}k8s/app` }],
    ['a leading slash is dropped', '/app', { name: 'app', arn: `${base}app` }],
    ['of two leading slashes one stays', '//app', { name: '/app', arn: `${base}/app` }],
    ['an ARN', nodeRole, { name: 'eks/node', arn: nodeRole }],
    [
      'an ARN whose resource has a colon',
      'arn:aws:iam::111122223333:role/a:b',
      { name: 'a:b', arn: 'arn:aws:iam::111122223333:role/a:b' },
    ],
    [
      'an ARN of something else keeps its kind in the name',
      'arn:aws:iam::111122223333:server-role/app',
      { name: 'server-role/app', arn: 'arn:aws:iam::111122223333:server-role/app' },
    ],
    ['nothing', '', undefined],
  ])('%s', (_name, text, expected) => {
    expect(resolveKiamRole(base, text)).toEqual(expected);
  });
});

describe('what a namespace permits under kiam', () => {
  const strict = kiamServerDefaults;
  const loose = { ...strict, disableStrictNamespaceRegexp: true };
  const of = (by: 'absent' | 'unreadable' | 'expression', allowed: boolean, expression: string): object => ({
    kind: 'kiamPermitted',
    allowed,
    by,
    expression,
  });
  const annotated = (expression: string): WorldBuilder =>
    world().namespace('pay', { annotations: { [key]: expression } });

  test.each<readonly [string, typeof strict, WorldBuilder, object]>([
    ['nothing, when it is not shown', strict, world(), of('absent', false, '')],
    ['nothing, without the annotation', strict, world().namespace('pay'), of('absent', false, '')],
    ['nothing, with an empty annotation', strict, annotated(''), of('absent', false, '')],
    ['what fits the whole ARN', strict, annotated('.*/app'), of('expression', true, '.*/app')],
    ['not what fits a part of it', strict, annotated('app'), of('expression', false, 'app')],
    ['a part too, when it is not strict', loose, annotated('app'), of('expression', true, 'app')],
    ['nothing that does not fit, strict or not', loose, annotated('^app'), of('expression', false, '^app')],
    [
      'by two alternatives each of which has one anchor',
      strict,
      annotated('arn:aws|web'),
      of('expression', true, 'arn:aws|web'),
    ],
    ['nothing, by what Go cannot read', strict, annotated('app('), of('unreadable', false, 'app(')],
    ['nothing, by a look-ahead', loose, annotated('(?=app)'), of('unreadable', false, '(?=app)')],
  ])('%s', (_name, flags, state, expected) => {
    const request = { roleArn: `${base}app`, namespace: 'pay', key };
    const finding: PermittedFinding = kiamPermitted(state.build(), flags, request);
    expect(finding).toEqual(expected);
  });
});

describe('the name of a session of kiam', () => {
  const letters = (count: number): string => 'x'.repeat(count);

  test.each([
    ['of its flag', 'kiam', 'kiam-kiam'],
    ['with a hyphen for what STS does not take', 'pay/api v1!', 'kiam-pay-api-v1-'],
    ['of 64 letters stays', letters(59), `kiam-${letters(59)}`],
    ['of 65 letters is cut to 63', letters(60), `kiam-${letters(58)}`],
    ['of 63 letters stays', letters(58), `kiam-${letters(58)}`],
  ])('%s', (_name, session, expected) => {
    expect(kiamSession(session)).toBe(expected);
  });
});

describe('the pod whose annotation ends a kiam server', () => {
  const half = 'arn:aws:iam';

  test.each([
    ['begins like an ARN and is none', half, 'quay.io/uswitch/kiam:v4.2', 'web'],
    ['also for a server whose image is not known', half, undefined, 'web'],
    ['also for an image without a version', half, 'quay.io/uswitch/kiam', 'web'],
    ['lacks but the resource', 'arn:aws:iam::111122223333', 'kiam:v4.0', 'web'],
    ['not before version 4', half, 'quay.io/uswitch/kiam:v3.6', undefined],
    ['not before version 4, written without a v', half, 'registry.example/kiam:3.6-r1', undefined],
    ['not when it has all parts of an ARN', 'arn:aws:iam::1:role/x', 'kiam:v4.2', undefined],
    ['not when it is the name of a role', 'app', 'kiam:v4.2', undefined],
    ['not when a template fills it in later', 'arn:${partition}:iam', 'kiam:v4.2', undefined],
  ])('%s', (_name, text, image, expected) => {
    const built = world()
      .pod('pay/api')
      .pod('shop/web', { annotations: { 'iam.amazonaws.com/role': text } })
      .build();
    expect(fatalPod(built, image)?.ref.name).toBe(expected);
  });
});

describe('the way of a request through a kiam agent', () => {
  const get = (path: string): { readonly kind: 'other'; readonly path: string } => ({ kind: 'other', path });
  const roles = '/latest/meta-data/iam/security-credentials';

  test.each<readonly [string, string, Parameters<typeof kiamRoute>[1], KiamRoute]>([
    ['the list of roles', '^$', { kind: 'roleList' }, { kind: 'list' }],
    [
      'the credentials of a role with a path',
      '^$',
      { kind: 'roleCredentials', roleName: 'k8s/app' },
      { kind: 'credentials', role: 'k8s/app' },
    ],
    ['the list of another version', '^$', get(`/2021-07-15${roles.slice(7)}/`), { kind: 'list' }],
    ['the list without its slash', '^$', get(roles), { kind: 'redirected' }],
    ['a path with a dot', '.*', get('/latest/./user-data'), { kind: 'redirected' }],
    ['a path that goes up', '.*', get('/latest/../user-data'), { kind: 'redirected' }],
    ['the empty path', '.*', get(''), { kind: 'redirected' }],
    ['a ping', '^$', get('/ping'), { kind: 'ping' }],
    ['its health', '^$', get('/health'), { kind: 'health' }],
    ['the token request', '^$', { kind: 'token' }, { kind: 'proxied' }],
    ['a GET of the token path', '^$', get('/latest/api/token'), { kind: 'blocked' }],
    ['a path that the expression fits', '^/latest/user', get('/latest/user-data'), { kind: 'proxied' }],
    ['a path that it does not fit', '^/latest/meta', get('/latest/user-data'), { kind: 'blocked' }],
    ['any path, when the expression is empty', '', get('/latest/user-data'), { kind: 'blocked' }],
    ['any path, when Go cannot read the expression', '^(?!x)', get('/latest/y'), { kind: 'blocked' }],
  ])('%s', (_name, allowRouteRegexp, call, expected) => {
    expect(kiamRoute({ ...kiamAgentDefaults, allowRouteRegexp }, call)).toEqual(expected);
  });
});
