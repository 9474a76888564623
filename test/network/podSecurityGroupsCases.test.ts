import { describe, expect, it } from 'vitest';
import { world } from '../../src/model/builder.ts';
import type { Labels, LabelSelector } from '../../src/model/labels.ts';
import type { EnvSource, PodTemplate } from '../../src/model/pod.ts';
import type { SecurityGroup, SecurityGroupPolicy } from '../../src/model/securityGroup.ts';
import type { World } from '../../src/model/world.ts';
import type { PacketPath, PathStep } from '../../src/network/path.ts';
import { hasBranchInterface, pastSecurityGroups } from '../../src/network/podSecurityGroups.ts';

const select = (matchLabels: Labels): LabelSelector => ({ matchLabels, matchExpressions: [] });

function group(id: string, ...egress: SecurityGroup['egress']): SecurityGroup {
  return { ref: { kind: 'SecurityGroup', name: id }, id, egress };
}

type Selectors = Pick<SecurityGroupPolicy, 'podSelector' | 'serviceAccountSelector'>;
const ofApi: Selectors = { podSelector: select({ app: 'api' }) };

function policy(
  name: string,
  groupIds: readonly string[],
  selectors: Selectors = ofApi,
  namespace = 'pay',
): SecurityGroupPolicy {
  const ref = { kind: 'SecurityGroupPolicy', namespace, name };
  return { ref, namespace, name, groupIds, ...selectors };
}

/** The pod pay/api-0 of the service account pay/api. */
function cluster(policies: readonly SecurityGroupPolicy[], groups: readonly SecurityGroup[] = []): World {
  const built = world()
    .pod('pay/api-0', { labels: { app: 'api' }, serviceAccount: 'api' })
    .serviceAccount('pay/api')
    .build();
  const serviceAccounts = built.serviceAccounts.map((account) => ({ ...account, labels: { tier: 'money' } }));
  return { ...built, serviceAccounts, securityGroupPolicies: policies, securityGroups: groups };
}

function podOf({ workloads: [workload] }: World): PodTemplate {
  if (!workload) throw new Error('the cluster above has a pod');
  return workload.template;
}

/** The same with a variable of the container of the VPC CNI. */
function withCni(of: World, name: string, source: EnvSource): World {
  const { workloads } = world()
    .workload('DaemonSet', 'kube-system/aws-node', { env: { [name]: '' } })
    .build();
  const set = workloads.map((workload) => ({
    ...workload,
    template: {
      ...workload.template,
      containers: workload.template.containers.map((container) => ({
        ...container,
        env: container.env.map((variable) => ({ ...variable, source })),
      })),
    },
  }));
  return { ...of, workloads: [...of.workloads, ...set] };
}

const station = (hook: PathStep['hook'], reason: string): PathStep => ({ hook, action: 'passes', reason });
const before: readonly PathStep[] = [
  station('policyAtVeth', 'policyAllows'),
  station('routing', 'routedBeyond'),
];
const arrives: PacketPath = {
  steps: [...before, station('receiver', 'arrives'), station('answer', 'answerElsewhere')],
  end: { kind: 'arrives', at: { kind: 'outside' }, hops: 2 },
};
const dropping = (...refs: readonly string[]): PacketPath => {
  const [at, ...also] = refs.map((text) => {
    const [kind = '', name = ''] = text.split(' ');
    return kind === 'SecurityGroupPolicy' ? { kind, namespace: 'pay', name } : { kind, name };
  });
  const step: PathStep = {
    hook: 'routing',
    action: 'drops',
    reason: 'securityGroupsDrop',
    ...(at ? { at } : {}),
    ...(also.length > 0 ? { also } : {}),
    source: 'aws/amazon-vpc-cni-k8s#1796: security groups of the pod’s own interface decide',
  };
  return { steps: [...before, step], end: { kind: 'dropped' } };
};

const dnsOnly = group('sg-dns', { protocol: 'udp', fromPort: 53, toPort: 53 });
const empty = group('sg-empty');
const web = group('sg-web', { protocol: 'tcp', fromPort: 53, toPort: 53 }, { protocol: '-1' });

