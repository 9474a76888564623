import * as fc from 'fast-check';
import { world, type WorldBuilder } from '../../model/builder.ts';
import type { PodOptions, PolicyOptions } from '../../model/builderOptions.ts';
import { cniIds } from '../../model/cni.ts';
import type { Kube2iamFlags } from '../../model/kube2iam.ts';
import type { ImdsOptions } from '../../model/node.ts';
import type { World } from '../../model/world.ts';
import { trustPolicy, testAccount, testIssuer, testNodeRole, testRoles } from './trustPolicy.ts';

/** Bounds on the worlds that {@link worlds} draws. */
export interface WorldConstraints {
  /** Pods at the most; 3 when it is left out. */
  readonly maxPods?: number;
  /** `stated`: CNI, metadata options, node role, daemon states and trust policies are all given. */
  readonly facts?: 'stated' | 'mayBeOpen';
}

const namespaces = ['legacy', 'secure'] as const;
const serviceAccounts = ['default', 'app', 'job'] as const;

/**
 * Draws small worlds in which every mechanism can meet every other: valid by construction, shrinking
 * towards a single pod in a cluster where nothing is set up.
 *
 * @example
 * fc.sample(worlds({ maxPods: 2 }), 1)[0]?.workloads.length // at most 2
 */
export function worlds(constraints: WorldConstraints = {}): fc.Arbitrary<World> {
  const stated = constraints.facts === 'stated';
  return fc
    .record({
      node: nodeSteps(stated),
      namespaces: steps(namespaces.map(namespaceStep)),
      accounts: fc.array(accountStep, { maxLength: 3 }).map(inOrder),
      pods: fc.array(podStep(), { minLength: 1, maxLength: constraints.maxPods ?? 3 }).map(named),
      policies: fc.array(policyStep, { maxLength: 3 }).map(inOrder),
      kube2iam: fc.option(kube2iamStep, { nil: unchanged }),
      roles: steps(testRoles.map((arn) => roleStep(arn, stated))),
      associations: fc.option(associationStep, { nil: unchanged }),
      facts: stated ? factSteps : fc.constant(unchanged),
    })
    .map((parts) => inOrder(Object.values(parts))(world().cluster({ oidcIssuer: testIssuer })).build());
}

/** One step of building a world. */
type BuildStep = (builder: WorldBuilder) => WorldBuilder;

const unchanged: BuildStep = (builder) => builder;

function inOrder(list: readonly BuildStep[]): BuildStep {
  return (builder) => list.reduce((current, step) => step(current), builder);
}

function steps(list: readonly fc.Arbitrary<BuildStep>[]): fc.Arbitrary<BuildStep> {
  return fc.tuple(...list).map(inOrder);
}

function nodeSteps(stated: boolean): fc.Arbitrary<BuildStep> {
  const imds: fc.Arbitrary<ImdsOptions> = fc.record(
    {
      httpTokens: fc.constantFrom('optional', 'required'),
      httpPutResponseHopLimit: fc.constantFrom(2, 1),
      httpEndpoint: fc.constantFrom('enabled', 'disabled'),
    },
    { requiredKeys: stated ? ['httpTokens', 'httpPutResponseHopLimit', 'httpEndpoint'] : [] },
  );
  const compute = fc.oneof({ weight: 9, arbitrary: fc.constant('ec2') }, fc.constant('fargate'));
  return fc.record({ imds, compute, role: stated ? fc.constant(true) : fc.boolean() }).map(
    (node) => (builder) =>
      builder.node('node-1', {
        compute: node.compute === 'fargate' ? 'fargate' : 'ec2',
        addresses: ['10.0.0.1'],
        imds: node.imds,
        ...(node.role ? { roleArn: testNodeRole } : {}),
      }),
  );
}

function namespaceStep(name: string): fc.Arbitrary<BuildStep> {
  const allowed = fc.constantFrom('["app"]', '["*"]', '[]', 'app', `["${testRoles[0]}"]`);
  return fc
    .option(allowed, { nil: undefined })
    .map(
      (roles) => (builder) =>
        builder.namespace(
          name,
          roles === undefined ? {} : { annotations: { 'iam.amazonaws.com/allowed-roles': roles } },
        ),
    );
}

const accountStep: fc.Arbitrary<BuildStep> = fc
  .record({
    namespace: fc.constantFrom(...namespaces),
    name: fc.constantFrom(...serviceAccounts),
    role: fc.option(fc.constantFrom(...testRoles, 'app', '<ROLE_ARN>'), { nil: undefined }),
  })
  .map(
    ({ namespace, name, role }) =>
      (builder) =>
        builder.serviceAccount(`${namespace}/${name}`, role === undefined ? {} : { roleArn: role }),
  );

interface PodDraft {
  readonly namespace: string;
  readonly options: PodOptions;
}

