import { cniIds } from './cni.ts';
import { daemonFacts } from './daemonFacts.ts';
import { iptablesFacts } from './iptablesFacts.ts';
import { sdkFamilies } from './sdk.ts';

/** The name of a fact. */
export type FactName =
  | 'sdk'
  | 'cni'
  | 'node'
  | 'imds.httpEndpoint'
  | 'imds.httpTokens'
  | 'imds.httpPutResponseHopLimit'
  | 'imds.httpProtocolIpv6'
  | 'imds.hops'
  | 'kube2iam'
  | 'kube2iam.daemon'
  | 'kube2iam.rule'
  | 'kube2iam.region'
  | 'kiam.agent'
  | 'kiam.rule'
  | 'kiam.server'
  | 'firstRule'
  | 'daemonCache'
  | 'podAddress'
  | 'iptablesMatch'
  | 'iptablesTarget'
  | 'routeLocalnet'
  | 'podInterface'
  | 'webhook'
  | 'podIdentityAgent'
  | 'serviceAccount'
  | 'token'
  | 'sts'
  | 'stsAddress'
  | 'hostAddress'
  | 'policyEnforcement'
  | 'policyMatch'
  | 'oidcProvider'
  | 'trust'
  | 'identityPolicy'
  | 'secretValue'
  | 'mountedProfile'
  | 'stsModule';

/**
 * What the input may leave open, by name.
 *
 * `options`: the values that are explored when nothing states the fact.
 * `assumed`: the value that is taken, and printed, when nothing states the fact.
 * `faults`: the values to which one fault can turn the fact when it is known.
 * `valid`: accepts stated values beyond the options.
 */
export interface FactDefinition {
  readonly name: FactName;
  readonly meaning: string;
  readonly scope: 'cluster' | 'node' | 'role' | 'account' | 'object' | 'pod';
  readonly options: readonly string[];
  readonly assumed?: string;
  readonly faults?: readonly string[];
  readonly valid?: RegExp;
}

const definitions: readonly FactDefinition[] = [
  {
    name: 'sdk',
    meaning: 'the AWS SDK that the process in the container uses',
    scope: 'object',
    options: sdkFamilies,
    valid: /./,
  },
  {
    name: 'cni',
    meaning: 'the CNI and what enforces NetworkPolicy',
    scope: 'cluster',
    options: cniIds,
  },
  {
    name: 'node',
    meaning: 'the node, or class of nodes, that the pod runs on',
    scope: 'pod',
    options: [],
    valid: /./,
  },
  {
    name: 'imds.httpEndpoint',
    meaning: 'whether the instance metadata service is switched on',
    scope: 'node',
    options: ['enabled', 'disabled'],
    assumed: 'enabled',
  },
  {
    name: 'imds.httpTokens',
    meaning: 'whether the instance metadata service requires IMDSv2 tokens',
    scope: 'node',
    options: ['optional', 'required'],
  },
  {
    name: 'imds.httpPutResponseHopLimit',
    meaning: 'how many hops the answer to an IMDSv2 token request may travel',
    scope: 'node',
    options: ['1', '2'],
    valid: /^([1-9]|[1-5][0-9]|6[0-4])$/,
  },
  {
    name: 'imds.httpProtocolIpv6',
    meaning: 'whether the instance metadata service also answers on fd00:ec2::254',
    scope: 'node',
    options: ['disabled', 'enabled'],
    assumed: 'disabled',
  },
  {
    name: 'imds.hops',
    meaning: 'how many hops a pod of the node is away from the metadata service, as behind another router',
    scope: 'node',
    options: ['2'],
    assumed: '2',
    valid: /^([2-9]|[1-5][0-9]|6[0-4])$/,
  },
  ...daemonFacts,
  ...iptablesFacts,
  {
    name: 'webhook',
    meaning: 'whether the pod identity webhook mutated the pod at its creation',
    scope: 'pod',
    options: ['injects', 'missed'],
    assumed: 'injects',
    faults: ['missed'],
  },
  {
    name: 'podIdentityAgent',
    meaning: 'whether the EKS Pod Identity agent answers on the node',
    scope: 'node',
    options: ['running', 'absent'],
    faults: ['absent'],
  },
  {
    name: 'serviceAccount',
    meaning: 'whether a service account that no manifest shows carries a role annotation',
    scope: 'object',
    options: ['notAnnotated'],
    assumed: 'notAnnotated',
    valid: /^(notAnnotated|absent|arn:aws[a-z-]*:iam::\d{12}:role\/.+)$/,
  },
  {
    name: 'token',
    meaning: 'the state of the projected service account token',
    scope: 'pod',
    options: ['valid', 'expired', 'missing', 'unreadable'],
    assumed: 'valid',
    faults: ['expired', 'missing', 'unreadable'],
  },
  {
    name: 'sts',
    meaning: 'how STS behaves once a packet reaches it',
    scope: 'cluster',
    options: ['answers', 'timeout', 'refused', 'serverError'],
    assumed: 'answers',
    faults: ['timeout', 'refused', 'serverError'],
  },
  {
    name: 'stsAddress',
    meaning: 'whether the address of STS lies inside the CIDR that a NetworkPolicy allows',
    scope: 'object',
    options: ['inside', 'outside'],
  },
  {
    name: 'hostAddress',
    meaning:
      'whether the address of a node, a pod or the cluster DNS lies inside the CIDR that a NetworkPolicy names',
    scope: 'object',
    options: ['inside', 'outside'],
  },
  {
    name: 'policyEnforcement',
    meaning: 'whether the policy engine has loaded the NetworkPolicies that select the pod',
    scope: 'pod',
    options: ['loaded', 'notYet'],
    assumed: 'loaded',
    faults: ['notYet'],
  },
  {
    name: 'policyMatch',
    meaning: 'whether a connection fits a part of a policy that cannot be foretold, such as a host name',
    scope: 'object',
    options: ['fits', 'fitsNot'],
  },
  {
    name: 'oidcProvider',
    meaning: 'whether the account of the role has an OIDC provider for the cluster',
    scope: 'account',
    options: ['registered', 'absent'],
    assumed: 'registered',
    faults: ['absent'],
  },
  {
    name: 'trust',
    meaning: 'whether the trust policy of the role admits the caller',
    scope: 'role',
    options: ['admits', 'refuses'],
    faults: ['refuses'],
  },
  {
    name: 'identityPolicy',
    meaning: 'whether the policies of the calling role allow it to assume the other',
    scope: 'role',
    options: ['allows', 'denies'],
  },
  {
    name: 'secretValue',
    meaning: 'whether an optional Secret or ConfigMap key is there and not empty',
    scope: 'object',
    options: ['set', 'unset'],
  },
  {
    name: 'mountedProfile',
    meaning: 'what a mounted AWS profile file, whose text the input does not show, holds',
    scope: 'object',
    options: ['staticKeys', 'noCredentials'],
  },
  {
    name: 'stsModule',
    meaning: 'whether the application ships the STS module that web identity needs (Java, .NET)',
    scope: 'pod',
    options: ['present', 'missing'],
    assumed: 'present',
    faults: ['missing'],
  },
];

/** Every fact that whichrole can explore, assume or be told. */
export const factDefinitions: ReadonlyMap<FactName, FactDefinition> = new Map(
  definitions.map((definition) => [definition.name, definition]),
);
