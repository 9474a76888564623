import type { AttachedPolicy, JsonValue, OrganizationPolicy } from './aws.ts';
import { parseArn, parseRoleArn } from './arn.ts';
import type { FactName } from './factDefinitions.ts';
import type { NetworkPolicyPeer, NetworkPolicyPort } from './kubernetes.ts';
import { kube2iamDefaults, type Kube2iamFlags } from './kube2iam.ts';
import { everything, type Labels, type LabelSelector } from './labels.ts';
import type { ImdsOptions } from './node.ts';
import type { ObjectRef } from './objectRef.ts';
import type { Container, PodStatus, PodTemplate, Volume, VolumeMount } from './pod.ts';
import type { SdkRef } from './sdk.ts';
import type { WorkloadKind } from './workload.ts';
import { emptyWorld, type Cluster, type World } from './world.ts';

/** A container as a unit test states it. */
export interface ContainerOptions {
  readonly kind?: Container['kind'];
  readonly image?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Names of Secrets whose keys become variables. */
  readonly envFromSecrets?: readonly string[];
  readonly volumeMounts?: readonly VolumeMount[];
  readonly ports?: Container['ports'];
  readonly runAsUser?: number;
}

/** A pod as a unit test states it. Without `containers` it has one, called `app`. */
export interface PodOptions {
  readonly serviceAccount?: string;
  readonly labels?: Labels;
  readonly annotations?: Labels;
  readonly hostNetwork?: boolean;
  readonly node?: string;
  readonly nodeSelector?: Labels;
  readonly env?: Readonly<Record<string, string>>;
  readonly containers?: Readonly<Record<string, ContainerOptions>>;
  readonly volumes?: readonly Omit<Volume, 'ref'>[];
  readonly fsGroup?: number;
  readonly runAsUser?: number;
  readonly status?: PodStatus;
}

/** A rule of a NetworkPolicy as a unit test states it. */
export interface PolicyRuleOptions {
  readonly peers?: readonly (
    | { readonly cidr: string; readonly except?: readonly string[] }
    | { readonly namespaceSelector?: LabelSelector; readonly podSelector?: LabelSelector }
  )[];
  readonly ports?: readonly NetworkPolicyPort[];
}

/**
 * Makes a world step by step. Each step gives a new builder; none changes the one it was called on.
 *
 * Names of namespaced objects are written `namespace/name`.
 */
export interface WorldBuilder {
  readonly cluster: (facts: Partial<Cluster>) => WorldBuilder;
  readonly namespace: (name: string, options?: { labels?: Labels; annotations?: Labels }) => WorldBuilder;
  readonly node: (name: string, options?: NodeOptions) => WorldBuilder;
  readonly nodeDefaults: (options: { roleArn?: string; imds?: ImdsOptions }) => WorldBuilder;
  readonly serviceAccount: (
    name: string,
    options?: { roleArn?: string; annotations?: Labels },
  ) => WorldBuilder;
  readonly pod: (name: string, options?: PodOptions) => WorldBuilder;
  readonly workload: (kind: WorkloadKind, name: string, options?: PodOptions) => WorldBuilder;
  readonly networkPolicy: (name: string, options: PolicyOptions) => WorldBuilder;
  readonly secret: (name: string, data: Readonly<Record<string, string | undefined>>) => WorldBuilder;
  readonly configMap: (name: string, data: Readonly<Record<string, string | undefined>>) => WorldBuilder;
  readonly kube2iam: (flags?: Partial<Kube2iamFlags>, options?: Kube2iamOptions) => WorldBuilder;
  readonly role: (arn: string, options?: RoleOptions) => WorldBuilder;
  readonly oidcProvider: (arn: string, options?: { clientIds?: readonly string[] }) => WorldBuilder;
  readonly podIdentityAssociation: (
    serviceAccount: string,
    options: { roleArn: string; targetRoleArn?: string },
  ) => WorldBuilder;
  readonly organization: (options: OrganizationOptions) => WorldBuilder;
  readonly sdk: (
    sdk: SdkRef,
    of?: { namespace?: string; workload?: string; container?: string },
  ) => WorldBuilder;
  readonly fact: (name: FactName, value: string, scope?: string) => WorldBuilder;
  /** States that an export listed everything of its kind, so that what is absent does not exist. */
  readonly complete: (facts: Partial<World['complete']>) => WorldBuilder;
  readonly build: () => World;
}

