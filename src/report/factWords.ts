import type { Question } from '../model/fact.ts';
import type { FactName } from '../model/factDefinitions.ts';
import type { RoleNamer } from './identityWords.ts';

/** How a fact is spoken of: "the CNI" "is" "cilium", or "STS" "times out". */
export interface FactWords {
  readonly subject: string;
  /** Whole predicates, for values that would read badly after the verb. */
  readonly says: Readonly<Record<string, string>>;
  /** Stands before any value that has no predicate of its own. */
  readonly verb: string;
}

/**
 * A row for each fact. `{scope}` is replaced by what the fact is about; of a scope of two words, as
 * `10.0.0.1 10.0.0.0/8`, `{first}` and `{last}` are replaced by one of them.
 */
const words: Readonly<Record<FactName, FactWords>> = {
  sdk: { subject: 'the SDK', verb: 'is', says: {} },
  cni: { subject: 'the CNI', verb: 'is', says: {} },
  node: { subject: 'the pod', verb: 'runs on', says: {} },
  'imds.httpEndpoint': {
    subject: 'IMDS',
    verb: 'is',
    says: { enabled: 'is switched on', disabled: 'is switched off' },
  },
  'imds.httpTokens': {
    subject: 'IMDS',
    verb: 'has tokens',
    says: { optional: 'still takes IMDSv1', required: 'requires IMDSv2' },
  },
  'imds.httpPutResponseHopLimit': { subject: 'the IMDS hop limit', verb: 'is', says: {} },
  'imds.httpProtocolIpv6': {
    subject: 'IMDS',
    verb: 'has IPv6',
    says: { enabled: 'answers over IPv6', disabled: 'does not answer over IPv6' },
  },
  'imds.hops': { subject: 'IMDS', verb: 'has as its distance in hops', says: {} },
  kube2iam: {
    subject: 'kube2iam',
    verb: 'is',
    says: { installed: 'runs in the cluster', notInstalled: 'does not run in the cluster' },
  },
  'kube2iam.daemon': {
    subject: 'the kube2iam pod',
    verb: 'is',
    says: { ready: 'answers', notReady: 'is not ready', gone: 'is gone' },
  },
  'kube2iam.rule': {
    subject: 'the iptables rule of kube2iam',
    verb: 'is',
    says: { present: 'is in place', absent: 'is missing' },
  },
  'kube2iam.region': {
    subject: 'the region of kube2iam',
    verb: 'is',
    says: { set: 'is set', missing: 'is set nowhere' },
  },
  'kiam.agent': {
    subject: 'the kiam agent',
    verb: 'is',
    says: { ready: 'answers', notReady: 'is not ready', gone: 'is gone' },
  },
  'kiam.rule': {
    subject: 'the iptables rule of kiam',
    verb: 'is',
    says: { present: 'is in place', absent: 'is missing' },
  },
  'kiam.server': {
    subject: 'the kiam server',
    verb: 'is',
    says: { ready: 'answers', unreachable: 'does not answer' },
  },
  firstRule: { subject: 'the first rule for metadata requests', verb: 'is that of', says: {} },
  podAddress: {
    subject: 'the daemon',
    verb: 'takes {scope} for',
    says: {
      own: 'knows {scope} by its address',
      unknown: 'does not know the address of {scope} yet',
      previous: 'takes {scope} for a pod that had its address before',
    },
  },
  daemonCache: {
    subject: 'the daemon',
    verb: 'holds',
    says: {
      empty: 'holds no session of {scope}',
      session: 'still holds a session of {scope}',
      error: 'still holds an error for {scope}',
    },
  },
  iptablesMatch: {
    subject: 'the packet',
    verb: 'has',
    says: { fits: 'fits rule {scope}', fitsNot: 'does not fit rule {scope}' },
  },
  iptablesTarget: {
    subject: 'rule {scope}',
    verb: 'has',
    says: { goesOn: 'lets the packet go on', accepted: 'accepts the packet', dropped: 'drops the packet' },
  },
  podInterface: {
    subject: 'the interface of the pod',
    verb: 'is',
    says: {},
  },
  routeLocalnet: {
    subject: 'route_localnet',
    verb: 'is',
    says: { off: 'is off', on: 'is on' },
  },
  webhook: {
    subject: 'the pod identity webhook',
    verb: 'does:',
    says: { injects: 'sees the pod', missed: 'misses the pod' },
  },
  podIdentityAgent: {
    subject: 'the EKS Pod Identity agent',
    verb: 'is',
    says: { running: 'runs on the node', absent: 'is not on the node' },
  },
  serviceAccount: {
    subject: 'service account {scope}',
    verb: 'is annotated with',
    says: { notAnnotated: 'has no role annotation' },
  },
  token: {
    subject: 'the service account token',
    verb: 'is',
    says: { expired: 'has expired' },
  },
  sts: {
    subject: 'STS',
    verb: 'is:',
    says: {
      answers: 'answers',
      timeout: 'times out',
      refused: 'refuses connections',
      serverError: 'answers with status 5xx',
    },
  },
  stsAddress: {
    subject: 'the address of STS',
    verb: 'lies',
    says: { inside: 'lies inside {last}', outside: 'lies outside {last}' },
  },
  hostAddress: {
    subject: 'the address of {first}',
    verb: 'lies',
    says: { inside: 'lies inside {last}', outside: 'lies outside {last}' },
  },
  policyEnforcement: {
    subject: 'the policy engine',
    verb: 'has',
    says: { loaded: 'has loaded the policies', notYet: 'has not loaded the policies yet' },
  },
  policyMatch: {
    subject: 'the connection',
    verb: 'is:',
    says: { fits: 'fits {scope}', fitsNot: 'does not fit {scope}' },
  },
  oidcProvider: {
    subject: 'account {scope}',
    verb: 'has:',
    says: {
      registered: 'has the OIDC provider of the cluster',
      absent: 'lacks the OIDC provider of the cluster',
    },
  },
  trust: {
    subject: 'the trust policy of {scope}',
    verb: 'is:',
    says: { admits: 'admits the caller', refuses: 'refuses' },
  },
  identityPolicy: {
    subject: '{scope}',
    verb: 'is:',
    says: { allows: 'may assume the other role', denies: 'may not assume the other role' },
  },
  secretValue: {
    subject: '{scope}',
    verb: 'is',
    says: { set: 'has a value', unset: 'is missing or empty' },
  },
  mountedProfile: {
    subject: 'the mounted file {last}',
    verb: 'holds',
    says: { staticKeys: 'holds keys', noCredentials: 'holds no credentials' },
  },
  stsModule: {
    subject: 'the application',
    verb: 'has the STS module',
    says: { present: 'ships the STS module', missing: 'lacks the STS module' },
  },
};

