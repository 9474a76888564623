import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../src/model/aws.ts';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import { conditionText } from '../../src/resolve/condition.ts';
import { chainLimit, type Reach } from '../../src/resolve/reach.ts';
import { reachOf, reachOfWorkload } from '../../src/resolve/reachOf.ts';
import { sourcesOf } from '../../src/resolve/roleGraph.ts';
import { walkChains, type ChainStart } from '../../src/resolve/walkChains.ts';
import { assumeRole } from '../../src/services/sts.ts';

const account = '111122223333';
const role = (name: string): string => `arn:aws:iam::${account}:role/${name}`;
const trusts = (...arns: readonly string[]): JsonValue => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: arns }, Action: 'sts:AssumeRole' }],
});
const cluster = world()
  .cluster({ accountId: account, region: 'eu-west-1', name: 'prod' })
  .complete({ podIdentityAssociations: true })
  .node('n1', { roleArn: role('node'), imds: { httpTokens: 'required', httpPutResponseHopLimit: 2 } })
  .fact('cni', 'aws-vpc-cni');
const kube2iam = cluster
  .kube2iam({ baseRoleArn: role(''), hostIp: '$(HOST_IP)' })
  .fact('kube2iam.daemon', 'ready')
  .role(role('mine'), { trust: trusts(role('node')) })
  .pod('pay/api', { annotations: { 'iam.amazonaws.com/role': 'mine' } });

/** A way on one line: `imds node > assumeRole app if …`. */
function way({ hops, when }: Reach): string {
  const told = hops.map(({ by, via, identity }) => {
    const name = identity.kind === 'role' ? identity.arn.replace(role(''), '') : identity.kind;
    return `${by}${via ? `@${via}` : ''} ${name}`;
  });
  const condition = conditionText(when);
  return `${told.join(' > ')}${condition === '' ? '' : ` if ${condition}`}`;
}
const ways = (builder: WorldBuilder, beginning = ''): readonly string[] =>
  reachOf(builder.build(), 'pay/api')
    .map(way)
    .filter((told) => told.startsWith(beginning));

describe('a chain of roles', () => {
  const api = role('api');
  const ofToken = cluster
    .serviceAccount('pay/api', { roleArn: api })
    .role(role('data'), { trust: trusts(api) })
    .pod('pay/api', { serviceAccount: 'api' });
  const data = kube2iam.role(role('data'), { trust: trusts(role('mine'), role('node')) });

  it.each<[string, () => readonly string[], readonly string[]]>([
    [
      'rests on what its first hop rests on',
      () => ways(ofToken),
      [`irsa api if trust:${api}=admits`, 'imds node', `irsa api > assumeRole data if trust:${api}=admits`],
    ],
    [
      'comes about only where its own first hop does, though others lead to the role as well',
      () => ways(data, 'imds node > assumeRole data'),
      ['imds node > assumeRole data if kube2iam.rule:n1=absent'],
    ],
    [
      'is found though nothing comes of the first case that is looked at',
      () =>
        ways(kube2iam.role(role('data'), { trust: trusts(role('mine')) }), 'kube2iam mine > assumeRole data'),
      ['kube2iam mine > assumeRole data if kube2iam.rule:n1=present'],
    ],
    [
      'is told from each beginning, under whose condition alone it comes about',
      () => [...ways(data, 'kube2iam'), ...ways(data, 'imds')].filter((told) => !told.includes('@')),
      [
        'kube2iam mine if kube2iam.rule:n1=present',
        'kube2iam mine > assumeRole data if kube2iam.rule:n1=present',
        'imds node if kube2iam.rule:n1=absent',
        'imds node > assumeRole mine if kube2iam.rule:n1=absent',
        'imds node > assumeRole data if kube2iam.rule:n1=absent',
      ],
    ],
  ])('%s', (_name, told, expected) => {
    expect(told()).toStrictEqual(expected);
  });

  it('is told hop by hop, with whom it begins at', () => {
    const ref = { kind: 'Pod', namespace: 'pay', name: 'api' };
    const holder = { kind: 'pod', namespace: 'pay', workload: { kind: 'Pod', name: 'api' }, at: ref };
    const rest = { when: [[]], incomplete: false, beyond: [] };
    const node = { kind: 'role', arn: role('node') };
    const app = { kind: 'role', arn: role('app') };
    const of = cluster
      .role(role('app'), { trust: trusts(role('node')) })
      .pod('pay/api')
      .build();
    expect(reachOf(of, 'pay/api')).toStrictEqual([
      { holder, identity: node, hops: [{ by: 'imds', identity: node }], ...rest },
      {
        holder,
        identity: app,
        hops: [
          { by: 'imds', identity: node },
          { by: 'assumeRole', identity: app },
        ],
        ...rest,
      },
    ]);
  });

  it('has nothing beyond the role that it is to end at', () => {
    const names = ['node', ...Array.from({ length: chainLimit + 1 }, (_, at) => `r${at + 1}`)];
    const chained = names
      .slice(1)
      .reduce(
        (builder, name, at) => builder.role(role(name), { trust: trusts(role(names[at] ?? '')) }),
        cluster,
      )
      .pod('pay/api')
      .build();
    const [workload] = chained.workloads;
    if (!workload) throw new Error('the test needs a pod');
    const roleArn = role(`r${chainLimit}`);
    const goal = { roleArn, sources: sourcesOf(chained, roleArn) };
    expect(
      reachOfWorkload(chained, workload, goal).map((reach) => ({ way: way(reach), beyond: reach.beyond })),
    ).toStrictEqual([
      {
        way: 'imds node > assumeRole r1 > assumeRole r2 > assumeRole r3 > assumeRole r4',
        beyond: [],
      },
    ]);
  });

  it('goes on from a role that somebody holds already, which is no hop', () => {
    const of = cluster
      .role(role('a'), { trust: trusts(role('node')) })
      .role(role('b'), { trust: trusts(role('a')) })
      .build();
    const start: ChainStart = {
      holder: { kind: 'role', arn: role('node') },
      begins: 'ownRole',
      obtain: (ask) => ({
        credentials: { identity: { kind: 'role', arn: role('node') }, mechanism: 'imds' },
        assume: (call) => assumeRole(of, ask, call).reply,
      }),
    };
    expect(walkChains(of, start).map(way)).toStrictEqual(['assumeRole a', 'assumeRole a > assumeRole b']);
  });
});
