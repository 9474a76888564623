import { describe, expect, it } from 'vitest';
import { findConflicts } from '../../src/findings/examine.ts';
import { readNodeRules } from '../../src/ingest/iptables/nodeRules.ts';
import { parseInput } from '../../src/ingest/parse.ts';
import { describeRef } from '../../src/model/objectRef.ts';
import type { World } from '../../src/model/world.ts';
import { resolveAll } from '../../src/resolve/resolve.ts';

const settings = (more: object = {}): object => ({
  apiVersion: 'whichrole.dev/v1',
  kind: 'Settings',
  cluster: { accountId: '111122223333', region: 'eu-west-1' },
  cni: 'aws-vpc-cni',
  nodeRole: 'arn:aws:iam::111122223333:role/node',
  imds: { httpTokens: 'optional', httpPutResponseHopLimit: 2 },
  ...more,
});

const ready = { 'kiam.agent': 'ready' };

function app(pod: object = {}, labels: object = {}): object {
  const containers = [{ name: 'app', image: 'example.com/app:1.0' }];
  const annotations = { 'iam.amazonaws.com/role': 'legacy' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'app', namespace: 'old' },
    spec: { template: { metadata: { labels, annotations }, spec: { containers, ...pod } } },
  };
}

function kiam(hostInterface: string, pod: object = {}): object {
  const args = ['agent', '--iptables', `--host-interface=${hostInterface}`, '--server-address=kiam:443'];
  const files = ['--cert=/c', '--key=/k', '--ca=/a'];
  const env = [{ name: 'HOST_IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } }];
  const image = 'quay.io/uswitch/kiam:v4.2';
  const containers = [{ name: 'kiam', image, command: ['/kiam'], args: [...args, ...files], env }];
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'kiam-agent', namespace: 'kube-system' },
    spec: { template: { metadata: {}, spec: { hostNetwork: true, ...pod, containers } } },
  };
}

const kube2iamOf = (version: string): object => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'kube2iam', namespace: 'kube-system' },
  spec: {
    template: {
      metadata: {},
      spec: {
        hostNetwork: true,
        serviceAccountName: 'kube2iam',
        containers: [
          {
            name: 'kube2iam',
            image: `jtblin/kube2iam:${version}`,
            args: [
              '--iptables',
              '--host-interface=eni+',
              '--host-ip=10.0.0.1',
              '--base-role-arn=arn:aws:iam::111122223333:role/',
            ],
          },
        ],
      },
    },
  },
});
const kube2iam = kube2iamOf('0.11.2');

const gpu = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'gpu' },
  spec: { taints: [{ key: 'gpu', effect: 'NoSchedule' }] },
};

const leftover = `*nat
:PREROUTING ACCEPT [0:0]
-A PREROUTING -d 169.254.169.254/32 -i eni+ -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.1:8181
COMMIT
`;

/** Whatever its own rule leads to kube2iam comes from the node. */
const masquerading = leftover.replace(
  'COMMIT',
  ':INPUT ACCEPT [0:0]\n-A INPUT -p tcp -m tcp --dport 8181 -j SNAT --to-source 10.0.0.1\nCOMMIT',
);

const association = {
  association: {
    clusterName: 'demo',
    namespace: 'old',
    serviceAccount: 'default',
    roleArn: 'arn:aws:iam::111122223333:role/api',
    associationArn: 'arn:aws:eks:eu-west-1:111122223333:podidentityassociation/demo/a-1',
    associationId: 'a-1',
  },
};

function worldOf(objects: readonly object[], rules?: string): World {
  const text = objects.map((object) => JSON.stringify(object)).join('\n---\n');
  const saved = rules === undefined ? [] : [{ file: 'rules', text: rules }];
  return { ...parseInput([{ file: 'all.yaml', text }]).world, iptables: readNodeRules(saved).iptables };
}

/** Which rule speaks of which object, of the container `old/app` with one SDK. */
function causesIn(of: World): readonly string[] {
  return findConflicts(of, resolveAll(of, { sdk: { family: 'go-v2' } })).map(
    ({ rule, at }) => `${rule} ${describeRef(at)}`,
  );
}

const onFargate = { 'eks.amazonaws.com/fargate-profile': 'old' };
const agent = 'DaemonSet kube-system/kiam-agent';

const cases: readonly (readonly [string, World, string])[] = [
  [
    'a kiam agent that names another interface',
    worldOf([settings({ facts: ready }), kiam('cali+'), app()]),
    `interface-mismatch ${agent}`,
  ],
  [
    'a kiam agent that is not on the node',
    worldOf([settings({ facts: ready }), gpu, kiam('eni+'), app({ tolerations: [{ operator: 'Exists' }] })]),
    `daemonset-missing-on-node ${agent}`,
  ],
  [
    'a pod on the host network beside kiam',
    worldOf([settings({ facts: ready }), kiam('eni+'), app({ hostNetwork: true })]),
    'hostnetwork-pod Deployment old/app',
  ],
  [
    'a kiam agent that has left its rule',
    worldOf([settings({ facts: { 'kiam.agent': 'gone', 'kiam.rule': 'present' } }), kiam('eni+'), app()]),
    `uninstalled-rule-left ${agent}`,
  ],
  [
    'a rule that iptables-save shows, of a daemon that nobody shows',
    worldOf([settings({ kube2iam: { installed: false } }), app()], leftover),
    'uninstalled-rule-left IptablesRule nat PREROUTING 1',
  ],
  [
    'a node that hides the addresses of its pods from kube2iam',
    worldOf([settings({ kube2iam: { daemon: 'ready' } }), kube2iam, app()], masquerading),
    'direct-port-8181 Deployment old/app',
  ],
  [
    'an association for a pod on Fargate',
    worldOf([
      settings({ cluster: { name: 'demo', accountId: '111122223333' } }),
      association,
      app({}, onFargate),
    ]),
    'fargate PodIdentityAssociation old/default',
  ],
];

describe('kube2iam where tokens are required', () => {
  const required = settings({
    kube2iam: { daemon: 'ready' },
    imds: { httpTokens: 'required', httpPutResponseHopLimit: 2 },
  });

  it.each([
    ['0.10.9', true],
    ['0.11.2', true],
    ['0.12.0', false],
    ['0.15.0', false],
  ])('of version %s', (version, fails) => {
    const causes = causesIn(worldOf([required, kube2iamOf(version), app()]));
    const finding = 'tokens-required-old-kube2iam DaemonSet kube-system/kube2iam';
    expect(causes.includes(finding)).toBe(fails);
  });
});

describe('what the atlas says of interception', () => {
  it.each(cases)('%s', (_title, of, expected) => {
    expect(causesIn(of)).toContain(expected);
  });

  it('nothing of a rule that leads to a daemon', () => {
    const served = worldOf([settings({ facts: ready }), kiam('eni+'), app()]);
    expect(
      causesIn(served).filter((each) => /left|interface-|missing-on|hostnetwork|stale/.test(each)),
    ).toEqual([]);
  });
});
