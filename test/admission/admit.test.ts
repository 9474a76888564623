import { describe, expect, it } from 'vitest';
import { admit, type Admission } from '../../src/admission/admit.ts';
import type { AdmissionEvidence } from '../../src/admission/evidence.ts';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import type { PodOptions } from '../../src/model/builderOptions.ts';
import { askStated, type Question } from '../../src/model/fact.ts';
import type { World } from '../../src/model/world.ts';

const role = 'arn:aws:iam::111122223333:role/api';
const other = 'arn:aws:iam::111122223333:role/pod-identity';
const token = '/var/run/secrets/eks.amazonaws.com/serviceaccount/token';

/** Admits one container of the only workload. */
function admitted(built: World, container = 'app', kind?: string): Admission {
  const workload = built.workloads.find((each) => kind === undefined || each.kind === kind);
  const found = workload?.template.containers.find(({ name }) => name === container);
  if (!workload || !found) throw new Error(`no container ${container}`);
  return admit(built, askStated(built), workload, found);
}

function variables({ environment }: Admission): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries([...environment.variables].map(([name, { value }]) => [name, value]));
}

/** The reasons and notes of an admission, in order. */
function reasons({ evidence }: Admission): readonly string[] {
  return evidence.map((each: AdmissionEvidence) => {
    if (each.kind === 'injected') return each.pair;
    return each.kind === 'notInjected' ? each.reason : each.note;
  });
}

const annotated = (annotations: Readonly<Record<string, string>> = {}): WorldBuilder =>
  world().serviceAccount('pay/api', { roleArn: role, annotations });

interface Scenario {
  readonly world: WorldBuilder;
  readonly pod: PodOptions;
  readonly container?: string;
  readonly gets: Readonly<Record<string, string>>;
  readonly because: readonly string[];
}

const unknownRegion = { AWS_REGION: '<region>', AWS_DEFAULT_REGION: '<region>' };
const sts = { ...unknownRegion, AWS_STS_REGIONAL_ENDPOINTS: 'regional' };
const pair = { AWS_ROLE_ARN: role, AWS_WEB_IDENTITY_TOKEN_FILE: token };
const irsa = { ...sts, ...pair };
const podIdentity = {
  ...sts,
  AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials',
  AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE:
    '/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token',
};

