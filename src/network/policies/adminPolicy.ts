import type { AdminPeer, AdminPods, AdminPolicy, AdminRule } from '../../model/adminNetworkPolicy.ts';
import { everything, matchesSelector } from '../../model/labels.ts';
import type { PodTemplate } from '../../model/pod.ts';
import { namespaceLabels, type World } from '../../model/world.ts';
import { always, asked, never, some, when, type Condition } from './condition.ts';
import { hasName, inAddresses, podOf, portsMatch, type PolicyPeer, type Saying } from './peer.ts';
import type { PolicyRule, PolicyShare } from './ruling.ts';
import { tiers } from './tiers.ts';

const actions = { Allow: 'allow', Deny: 'deny', Pass: 'pass' } as const;

/**
 * Gives what policies of the administrators say to a connection.
 *
 * Of policies with one priority, which the API leaves undefined, the first by name is asked first.
 *
 * @source kubernetes-sigs/network-policy-api:apis/v1alpha1/adminnetworkpolicy_types.go,
 * apis/v1alpha2/clusternetworkpolicy_types.go
 */
export function adminShares(world: World, api: AdminPolicy['api'], saying: Saying): readonly PolicyShare[] {
  return world.adminPolicies
    .filter((policy) => policy.api === api && selectsPod(world, policy.subject, saying.pod))
    .map((policy) => ({ policy, rules: saying.direction === 'Egress' ? policy.egress : policy.ingress }))
    .filter(({ rules }) => rules.length > 0)
    .map(({ policy, rules }) => ({
      policy: policy.ref,
      applies: always,
      tier: tiers[policy.tier],
      order: policy.priority,
      name: policy.name,
      rules: rules.flatMap((rule) => ruleOf(world, rule, saying)),
      reading: 'ordered',
      otherwise: 'nextTier',
    }));
}

/** A pod on the host network is selected neither as subject nor as peer. */
function selectsPod(world: World, pods: AdminPods, pod: PodTemplate | undefined): boolean {
  if (!pod || pod.hostNetwork) return false;
  const inNamespace = matchesSelector(pods.namespaceSelector, namespaceLabels(world, pod.namespace));
  return inNamespace && matchesSelector(pods.podSelector ?? everything, pod.labels);
}

function ruleOf(world: World, rule: AdminRule, saying: Saying): readonly PolicyRule[] {
  if (!portsMatch(rule.ports, saying)) return [];
  const fits = some(rule.peers.map((peer) => peerFits(world, peer, saying.peer)));
  return [{ ref: rule.ref, action: actions[rule.action], fits, peer: 'addresses' }];
}

function peerFits(world: World, peer: AdminPeer, other: PolicyPeer): Condition {
  switch (peer.kind) {
    case 'pods':
      return when(selectsPod(world, peer, podOf(other)));
    case 'nodes':
      return when(other.host !== undefined && matchesSelector(peer.selector, other.host.node?.labels ?? {}));
    case 'networks':
      return some(peer.cidrs.map((cidr) => inAddresses(cidr, [], other.address)));
    case 'domainNames':
      return hasName(other) ? asked(peer.ref) : never;
  }
}
