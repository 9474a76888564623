import { expect } from 'vitest';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import type { Change } from '../../src/model/change.ts';
import type { FactName } from '../../src/model/factDefinitions.ts';
import type { SdkFamily } from '../../src/model/sdk.ts';
import type { World } from '../../src/model/world.ts';
import { resolveOverTime } from '../../src/resolve/resolveOverTime.ts';
import type { Moment, Timeline, TimelineEntry } from '../../src/resolve/timeline.ts';

export const role = (name: string): string => `arn:aws:iam::111122223333:role/${name}`;

export const cluster: WorldBuilder = world()
  .cluster({ accountId: '111122223333', oidcIssuer: 'oidc.example', region: 'eu-west-1' })
  .node('n1', {
    addresses: ['10.0.0.1'],
    roleArn: role('node'),
    imds: { httpTokens: 'optional', httpPutResponseHopLimit: 2 },
  })
  .fact('cni', 'aws-vpc-cni');

/** Six hours are the life of credentials of the metadata service. */
export const onNode: World = cluster.fact('kube2iam', 'notInstalled').pod('pay/api', { node: 'n1' }).build();

/** One hour is the life of a session by web identity. */
export const irsa: World = cluster
  .fact('kube2iam', 'notInstalled')
  .fact('trust', 'admits')
  .serviceAccount('pay/api', { roleArn: role('app') })
  .pod('pay/api', { serviceAccount: 'api', node: 'n1' })
  .build();

/** Half an hour is the life of what kube2iam hands out. */
export const byKube2iam: World = cluster
  .kube2iam({ iptables: true, hostInterface: 'eni+', hostIp: '$(HOST_IP)' })
  .fact('kube2iam.rule', 'present')
  .fact('kube2iam.daemon', 'ready')
  .fact('trust', 'admits')
  .fact('identityPolicy', 'allows')
  .pod('pay/api', { annotations: { 'iam.amazonaws.com/role': role('legacy') }, node: 'n1' })
  .build();

export const states = (name: FactName, value: string): Change => ({
  title: value,
  apply: (before) => ({ ...before, facts: [...before.facts, { name, value }] }),
});
export const metadata = (httpEndpoint: 'enabled' | 'disabled'): Change => ({
  title: `metadata ${httpEndpoint}`,
  apply: (before) => ({
    ...before,
    nodes: before.nodes.map((node) => ({ ...node, imds: { ...node.imds, httpEndpoint } })),
  }),
});
export const nodeRole = (name: string): Change => ({
  title: `the node is ${name}`,
  apply: (before) => ({
    ...before,
    nodes: before.nodes.map((node) => ({ ...node, roleArn: role(name) })),
  }),
});
export const nothing: Change = { title: 'nothing', apply: (before) => before };

export function live(of: World, sdk: SdkFamily, moments: readonly Moment[]): Timeline {
  const [timeline] = resolveOverTime(of, 'pay/api', { sdk, moments });
  if (!timeline) throw new Error('there is no timeline');
  return timeline;
}

export const entriesOf = ({ courses }: Timeline): readonly TimelineEntry[] => {
  expect(courses.map(({ when }) => when)).toStrictEqual([[[]]]);
  return courses[0]?.entries ?? [];
};

export function entryText(entry: TimelineEntry): string {
  const after = entry.after.map((title) => ` | ${title}`).join('');
  if (entry.kind === 'notKnown') return `${entry.minute} not known${after}`;
  const { minute, identity, mechanism, why } = entry;
  const name = identity.kind === 'role' ? identity.arn.split('/').at(-1) : identity.kind;
  return `${minute} ${name} ${mechanism} ${why}${after}`;
}

export const told = (of: World, sdk: SdkFamily, moments: readonly Moment[]): readonly string[] =>
  entriesOf(live(of, sdk, moments)).map(entryText);
