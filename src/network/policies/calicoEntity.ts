import type { CalicoEntity, CalicoNetworkSet, CalicoPolicy, CalicoRule } from '../../model/calicoPolicy.ts';
import { matchesCalicoSelector, type CalicoSelector } from '../../model/calicoSelector.ts';
import type { Labels } from '../../model/labels.ts';
import { fieldOf } from '../../model/objectRef.ts';
import type { PodTemplate } from '../../model/pod.ts';
import { namespaceLabels, type World } from '../../model/world.ts';
import { always, asked, every, never, not, some, when, type Condition } from './condition.ts';
import { inAddresses, podOf, type PolicyPeer } from './peer.ts';

/**
 * A selector selects pods and the addresses of network sets, and `notSelector` all but those.
 *
 * @source projectcalico/calico:api/pkg/apis/projectcalico/v3/policy_common.go (EntityRule),
 *   felix/calc/rule_scanner.go (a negated selector is a negated match of the same IP set)
 */
export function entityFits(
  world: World,
  policy: CalicoPolicy,
  rule: CalicoRule,
  entity: CalicoEntity,
  other: PolicyPeer,
): Condition {
  const within = (cidrs: readonly string[]): Condition =>
    some(cidrs.map((cidr) => inAddresses(cidr, [], other.address)));
  return every([
    entity.nets ? within(entity.nets) : always,
    not(within(entity.notNets)),
    selectedFits(world, policy, rule, entity, other),
    not(excludedFits(world, entity, other)),
  ]);
}

function excludedFits(world: World, { notSelector }: CalicoEntity, other: PolicyPeer): Condition {
  if (!notSelector) return never;
  const pod = podOf(other);
  if (pod) return when(matchesCalicoSelector(notSelector, podLabels(pod)));
  const sets = world.calicoNetworkSets.filter(({ labels }) => matchesCalicoSelector(notSelector, labels));
  return netsFit(sets, other);
}

function netsFit(sets: readonly CalicoNetworkSet[], other: PolicyPeer): Condition {
  return some(sets.flatMap(({ nets }) => nets.map((net) => inAddresses(net, [], other.address))));
}

function selectedFits(
  world: World,
  policy: CalicoPolicy,
  rule: CalicoRule,
  entity: CalicoEntity,
  other: PolicyPeer,
): Condition {
  const { selector, namespaceSelector, serviceAccounts } = entity;
  if (!selector && !namespaceSelector && !serviceAccounts) return always;
  const pod = podOf(other);
  if (pod) return podFits(world, policy, rule, entity, pod);
  const sets = world.calicoNetworkSets.filter((set) => selectsSet(world, policy, entity, set));
  return netsFit(sets, other);
}

/**
 * A set of networks is selected as a pod is; `global()` selects those of no namespace.
 *
 * @source projectcalico/calico:api/pkg/apis/projectcalico/v3/networkset.go, globalnetworkset.go
 */
function selectsSet(
  world: World,
  policy: CalicoPolicy,
  { selector, namespaceSelector, serviceAccounts }: CalicoEntity,
  set: CalicoNetworkSet,
): boolean {
  if (serviceAccounts) return false;
  if (selector && !matchesCalicoSelector(selector, set.labels)) return false;
  if (!namespaceSelector) return policy.namespace === undefined || policy.namespace === set.namespace;
  if (set.namespace === undefined) return namespaceSelector.kind === 'global';
  return matchesCalicoSelector(namespaceSelector, namespaceLabelsOf(world, { namespace: set.namespace }));
}

function podFits(
  world: World,
  policy: CalicoPolicy,
  rule: CalicoRule,
  { selector, namespaceSelector, serviceAccounts }: CalicoEntity,
  pod: PodTemplate,
): Condition {
  const inNamespace = namespaceSelector
    ? matchesCalicoSelector(namespaceSelector, namespaceLabelsOf(world, pod))
    : policy.namespace === undefined || policy.namespace === pod.namespace;
  const names = serviceAccounts?.names ?? [];
  const account = serviceAccounts?.selector;
  return every([
    when(inNamespace && (!selector || matchesCalicoSelector(selector, podLabels(pod)))),
    when(names.length === 0 || names.includes(pod.serviceAccountName)),
    account ? accountFits(rule, `${rule.ref.field ?? ''} serviceAccounts.selector`, account, pod) : always,
  ]);
}

/**
 * Decides about a pod's service account.
 *
 * Labels of service accounts are not read; their names are, which Calico makes a label.
 */
export function accountFits(
  { ref }: CalicoPolicy | CalicoRule,
  field: string,
  selector: CalicoSelector,
  pod: PodTemplate,
): Condition {
  const keys = keysOf(selector);
  if (keys.some((key) => key !== 'projectcalico.org/name')) return asked(fieldOf(ref, field));
  return when(matchesCalicoSelector(selector, { 'projectcalico.org/name': pod.serviceAccountName }));
}

function keysOf(selector: CalicoSelector): readonly string[] {
  switch (selector.kind) {
    case 'all':
    case 'global':
      return [];
    case 'not':
      return keysOf(selector.operand);
    case 'and':
    case 'or':
      return selector.operands.flatMap(keysOf);
    default:
      return [selector.key];
  }
}

/**
 * Labels of a pod, with those that Calico adds.
 *
 * @source docs.tigera.io "Network policy", selectors; projectcalico/calico:libcalico-go/lib/backend/k8s/conversion
 */
export function podLabels(pod: PodTemplate): Labels {
  return {
    ...pod.labels,
    'projectcalico.org/namespace': pod.namespace,
    'projectcalico.org/orchestrator': 'k8s',
    'projectcalico.org/serviceaccount': pod.serviceAccountName,
  };
}

/** Labels of a pod's namespace, with the name label that Calico sets on each. */
export function namespaceLabelsOf(world: World, { namespace }: { readonly namespace: string }): Labels {
  return { ...namespaceLabels(world, namespace), 'projectcalico.org/name': namespace };
}
