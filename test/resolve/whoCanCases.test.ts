import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../src/model/aws.ts';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import type { World } from '../../src/model/world.ts';
import { conditionText } from '../../src/resolve/condition.ts';
import { reachedText, type Reach, type ReachHolder, type ReachedIdentity } from '../../src/resolve/reach.ts';
import { reachOf } from '../../src/resolve/reachOf.ts';
import { whoCan } from '../../src/resolve/whoCan.ts';

const account = '111122223333';
const issuer = 'oidc.eks.eu-west-1.amazonaws.com/id/ABC';
const provider = `arn:aws:iam::${account}:oidc-provider/${issuer}`;
const role = (name: string): string => `arn:aws:iam::${account}:role/${name}`;
const identity = (name: string): ReachedIdentity => ({ kind: 'role', arn: role(name) });

const policy = (statement: JsonValue): JsonValue => ({ Version: '2012-10-17', Statement: [statement] });
const trusts = (...arns: readonly string[]): JsonValue =>
  policy({ Effect: 'Allow', Principal: { AWS: arns }, Action: 'sts:AssumeRole' });
const admits = (subject: string): JsonValue =>
  policy({
    Effect: 'Allow',
    Principal: { Federated: provider },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringLike: { [`${issuer}:sub`]: `system:serviceaccount:${subject}` } },
  });
const forPods = policy({
  Effect: 'Allow',
  Principal: { Service: 'pods.eks.amazonaws.com' },
  Action: ['sts:AssumeRole', 'sts:TagSession'],
});

const imds = { httpTokens: 'optional', httpPutResponseHopLimit: 2 } as const;
const cluster = world()
  .cluster({ oidcIssuer: issuer, accountId: account, region: 'eu-west-1', name: 'prod' })
  .oidcProvider(provider, { clientIds: ['sts.amazonaws.com'] })
  .complete({ podIdentityAssociations: true })
  .fact('cni', 'aws-vpc-cni')
  .fact('kube2iam', 'notInstalled')
  .fact('podIdentityAgent', 'running');
const withNode = cluster.nodeDefaults({ roleArn: role('node'), imds });

function who(holder: ReachHolder): string {
  switch (holder.kind) {
    case 'pod':
      return `pod ${holder.namespace}/${holder.workload.name}`;
    case 'serviceAccount':
      return `sa ${holder.namespace}/${holder.name}`;
    case 'node':
      return `node ${holder.name}`;
    case 'role':
      return `role ${holder.arn.split('/').at(-1)}`;
  }
}

const nameOf = (of: ReachedIdentity): string =>
  of.kind === 'role' ? (of.arn.split('/').at(-1) ?? '') : reachedText(of);

function way({ hops, when }: Reach): string {
  const told = hops.map(({ by, via, identity: of }) => `${by}${via ? `@${via}` : ''} ${nameOf(of)}`);
  const condition = conditionText(when);
  return `${told.join(' > ')}${condition === '' ? '' : ` if ${condition}`}`;
}

const withInstances = (built: World): World => ({
  ...built,
  nodes: built.nodes.map((node) => ({ ...node, instanceId: `i-${node.name}` })),
});