/** An organization as a unit test states it: the documents of its policies, all attached to its root. */
export interface OrganizationOptions {
  readonly managementAccountId?: string;
  readonly serviceControlPolicies?: readonly JsonValue[];
  readonly resourceControlPolicies?: readonly JsonValue[];
}

/** A node as a unit test states it. */
export interface NodeOptions {
  readonly labels?: Labels;
  readonly compute?: 'ec2' | 'fargate';
  readonly addresses?: readonly string[];
  readonly roleArn?: string;
  readonly imds?: ImdsOptions;
}

/** A NetworkPolicy as a unit test states it. `policyTypes` defaults as the API server defaults it. */
export interface PolicyOptions {
  readonly podSelector?: LabelSelector;
  readonly policyTypes?: readonly ('Ingress' | 'Egress')[];
  readonly ingress?: readonly PolicyRuleOptions[];
  readonly egress?: readonly PolicyRuleOptions[];
}

/** The kube2iam DaemonSet as a unit test states it. */
export interface Kube2iamOptions {
  readonly name?: string;
  readonly nodeSelector?: Labels;
  readonly serviceAccountName?: string;
}

/** A role as a unit test states it. What is left out is not known. */
export interface RoleOptions {
  readonly trust?: JsonValue;
  readonly policies?: readonly JsonValue[];
  readonly boundary?: JsonValue;
}

/**
 * Starts a world in which nothing is known yet.
 *
 * @example
 * world().serviceAccount('pay/api', { roleArn: 'arn:aws:iam::111122223333:role/api' }).build().serviceAccounts.length // => 1
 */
export function world(): WorldBuilder {
  return builderOf(emptyWorld);
}

