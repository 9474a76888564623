import type {
  Kube2iamOptions,
  NodeOptions,
  OrganizationOptions,
  PodOptions,
  PolicyOptions,
  PolicyRuleOptions,
  RoleOptions,
} from './builderOptions.ts';
import type { AttachedPolicy, JsonValue, OrganizationPolicy } from './aws.ts';
import { parseRoleArn } from './arn.ts';
import type { FactName } from './factDefinitions.ts';
import type { NetworkPolicyPeer, NetworkPolicyPort } from './kubernetes.ts';
import { podTemplate } from './builderPod.ts';
import type { NodeRules, RuleSet } from './iptables.ts';
import { kube2iamDefaults, type Kube2iamFlags } from './kube2iam.ts';
import { everything, type Labels } from './labels.ts';
import type { ImdsOptions } from './node.ts';
import type { ObjectRef } from './objectRef.ts';
import { oidcProviderOf } from './oidcProvider.ts';
import type { SdkRef } from './sdk.ts';
import type { WorkloadKind } from './workload.ts';
import { emptyWorld, type Cluster, type World } from './world.ts';

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
  /** Rules as `iptables-save` shows them: of one node, or of every node. */
  readonly iptables: (ruleSet: RuleSet, options?: Partial<Omit<NodeRules, 'ruleSet'>>) => WorldBuilder;
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
    iptables: (ruleSet, options = {}) =>
      next({ iptables: [...current.iptables, { ipSets: {}, ...options, ruleSet }] }),
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
    oidcProvider: (arn, { clientIds } = {}) =>
      next({ oidcProviders: [...current.oidcProviders, oidcProviderOf(arn, clientIds)] }),
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
