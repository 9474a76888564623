import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../src/model/aws.ts';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import type { World } from '../../src/model/world.ts';
import type { ReachedIdentity } from '../../src/resolve/reach.ts';
import { assumableBy, externalIdOf, roleGraphOf, sourcesOf } from '../../src/resolve/roleGraph.ts';

const account = '111122223333';
const other = '444455556666';
const role = (name: string, of = account): string => `arn:aws:iam::${of}:role/${name}`;
const session = (name: string): string => `arn:aws:sts::${account}:assumed-role/${name}/s1`;
const user = `arn:aws:iam::${account}:user/ci`;
const uniqueId = 'AROAEXAMPLEEXAMPLE123';
const allow = (
  principal: JsonValue,
  condition?: Readonly<Record<string, JsonValue>>,
  effect = 'Allow',
): JsonValue => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: effect,
      Principal: principal,
      Action: 'sts:AssumeRole',
      ...(condition ? { Condition: condition } : {}),
    },
  ],
});
const trusts = (...principals: readonly string[]): JsonValue => allow({ AWS: principals });
const mayAssume = (resource: string): JsonValue => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: resource }],
});
const short = (arns: Iterable<string>): readonly string[] =>
  [...arns].map((arn) => arn.replace(`arn:aws:iam::${account}:role/`, ''));
const withId = (builder: WorldBuilder, arn: string): World => {
  const built = builder.build();
  return {
    ...built,
    roles: built.roles.map((each) => (each.arn === arn ? { ...each, roleId: uniqueId } : each)),
  };
};

describe('the roles that an identity may be able to assume', () => {
  const of = world()
    .role(role('anybody'), { trust: trusts('*') })
    .role(role('account'), { trust: trusts(account) })
    .role(role('user'), { trust: trusts(user) })
    .role(role('role'), { trust: trusts(role('node')) })
    .role(role('session'), { trust: trusts(session('node')) })
    .role(role('deleted'), { trust: trusts(uniqueId) })
    .role(role('lambda'), { trust: allow({ Service: 'lambda.amazonaws.com' }) })
    .role(role('both'), { trust: allow({ Service: 'ec2.amazonaws.com', AWS: role('node') }) })
    .role(role('refused'), { trust: allow({ AWS: role('node') }, undefined, 'Deny') })
    .role(role('hidden'))
    .build();
  const always = ['anybody', 'account'];

  it.each<[string, ReachedIdentity, readonly string[]]>([
    [
      'keys of a user: none that trusts a role or a session',
      { kind: 'static', accessKeyId: 'AKIAIOSFODNN7EXAMPLE' },
      [...always, 'user', 'deleted'],
    ],
    [
      'keys of a session, be it of a user or of a role: all that trust either',
      { kind: 'static', accessKeyId: 'ASIAIOSFODNN7EXAMPLE' },
      [...always, 'user', 'role', 'session', 'deleted', 'both'],
    ],
    [
      'keys that are not shown: the same',
      { kind: 'static' },
      [...always, 'user', 'role', 'session', 'deleted', 'both'],
    ],
    [
      'keys that end in what keys of a user begin with: the same',
      { kind: 'static', accessKeyId: 'ASIAIOSFODNN7EXAKIA' },
      [...always, 'user', 'role', 'session', 'deleted', 'both'],
    ],
    [
      'a role of a node that is not shown: none that trusts a user',
      { kind: 'unnamedRole', which: 'nodeRole', text: 'n1' },
      [...always, 'role', 'session', 'deleted', 'both'],
    ],
    [
      'a role: those of the graph',
      { kind: 'role', arn: role('node') },
      [...always, 'role', 'session', 'both'],
    ],
    ['a role that nobody trusts by name', { kind: 'role', arn: role('nobody') }, []],
  ])('%s', (_name, identity, expected) => {
    expect(
      short(assumableBy({ ...of, nodeDefaults: { roleArn: role('node'), imds: {} } }, identity)),
    ).toStrictEqual(expected);
  });
});

