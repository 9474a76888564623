import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../src/model/aws.ts';
import { world } from '../../src/model/builder.ts';
import type { World } from '../../src/model/world.ts';
import { namingNamespaces } from '../../src/resolve/namingNamespaces.ts';

const base = 'arn:aws:iam::111122223333:role/';
const role = (name: string): string => `${base}${name}`;
const trusts = (arn: string): JsonValue => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: arn }, Action: 'sts:AssumeRole' }],
});
const allows = (...roles: readonly string[]): { annotations: Record<string, string> } => ({
  annotations: { 'iam.amazonaws.com/allowed-roles': JSON.stringify(roles) },
});

const flags = { iptables: true, baseRoleArn: base };
const restricting = { ...flags, namespaceRestrictions: true };
const roles = world()
  .cluster({ accountId: '111122223333', region: 'eu-west-1' })
  .role(role('node'), { trust: trusts(role('node')), policies: [] })
  .role(role('app'), { trust: trusts(role('node')) });
const cluster = roles.nodeDefaults({ roleArn: role('node') });

const withFault = (built: World): World => ({
  ...built,
  kube2iam: built.kube2iam.map((daemon) => ({
    ...daemon,
    startupFaults: [
      { kind: 'unknownFlag', argument: '--hots-ip', message: 'unknown flag: --hots-ip', ref: daemon.ref },
    ],
  })),
});

describe('where it is enough to name a role', () => {
  const two = cluster
    .kube2iam(restricting, { name: 'strict' })
    .kube2iam(flags, { name: 'open' })
    .namespace('pay', allows('app'))
    .namespace('shop', allows('web'))
    .namespace('ops', allows('app', 'web'))
    .namespace('default')
    .build();
  const every = cluster.kube2iam(flags).build();
  test.each<[string, World, string, readonly (readonly [string, unknown])[]]>([
    [
      'with each daemon',
      two,
      'app',
      [
        ['strict', ['pay', 'ops']],
        ['open', 'every'],
      ],
    ],
    ['no role but the node’s own, which takes no naming', two, 'node', []],
    ['not with a daemon that exits at start', withFault(every), 'app', []],
    [
      'through a node that has its role for itself',
      roles
        .node('n1', { roleArn: role('other') })
        .node('n2', { roleArn: role('node') })
        .kube2iam(flags)
        .build(),
      'app',
      [['kube2iam', 'every']],
    ],
    [
      'through no node whose role leads nowhere near',
      cluster
        .node('n1', { roleArn: role('other') })
        .kube2iam(flags)
        .build(),
      'app',
      [],
    ],
    ['through no node whose role nobody names', roles.kube2iam(flags).build(), 'app', []],
  ])('%s', (_name, of, name, expected) => {
    expect(namingNamespaces(of, role(name))).toStrictEqual(
      expected.map(([daemon, namespaces]) => ({
        daemon: of.kube2iam.find((one) => one.name === daemon),
        namespaces,
      })),
    );
  });
});