describe('who can obtain the role app', () => {
  const app = role('app');
  const byNode = withNode.role(role('node'), { policies: [] }).role(app, { trust: trusts(role('node')) });
  const onlyN1 = `arn:aws:sts::${account}:assumed-role/node/i-n1`;
  const associated = cluster
    .podIdentityAssociation('pay/api', { roleArn: app })
    .role(app, { trust: forPods });

  test.each<[string, World, readonly string[]]>([
    [
      'any node, where none is shown',
      byNode.build(),
      ['role node: assumeRole app', 'node (any node): imds node > assumeRole app'],
    ],
    [
      'each node of EC2, no node of Fargate',
      byNode
        .node('n1')
        .node('n2', { roleArn: role('node') })
        .node('f', { compute: 'fargate', roleArn: role('node') })
        .build(),
      [
        'role node: assumeRole app',
        'node n1: imds node > assumeRole app',
        'node n2: imds node > assumeRole app',
      ],
    ],
    [
      'nobody on a cluster of Fargate alone, but who holds the role of the node already',
      byNode.node('f', { compute: 'fargate', roleArn: role('node') }).build(),
      ['role node: assumeRole app'],
    ],
    [
      'the one instance whose session the trust policy names',
      withInstances(
        withNode
          .role(role('node'), { policies: [] })
          .role(app, { trust: trusts(onlyN1) })
          .node('n1')
          .node('n2')
          .build(),
      ),
      [`role node: assumeRole app if trust:${app}=admits`, 'node n1: imds node > assumeRole app'],
    ],
    [
      'another role, where it trusts itself too',
      withNode
        .role(app, { trust: trusts(app, role('ci')) })
        .role(role('ci'))
        .build(),
      ['role ci: assumeRole app'],
    ],
    [
      'a service account by its token',
      cluster
        .serviceAccount('pay/api')
        .role(app, { trust: admits('pay:api') })
        .build(),
      ['sa pay/api: irsa app'],
    ],
    [
      'no service account whose token has expired',
      cluster
        .serviceAccount('pay/api')
        .serviceAccount('pay/web')
        .fact('token', 'expired', 'pay/api')
        .role(app, { trust: admits('pay:*') })
        .build(),
      ['sa pay/web: irsa app'],
    ],
    ['a service account by its association', associated.build(), ['sa pay/api: podIdentity app']],
    [
      'no service account by an association with a token that has expired',
      associated.fact('token', 'expired', 'pay/api').build(),
      [],
    ],
    [
      'a service account with both',
      associated
        .serviceAccount('pay/api', { roleArn: app })
        .role(role('other'), { trust: trusts(app) })
        .build(),
      ['sa pay/api: podIdentity app'],
    ],
  ])('%s', (_name, of, expected) => {
    expect(whoCan(of, app).map((reach) => `${who(reach.holder)}: ${way(reach)}`)).toEqual(expected);
  });

  test('each holder is told with where it stands, and each way hop by hop', () => {
    const of = withNode
      .node('n1')
      .serviceAccount('pay/api')
      .role(role('node'), { policies: [] })
      .role(role('token'), { trust: admits('*') })
      .role(app, { trust: trusts(role('token'), role('node'), role('hidden')) })
      .pod('pay/api', { serviceAccount: 'unseen' })
      .build();
    const rest = { identity: identity('app'), when: [[]], incomplete: false, beyond: [] };
    const last = { by: 'assumeRole', identity: identity('app') };
    expect(whoCan(of, app)).toStrictEqual([
      {
        holder: { kind: 'role', arn: role('token'), at: { kind: 'Role', name: role('token') } },
        hops: [last],
        ...rest,
      },
      {
        holder: { kind: 'role', arn: role('node'), at: { kind: 'Role', name: role('node') } },
        hops: [last],
        ...rest,
      },
      { holder: { kind: 'role', arn: role('hidden') }, hops: [last], ...rest },
      {
        holder: {
          kind: 'serviceAccount',
          namespace: 'pay',
          name: 'api',
          at: { kind: 'ServiceAccount', namespace: 'pay', name: 'api' },
        },
        hops: [{ by: 'irsa', identity: identity('token') }, last],
        ...rest,
      },
      {
        holder: { kind: 'serviceAccount', namespace: 'pay', name: 'unseen' },
        hops: [{ by: 'irsa', identity: identity('token') }, last],
        ...rest,
      },
      {
        holder: { kind: 'node', name: 'n1', at: { kind: 'Node', name: 'n1' } },
        hops: [{ by: 'imds', identity: identity('node') }, last],
        ...rest,
      },
      {
        holder: {
          kind: 'pod',
          namespace: 'pay',
          workload: { kind: 'Pod', name: 'api' },
          at: { kind: 'Pod', namespace: 'pay', name: 'api' },
        },
        hops: [{ by: 'imds', identity: identity('node') }, last],
        ...rest,
      },
    ]);
  });
});

describe('an identity as one text', () => {
  test.each<[string, ReachedIdentity, string]>([
    ['a role', identity('app'), role('app')],
    ['the role of a node', { kind: 'unnamedRole', which: 'nodeRole', text: 'n1' }, 'nodeRole n1'],
    ['a template', { kind: 'unnamedRole', which: 'placeholder', text: '{{ x }}' }, 'placeholder {{ x }}'],
    ['keys', { kind: 'static', accessKeyId: 'AKIA1' }, 'static AKIA1'],
    ['keys that are not shown', { kind: 'static' }, 'static '],
  ])('%s', (_name, of, expected) => {
    expect(reachedText(of)).toBe(expected);
  });
});

describe('what the containers of a pod reach', () => {
  const keys = (id: string) => ({ AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: 's' });
  const node = role('node');
  test.each<[string, WorldBuilder, readonly string[]]>([
    [
      'the same once, for containers that are alike',
      withNode.pod('pay/api', { containers: { one: {}, two: {} } }),
      ['imds node'],
    ],
    [
      'what only one of them has beside it, the shortest way first',
      withNode
        .role(node, { policies: [] })
        .role(role('app'), { trust: trusts(node) })
        .pod('pay/api', {
          containers: {
            one: {},
            two: { env: keys('AKIA1') },
            three: { env: keys('AKIA2') },
            four: { env: keys('AKIA1') },
          },
        }),
      ['imds node', 'env static AKIA1', 'env static AKIA2', 'imds node > assumeRole app'],
    ],
  ])('%s', (_name, builder, expected) => {
    expect(reachOf(builder.build(), 'pay/api').map(way)).toEqual(expected);
  });

  test('keys that two containers share, with where they stand first', () => {
    const shared = { env: keys('AKIA1') };
    const builder = cluster.pod('pay/api', { containers: { one: shared, two: shared } });
    const [reach, ...others] = reachOf(builder.build(), 'pay/api').filter(
      ({ identity: of }) => of.kind === 'static',
    );
    const from = {
      kind: 'Pod',
      namespace: 'pay',
      name: 'api',
      field: 'containers.one.env.AWS_ACCESS_KEY_ID',
    };
    expect(reach?.identity).toStrictEqual({ kind: 'static', accessKeyId: 'AKIA1', from });
    expect(others).toEqual([]);
  });

  test('of a pod that is not there: the nearest is named', () => {
    expect(() => reachOf(withNode.pod('pay/api').build(), 'shop/checkout')).toThrow(
      new Error('no workload `shop/checkout`'),
    );
    expect(() => reachOf(withNode.pod('pay/api').build(), 'pay/apj')).toThrow(
      new Error('no workload `pay/apj`, did you mean `pay/api`?'),
    );
  });
});
