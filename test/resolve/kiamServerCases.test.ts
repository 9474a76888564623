import { describe, expect, it } from 'vitest';
import { world } from '../../src/model/builder.ts';
import type { Question } from '../../src/model/fact.ts';
import type { Identity } from '../../src/model/identity.ts';
import { kiamServerDefaults, type KiamServer } from '../../src/model/kiam.ts';
import type { World } from '../../src/model/world.ts';
import { kiamServerAt } from '../../src/resolve/kiamServer.ts';
import { anyNode } from '../../src/resolve/placement.ts';

const role = (name: string): string => `arn:aws:iam::111122223333:role/${name}`;
const server = (name: string, changes: Partial<KiamServer> = {}): KiamServer => ({
  ref: { kind: 'Deployment', namespace: 'kube-system', name },
  namespace: 'kube-system',
  name,
  image: 'quay.io/uswitch/kiam:v4.2',
  flags: kiamServerDefaults,
  flagRefs: {},
  startupFaults: [],
  hostNetwork: false,
  nodeSelector: {},
  tolerations: [],
  serviceAccountName: name,
  ...changes,
});
const fault = {
  kind: 'missingConfiguration',
  argument: 'assume-role-arn',
  message: 'no base arn',
  ref: { kind: 'Deployment', namespace: 'kube-system', name: 'broken' },
} as const;
const broken = server('broken', { startupFaults: [fault] });

const cluster = world()
  .node('n1', { roleArn: role('n1') })
  .node('n2', { roleArn: role('n2') });
const deployed = cluster.workload('Deployment', 'kube-system/kiam', {
  containers: {
    proxy: { image: 'envoyproxy/envoy:v1.30' },
    server: { image: 'quay.io/uswitch/kiam:v4.2' },
  },
});
const own = { ...anyNode('ec2'), name: 'n1', roleArn: role('n1') };

interface Found {
  readonly daemon: KiamServer;
  readonly node: string;
  readonly identity: Identity;
  readonly asked: readonly Question[];
}

/** The server that a pod on n1 finds; a container is taken for a role of its name, SDK and node. */
function find(of: World, servers: readonly KiamServer[]): Found {
  const asked: Question[] = [];
  const ask = (question: Question): string => {
    asked.push(question);
    return 'n2';
  };
  const at = kiamServerAt(
    { ...of, kiamServers: servers },
    ask,
    own,
    ({ workload, container, sdk, node }) => ({
      kind: 'role',
      arn: role([workload.name, container.name, sdk.family, node?.name].join('.')),
    }),
  );
  return { daemon: at.daemon, node: at.node.name, identity: at.identity(), asked };
}

describe('the kiam server behind the agents', () => {
  const onNode: Identity = { kind: 'role', arn: role('n1') };
  const asksForNode: readonly Question[] = [
    {
      name: 'node',
      scope: 'kube-system/kiam',
      options: ['n1', 'n2'],
      about: { kind: 'Deployment', namespace: 'kube-system', name: 'kiam' },
    },
  ];
  const deployedAt = {
    node: 'n2',
    identity: { kind: 'role', arn: role('kiam.server.go-v1.n2') },
    asked: asksForNode,
  } as const;

  it.each<[string, World, readonly KiamServer[], Found]>([
    [
      'stands on the node of the pod that asks, and detects its base ARN, where none is shown',
      deployed.build(),
      [],
      {
        daemon: {
          ref: { kind: 'Deployment', namespace: 'kube-system', name: 'kiam-server' },
          namespace: 'kube-system',
          name: 'kiam-server',
          image: undefined,
          flags: {
            bind: 'localhost:9610',
            roleBaseArn: '',
            roleBaseArnAutodetect: true,
            disableStrictNamespaceRegexp: false,
            session: 'kiam',
            sessionDurationSeconds: 900,
            assumeRoleArn: '',
          },
          flagRefs: {},
          startupFaults: [],
          hostNetwork: false,
          nodeSelector: {},
          tolerations: [{ operator: 'Exists' }],
          serviceAccountName: 'kiam-server',
        },
        node: 'n1',
        identity: onNode,
        asked: [],
      },
    ],
    [
      'runs where its pods run, as who its own container is',
      deployed.build(),
      [server('kiam')],
      { daemon: server('kiam'), ...deployedAt },
    ],
    [
      'is the first of several',
      deployed.build(),
      [server('kiam'), server('second')],
      { daemon: server('kiam'), ...deployedAt },
    ],
    [
      'is the first that starts',
      deployed.build(),
      [broken, server('kiam')],
      { daemon: server('kiam'), ...deployedAt },
    ],
    [
      'is one that does not start, where none does',
      deployed.build(),
      [broken, server('kiam', { startupFaults: [fault] })],
      { daemon: broken, node: 'n1', identity: onNode, asked: [] },
    ],
    [
      'stands on the node of the pod that asks, where no manifest shows its pods',
      cluster.build(),
      [server('kiam')],
      { daemon: server('kiam'), node: 'n1', identity: onNode, asked: [] },
    ],
    [
      'stands there too, where no container has its image',
      deployed.build(),
      [server('kiam', { image: 'quay.io/uswitch/kiam:v3.6' })],
      {
        daemon: server('kiam', { image: 'quay.io/uswitch/kiam:v3.6' }),
        node: 'n1',
        identity: onNode,
        asked: [],
      },
    ],
  ])('%s', (_name, of, servers, expected) => {
    expect(find(of, servers)).toStrictEqual(expected);
  });
});