const scenarios: Readonly<Record<string, Scenario>> = {
  'an annotated service account': {
    world: annotated(),
    pod: { serviceAccount: 'api' },
    gets: irsa,
    because: ['webIdentity'],
  },
  'a region that is known': {
    world: annotated().cluster({ region: 'eu-west-1' }),
    pod: { serviceAccount: 'api' },
    gets: { ...irsa, AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-1' },
    because: ['webIdentity'],
  },
  'a region that the container sets itself': {
    world: annotated().cluster({ region: 'eu-west-1' }),
    pod: { serviceAccount: 'api', env: { AWS_REGION: 'us-east-1' } },
    gets: { ...pair, AWS_STS_REGIONAL_ENDPOINTS: 'regional', AWS_REGION: 'us-east-1' },
    because: ['webIdentity'],
  },
  'the global endpoint, as the service account asks': {
    world: annotated({ 'eks.amazonaws.com/sts-regional-endpoints': 'false' }),
    pod: { serviceAccount: 'api' },
    gets: { ...unknownRegion, ...pair },
    because: ['webIdentity'],
  },
  'a region that only the issuer of the cluster names': {
    world: annotated().cluster({ oidcIssuer: 'oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE' }),
    pod: { serviceAccount: 'api' },
    gets: { ...irsa, AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-1' },
    because: ['webIdentity'],
  },
  'an endpoint annotation that is no boolean': {
    world: annotated({ 'eks.amazonaws.com/sts-regional-endpoints': 'no' }),
    pod: { serviceAccount: 'api' },
    gets: irsa,
    because: ['webIdentity'],
  },
  'irsa-webhook-down-ignore': {
    world: annotated().fact('webhook', 'missed'),
    pod: { serviceAccount: 'api' },
    gets: {},
    because: ['webhookMissed'],
  },
  'irsa-pod-older-than-annotation': {
    world: annotated(),
    pod: { serviceAccount: 'api', status: { phase: 'Running' } },
    gets: {},
    because: ['podAlreadyAdmitted'],
  },
  'irsa-role-edit-not-live': {
    world: annotated(),
    pod: { serviceAccount: 'api', env: { AWS_ROLE_ARN: other }, status: { phase: 'Running' } },
    gets: { AWS_ROLE_ARN: other },
    because: ['podAlreadyAdmitted'],
  },
  'irsa-value-not-a-role': {
    world: world().serviceAccount('pay/api', { roleArn: 'arn:aws:iam::11112222333:role/api' }),
    pod: { serviceAccount: 'api' },
    gets: { ...irsa, AWS_ROLE_ARN: 'arn:aws:iam::11112222333:role/api' },
    because: ['webIdentity', 'malformedRoleArn'],
  },
  'irsa-bare-role-name': {
    world: world().serviceAccount('pay/api', { roleArn: 'my-role' }),
    pod: { serviceAccount: 'api' },
    gets: { ...irsa, AWS_ROLE_ARN: 'my-role' },
    because: ['webIdentity', 'malformedRoleArn'],
  },
  'a placeholder that nobody filled in': {
    world: world().serviceAccount('pay/api', { roleArn: 'arn:aws:iam::{AccountId}:role/api' }),
    pod: { serviceAccount: 'api' },
    gets: { ...irsa, AWS_ROLE_ARN: 'arn:aws:iam::{AccountId}:role/api' },
    because: ['webIdentity', 'placeholder'],
  },
  'an empty role annotation': {
    world: world().serviceAccount('pay/api', { roleArn: '' }),
    pod: { serviceAccount: 'api' },
    gets: {},
    because: ['emptyAnnotation'],
  },
  'irsa-sa-missing: none named': { world: world(), pod: {}, gets: {}, because: ['noAnnotation'] },
  'irsa-sa-missing: not shown': {
    world: world(),
    pod: { serviceAccount: 'api' },
    gets: {},
    because: ['serviceAccountNotShown', 'noAnnotation'],
  },
  'irsa-sa-missing: not shown, and stated to be annotated': {
    world: world().fact('serviceAccount', role, 'pay/api'),
    pod: { serviceAccount: 'api' },
    gets: irsa,
    because: ['serviceAccountNotShown', 'webIdentity'],
  },
  'irsa-default-sa-annotated': {
    world: world().serviceAccount('pay/default', { roleArn: role }),
    pod: {},
    gets: irsa,
    because: ['webIdentity'],
  },
  'irsa-user-env-blocks-injection': {
    world: annotated(),
    pod: { serviceAccount: 'api', env: { AWS_ROLE_ARN: other } },
    gets: { ...sts, AWS_ROLE_ARN: other },
    because: ['userEnvPresent'],
  },
  'irsa-skip-containers': {
    world: annotated(),
    pod: {
      serviceAccount: 'api',
      annotations: { 'eks.amazonaws.com/skip-containers': 'proxy,sidecar' },
      containers: { app: {}, sidecar: { kind: 'sidecar' } },
    },
    container: 'sidecar',
    gets: {},
    because: ['skipContainer'],
  },
  'irsa-skip-containers: the other container': {
    world: annotated(),
    pod: {
      serviceAccount: 'api',
      annotations: { 'eks.amazonaws.com/skip-containers': 'proxy, app' },
    },
    gets: irsa,
    because: ['webIdentity'],
  },
  'a skip-containers annotation that is no CSV': {
    world: annotated(),
    pod: { serviceAccount: 'api', annotations: { 'eks.amazonaws.com/skip-containers': '"app' } },
    gets: irsa,
    because: ['webIdentity', 'skipContainersUnreadable'],
  },
  'irsa-skip-label': {
    world: annotated(),
    pod: { serviceAccount: 'api', labels: { 'eks.amazonaws.com/skip-pod-identity-webhook': 'false' } },
    gets: {},
    because: ['skipLabel'],
  },
  'an init container': {
    world: annotated(),
    pod: { serviceAccount: 'api', containers: { setup: { kind: 'init' } } },
    container: 'setup',
    gets: irsa,
    because: ['webIdentity'],
  },
  'irsa-windows-affinity: a node selector': {
    world: annotated(),
    pod: { serviceAccount: 'api', nodeSelector: { 'kubernetes.io/os': 'windows' } },
    gets: {
      ...irsa,
      AWS_WEB_IDENTITY_TOKEN_FILE: 'C:\\var\\run\\secrets\\eks.amazonaws.com\\serviceaccount\\token',
    },
    because: ['webIdentity'],
  },
  'token-unreadable-nonroot: one user for all containers': {
    world: annotated(),
    pod: { serviceAccount: 'api', runAsUser: 1000 },
    gets: irsa,
    because: ['webIdentity', 'tokenOwnedByUser'],
  },
  'token-unreadable-nonroot: with fsGroup': {
    world: annotated(),
    pod: { serviceAccount: 'api', runAsUser: 1000, fsGroup: 1000 },
    gets: irsa,
    because: ['webIdentity'],
  },
  'an association': {
    world: world().podIdentityAssociation('pay/api', { roleArn: other }),
    pod: { serviceAccount: 'api' },
    gets: podIdentity,
    because: ['containerCredentials'],
  },
  'an association in an IPv6 cluster': {
    world: world().cluster({ ipFamily: 'ipv6' }).podIdentityAssociation('pay/api', { roleArn: other }),
    pod: { serviceAccount: 'api' },
    gets: { ...podIdentity, AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://[fd00:ec2::23]/v1/credentials' },
    because: ['containerCredentials'],
  },
  'pi-association-and-annotation': {
    world: annotated().podIdentityAssociation('pay/api', { roleArn: other }),
    pod: { serviceAccount: 'api' },
    gets: podIdentity,
    because: ['containerCredentials', 'associationWins'],
  },
  'pi-association-plus-user-web-env': {
    world: world().podIdentityAssociation('pay/api', { roleArn: other }),
    pod: { serviceAccount: 'api', env: { AWS_ROLE_ARN: role, AWS_WEB_IDENTITY_TOKEN_FILE: '/x' } },
    gets: { ...podIdentity, AWS_ROLE_ARN: role, AWS_WEB_IDENTITY_TOKEN_FILE: '/x' },
    because: ['containerCredentials'],
  },
  'pi-no-wildcards': {
    world: world().serviceAccount('pay/api').podIdentityAssociation('pay/*', { roleArn: other }),
    pod: { serviceAccount: 'api' },
    gets: {},
    because: ['noAnnotation'],
  },
  'fargate: an association': {
    world: world().podIdentityAssociation('pay/api', { roleArn: other }),
    pod: { serviceAccount: 'api', labels: { 'eks.amazonaws.com/fargate-profile': 'p' } },
    gets: podIdentity,
    because: ['containerCredentials', 'fargatePodIdentityUnsupported'],
  },
};

describe('what the pod identity webhook makes of a container', () => {
  it.each(Object.entries(scenarios))('%s', (_name, { world: state, pod, container, gets, because }) => {
    const admission = admitted(state.workload('Deployment', 'pay/api', pod).build(), container);
    expect(variables(admission)).toEqual(gets);
    expect(reasons(admission)).toEqual(because);
  });

  it('never mutates a container of a pod that exists', () => {
    const running: PodOptions = { serviceAccount: 'api', status: { phase: 'Running' } };
    const admission = admitted(annotated().pod('pay/api', running).build());
    expect(admission.mechanismConfigured).toMatchObject({ kind: 'irsa', roleArn: role });
    expect([...admission.environment.files.keys()]).not.toContain(token);
  });

  it('labels the pod of an association', () => {
    const built = world().podIdentityAssociation('pay/api', { roleArn: other });
    const { labels } = admitted(
      built.pod('pay/api', { serviceAccount: 'api', labels: { app: 'x' } }).build(),
    );
    expect(labels).toEqual({ app: 'x', 'eks.amazonaws.com/pod-identity': 'enabled' });
  });

  it.each<
    [name: string, pod: PodOptions, annotations: Record<string, string>, audience: string, seconds: number]
  >([
    ['the defaults', {}, {}, 'sts.amazonaws.com', 86_400],
    [
      'trust-aud-mismatch',
      {},
      { 'eks.amazonaws.com/audience': 'beta-sts.amazonaws.com' },
      'beta-sts.amazonaws.com',
      86_400,
    ],
    [
      'a lifetime of the service account',
      {},
      { 'eks.amazonaws.com/token-expiration': '3600' },
      'sts.amazonaws.com',
      3600,
    ],
    [
      'a lifetime of the pod before that',
      { annotations: { 'eks.amazonaws.com/token-expiration': '7200' } },
      { 'eks.amazonaws.com/token-expiration': '3600' },
      'sts.amazonaws.com',
      7200,
    ],
    [
      'a lifetime that is too short',
      {},
      { 'eks.amazonaws.com/token-expiration': '60' },
      'sts.amazonaws.com',
      600,
    ],
    [
      'a lifetime that is no number',
      {},
      { 'eks.amazonaws.com/token-expiration': '1h' },
      'sts.amazonaws.com',
      86_400,
    ],
  ])('mounts a token: %s', (_name, pod, annotations, audience, expirationSeconds) => {
    const built = annotated(annotations).workload('Deployment', 'pay/api', { serviceAccount: 'api', ...pod });
    expect(admitted(built.build()).environment.files.get(token)).toMatchObject({
      kind: 'serviceAccountToken',
      audience,
      expirationSeconds,
      subject: 'system:serviceaccount:pay:api',
    });
  });

  it('consults nothing for a pod that no mechanism is configured for', () => {
    const asked: Question[] = [];
    const built = world().serviceAccount('pay/api').pod('pay/api', { serviceAccount: 'api' }).build();
    const [workload] = built.workloads;
    const [container] = workload?.template.containers ?? [];
    if (!workload || !container) throw new Error('the world has a pod');
    admit(built, (question) => (asked.push(question), ''), workload, container);
    expect(asked).toEqual([]);
  });

  it('consults the webhook only where it would act', () => {
    const asked: string[] = [];
    const label = { 'eks.amazonaws.com/skip-pod-identity-webhook': 'x' };
    for (const labels of [{}, label]) {
      const built = annotated().pod('pay/api', { serviceAccount: 'api', labels }).build();
      const [workload] = built.workloads;
      const [container] = workload?.template.containers ?? [];
      if (!workload || !container) throw new Error('the world has a pod');
      admit(built, ({ name, scope }) => (asked.push(`${name}:${scope}`), 'injects'), workload, container);
    }
    expect(asked).toEqual(['webhook:pay/api']);
  });
});

describe('the files of a container', () => {
  const secretVolume = { name: 'aws', source: { kind: 'secret', name: 'creds', items: undefined } } as const;

  it('irsa-user-volume-named-aws-iam-token: keeps the volume and finds no token', () => {
    const built = annotated().workload('Deployment', 'pay/api', {
      serviceAccount: 'api',
      volumes: [{ name: 'aws-iam-token', source: { kind: 'other', type: 'hostPath' } }],
    });
    const admission = admitted(built.build());
    expect(admission.environment.files.has(token)).toBe(false);
    expect(admission.environment.hiddenDirectories.map(({ path }) => path)).toEqual([
      '/var/run/secrets/eks.amazonaws.com/serviceaccount',
    ]);
    expect(reasons(admission)).toEqual(['webIdentity', 'userVolume']);
  });

  it('keeps a mount of the injected name where the user put it', () => {
    const built = annotated().workload('Deployment', 'pay/api', {
      serviceAccount: 'api',
      containers: { app: { volumeMounts: [{ name: 'aws-iam-token', mountPath: '/tokens' }] } },
    });
    const admission = admitted(built.build());
    expect(admission.environment.files.has('/tokens/token')).toBe(true);
    expect(admission.environment.files.has(token)).toBe(false);
    expect(reasons(admission)).toEqual(['webIdentity', 'userMount']);
  });

  it('mounts no token where the container has its own role, region and STS endpoint', () => {
    const own = { AWS_ROLE_ARN: other, AWS_REGION: 'eu-west-1', AWS_STS_REGIONAL_ENDPOINTS: 'legacy' };
    const built = annotated().workload('Deployment', 'pay/api', { serviceAccount: 'api', env: own });
    expect(admitted(built.build()).environment.files.has(token)).toBe(false);
    const { AWS_REGION: _region, ...less } = own;
    const mounted = annotated().workload('Deployment', 'pay/api', { serviceAccount: 'api', env: less });
    expect(admitted(mounted.build()).environment.files.has(token)).toBe(true);
  });

  it.each<[name: string, state: WorldBuilder, mount: { mountPath: string; subPath?: string }, files: object]>(
    [
      [
        'mounted-aws-dir: a Secret that is shown',
        world().secret('pay/creds', { credentials: '[default]', config: '', token: undefined }),
        { mountPath: '/home/app/.aws/' },
        {
          '/home/app/.aws/credentials': { kind: 'text', text: '[default]' },
          '/home/app/.aws/config': { kind: 'empty' },
          '/home/app/.aws/token': { kind: 'hidden' },
        },
      ],
      [
        'one key as a file',
        world().secret('pay/creds', { credentials: '[default]', config: 'x' }),
        { mountPath: '/home/app/.aws/credentials', subPath: 'credentials' },
        { '/home/app/.aws/credentials': { kind: 'text', text: '[default]' } },
      ],
      [
        'one key of a Secret that is not shown',
        world(),
        { mountPath: '/home/app/.aws/credentials', subPath: 'credentials' },
        { '/home/app/.aws/credentials': { kind: 'hidden' } },
      ],
      [
        'the directory of AWS_SHARED_CREDENTIALS_FILE',
        world().secret('pay/creds', { ini: '[default]', other: 'x' }),
        { mountPath: '/etc/creds' },
        { '/etc/creds/ini': { kind: 'text', text: '[default]' } },
      ],
      ['a Secret elsewhere', world().secret('pay/creds', { tls: 'x' }), { mountPath: '/etc/tls' }, {}],
    ],
  )('%s', (_name, state, mount, files) => {
    const built = state.workload('Deployment', 'pay/api', {
      volumes: [secretVolume],
      env: { AWS_SHARED_CREDENTIALS_FILE: '/etc/creds/ini' },
      containers: { app: { volumeMounts: [{ name: 'aws', ...mount }] } },
    });
    const found = [...admitted(built.build()).environment.files].filter(
      ([, { kind }]) => kind !== 'serviceAccountToken',
    );
    expect(Object.fromEntries(found)).toMatchObject(files);
    expect(found.length).toBe(Object.keys(files).length);
  });

  it('follows the items of a volume', () => {
    const items = { ini: 'credentials' };
    const built = world()
      .secret('pay/creds', { ini: '[default]', other: 'x' })
      .workload('Deployment', 'pay/api', {
        volumes: [{ name: 'aws', source: { kind: 'secret', name: 'creds', items } }],
        containers: { app: { volumeMounts: [{ name: 'aws', mountPath: '/home/app/.aws' }] } },
      });
    const { files } = admitted(built.build()).environment;
    expect(files.get('/home/app/.aws/credentials')).toMatchObject({ kind: 'text', text: '[default]' });
    expect(files.has('/home/app/.aws/other')).toBe(false);
  });

  it('names a directory of a Secret that is not shown', () => {
    const built = world().workload('Deployment', 'pay/api', {
      volumes: [secretVolume],
      containers: { app: { volumeMounts: [{ name: 'aws', mountPath: '/home/app/.aws' }] } },
    });
    const { hiddenDirectories } = admitted(built.build()).environment;
    expect(hiddenDirectories).toMatchObject([{ path: '/home/app/.aws' }]);
  });

  it('has the token of the Kubernetes API in every pod', () => {
    const { files } = admitted(world().pod('pay/api').build()).environment;
    expect(files.get('/var/run/secrets/kubernetes.io/serviceaccount/token')).toMatchObject({
      audience: 'https://kubernetes.default.svc',
      subject: 'system:serviceaccount:pay:default',
    });
  });
});
