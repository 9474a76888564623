import * as fc from 'fast-check';
import type { ContainerOptions, PodOptions } from '../../model/builderOptions.ts';
import type { PodStatus } from '../../model/pod.ts';
import { workloadKinds, type WorkloadKind } from '../../model/workload.ts';
import { inOrder, mostly, type BuildStep } from './buildStep.ts';
import { testNamespaces, testRoles, testServiceAccounts } from './clusterNames.ts';

/** Variables that some SDK reads on its way to credentials, each with values that make a difference. */
const credentialVariables: Readonly<Record<string, readonly string[]>> = {
  AWS_ACCESS_KEY_ID: ['AKIAIOSFODNN7EXAMPLE', ''],
  AWS_SECRET_ACCESS_KEY: ['secret', ''],
  AWS_SESSION_TOKEN: ['token'],
  AWS_ROLE_ARN: [testRoles[0], '', 'app'],
  AWS_WEB_IDENTITY_TOKEN_FILE: ['/var/run/secrets/eks.amazonaws.com/serviceaccount/token', '', '/none'],
  AWS_ROLE_SESSION_NAME: ['session', 'not a session name'],
  AWS_EC2_METADATA_DISABLED: ['true', 'false'],
  AWS_EC2_METADATA_V1_DISABLED: ['true'],
  AWS_PROFILE: ['other'],
  AWS_REGION: ['eu-west-1', ''],
  AWS_STS_REGIONAL_ENDPOINTS: ['legacy'],
  AWS_CONTAINER_CREDENTIALS_FULL_URI: ['http://169.254.170.23/v1/credentials', 'http://example.com/'],
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: ['/v2/credentials'],
};

/** Draws what a container's environment says about credentials; mostly nothing. */
export function credentialEnv(): fc.Arbitrary<Readonly<Record<string, string>>> {
  const entry = fc
    .constantFrom(...Object.entries(credentialVariables))
    .chain(([name, values]) => fc.tuple(fc.constant(name), fc.constantFrom(...values)));
  const entries = fc.uniqueArray(entry, { selector: ([name]) => name, maxLength: 3 });
  return fc.option(entries, { nil: [] }).map((list) => Object.fromEntries(list));
}

/** Draws a pod as the builder takes it: which service account, which network, what it says of credentials. */
export function podOptions(): fc.Arbitrary<PodOptions> {
  return fc
    .record({
      serviceAccount: fc.constantFrom(...testServiceAccounts),
      hostNetwork: mostly(false, fc.constant(true)),
      tier: fc.constantFrom('web', 'batch'),
      role: fc.option(fc.constantFrom('app', 'other', '', '<ROLE>', ...testRoles), { nil: undefined }),
      skips: mostly<'nothing' | 'pod' | 'container'>('nothing', fc.constantFrom('pod', 'container'), 9),
      fargate: mostly(false, fc.constant(true), 19),
      user: mostly<number | undefined>(undefined, fc.constantFrom(0, 1000), 6),
      fsGroup: mostly<number | undefined>(undefined, fc.constant(65534), 9),
      status: mostly<PodStatus | undefined>(undefined, podStatus, 6),
      containers: mostly<Readonly<Record<string, ContainerOptions>>>({ app: {} }, severalContainers, 6),
      env: credentialEnv(),
      profile: mostly<keyof typeof profileTexts | undefined>(
        undefined,
        fc.constantFrom(...(Object.keys(profileTexts) as (keyof typeof profileTexts)[])),
        6,
      ),
    })
    .map(({ tier, role, skips, fargate, user, fsGroup, status, profile, ...options }) => ({
      ...options,
      ...(profile === undefined ? {} : withProfile(profile, options)),
      node: 'node-1',
      labels: {
        tier,
        ...(fargate ? { 'eks.amazonaws.com/fargate-profile': 'batch' } : {}),
        ...(skips === 'pod' ? { 'eks.amazonaws.com/skip-pod-identity-webhook': 'true' } : {}),
      },
      annotations: {
        ...(role === undefined ? {} : { 'iam.amazonaws.com/role': role }),
        ...(skips === 'container' ? { 'eks.amazonaws.com/skip-containers': 'app' } : {}),
      },
      ...(user === undefined ? {} : { runAsUser: user }),
      ...(fsGroup === undefined ? {} : { fsGroup }),
      ...(status === undefined ? {} : { status }),
    }));
}

