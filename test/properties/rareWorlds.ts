import { parseInput } from '../../src/ingest/parse.ts';
import { readNodeRules } from '../../src/ingest/iptables/nodeRules.ts';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import { cniIds } from '../../src/model/cni.ts';
import { kiamAgentDefaults, type KiamAgent } from '../../src/model/kiam.ts';
import type { SdkFamily } from '../../src/model/sdk.ts';
import type { World } from '../../src/model/world.ts';
import { testIssuer } from '../../src/testing/arbitraries/clusterNames.ts';
import { daemonFacts } from '../daemonFacts.ts';

/** A small cluster that is made for one thing, and the SDK that meets it. */
interface RareWorld {
  readonly world: World;
  readonly sdk: SdkFamily;
}

const account = '111122223333';
const node = `arn:aws:iam::${account}:role/node`;
const app = `arn:aws:iam::${account}:role/app`;
const provider = `arn:aws:iam::${account}:oidc-provider/${testIssuer}`;
const tokenFile = '/tokens/token';

/** One node, whose metadata service answers everybody. */
function cluster(): WorldBuilder {
  return world()
    .node('n1', {
      addresses: ['10.0.0.1'],
      roleArn: node,
      imds: { httpEndpoint: 'enabled', httpTokens: 'optional', httpPutResponseHopLimit: 2 },
    })
    .fact('cni', 'aws-vpc-cni')
    .fact('kube2iam', 'notInstalled')
    .fact('kube2iam.daemon', 'ready')
    .fact('kube2iam.rule', 'present')
    .fact('trust', 'admits')
    .fact('identityPolicy', 'allows')
    .fact('stsAddress', 'outside')
    .fact('mountedProfile', 'staticKeys');
}

/** A pod that runs already, at an address that rules can name. */
function pod(builder: WorldBuilder, env: Readonly<Record<string, string>> = {}): World {
  const status = { phase: 'Running', podIP: '10.0.1.5' } as const;
  return builder.pod('pay/api', { node: 'n1', env, status }).build();
}

function newPod(builder: WorldBuilder, env: Readonly<Record<string, string>> = {}): World {
  return builder.pod('pay/api', { node: 'n1', env: { AWS_REGION: 'eu-west-1', ...env } }).build();
}

/** What the daemon's flags and what the node's network set-up make of its rule. */
const redirections: readonly World[] = [{ hostIp: '127.0.0.1' }, { hostIp: '10.9.9.9' }].map((flags) =>
  pod(cluster().kube2iam({ iptables: true, hostInterface: 'eni+', ...flags })),
);

const ownNamespace: World = ((): World => {
  const built = pod(cluster().kube2iam({ iptables: true, hostInterface: 'eni+', hostIp: '10.0.0.1' }));
  return { ...built, kube2iam: built.kube2iam.map((daemon) => ({ ...daemon, hostNetwork: false })) };
})();

/** Policies over what a rule sends to the node, by every CNI, before and after they are loaded. */
const policed: readonly World[] = cniIds.flatMap((cni) =>
  (['loaded', 'notYet'] as const).flatMap((loaded) =>
    [[], [{ peers: [{ cidr: '0.0.0.0/0' }] }]].map((egress) =>
      pod(
        cluster()
          .fact('cni', cni)
          .fact('policyEnforcement', loaded)
          .kube2iam({ iptables: true, hostInterface: '+', hostIp: '10.0.0.1' })
          .networkPolicy('pay/egress', { policyTypes: ['Egress'], egress }),
      ),
    ),
  ),
);

/** Rules that somebody else put on the node. */
const saved: readonly World[] = [
  '*filter\n:FORWARD DROP [0:0]\n-A FORWARD -j ACCEPT\nCOMMIT\n',
  '*filter\n:FORWARD DROP [0:0]\nCOMMIT\n',
  '*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -j DROP\nCOMMIT\n',
  '*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -j REJECT\nCOMMIT\n',
  '*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -d 169.254.169.254/32 -p tcp -j REDIRECT --to-ports 8181\nCOMMIT\n',
  '*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -d 169.254.169.254/32 -p tcp -j DNAT --to-destination 10.0.1.5:80\nCOMMIT\n',
  '*raw\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -p tcp --sport 8181 -j CT --notrack\nCOMMIT\n' +
    '*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -d 169.254.169.254/32 -p tcp -j DNAT --to-destination 10.0.0.1:8181\nCOMMIT\n',
].map((text) => ({
  ...pod(cluster().kube2iam({ hostIp: '10.0.0.1' })),
  iptables: readNodeRules([{ file: 'rules', text }]).iptables,
}));

/** kiam agents that do not answer, or whose rule is not met. */
const kiamAgents: readonly World[] = [
  {},
  { facts: { 'kiam.agent': 'notReady' } },
  { facts: { 'kiam.agent': 'gone' } },
  { facts: { 'kiam.rule': 'absent', 'kiam.agent': 'gone' } },
  { agent: { nodeSelector: { pool: 'none' } } },
  { agent: { hostNetwork: false } },
  { agent: { flags: { ...kiamAgentDefaults, iptables: true, hostInterface: 'cali+', host: '10.0.0.1' } } },
].map(
  ({ facts = {}, agent = {} }: { facts?: Readonly<Record<string, string>>; agent?: Partial<KiamAgent> }) => {
    const ready = { 'kiam.agent': 'ready', 'kiam.rule': 'present', ...facts };
    const stated = Object.entries(ready).reduce(
      (builder, [name, value]) => builder.fact(name as 'kiam.agent', value),
      cluster(),
    );
    const daemon: KiamAgent = {
      ...daemonFacts('kiam-agent'),
      image: 'quay.io/uswitch/kiam:v4.2',
      flags: { ...kiamAgentDefaults, iptables: true, hostInterface: 'eni+', host: '10.0.0.1' },
      ...agent,
    };
    return { ...pod(stated), kiamAgents: [daemon] };
  },
);

