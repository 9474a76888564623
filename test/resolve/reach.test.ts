import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../src/model/aws.ts';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import type { World } from '../../src/model/world.ts';
import { conditionText } from '../../src/resolve/condition.ts';
import { namingNamespaces } from '../../src/resolve/namingNamespaces.ts';
import { chainLimit, type Reach, type ReachHolder, type ReachedIdentity } from '../../src/resolve/reach.ts';
import { reachOf } from '../../src/resolve/reachOf.ts';
import { whoCan } from '../../src/resolve/whoCan.ts';

const account = '111122223333';
const other = '444455556666';
const role = (name: string, of = account): string => `arn:aws:iam::${of}:role/${name}`;
const issuer = 'oidc.eks.eu-west-1.amazonaws.com/id/ABC';
const provider = (of = account): string => `arn:aws:iam::${of}:oidc-provider/${issuer}`;

const policy = (...statements: readonly JsonValue[]): JsonValue => ({
  Version: '2012-10-17',
  Statement: statements,
});
const trusts = (...arns: readonly string[]): JsonValue =>
  policy({ Effect: 'Allow', Principal: { AWS: arns }, Action: 'sts:AssumeRole' });
const admits = (subject: string, of = account): JsonValue =>
  policy({
    Effect: 'Allow',
    Principal: { Federated: provider(of) },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringLike: { [`${issuer}:sub`]: `system:serviceaccount:${subject}` } },
  });
const forPods = policy({
  Effect: 'Allow',
  Principal: { Service: 'pods.eks.amazonaws.com' },
  Action: ['sts:AssumeRole', 'sts:TagSession'],
});
const mayAssume = (resource: string): JsonValue =>
  policy({ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: resource });

/** A cluster whose nodes answer on the metadata address, also to pods. */
const cluster = world()
  .cluster({ oidcIssuer: issuer, accountId: account, region: 'eu-west-1', name: 'prod' })
  .oidcProvider(provider(), { clientIds: ['sts.amazonaws.com'] })
  .nodeDefaults({ roleArn: role('node'), imds: { httpTokens: 'optional', httpPutResponseHopLimit: 2 } })
  .complete({ podIdentityAssociations: true })
  .fact('cni', 'aws-vpc-cni')
  .fact('kube2iam.daemon', 'ready')
  .fact('podIdentityAgent', 'running');

const name = (identity: ReachedIdentity): string =>
  identity.kind === 'role' ? identity.arn.replace(`arn:aws:iam::${account}:role/`, '') : identity.kind;

/** A way on one line: `imds node > assumeRole app if …`. */
function way({ hops, when }: Reach): string {
  const told = hops.map(({ by, via, identity }) => `${by}${via ? `@${via}` : ''} ${name(identity)}`);
  const condition = conditionText(when);
  return `${told.join(' > ')}${condition === '' ? '' : ` if ${condition}`}`;
}
const ways = (builder: WorldBuilder, pod = 'pay/api'): readonly string[] =>
  reachOf(builder.build(), pod).map(way);

function who(holder: ReachHolder): string {
  switch (holder.kind) {
    case 'pod':
      return `pod ${holder.namespace}/${holder.workload.name}`;
    case 'serviceAccount':
      return `sa ${holder.namespace}/${holder.name}`;
    case 'node':
      return `node ${holder.name}`;
    case 'role':
      return `role ${name({ kind: 'role', arn: holder.arn })}`;
  }
}
const can = (input: World, arn: string): readonly string[] =>
  whoCan(input, arn).map((reach) => `${who(reach.holder)}: ${way(reach)}`);