/** The ConfigMap of drawn profile files. */
const profilesName = 'aws-profiles';

const keyLines = ['aws_access_key_id = AKIAIOSFODNN7EXAMPLE', 'aws_secret_access_key = secret'];
const role = `role_arn = ${testRoles[1]}`;

/** Profile files, each with another way to credentials or to none. */
const profileTexts = {
  staticKeys: ['[default]', ...keyLines].join('\n'),
  halfPair: ['[default]', keyLines[0]].join('\n'),
  otherProfile: ['[profile other]', 'region = eu-west-1'].join('\n'),
  role: ['[default]', role, 'credential_source = Ec2InstanceMetadata'].join('\n'),
  missingSource: ['[default]', role, 'source_profile = nosuch'].join('\n'),
  noSource: ['[default]', role].join('\n'),
  keysForRole: ['[default]', role, 'source_profile = base', '[profile base]', ...keyLines].join('\n'),
  singleSignOn: [
    '[default]',
    'sso_start_url = https://example.com',
    'sso_region = eu-west-1',
    'sso_account_id = 111122223333',
    'sso_role_name = x',
  ].join('\n'),
  program: ['[default]', 'credential_process = /bin/keys'].join('\n'),
  unparsable: 'no profile at all',
} as const;

/** Puts a profile file where both variables of the SDKs say that it is. */
function withProfile(
  profile: keyof typeof profileTexts,
  {
    env,
    containers,
  }: { env: Readonly<Record<string, string>>; containers: Readonly<Record<string, ContainerOptions>> },
): Partial<PodOptions> {
  const volumeMounts = [{ name: 'profiles', mountPath: '/aws' }];
  const source = { kind: 'configMap', name: profilesName, items: { [profile]: 'config' } } as const;
  return {
    env: { ...env, AWS_CONFIG_FILE: '/aws/config', AWS_SHARED_CREDENTIALS_FILE: '/aws/config' },
    containers: Object.fromEntries(
      Object.entries(containers).map(([name, container]) => [name, { ...container, volumeMounts }]),
    ),
    volumes: [{ name: 'profiles', source }],
  };
}

const podStatus: fc.Arbitrary<PodStatus> = fc.constantFrom(
  { phase: 'Running', podIP: '10.0.0.50', createdAt: '2024-05-01T00:00:00Z' },
  { phase: 'Pending' },
);

const severalContainers: fc.Arbitrary<Readonly<Record<string, ContainerOptions>>> = fc.constantFrom(
  { app: {}, sidecar: { kind: 'sidecar' } },
  { setup: { kind: 'init' }, app: {} },
  { app: { env: { AWS_REGION: 'us-east-1' } } },
  { app: { envFromSecrets: ['not-shown'] } },
);

/** Draws pods and controllers, at least one; none has the name of another. */
export function pods(maxPods: number): fc.Arbitrary<BuildStep> {
  const draft = fc.record({
    namespace: fc.constantFrom(...testNamespaces),
    kind: mostly<WorkloadKind>('Pod', fc.constantFrom(...workloadKinds)),
    options: podOptions(),
  });
  return fc.array(draft, { minLength: 1, maxLength: maxPods }).map((drafts) => {
    const mounted = drafts.some(({ options }) => options.volumes !== undefined);
    return inOrder([
      ...(mounted ? testNamespaces.map(profiles) : []),
      ...drafts.map(({ namespace, kind, options }, at): BuildStep => {
        // Only a pod that exists has a status; a template never has.
        const { status, ...template } = options;
        const own = kind === 'Pod' && status ? { ...template, status } : template;
        return (builder) => builder.workload(kind, `${namespace}/pod-${at}`, own);
      }),
    ]);
  });
}

function profiles(namespace: string): BuildStep {
  return (builder) => builder.configMap(`${namespace}/${profilesName}`, profileTexts);
}