/** Facts that are about a node; a node that stands for any needs no name. */
const perNode: ReadonlySet<FactName> = new Set<FactName>([
  'imds.httpEndpoint',
  'imds.httpTokens',
  'imds.httpPutResponseHopLimit',
  'imds.hops',
  'kube2iam.daemon',
  'kube2iam.rule',
  'routeLocalnet',
]);

/**
 * Gives the words for one fact, with what it is about put in.
 *
 * @example
 * factWords({ name: 'trust', scope: 'arn:aws:iam::111122223333:role/app' }, () => 'app').subject
 * // => 'the trust policy of app'
 */
export function factWords(question: Question, name: RoleNamer): FactWords {
  const { subject, says, verb } = words[question.name];
  const scope = question.scope === undefined ? 'it' : name(question.scope);
  const node = question.scope?.startsWith('(') === false && perNode.has(question.name) ? ` on ${scope}` : '';
  const fill = (text: string): string =>
    text
      .replace('{scope}', scope)
      .replace('{first}', scope.slice(0, Math.max(0, scope.lastIndexOf(' '))) || scope)
      .replace('{last}', scope.slice(scope.lastIndexOf(' ') + 1));
  return {
    subject: fill(subject) + node,
    verb,
    says: Object.fromEntries(Object.entries(says).map(([value, text]) => [value, fill(text)])),
  };
}