describe('what a pod can reach', () => {
  const irsa = cluster.serviceAccount('pay/api', { roleArn: role('api') });
  const pod = irsa.pod('pay/api', { serviceAccount: 'api' });

  it.each<[string, WorldBuilder, readonly string[]]>([
    ['the node, where nothing else is', cluster.pod('pay/api'), ['imds node']],
    [
      'nothing, where the hop limit keeps the token away',
      cluster.nodeDefaults({ imds: { httpTokens: 'required', httpPutResponseHopLimit: 1 } }).pod('pay/api'),
      [],
    ],
    [
      'its own role and, behind the back of its SDK, the node',
      pod.role(role('api'), { trust: admits('pay:api') }),
      ['irsa api', 'imds node'],
    ],
    [
      'every role whose trust policy admits its token, not only the one that is meant',
      pod
        .role(role('api'), { trust: admits('pay:api') })
        .role(role('wide'), { trust: admits('pay:*') })
        .role(role('other'), { trust: admits('shop:*') }),
      ['irsa api', 'irsa wide', 'imds node'],
    ],
    [
      'no role by a token that is meant for the Kubernetes API',
      cluster
        .serviceAccount('pay/api')
        .role(role('wide'), { trust: admits('pay:*') })
        .pod('pay/api', { serviceAccount: 'api' }),
      ['imds node'],
    ],
    [
      'a role whose trust policy is not shown, if it admits',
      pod.fact('webhook', 'injects'),
      [`irsa api if trust:${role('api')}=admits`, 'imds node'],
    ],
    [
      'a role of another account that has the provider too',
      cluster
        .oidcProvider(provider(other), { clientIds: ['sts.amazonaws.com'] })
        .serviceAccount('pay/api', { roleArn: role('lake', other) })
        .pod('pay/api', { serviceAccount: 'api' })
        .role(role('lake', other), { trust: admits('pay:api', other) }),
      [`irsa ${role('lake', other)}`, 'imds node'],
    ],
    [
      'the role of its association, and the target role that it names',
      cluster
        .serviceAccount('pay/api')
        .podIdentityAssociation('pay/api', { roleArn: role('api') })
        .role(role('api'), { trust: forPods })
        .pod('pay/api', { serviceAccount: 'api' }),
      ['podIdentity api', 'imds node'],
    ],
    [
      'static keys',
      cluster.pod('pay/api', { env: { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 's' } }),
      ['imds node', 'env static'],
    ],
    [
      'what the node may assume',
      cluster
        .role(role('node'), { policies: [] })
        .role(role('app'), { trust: trusts(role('node')) })
        .pod('pay/api'),
      ['imds node', 'imds node > assumeRole app'],
    ],
    [
      'a role that trusts the account, if the policies of the node allow it',
      cluster
        .role(role('node'), { policies: [mayAssume(role('app'))] })
        .role(role('app'), { trust: trusts(account), policies: [] })
        .role(role('not'), { trust: trusts(account) })
        .pod('pay/api'),
      ['imds node', 'imds node > assumeRole app'],
    ],
    [
      'whatever may trust a node that may assume everything',
      cluster
        .role(role('node'), { policies: [mayAssume('*')] })
        .role(role('hidden'))
        .pod('pay/api'),
      ['imds node', `imds node > assumeRole hidden if trust:${role('hidden')}=admits`],
    ],
    [
      'a role that trusts the account, if a node role that is not shown may assume it',
      cluster.role(role('app'), { trust: trusts(account) }).pod('pay/api'),
      ['imds node', `imds node > assumeRole app if identityPolicy:${role('node')}=allows`],
    ],
    [
      'a role of another account, when both sides allow it',
      cluster
        .role(role('node'), { policies: [mayAssume(role('lake', other))] })
        .role(role('lake', other), { trust: trusts(role('node')) })
        .role(role('closed', other), { trust: trusts(role('node')) })
        .role(role('deaf', other), { trust: trusts(role('nobody')) })
        .pod('pay/api'),
      ['imds node', `imds node > assumeRole ${role('lake', other)}`],
    ],
    [
      'nothing beyond, where a service control policy keeps the node from assuming roles',
      cluster
        .organization({
          serviceControlPolicies: [policy({ Effect: 'Deny', Action: 'sts:AssumeRole', Resource: '*' })],
        })
        .role(role('app'), { trust: trusts(role('node')) })
        .pod('pay/api'),
      ['imds node'],
    ],
    [
      'a role that asks for an external id, which is no secret',
      cluster
        .role(role('app'), {
          trust: policy({
            Effect: 'Allow',
            Principal: { AWS: role('node') },
            Action: 'sts:AssumeRole',
            Condition: { StringEquals: { 'sts:ExternalId': 'x-1' } },
          }),
        })
        .pod('pay/api'),
      ['imds node', 'imds node > assumeRole app'],
    ],
  ])('%s', (_name, builder, expected) => {
    expect(ways(builder)).toEqual(expected);
  });

  describe('past kube2iam', () => {
    const daemon = cluster
      .kube2iam({
        iptables: true,
        hostInterface: 'eni+',
        baseRoleArn: `arn:aws:iam::${account}:role/`,
        hostIp: '$(HOST_IP)',
      })
      .role(role('mine'), { trust: trusts(role('node')) })
      .role(role('theirs'), { trust: trusts(role('node')) });
    const annotated = { annotations: { 'iam.amazonaws.com/role': 'mine' } };
    const block = {
      policyTypes: ['Egress'] as const,
      egress: [{ peers: [{ cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] }] }],
    };

    it('its own role, at both addresses, and no other by asking for it', () => {
      expect(ways(daemon.pod('pay/api', annotated))).toEqual(['kube2iam mine', 'kube2iam@nodePort mine']);
    });

    it('its own role at the port of the node, where a policy closes the metadata address', () => {
      const closed = daemon
        .fact('cni', 'aws-vpc-cni-policy-standard')
        .pod('pay/api', annotated)
        .networkPolicy('pay/block', block);
      expect(ways(closed)).toEqual(['kube2iam@nodePort mine']);
    });

    it('nothing, where the namespace is restricted', () => {
      const restricted = cluster
        .kube2iam({
          iptables: true,
          hostInterface: 'eni+',
          namespaceRestrictions: true,
          baseRoleArn: `arn:aws:iam::${account}:role/`,
        })
        .role(role('mine'), { trust: trusts(role('node')) });
      expect(ways(restricted.pod('pay/api', annotated))).toEqual([]);
      const allowed = restricted.namespace('pay', {
        annotations: { 'iam.amazonaws.com/allowed-roles': '["mine"]' },
      });
      expect(ways(allowed.pod('pay/api', annotated))).toContain('kube2iam mine');
    });

    it('every role that kube2iam may assume, from the network of the host', () => {
      expect(ways(daemon.pod('pay/api', { hostNetwork: true }))).toEqual([
        'imds node',
        'imds node > assumeRole mine',
        'imds node > assumeRole theirs',
      ]);
    });
  });

  it('follows a chain to its limit and says what lies beyond', () => {
    const length = chainLimit + 2;
    const chained = Array.from({ length }, (_, at) => at).reduce(
      (builder, at) =>
        builder.role(role(`r${at}`), { trust: trusts(at === 0 ? role('node') : role(`r${at - 1}`)) }),
      cluster.pod('pay/api'),
    );
    const reaches = reachOf(chained.build(), 'pay/api');
    expect(reaches.map(({ hops }) => hops.length)).toEqual([1, 2, 3, 4, 5]);
    expect(reaches.at(-1)?.beyond).toEqual([role(`r${chainLimit}`)]);
    expect(reaches.slice(0, -1).flatMap(({ beyond }) => beyond)).toEqual([]);
  });

  it('is not led in circles', () => {
    const circle = cluster
      .role(role('a'), { trust: trusts(role('node'), role('b')) })
      .role(role('b'), { trust: trusts(role('a')) })
      .role(role('node'), { trust: trusts(role('b')) })
      .pod('pay/api');
    expect(ways(circle)).toEqual([
      'imds node',
      'imds node > assumeRole a',
      'imds node > assumeRole a > assumeRole b',
    ]);
  });

  it('names the nearest workload when there is none of that name', () => {
    expect(() => reachOf(pod.build(), 'pay/apj')).toThrow('no workload `pay/apj`, did you mean `pay/api`?');
  });
});

