import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyRule } from '../../model/kubernetes.ts';
import { everything, matchesSelector } from '../../model/labels.ts';
import type { PodTemplate } from '../../model/pod.ts';
import { indexOf, namespaceLabels, type World } from '../../model/world.ts';
import { always, some, when, type Condition } from './condition.ts';
import { inAddresses, podOf, portsMatch, type PolicyPeer, type Saying } from './peer.ts';
import type { PolicyRule, PolicyShare } from './ruling.ts';
import { tiers } from './tiers.ts';

/**
 * Gives what the NetworkPolicies of a pod say to a connection.
 *
 * Policies only add: the union of the rules of all that select the pod decides.
 *
 * @source kubernetes/kubernetes:staging/src/k8s.io/api/networking/v1/types.go;
 * kubernetes/website "Network Policies", the two sorts of pod isolation
 */
export function networkPolicyShares(world: World, saying: Saying): readonly PolicyShare[] {
  const { pod, direction } = saying;
  return networkPoliciesOf(world, pod, direction).map((policy) => ({
    policy: policy.ref,
    applies: always,
    tier: tiers.namespaces,
    ...amongCalico,
    rules: (direction === 'Egress' ? policy.egress : policy.ingress).flatMap((rule) =>
      rulesOf(world, policy, rule, saying),
    ),
    reading: 'union',
    otherwise: 'deny',
  }));
}

/**
 * Where Calico puts these policies among its own.
 *
 * @source projectcalico/calico:libcalico-go/lib/backend/k8s/conversion/conversion.go
 */
const amongCalico = { order: 1000, name: 'knp.default' };

/**
 * Lists the NetworkPolicies that isolate a pod in one direction.
 *
 * A policy selects pods of its own namespace; a pod on the host network is selected by none.
 *
 * @source kubernetes/website "Network Policies", on hostNetwork pods: the usual one of two behaviours
 */
export function networkPoliciesOf(
  world: World,
  pod: PodTemplate,
  direction: Saying['direction'],
): readonly NetworkPolicy[] {
  if (pod.hostNetwork) return [];
  return indexOf(world)
    .policiesOf(pod.namespace)
    .filter(
      (policy) => policy.policyTypes.includes(direction) && matchesSelector(policy.podSelector, pod.labels),
    );
}

/** One rule by what it names peers by: a rule that names none admits every one. */
function rulesOf(
  world: World,
  policy: NetworkPolicy,
  rule: NetworkPolicyRule,
  saying: Saying,
): readonly PolicyRule[] {
  if (!portsMatch(rule.ports, saying)) return [];
  const { ref } = rule;
  if (rule.peers.length === 0) return [{ ref, action: 'allow', fits: always, peer: 'any' }];
  const byPods = rule.peers.filter((peer) => peer.kind === 'pods');
  const byAddress = rule.peers.filter((peer) => peer.kind === 'ipBlock');
  const fits = (peers: readonly NetworkPolicyPeer[]): Condition =>
    some(peers.map((peer) => peerFits(world, policy, peer, saying.peer)));
  return [
    { ref, action: 'allow', fits: fits(byPods), peer: 'pods' },
    { ref, action: 'allow', fits: fits(byAddress), peer: 'addresses' },
  ];
}

function peerFits(
  world: World,
  policy: NetworkPolicy,
  peer: NetworkPolicyPeer,
  other: PolicyPeer,
): Condition {
  if (peer.kind === 'ipBlock') return inAddresses(peer.cidr, peer.except, other.address);
  const pod = podOf(other);
  if (!pod) return when(false);
  const namespaceFits = peer.namespaceSelector
    ? matchesSelector(peer.namespaceSelector, namespaceLabels(world, pod.namespace))
    : pod.namespace === policy.namespace;
  return when(namespaceFits && matchesSelector(peer.podSelector ?? everything, pod.labels));
}
