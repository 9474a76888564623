import type { Ask } from '../model/fact.ts';
import type {
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  NetworkPolicyRule,
} from '../model/kubernetes.ts';
import { everything, matchesSelector } from '../model/labels.ts';
import type { PodTemplate } from '../model/pod.ts';
import { indexOf, namespaceLabels, type World } from '../model/world.ts';
import { askInBlock, inBlock, type AddressView, type IpBlock } from './hiddenAddress.ts';
import type { Tri } from './hostInterface.ts';

/** The other end of a connection, as a policy engine sees it. */
export interface PolicyPeer {
  readonly address: AddressView;
  /** The pod that has the address, when it is one. */
  readonly pod?: PodTemplate;
}

/** The destination port of a connection. */
export interface PolicyPort {
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP';
}

/** A rule that speaks to a connection; `peer` is absent when the rule names none. */
export interface RuleEvidence {
  readonly policy: NetworkPolicy;
  readonly rule: NetworkPolicyRule;
  readonly peer?: NetworkPolicyPeer;
}

/** At least one. */
export type NonEmpty<Item> = readonly [Item, ...Item[]];

/**
 * What the policies of a pod say to a connection in one direction.
 *
 * - `unselected`: no policy isolates the pod in this direction.
 * - `allowed`: these rules admit the connection.
 * - `isolated`: these policies select the pod and none of their rules admits the connection.
 */
export type PolicyVerdict =
  | { readonly kind: 'unselected' }
  | { readonly kind: 'allowed'; readonly by: NonEmpty<RuleEvidence> }
  | { readonly kind: 'isolated'; readonly silent: NonEmpty<NetworkPolicy> };

/** A verdict, or `open`: it hangs on an address that the input does not show. */
export type PolicyEvidence =
  | PolicyVerdict
  | {
      readonly kind: 'open';
      readonly on: NonEmpty<RuleEvidence & { readonly peer: IpBlock }>;
      readonly silent: NonEmpty<NetworkPolicy>;
      readonly address: AddressView;
    };

/**
 * Weighs the egress policies of a pod against a connection that it opens.
 *
 * Policies only add: the union of the rules of all that select the pod decides.
 *
 * @source kubernetes/kubernetes:staging/src/k8s.io/api/networking/v1/types.go;
 * kubernetes/website "Network Policies", the two sorts of pod isolation
 */
export function egressEvidence(
  world: World,
  pod: PodTemplate,
  to: PolicyPeer,
  port: PolicyPort,
): PolicyEvidence {
  const rules = policiesSelecting(world, pod, 'Egress').map((policy) => ({ policy, rules: policy.egress }));
  return weigh(world, rules, to, (wanted) => portMatches(wanted, port, to.pod));
}

/** Weighs the ingress policies of a pod against a connection that somebody opens to it. */
export function ingressEvidence(
  world: World,
  pod: PodTemplate,
  from: PolicyPeer,
  port: PolicyPort,
): PolicyEvidence {
  const rules = policiesSelecting(world, pod, 'Ingress').map((policy) => ({ policy, rules: policy.ingress }));
  return weigh(world, rules, from, (wanted) => portMatches(wanted, port, pod));
}

/** Settles open evidence by asking about one CIDR after another until a rule admits the connection. */
export function settle(evidence: PolicyEvidence, ask: Ask): PolicyVerdict {
  if (evidence.kind !== 'open') return evidence;
  const admitting = evidence.on.find((open) => askInBlock(open.peer, evidence.address, ask));
  return admitting ? { kind: 'allowed', by: [admitting] } : { kind: 'isolated', silent: evidence.silent };
}

/**
 * Lists the policies that isolate a pod in one direction.
 *
 * A policy selects pods of its own namespace; a pod on the host network is selected by none.
 *
 * @source kubernetes/website "Network Policies", on hostNetwork pods: the usual one of two behaviours
 */
export function policiesSelecting(
  world: World,
  pod: PodTemplate,
  direction: 'Ingress' | 'Egress',
): readonly NetworkPolicy[] {
  if (pod.hostNetwork) return [];
  return indexOf(world)
    .policiesOf(pod.namespace)
    .filter(
      (policy) => policy.policyTypes.includes(direction) && matchesSelector(policy.podSelector, pod.labels),
    );
}

function weigh(
  world: World,
  selecting: readonly { readonly policy: NetworkPolicy; readonly rules: readonly NetworkPolicyRule[] }[],
  peer: PolicyPeer,
  portFits: (wanted: NetworkPolicyPort) => boolean,
): PolicyEvidence {
  const silent = selecting.map(({ policy }) => policy);
  if (!isNonEmpty(silent)) return { kind: 'unselected' };
  const found = selecting.flatMap(({ policy, rules }) =>
    rules
      .filter((rule) => rule.ports.length === 0 || rule.ports.some(portFits))
      .flatMap((rule) => peersOf(world, policy, rule, peer)),
  );
  const by = found.filter(({ fits }) => fits === 'yes').map(({ evidence }) => evidence);
  if (isNonEmpty(by)) return { kind: 'allowed', by };
  const on = found.map(({ evidence }) => evidence).filter(namesBlock);
  return isNonEmpty(on) ? { kind: 'open', on, silent, address: peer.address } : { kind: 'isolated', silent };
}

/** The peers of a rule that select the other end, or may. A rule that names no peer selects everything. */
function peersOf(
  world: World,
  policy: NetworkPolicy,
  rule: NetworkPolicyRule,
  other: PolicyPeer,
): readonly { readonly fits: Tri; readonly evidence: RuleEvidence }[] {
  if (rule.peers.length === 0) return [{ fits: 'yes', evidence: { policy, rule } }];
  return rule.peers
    .map((peer) => ({ fits: peerMatches(world, policy, peer, other), evidence: { policy, rule, peer } }))
    .filter(({ fits }) => fits !== 'no');
}

function peerMatches(world: World, policy: NetworkPolicy, peer: NetworkPolicyPeer, other: PolicyPeer): Tri {
  if (peer.kind === 'ipBlock') return inBlock(peer, other.address);
  const { pod } = other;
  if (!pod || pod.hostNetwork) return 'no';
  const namespaceFits = peer.namespaceSelector
    ? matchesSelector(peer.namespaceSelector, namespaceLabels(world, pod.namespace))
    : pod.namespace === policy.namespace;
  return namespaceFits && matchesSelector(peer.podSelector ?? everything, pod.labels) ? 'yes' : 'no';
}

/** A named port is looked up on the pod that receives; an address that is no pod has no port names. */
function portMatches(
  wanted: NetworkPolicyPort,
  actual: PolicyPort,
  receiver: PodTemplate | undefined,
): boolean {
  if (wanted.protocol !== actual.protocol) return false;
  if (wanted.port === undefined) return true;
  if (typeof wanted.port === 'number') {
    return actual.port >= wanted.port && actual.port <= (wanted.endPort ?? wanted.port);
  }
  const named = receiver?.containers.flatMap((container) => container.ports) ?? [];
  return named.some(
    (port) => port.name === wanted.port && port.port === actual.port && port.protocol === actual.protocol,
  );
}

function namesBlock(evidence: RuleEvidence): evidence is RuleEvidence & { readonly peer: IpBlock } {
  return evidence.peer?.kind === 'ipBlock';
}

function isNonEmpty<Item>(items: readonly Item[]): items is NonEmpty<Item> {
  return items.length > 0;
}
