import type { CiliumEntry, CiliumPeer, CiliumPolicy, CiliumRule } from '../../model/ciliumPolicy.ts';
import { matchesSelector, type Labels, type LabelSelector } from '../../model/labels.ts';
import type { PodTemplate } from '../../model/pod.ts';
import { namespaceLabels, type World } from '../../model/world.ts';
import { always, asked, every, never, some, when, type Condition } from './condition.ts';
import { hasName, inAddresses, isOutside, podOf, portsMatch, type PolicyPeer, type Saying } from './peer.ts';
import type { PolicyRule, PolicyShare } from './ruling.ts';
import { tiers } from './tiers.ts';

/**
 * Gives what the policies of Cilium say to a connection: a denial beats whatever allows, the rest adds up.
 *
 * @source docs.cilium.io "Policy Enforcement Modes", "Deny Policies"; cilium/cilium:pkg/policy/api/rule.go
 */
export function ciliumShares(world: World, saying: Saying): readonly PolicyShare[] {
  return world.ciliumPolicies.flatMap((policy) =>
    policy.rules
      .filter((rule) => selectsPod(world, policy, rule, saying.pod))
      .flatMap((rule) => sharesOf(world, policy, rule, saying)),
  );
}

function sharesOf(
  world: World,
  policy: CiliumPolicy,
  rule: CiliumRule,
  saying: Saying,
): readonly PolicyShare[] {
  const entries = saying.direction === 'Egress' ? rule.egress : rule.ingress;
  const rulesOf = (action: CiliumEntry['action']): readonly PolicyRule[] =>
    entries
      .filter((entry) => entry.action === action)
      .map((entry) => ({
        ref: entry.ref,
        action,
        fits: entryFits(world, policy, entry, saying),
        peer: 'addresses',
      }));
  const shared = { policy: policy.ref, applies: always, order: 0, name: policy.name };
  const denials = rulesOf('deny');
  const isolates = rule.isolates.includes(saying.direction);
  if (entries.length === 0 && !isolates) return [];
  return [
    ...(denials.length === 0
      ? []
      : [
          {
            ...shared,
            tier: tiers.denials,
            rules: denials,
            reading: 'ordered' as const,
            otherwise: 'nextTier' as const,
          },
        ]),
    {
      ...shared,
      tier: tiers.namespaces,
      rules: rulesOf('allow'),
      reading: 'union',
      otherwise: isolates ? 'deny' : 'nextTier',
    },
  ];
}

/** A namespaced policy selects pods of its own namespace; a pod on the host network is no endpoint. */
function selectsPod(world: World, policy: CiliumPolicy, rule: CiliumRule, pod: PodTemplate): boolean {
  if (pod.hostNetwork) return false;
  if (policy.namespace !== undefined && policy.namespace !== pod.namespace) return false;
  return matchesSelector(plain(rule.endpointSelector), podLabels(world, pod));
}

/**
 * An entry fits when all its parts do; one without any part fits nothing and isolates all the same.
 *
 * @source cilium/cilium:pkg/policy/api/egress.go; docs.cilium.io "Layer 3 Policies", default deny
 */
function entryFits(world: World, policy: CiliumPolicy, entry: CiliumEntry, saying: Saying): Condition {
  if (!entry.peers && !entry.ports && entry.unread.length === 0) return never;
  if (entry.ports && !portsMatch(entry.ports, saying)) return never;
  const peers = entry.peers?.map((peer) => peerFits(world, policy, entry, peer, saying.peer));
  return every([peers ? some(peers) : always, ...entry.unread.map(asked)]);
}

function peerFits(
  world: World,
  policy: CiliumPolicy,
  entry: CiliumEntry,
  peer: CiliumPeer,
  other: PolicyPeer,
): Condition {
  switch (peer.kind) {
    case 'cidr':
      return inAddresses(peer.cidr, peer.except, other.address);
    case 'entity':
      return entityFits(peer.entity, entry, other);
    case 'endpoints':
      return when(matchesSelector(scoped(policy, plain(peer.selector)), labelsOf(world, other)));
    case 'unread':
      return peer.among === 'anywhere' || hasName(other) ? asked(peer.ref) : never;
  }
}

/** @source docs.cilium.io "Layer 3 Policies", entities; cilium/cilium:pkg/policy/api/entity.go */
function entityFits(entity: string, entry: CiliumEntry, other: PolicyPeer): Condition {
  switch (entity) {
    case 'all':
      return always;
    case 'world':
      return when(isOutside(other));
    case 'world-ipv4':
    case 'world-ipv6': {
      if (!isOutside(other)) return never;
      return inAddresses(entity === 'world-ipv4' ? '0.0.0.0/0' : '::/0', [], other.address);
    }
    case 'cluster':
      return when(!isOutside(other));
    case 'host':
      return when(other.host?.which === 'own');
    case 'remote-node':
      return when(other.host?.which === 'other');
    case 'kube-apiserver':
      return hasName(other) && other.address.kind === 'known' ? asked(entry.ref) : never;
    // `init`, `health`, `unmanaged`, `ingress` and `none` are no pod of a manifest and no endpoint of AWS.
    default:
      return never;
  }
}

const namespaceKey = 'io.kubernetes.pod.namespace';
const namespaceLabelPrefix = 'io.cilium.k8s.namespace.labels.';

/**
 * Adds to a selector of peers what Cilium adds: the policy's own namespace, or that there is one at all.
 *
 * @source cilium/cilium:pkg/k8s/apis/cilium.io/utils/utils.go `getEndpointSelector`
 */
function scoped({ namespace }: CiliumPolicy, selector: LabelSelector): LabelSelector {
  const keys = [...Object.keys(selector.matchLabels), ...selector.matchExpressions.map(({ key }) => key)];
  const hasKey = (start: string): boolean => keys.some((key) => key.startsWith(start));
  if (keys.includes(namespaceKey) || hasKey('reserved:')) return selector;
  if (namespace === undefined) {
    const exists = { key: namespaceKey, operator: 'Exists' as const, values: [] };
    return { ...selector, matchExpressions: [...selector.matchExpressions, exists] };
  }
  if (hasKey(namespaceLabelPrefix)) return selector;
  return { ...selector, matchLabels: { ...selector.matchLabels, [namespaceKey]: namespace } };
}

/** Takes the label sources off that a selector may name: every label of a pod is `k8s`. */
function plain(selector: LabelSelector): LabelSelector {
  const bare = (key: string): string => key.replace(/^(k8s|any)[:.]/, '');
  return {
    matchLabels: Object.fromEntries(
      Object.entries(selector.matchLabels).map(([key, value]) => [bare(key), value]),
    ),
    matchExpressions: selector.matchExpressions.map((one) => ({ ...one, key: bare(one.key) })),
  };
}

function labelsOf(world: World, other: PolicyPeer): Labels {
  const pod = podOf(other);
  if (pod) return podLabels(world, pod);
  if (other.host) return { [other.host.which === 'own' ? 'reserved:host' : 'reserved:remote-node']: '' };
  return { 'reserved:world': '' };
}

function podLabels(world: World, pod: PodTemplate): Labels {
  const ofNamespace = Object.entries(namespaceLabels(world, pod.namespace)).map(
    ([key, value]) => [namespaceLabelPrefix + key, value] as const,
  );
  return {
    ...pod.labels,
    ...Object.fromEntries(ofNamespace),
    [namespaceKey]: pod.namespace,
    'io.cilium.k8s.policy.serviceaccount': pod.serviceAccountName,
  };
}
