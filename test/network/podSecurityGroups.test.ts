import { describe, expect, it } from 'vitest';
import { world } from '../../src/model/builder.ts';
import type { SecurityGroup, SecurityGroupPolicy } from '../../src/model/securityGroup.ts';
import type { World } from '../../src/model/world.ts';
import type { PacketPath } from '../../src/network/path.ts';
import { pastSecurityGroups } from '../../src/network/podSecurityGroups.ts';

const arrives: PacketPath = { steps: [], end: { kind: 'arrives', at: { kind: 'outside' }, hops: 1 } };

function group(id: string, ...egress: SecurityGroup['egress']): SecurityGroup {
  return { ref: { kind: 'SecurityGroup', name: id }, id, egress };
}

function policy(groupIds: readonly string[], app = 'api'): SecurityGroupPolicy {
  const name = groupIds.join('-');
  const podSelector = { matchLabels: { app }, matchExpressions: [] };
  const ref = { kind: 'SecurityGroupPolicy', namespace: 'pay', name };
  return { ref, namespace: 'pay', name, podSelector, groupIds };
}

const closed = group('closed', { protocol: 'udp', fromPort: 53, toPort: 53 });
const open = group('open', { protocol: 'tcp', fromPort: 0, toPort: 65535 });
const anything = group('anything', { protocol: '-1' });

function endOf(
  policies: readonly SecurityGroupPolicy[],
  { hostNetwork = false, mode }: { readonly hostNetwork?: boolean; readonly mode?: string } = {},
): PacketPath['end']['kind'] {
  const plain = world().pod('pay/api-0', { labels: { app: 'api' }, hostNetwork });
  const env = mode === undefined ? {} : { POD_SECURITY_GROUP_ENFORCING_MODE: mode };
  const built = plain.workload('DaemonSet', 'kube-system/aws-node', { env }).build();
  const all: World = {
    ...built,
    securityGroupPolicies: policies,
    securityGroups: [closed, open, anything],
  };
  const pod = all.workloads[0]?.template;
  if (!pod) throw new Error('the world has a pod');
  return pastSecurityGroups(all, pod, arrives).end.kind;
}

describe('security groups of a pod', () => {
  it.each([
    ['no policy selects it', [policy(['closed'], 'other')], 'arrives'],
    ['no group lets HTTPS out', [policy(['closed'])], 'dropped'],
    ['one group lets every TCP port out', [policy(['closed', 'open'])], 'arrives'],
    ['a group of a second policy lets everything out', [policy(['closed']), policy(['anything'])], 'arrives'],
    ['a group is not shown', [policy(['closed', 'unknown'])], 'arrives'],
  ] as const)('when %s: a packet for STS %#', (_title, policies, expected) => {
    expect(endOf(policies)).toBe(expected);
  });

  it('do not hold on the host network, nor outside the VPC in standard mode', () => {
    expect(endOf([policy(['closed'])], { hostNetwork: true })).toBe('arrives');
    expect(endOf([policy(['closed'])], { mode: 'standard' })).toBe('arrives');
    expect(endOf([policy(['closed'])], { mode: 'strict' })).toBe('dropped');
  });
});
