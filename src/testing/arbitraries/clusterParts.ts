import * as fc from 'fast-check';
import { cniIds } from '../../model/cni.ts';
import { kiamAgentDefaults, kiamServerDefaults, type KiamAgent } from '../../model/kiam.ts';
import type { Kube2iamFlags } from '../../model/kube2iam.ts';
import type { ImdsOptions } from '../../model/node.ts';
import { sdkFamilies, type SdkRef } from '../../model/sdk.ts';
import type { World } from '../../model/world.ts';
import { mostly, type BuildStep } from './buildStep.ts';
import { testAccount, testNodeRole } from './clusterNames.ts';

/** Draws the metadata options of an instance: all of them, or some. */
export function imdsOptions(known: 'stated' | 'mayBeOpen' = 'mayBeOpen'): fc.Arbitrary<ImdsOptions> {
  return fc.record(
    {
      httpTokens: fc.constantFrom('optional', 'required'),
      httpPutResponseHopLimit: fc.constantFrom(2, 1),
      httpEndpoint: mostly<'enabled' | 'disabled'>('enabled', fc.constant('disabled')),
    },
    { requiredKeys: known === 'stated' ? ['httpTokens', 'httpPutResponseHopLimit', 'httpEndpoint'] : [] },
  );
}

/** Draws the one node of the cluster. */
export function node(known: 'stated' | 'mayBeOpen'): fc.Arbitrary<BuildStep> {
  return fc
    .record({
      imds: imdsOptions(known),
      compute: mostly<'ec2' | 'fargate'>('ec2', fc.constant('fargate'), 9),
      role: known === 'stated' ? fc.constant(true) : fc.boolean(),
      pool: fc.constantFrom('blue', 'green'),
    })
    .map(
      ({ imds, compute, role, pool }) =>
        (builder) =>
          builder.node('node-1', {
            compute,
            imds,
            addresses: ['10.0.0.1'],
            labels: { pool },
            ...(role ? { roleArn: testNodeRole } : {}),
          }),
    );
}

/** Draws the flags of a kube2iam that starts. */
export function kube2iamFlags(): fc.Arbitrary<Partial<Kube2iamFlags>> {
  return fc
    .record(
      {
        iptables: mostly(true, fc.constant(false)),
        hostInterface: fc.constantFrom('eni+', 'cali+', 'docker0', '!eth0'),
        baseRoleArn: fc.constant(`arn:aws:iam::${testAccount}:role/`),
        defaultRole: fc.constantFrom('', 'default-role', 'app', testNodeRole),
        namespaceRestrictions: fc.boolean(),
        namespaceRestrictionFormat: fc.constantFrom('glob', 'regexp'),
        debug: mostly(false, fc.constant(true), 9),
        discovers: mostly<'nothing' | 'baseArn' | 'defaultRole'>(
          'nothing',
          fc.constantFrom('baseArn', 'defaultRole'),
          6,
        ),
      },
      { requiredKeys: ['iptables', 'hostInterface'] },
    )
    .map(({ discovers, baseRoleArn, defaultRole, ...flags }) => ({
      ...flags,
      hostIp: '$(HOST_IP)',
      // The program ends when it is told to discover what it is given.
      ...(discovers === 'baseArn'
        ? { autoDiscoverBaseArn: true }
        : baseRoleArn === undefined
          ? {}
          : { baseRoleArn }),
      ...(discovers === 'defaultRole'
        ? { autoDiscoverDefaultRole: true }
        : defaultRole === undefined
          ? {}
          : { defaultRole }),
    }));
}

/** Draws a kube2iam DaemonSet, on every node or on some. */
export function kube2iam(): fc.Arbitrary<BuildStep> {
  return fc
    .record({ flags: kube2iamFlags(), pool: mostly<string | undefined>(undefined, fc.constant('blue'), 6) })
    .map(
      ({ flags, pool }) =>
        (builder) =>
          builder.kube2iam(flags, pool === undefined ? {} : { nodeSelector: { pool } }),
    );
}

/** Draws an SDK, mostly in the newest version that is known. */
export function sdkRefs(): fc.Arbitrary<SdkRef> {
  return fc.constantFrom(...sdkFamilies).map((family) => ({ family }));
}