describe('security groups of a pod, and a packet of it for STS', () => {
  it.each<[string, readonly SecurityGroupPolicy[], PacketPath]>([
    ['no policy at all', [], arrives],
    ['a policy without groups', [policy('none', [])], arrives],
    [
      'one policy with one group that lets no HTTPS out',
      [policy('one', ['sg-dns'])],
      dropping('SecurityGroupPolicy one', 'SecurityGroup sg-dns'),
    ],
    [
      'two policies, a group of both named once',
      [policy('one', ['sg-dns', 'sg-empty']), policy('two', ['sg-dns'])],
      dropping(
        'SecurityGroupPolicy one',
        'SecurityGroupPolicy two',
        'SecurityGroup sg-dns',
        'SecurityGroup sg-empty',
      ),
    ],
    ['a second group lets everything out', [policy('one', ['sg-dns', 'sg-web'])], arrives],
    ['a group that the input does not show', [policy('one', ['sg-dns', 'sg-other'])], arrives],
    ['a policy of another namespace', [policy('one', ['sg-dns'], ofApi, 'shop')], arrives],
    ['a policy without selectors', [policy('one', ['sg-dns'], {})], arrives],
    ['a policy of other pods', [policy('one', ['sg-dns'], { podSelector: select({ app: 'db' }) })], arrives],
    [
      'a policy by the service account',
      [policy('one', ['sg-dns'], { serviceAccountSelector: select({ tier: 'money' }) })],
      dropping('SecurityGroupPolicy one', 'SecurityGroup sg-dns'),
    ],
    [
      'a policy by another service account',
      [policy('one', ['sg-dns'], { serviceAccountSelector: select({ tier: 'other' }) })],
      arrives,
    ],
    [
      'a policy by pod and by another service account',
      [policy('one', ['sg-dns'], { ...ofApi, serviceAccountSelector: select({ tier: 'other' }) })],
      arrives,
    ],
    [
      'a policy that selects every pod of its namespace',
      [policy('one', ['sg-dns'], { podSelector: select({}) })],
      dropping('SecurityGroupPolicy one', 'SecurityGroup sg-dns'),
    ],
  ])('%s', (_title, policies, expected) => {
    const of = cluster(policies, [dnsOnly, empty, web]);
    expect(pastSecurityGroups(of, podOf(of), arrives)).toStrictEqual(expected);
  });

  it.each<[string, SecurityGroup['egress'], 'arrives' | 'dropped']>([
    ['every protocol', [{ protocol: '-1' }], 'arrives'],
    ['TCP without ports', [{ protocol: 'tcp' }], 'arrives'],
    ['TCP by its number', [{ protocol: '6', fromPort: 443, toPort: 443 }], 'arrives'],
    ['TCP up to 443', [{ protocol: 'tcp', fromPort: 80, toPort: 443 }], 'arrives'],
    ['TCP from 443 on', [{ protocol: 'tcp', fromPort: 443, toPort: 8443 }], 'arrives'],
    ['TCP up to 442', [{ protocol: 'tcp', fromPort: 80, toPort: 442 }], 'dropped'],
    ['TCP from 444 on', [{ protocol: 'tcp', fromPort: 444, toPort: 8443 }], 'dropped'],
    ['TCP from 444 on, no end', [{ protocol: 'tcp', fromPort: 444 }], 'dropped'],
    ['UDP 443', [{ protocol: 'udp', fromPort: 443, toPort: 443 }], 'dropped'],
    ['a protocol whose number ends with 6', [{ protocol: '136' }], 'dropped'],
    ['a protocol whose number begins with 6', [{ protocol: '60' }], 'dropped'],
    [
      'one rule of two',
      [
        { protocol: 'udp', fromPort: 53, toPort: 53 },
        { protocol: 'tcp', fromPort: 443, toPort: 443 },
      ],
      'arrives',
    ],
    ['no rule', [], 'dropped'],
  ])('a group that lets out %s', (_title, egress, expected) => {
    const of = cluster([policy('one', ['sg'])], [group('sg', ...egress)]);
    expect(pastSecurityGroups(of, podOf(of), arrives).end.kind).toBe(expected);
  });

  it.each<PacketPath>([
    { steps: before, end: { kind: 'dropped' } },
    { steps: before, end: { kind: 'refused' } },
  ])('say nothing of a packet that was $end.kind before', (path) => {
    const of = cluster([policy('one', ['sg-empty'])], [empty]);
    expect(pastSecurityGroups(of, podOf(of), path)).toBe(path);
  });
});

describe('how the VPC CNI enforces them', () => {
  const closed = cluster([policy('one', ['sg-empty'])], [empty]);
  const mode = 'POD_SECURITY_GROUP_ENFORCING_MODE';

  it.each<[string, World, 'arrives' | 'dropped', boolean]>([
    ['nothing said: strict', closed, 'dropped', true],
    ['strict', withCni(closed, mode, { kind: 'value', value: 'strict' }), 'dropped', true],
    ['standard', withCni(closed, mode, { kind: 'value', value: 'standard' }), 'arrives', false],
    ['Standard', withCni(closed, mode, { kind: 'value', value: 'Standard' }), 'arrives', false],
    [
      'a mode that the input does not show',
      withCni(closed, mode, { kind: 'configMapKeyRef', name: 'cni', key: 'mode', optional: false }),
      'arrives',
      false,
    ],
    [
      'another variable',
      withCni(closed, 'NETWORK_POLICY_ENFORCING_MODE', { kind: 'value', value: 'standard' }),
      'dropped',
      true,
    ],
  ])('%s', (_title, of, end, ownInterface) => {
    const pod = podOf(of);
    expect([pastSecurityGroups(of, pod, arrives).end.kind, hasBranchInterface(of, pod)]).toEqual([
      end,
      ownInterface,
    ]);
  });

  it.each<[string, Partial<PodTemplate>, readonly SecurityGroupPolicy[], boolean]>([
    ['neither policy nor annotation', {}, [], false],
    ['the annotation of its interface', { annotations: { 'vpc.amazonaws.com/pod-eni': '[]' } }, [], true],
    ['another annotation', { annotations: { 'vpc.amazonaws.com/eniConfig': 'a' } }, [], false],
    ['a policy', {}, [policy('one', ['sg-empty'])], true],
    ['a policy, on the host network', { hostNetwork: true }, [policy('one', ['sg-empty'])], false],
    [
      'a service account that the input does not show',
      { serviceAccountName: 'other' },
      [policy('one', [])],
      true,
    ],
    [
      '… which no policy selects by a label',
      { serviceAccountName: 'other' },
      [policy('one', [], { serviceAccountSelector: select({ tier: 'money' }) })],
      false,
    ],
  ])('an interface of its own for a pod with %s', (_title, changes, policies, expected) => {
    const of = cluster(policies);
    expect(hasBranchInterface(of, { ...podOf(of), ...changes })).toBe(expected);
  });
});