function builderOf(current: World): WorldBuilder {
  const next = (change: Partial<World>): WorldBuilder => builderOf({ ...current, ...change });
  const workload = (kind: WorkloadKind, name: string, options: PodOptions = {}): WorldBuilder => {
    const id = splitName(name);
    const ref: ObjectRef = { kind, ...id };
    const template = podTemplate(ref, id.namespace, options);
    return next({ workloads: [...current.workloads, { ref, kind, ...id, annotations: {}, template }] });
  };
  const dataObject =
    (kind: 'Secret' | 'ConfigMap') =>
    (name: string, data: Readonly<Record<string, string | undefined>>): WorldBuilder => {
      const id = splitName(name);
      return next({ dataObjects: [...current.dataObjects, { ref: { kind, ...id }, kind, ...id, data }] });
    };
  return {
    cluster: (facts) => next({ cluster: { ...current.cluster, ...facts } }),
    namespace: (name, { labels = {}, annotations = {} } = {}) =>
      next({
        namespaces: [...current.namespaces, { ref: { kind: 'Namespace', name }, name, labels, annotations }],
      }),
    node: (name, options = {}) =>
      next({
        nodes: [
          ...current.nodes,
          {
            ref: { kind: 'Node', name },
            name,
            labels: options.labels ?? {},
            taints: [],
            compute: options.compute ?? 'ec2',
            addresses: options.addresses ?? [],
            ...(options.roleArn === undefined ? {} : { roleArn: options.roleArn }),
            imds: options.imds ?? {},
          },
        ],
      }),
    nodeDefaults: ({ roleArn, imds }) =>
      next({
        nodeDefaults: {
          ...current.nodeDefaults,
          ...(roleArn === undefined ? {} : { roleArn }),
          imds: { ...current.nodeDefaults.imds, ...imds },
        },
      }),
    serviceAccount: (name, { roleArn, annotations = {} } = {}) => {
      const id = splitName(name);
      const ref: ObjectRef = { kind: 'ServiceAccount', ...id };
      const all = roleArn === undefined ? annotations : { ...annotations, [roleArnAnnotation]: roleArn };
      return next({
        serviceAccounts: [...current.serviceAccounts, { ref, ...id, annotations: all, annotationRefs: {} }],
      });
    },
    pod: (name, options) => workload('Pod', name, options),
    workload,
    networkPolicy: (name, options) => {
      const id = splitName(name);
      const ref: ObjectRef = { kind: 'NetworkPolicy', ...id };
      const egress = (options.egress ?? []).map((rule, at) => policyRule(ref, `spec.egress[${at}]`, rule));
      const ingress = (options.ingress ?? []).map((rule, at) => policyRule(ref, `spec.ingress[${at}]`, rule));
      const policyTypes = options.policyTypes ?? (egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress']);
      const podSelector = options.podSelector ?? everything;
      return next({
        networkPolicies: [
          ...current.networkPolicies,
          { ref, ...id, podSelector, policyTypes, ingress, egress },
        ],
      });
    },
    secret: dataObject('Secret'),
    configMap: dataObject('ConfigMap'),
    kube2iam: (flags = {}, options = {}) => {
      const name = options.name ?? 'kube2iam';
      const ref: ObjectRef = { kind: 'DaemonSet', namespace: 'kube-system', name };
      const daemon = {
        ref,
        namespace: 'kube-system',
        name,
        image: undefined,
        flags: { ...kube2iamDefaults, ...flags },
        flagRefs: {},
        startupFaults: [],
        hostNetwork: true,
        nodeSelector: options.nodeSelector ?? {},
        tolerations: [],
        serviceAccountName: options.serviceAccountName ?? 'kube2iam',
      };
      return next({ kube2iam: [...current.kube2iam, daemon] });
    },
    role: (arn, options = {}) =>
      next({
        roles: [
          ...current.roles,
          {
            ref: { kind: 'Role', name: arn },
            arn,
            name: parseRoleArn(arn)?.name ?? arn,
            ...(options.trust === undefined
              ? {}
              : { trustPolicy: { ref: { kind: 'TrustPolicy', name: arn }, value: options.trust } }),
            ...(options.policies === undefined
              ? {}
              : {
                  identityPolicies: options.policies.map((value, at) => attached(arn, `policy-${at}`, value)),
                }),
            ...(options.boundary === undefined
              ? {}
              : { permissionsBoundary: attached(arn, 'boundary', options.boundary) }),
          },
        ],
      }),
    oidcProvider: (arn, { clientIds } = {}) => {
      const parsed = parseArn(arn);
      const provider = {
        ref: { kind: 'OidcProvider', name: arn },
        arn,
        accountId: parsed?.accountId ?? '',
        url: parsed?.resource.replace(/^oidc-provider\//, '') ?? '',
        ...(clientIds === undefined ? {} : { clientIds }),
      };
      return next({ oidcProviders: [...current.oidcProviders, provider] });
    },
    podIdentityAssociation: (name, options) => {
      const { namespace, name: serviceAccount } = splitName(name);
      const ref: ObjectRef = { kind: 'PodIdentityAssociation', namespace, name: serviceAccount };
      return next({
        podIdentityAssociations: [
          ...current.podIdentityAssociations,
          { ref, namespace, serviceAccount, ...options },
        ],
      });
    },
    organization: ({ managementAccountId, serviceControlPolicies = [], resourceControlPolicies = [] }) => {
      const policies = [
        ...serviceControlPolicies.map((value, at) => organizationPolicy('serviceControlPolicy', at, value)),
        ...resourceControlPolicies.map((value, at) => organizationPolicy('resourceControlPolicy', at, value)),
      ];
      const management = managementAccountId === undefined ? {} : { managementAccountId };
      return next({ organization: { ...management, policies } });
    },
    sdk: (sdk, of = {}) => next({ sdkStatements: [...current.sdkStatements, { ...of, sdk }] }),
    fact: (name, value, scope) =>
      next({ facts: [...current.facts, { name, value, ...(scope === undefined ? {} : { scope }) }] }),
    complete: (facts) => next({ complete: { ...current.complete, ...facts } }),
    build: () => current,
  };
}

/** The service account annotation that the pod identity webhook reads. */
export const roleArnAnnotation = 'eks.amazonaws.com/role-arn';

function splitName(name: string): { readonly namespace: string; readonly name: string } {
  const [first = '', second] = name.split('/');
  return second === undefined ? { namespace: 'default', name: first } : { namespace: first, name: second };
}

function podTemplate(ref: ObjectRef, namespace: string, options: PodOptions): PodTemplate {
  const containers = Object.entries(options.containers ?? { app: {} });
  return {
    ref,
    namespace,
    labels: options.labels ?? {},
    annotations: options.annotations ?? {},
    annotationRefs: {},
    serviceAccountName: options.serviceAccount ?? 'default',
    hostNetwork: options.hostNetwork ?? false,
    ...(options.node === undefined ? {} : { nodeName: options.node }),
    nodeSelector: options.nodeSelector ?? {},
    tolerations: [],
    containers: containers.map(([name, container]) =>
      buildContainer(ref, name, container, options.env ?? {}),
    ),
    volumes: (options.volumes ?? []).map((volume) => ({
      ...volume,
      ref: { ...ref, field: `volumes.${volume.name}` },
    })),
    ...(options.fsGroup === undefined ? {} : { fsGroup: options.fsGroup }),
    ...(options.runAsUser === undefined ? {} : { runAsUser: options.runAsUser }),
    ...(options.status === undefined ? {} : { status: options.status }),
  };
}

function buildContainer(
  pod: ObjectRef,
  name: string,
  options: ContainerOptions,
  sharedEnv: Readonly<Record<string, string>>,
): Container {
  const ref: ObjectRef = { ...pod, field: `containers.${name}` };
  const env = Object.entries({ ...sharedEnv, ...options.env });
  return {
    name,
    kind: options.kind ?? 'app',
    image: options.image,
    env: env.map(([key, value]) => ({
      name: key,
      source: { kind: 'value', value },
      ref: { ...ref, field: `containers.${name}.env.${key}` },
    })),
    envFrom: (options.envFromSecrets ?? []).map((secret) => ({
      kind: 'secretRef',
      name: secret,
      prefix: '',
      optional: false,
      ref: { ...ref, field: `containers.${name}.envFrom` },
    })),
    volumeMounts: options.volumeMounts ?? [],
    ports: options.ports ?? [],
    ...(options.runAsUser === undefined ? {} : { runAsUser: options.runAsUser }),
    ref,
  };
}

function policyRule(
  policy: ObjectRef,
  field: string,
  rule: PolicyRuleOptions,
): { ref: ObjectRef; peers: NetworkPolicyPeer[]; ports: readonly NetworkPolicyPort[] } {
  const peers = (rule.peers ?? []).map((peer): NetworkPolicyPeer =>
    'cidr' in peer
      ? { kind: 'ipBlock', cidr: peer.cidr, except: peer.except ?? [] }
      : { kind: 'pods', ...peer },
  );
  return { ref: { ...policy, field }, peers, ports: rule.ports ?? [] };
}

function attached(roleArn: string, name: string, value: JsonValue): AttachedPolicy {
  return { name, document: { ref: { kind: 'Policy', name: `${roleArn} ${name}` }, value } };
}

function organizationPolicy(
  type: OrganizationPolicy['type'],
  at: number,
  value: JsonValue,
): OrganizationPolicy {
  const name = `${type}-${at}`;
  return { type, name, document: { ref: { kind: 'OrganizationPolicy', name }, value } };
}