describe('the roles that may be able to assume a role', () => {
  const target = (trust?: JsonValue): WorldBuilder =>
    world().role(role('target'), trust === undefined ? {} : { trust });
  const everybody = (trust?: JsonValue): WorldBuilder =>
    target(trust)
      .role(role('shown'))
      .nodeDefaults({ roleArn: role('node') })
      .node('n1', { roleArn: role('n1') })
      .node('n2')
      .podIdentityAssociation('pay/api', { roleArn: role('own'), targetRoleArn: role('onward') })
      .serviceAccount('pay/web', { roleArn: role('web') })
      .serviceAccount('pay/idle')
      .serviceAccount('pay/open', { roleArn: 'arn:aws:iam::${ACCOUNT}:role/open' });
  const names = ['shown', 'node', 'n1', 'own', 'onward', 'web'];

  it.each<[string, WorldBuilder | World, readonly string[]]>([
    ['the one that it names', everybody(trusts(role('node'))), ['node']],
    ['one that it names and nothing else does', target(trusts(role('elsewhere'))), ['elsewhere']],
    ['those of the account that it names, wherever the input names them', everybody(trusts(account)), names],
    ['all of them, where it names everybody', everybody(trusts('*')), names],
    ['each once', everybody(trusts(account, role('node'))), names],
    [
      'none of another account than it names',
      target(trusts(account)).role(role('lake', other)).role(role('near')),
      ['near'],
    ],
    [
      'one of another account that it names, if its own policies allow it',
      target(trusts(role('lake', other), role('deaf', other)))
        .role(role('lake', other), { policies: [mayAssume(role('target'))] })
        .role(role('deaf', other), { policies: [] }),
      [role('lake', other)],
    ],
    ['the one whose session it names', everybody(trusts(session('node'))), ['node']],
    ['the one whose unique id it names', withId(everybody(trusts(uniqueId)), role('shown')), ['shown']],
    ['none, where it names a service', everybody(allow({ Service: 'ec2.amazonaws.com' })), []],
    ['none, where it names a user', everybody(trusts(user)), []],
    ['not itself', target(trusts(role('target'), role('node'))), ['node']],
    [
      'of a role whose trust policy is not shown, those that the policies shown of them allow it',
      target()
        .role(role('free'), { policies: [mayAssume('*')] })
        .role(role('bound'), { policies: [mayAssume(role('another'))] })
        .role(role('unseen')),
      ['free'],
    ],
    [
      'none where a statement says that it refuses',
      target()
        .role(role('free'), { policies: [mayAssume('*')] })
        .fact('trust', 'refuses'),
      [],
    ],
    [
      'none where a statement says that their policies deny it',
      everybody(trusts(account)).fact('identityPolicy', 'denies'),
      [],
    ],
    [
      'one that knows the external id, which the policy itself tells',
      target(allow({ AWS: role('node') }, { StringEquals: { 'sts:ExternalId': 'x-1' } })),
      ['node'],
    ],
  ])('%s', (_name, builder, expected) => {
    const { to, from } = roleGraphOf('build' in builder ? builder.build() : builder);
    expect(short(to(role('target')))).toStrictEqual(expected);
    expect(names.filter((name) => from(role(name)).includes(role('target')))).toStrictEqual(
      names.filter((name) => expected.includes(name)),
    );
  });

  it('none of a role that the input does not show', () => {
    const { to, from } = roleGraphOf(everybody(trusts(account)).build());
    expect([to(role('nobody')), from(role('nobody'))]).toStrictEqual([[], []]);
  });

  it('and those that may be able to assume one of these, and so on', () => {
    const chained = world()
      .role(role('a'), { trust: trusts(role('node')) })
      .role(role('b'), { trust: trusts(role('a'), role('c')) })
      .role(role('c'), { trust: trusts(role('b')) })
      .role(role('apart'), { trust: trusts(role('c')) })
      .build();
    expect(short(sourcesOf(chained, role('c')))).toStrictEqual(['c', 'b', 'a', 'node']);
    expect(short(sourcesOf(chained, role('nobody')))).toStrictEqual(['nobody']);
  });
});

describe('the external id that a role asks for', () => {
  it.each<[string, JsonValue | undefined, string | undefined]>([
    [
      'is the one that its trust policy states',
      allow({ AWS: account }, { StringEquals: { 'sts:ExternalId': 'x-1' } }),
      'x-1',
    ],
    [
      'is read whatever the case of its key',
      allow({ AWS: account }, { StringLike: { 'STS:externalid': 'x-2' } }),
      'x-2',
    ],
    [
      'is the first of several',
      allow({ AWS: account }, { StringEquals: { 'sts:ExternalId': ['x-3', 'x-4'] } }),
      'x-3',
    ],
    [
      'is found beside other conditions',
      allow({ AWS: account }, { StringEquals: { 'aws:PrincipalOrgID': 'o-1', 'sts:ExternalId': 'x-5' } }),
      'x-5',
    ],
    [
      'is none, where the condition lists no value',
      allow({ AWS: account }, { StringEquals: { 'sts:ExternalId': [] } }),
      undefined,
    ],
    [
      'is none, where another condition stands',
      allow({ AWS: account }, { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } }),
      undefined,
    ],
    ['is none, where no condition stands', trusts(account), undefined],
    ['is none that is known of a policy that is not shown', undefined, undefined],
  ])('%s', (_name, trust, expected) => {
    const of = world()
      .role(role('target'), trust === undefined ? {} : { trust })
      .build();
    expect(externalIdOf(of, role('target'))).toBe(expected);
    expect(externalIdOf(of, role('nobody'))).toBeUndefined();
  });
});