/** A rule for another address than that of the requests, which agents of kiam on other nodes would meet. */
const otherAddress: World = ((): World => {
  const flags = { iptables: true, hostInterface: 'eni+', hostIp: '10.0.0.1', metadataAddress: '10.9.9.9' };
  const [quiet] = kiamAgents;
  const agents = (quiet?.kiamAgents ?? []).map((agent) => ({ ...agent, nodeSelector: { pool: 'none' } }));
  return { ...pod(cluster().kube2iam(flags)), kiamAgents: agents };
})();

/** What STS weighs of a token and a session, and what admission says of a service account. */
const webIdentity: readonly World[] = [
  newPod(cluster().oidcProvider(provider).serviceAccount('pay/default', { roleArn: app })),
  newPod(cluster().cluster({ oidcIssuer: testIssuer }).serviceAccount('pay/default', { roleArn: app }), {
    AWS_ROLE_SESSION_NAME: 'not a session name',
  }),
  newPod(cluster().serviceAccount('pay/default', { roleArn: '' })),
  newPod(cluster().serviceAccount('pay/default', { roleArn: '<ROLE_ARN>' })),
  newPod(cluster().fact('token', 'expired').serviceAccount('pay/default', { roleArn: app })),
  newPod(cluster().fact('sts', 'timeout').serviceAccount('pay/default', { roleArn: app })),
  cluster()
    .fact('trust', 'refuses')
    .serviceAccount('pay/api', { roleArn: app })
    .pod('pay/api', { node: 'n1', serviceAccount: 'api', env: { AWS_REGION: 'eu-west-1' } })
    .build(),
  cluster()
    .pod('pay/api', {
      node: 'n1',
      env: { AWS_ROLE_ARN: app, AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile, AWS_REGION: 'eu-west-1' },
      volumes: [{ name: 'tokens', source: { kind: 'secret', name: 'not-shown', items: undefined } }],
      containers: { app: { volumeMounts: [{ name: 'tokens', mountPath: '/tokens' }] } },
    })
    .build(),
];

/** Pods on Fargate, where there is neither a metadata service nor an agent, whatever the network. */
const fargate: readonly World[] = [
  {},
  { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1' },
].flatMap((env) =>
  [true, false].map((hostNetwork) =>
    cluster()
      .podIdentityAssociation('pay/default', { roleArn: app })
      .node('f1', { compute: 'fargate' })
      .pod('pay/api', { node: 'f1', env, hostNetwork })
      .build(),
  ),
);

/** A policy of Cilium's that denies the metadata address, and an engine that denies what no policy allows. */
const denied: readonly World[] = [
  {
    ...newPod(cluster().fact('cni', 'cilium')),
    ciliumPolicies: parseInput([
      {
        file: 'rare.yaml',
        text: `
apiVersion: cilium.io/v2
kind: CiliumClusterwideNetworkPolicy
metadata: { name: no-metadata }
spec: { endpointSelector: {}, egressDeny: [{ toCIDR: [169.254.169.254/32] }] }
`,
      },
    ]).world.ciliumPolicies,
  },
  newPod(cluster().fact('cni', 'aws-vpc-cni-policy-strict')),
];

/** Values that come out of Secrets and ConfigMaps. */
const references = `
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: pay }
data: { region: eu-west-1 }
---
apiVersion: v1
kind: Pod
metadata: { name: api, namespace: pay }
spec:
  nodeName: n1
  containers:
    - name: app
      image: app
      envFrom: [{ secretRef: { name: nosuch, optional: true } }]
      env:
        - { name: AWS_REGION, valueFrom: { configMapKeyRef: { name: settings, key: nosuch } } }
        - { name: AWS_PROFILE, valueFrom: { secretKeyRef: { name: nosuch, key: profile } } }
`;

/** Those that a chain which stops at the first failure meets. */
const withGo: readonly RareWorld[] = [
  ...redirections,
  ownNamespace,
  ...policed,
  ...saved,
  ...kiamAgents,
  otherAddress,
  ...webIdentity,
  ...fargate,
  ...denied,
  newPod(cluster().fact('imds.httpEndpoint', 'disabled')),
  pod(cluster().podIdentityAssociation('pay/default', { roleArn: app })),
  { ...cluster().build(), ...parsed(references) },
  pod(cluster(), { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1/credentials' }),
  pod(cluster(), { AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: 'IPv6' }),
].map((each): RareWorld => ({ world: each, sdk: 'go-v2' }));

/** Every such cluster. */
export const rareWorlds: readonly RareWorld[] = [...withGo, { world: unseenDaemon(), sdk: 'java-v2' }];

/** kube2iam runs, and no manifest shows it. */
function unseenDaemon(): World {
  return world()
    .nodeDefaults({
      roleArn: node,
      imds: { httpTokens: 'optional', httpPutResponseHopLimit: 2 },
    })
    .role(app, {
      trust: { Statement: [{ Effect: 'Allow', Principal: { AWS: node }, Action: 'sts:AssumeRole' }] },
    })
    .fact('kube2iam', 'installed')
    .pod('pay/api', { annotations: { 'iam.amazonaws.com/role': app } })
    .build();
}

function parsed(text: string): Pick<World, 'workloads' | 'dataObjects'> {
  const { workloads, dataObjects } = parseInput([{ file: 'rare.yaml', text }]).world;
  return { workloads, dataObjects };
}