function podStep(): fc.Arbitrary<PodDraft> {
  const env = fc.dictionary(fc.constantFrom(...credentialVariables), fc.constantFrom('', 'x', 'true'), {
    maxKeys: 2,
  });
  const kube2iamRole = fc.constantFrom('app', 'other', '', ...testRoles);
  return fc
    .record({
      namespace: fc.constantFrom(...namespaces),
      serviceAccount: fc.constantFrom(...serviceAccounts),
      hostNetwork: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
      tier: fc.constantFrom('web', 'batch'),
      role: fc.option(kube2iamRole, { nil: undefined }),
      env: fc.option(env, { nil: {} }),
    })
    .map(({ namespace, serviceAccount, hostNetwork, tier, role, env: variables }) => ({
      namespace,
      options: {
        serviceAccount,
        hostNetwork,
        node: 'node-1',
        labels: { tier },
        env: variables,
        annotations: role === undefined ? {} : { 'iam.amazonaws.com/role': role },
      },
    }));
}

const credentialVariables = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_ROLE_ARN',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_EC2_METADATA_DISABLED',
  'AWS_PROFILE',
  'AWS_REGION',
];

function named(drafts: readonly PodDraft[]): BuildStep {
  return inOrder(
    drafts.map(
      ({ namespace, options }, at) =>
        (builder) =>
          builder.pod(`${namespace}/pod-${at}`, options),
    ),
  );
}

const egressMenu: readonly NonNullable<PolicyOptions['egress']>[] = [
  [],
  [{}],
  [{ peers: [{ cidr: '169.254.169.254/32' }] }],
  [{ peers: [{ cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] }] }],
  [{ peers: [{ cidr: '0.0.0.0/0' }] }],
  [{ ports: [{ protocol: 'UDP', port: 53 }] }, { ports: [{ protocol: 'TCP', port: 443 }] }],
];

const policyStep: fc.Arbitrary<BuildStep> = fc
  .record({
    namespace: fc.constantFrom(...namespaces),
    egress: fc.constantFrom(...egressMenu),
    tier: fc.option(fc.constantFrom('web', 'batch'), { nil: undefined }),
    name: fc.nat(9),
  })
  .map(
    ({ namespace, egress, tier, name }) =>
      (builder) =>
        builder.networkPolicy(`${namespace}/policy-${name}`, {
          policyTypes: ['Egress'],
          egress,
          ...(tier === undefined ? {} : { podSelector: { matchLabels: { tier }, matchExpressions: [] } }),
        }),
  );

const kube2iamFlags: fc.Arbitrary<Partial<Kube2iamFlags>> = fc.record(
  {
    iptables: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
    hostInterface: fc.constantFrom('eni+', 'cali+', 'docker0'),
    baseRoleArn: fc.constant(`arn:aws:iam::${testAccount}:role/`),
    defaultRole: fc.constantFrom('', 'default-role', testNodeRole),
    namespaceRestrictions: fc.boolean(),
    namespaceRestrictionFormat: fc.constantFrom('glob', 'regexp'),
  },
  { requiredKeys: ['iptables', 'hostInterface'] },
);

const kube2iamStep: fc.Arbitrary<BuildStep> = kube2iamFlags.map(
  (flags) => (builder) => builder.kube2iam({ hostIp: '$(HOST_IP)', ...flags }),
);

function roleStep(arn: string, stated: boolean): fc.Arbitrary<BuildStep> {
  const known = trustPolicy().map(
    (trust): BuildStep =>
      (builder) =>
        builder.role(arn, { trust, policies: [] }),
  );
  return stated ? known : fc.oneof(known, fc.constant(unchanged));
}

const associationStep: fc.Arbitrary<BuildStep> = fc
  .record({
    namespace: fc.constantFrom(...namespaces),
    serviceAccount: fc.constantFrom(...serviceAccounts),
    roleArn: fc.constantFrom(...testRoles),
  })
  .map(
    ({ namespace, serviceAccount, roleArn }) =>
      (builder) =>
        builder.podIdentityAssociation(`${namespace}/${serviceAccount}`, { roleArn }),
  );

const factSteps: fc.Arbitrary<BuildStep> = fc
  .record({
    cni: fc.constantFrom(...cniIds),
    daemon: fc.constantFrom('ready', 'notReady', 'gone'),
    rule: fc.constantFrom('present', 'absent'),
    agent: fc.constantFrom('running', 'absent'),
    kube2iam: fc.constantFrom('notInstalled', 'installed'),
    sts: fc.constantFrom('answers', 'timeout', 'refused', 'serverError'),
  })
  .map(
    (facts) => (builder) =>
      builder
        .fact('cni', facts.cni)
        .fact('kube2iam', facts.kube2iam)
        .fact('kube2iam.daemon', facts.daemon)
        .fact('kube2iam.rule', facts.rule)
        .fact('podIdentityAgent', facts.agent)
        .fact('sts', facts.sts)
        .fact('trust', 'refuses')
        .fact('identityPolicy', 'denies')
        .fact('stsAddress', 'outside')
        .fact('secretValue', 'unset')
        .fact('mountedProfile', 'noCredentials'),
  );