/** The facts that {@link statedFacts} states one way or another. */
const factMenu = {
  cni: cniIds,
  kube2iam: ['notInstalled', 'installed'],
  'kube2iam.daemon': ['ready', 'notReady', 'gone'],
  'kube2iam.rule': ['present', 'absent'],
  podIdentityAgent: ['running', 'absent'],
  'kube2iam.region': ['set', 'missing'],
  'kiam.agent': ['ready', 'notReady', 'gone'],
  'kiam.rule': ['present', 'absent'],
  'kiam.server': ['ready', 'unreachable'],
  firstRule: ['kube2iam', 'kiam'],
  daemonCache: ['empty', 'session', 'error'],
  podAddress: ['own', 'unknown'],
  policyMatch: ['fits', 'fitsNot'],
  sts: ['answers', 'timeout', 'refused', 'serverError'],
  token: ['valid', 'expired', 'missing', 'unreadable'],
  webhook: ['injects', 'missed'],
  stsModule: ['present', 'missing'],
  policyEnforcement: ['loaded', 'notYet'],
  oidcProvider: ['registered', 'absent'],
} as const;

/** Facts that worlds rarely leave open, and that are stated so that none is. */
const settled = {
  trust: 'refuses',
  identityPolicy: 'denies',
  stsAddress: 'outside',
  hostAddress: 'outside',
  iptablesMatch: 'fitsNot',
  iptablesTarget: 'goesOn',
  secretValue: 'unset',
  mountedProfile: 'noCredentials',
} as const;

/** Draws a statement for every fact that could be left open. */
export function statedFacts(): fc.Arbitrary<BuildStep> {
  const drawn = Object.entries(factMenu).map(([name, values]) =>
    // The first value is what a healthy cluster has: a world in which all is broken at once shows nothing.
    mostly<string>(values[0], fc.constantFrom<string>(...values), name === 'cni' ? 1 : 3).map(
      (value): BuildStep =>
        (builder) =>
          builder.fact(name as keyof typeof factMenu, value),
    ),
  );
  const rest: BuildStep = (builder) =>
    Object.entries(settled).reduce(
      (current, [name, value]) => current.fact(name as keyof typeof settled, value),
      builder,
    );
  return fc
    .tuple(...drawn)
    .map((list) => (builder) => rest(list.reduce((current, step) => step(current), builder)));
}

/** From v4.1 on a server does not start without a role of its own. */
function serverImage({ assumeRoleArn }: { readonly assumeRoleArn: string }): string {
  return `quay.io/uswitch/kiam:${assumeRoleArn === '' ? 'v3.6' : 'v4.2'}`;
}

/**
 * Draws kiam, agents with or without their server; mostly none.
 *
 * The builder knows no kiam: it comes into a world that is built. Where facts are open it is rarer, since
 * what two daemons may do in every combination takes long to explore.
 */
export function kiam(known: 'stated' | 'mayBeOpen'): fc.Arbitrary<(world: World) => World> {
  const agent = fc.record({
    iptables: mostly(true, fc.constant(false)),
    hostInterface: fc.constantFrom('eni+', 'cali+', '!eth0'),
    allowRouteRegexp: fc.constantFrom('^$', '/latest/'),
  });
  const server = fc
    .record({
      roleBaseArn: fc.constantFrom(`arn:aws:iam::${testAccount}:role/`, ''),
      roleBaseArnAutodetect: fc.boolean(),
      assumeRoleArn: fc.constantFrom('', testNodeRole),
      disableStrictNamespaceRegexp: fc.boolean(),
    })
    // A server that is told no base ARN must look for one.
    .map((drawn) => ({
      ...drawn,
      roleBaseArnAutodetect: drawn.roleBaseArnAutodetect || drawn.roleBaseArn === '',
    }));
  const place = (name: string): Omit<KiamAgent, 'flags'> => ({
    ref: { kind: 'DaemonSet', namespace: 'kube-system', name },
    namespace: 'kube-system',
    name,
    serviceAccountName: name,
    image: 'quay.io/uswitch/kiam:v4.2',
    flagRefs: {},
    startupFaults: [],
    hostNetwork: true,
    nodeSelector: {},
    tolerations: [],
  });
  const both = fc
    .record({ agent, server: fc.option(server, { nil: undefined }) })
    .map((drawn) => (world: World): World => {
      const host = { host: '$(HOST_IP)', serverAddress: 'kiam-server:443' };
      const agentFlags = { ...kiamAgentDefaults, ...host, ...drawn.agent };
      const serverFlags = { ...kiamServerDefaults, ...drawn.server };
      return {
        ...world,
        kiamAgents: [{ ...place('kiam-agent'), flags: agentFlags }],
        kiamServers: drawn.server
          ? [{ ...place('kiam-server'), image: serverImage(serverFlags), flags: serverFlags }]
          : [],
      };
    });
  return mostly<(world: World) => World>((world) => world, both, known === 'stated' ? 5 : 15);
}