describe('who can obtain a role', () => {
  it('service accounts, pods, nodes and roles, each with its way', () => {
    const input = cluster
      .node('n1')
      .serviceAccount('pay/api', { roleArn: role('api') })
      .serviceAccount('pay/idle')
      .serviceAccount('shop/web')
      .role(role('api'), { trust: admits('pay:*') })
      .role(role('data'), { trust: trusts(role('api'), role('node')) })
      .pod('pay/api', { serviceAccount: 'api' })
      .pod('shop/web', { serviceAccount: 'web' })
      .build();
    expect(can(input, role('api'))).toEqual([
      'sa pay/api: irsa api',
      'sa pay/idle: irsa api',
      'pod pay/api: irsa api',
    ]);
    expect(can(input, role('data'))).toEqual([
      'role api: assumeRole data',
      'role node: assumeRole data',
      'sa pay/api: irsa api > assumeRole data',
      'sa pay/idle: irsa api > assumeRole data',
      'node n1: imds node > assumeRole data',
      'pod pay/api: irsa api > assumeRole data',
      'pod pay/api: imds node > assumeRole data',
      'pod shop/web: imds node > assumeRole data',
    ]);
  });

  it('service accounts by their association', () => {
    const input = cluster
      .podIdentityAssociation('pay/api', { roleArn: role('api') })
      .role(role('api'), { trust: forPods })
      .build();
    expect(can(input, role('api'))).toEqual(['sa pay/api: podIdentity api']);
  });

  it('the service account that asks for it, if a trust policy that is not shown admits it', () => {
    const input = cluster.serviceAccount('pay/api', { roleArn: role('api') }).build();
    expect(can(input, role('api'))).toEqual([`sa pay/api: irsa api if trust:${role('api')}=admits`]);
  });

  it('nobody, where nothing leads to it', () => {
    expect(can(cluster.role(role('api'), { trust: trusts() }).build(), role('api'))).toEqual([]);
  });
});

describe('where it is enough to name a role', () => {
  const base = { iptables: true, baseRoleArn: `arn:aws:iam::${account}:role/` };
  const roles = cluster
    .role(role('mine'), { trust: trusts(role('node')) })
    .role(role('token'), { trust: admits('pay:*') });
  const told = (builder: WorldBuilder, arn: string): unknown =>
    namingNamespaces(builder.build(), arn).map(({ namespaces }) => namespaces);

  it.each<[string, WorldBuilder, unknown]>([
    ['everywhere, without restrictions', roles.kube2iam(base), ['every']],
    [
      'in the namespaces that list it',
      roles
        .kube2iam({ ...base, namespaceRestrictions: true })
        .namespace('pay', { annotations: { 'iam.amazonaws.com/allowed-roles': '["mine"]' } })
        .namespace('shop'),
      [['pay']],
    ],
    [
      'nowhere, where none lists it',
      roles.kube2iam({ ...base, namespaceRestrictions: true }).namespace('pay'),
      [],
    ],
    ['nowhere, without kube2iam', roles, []],
  ])('%s', (_name, builder, expected) => {
    expect(told(builder, role('mine'))).toEqual(expected);
    expect(told(builder, role('token'))).toEqual([]);
  });
});
