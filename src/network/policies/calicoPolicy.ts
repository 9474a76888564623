import type { CalicoPolicy, CalicoPort, CalicoRule } from '../../model/calicoPolicy.ts';
import { matchesCalicoSelector } from '../../model/calicoSelector.ts';
import type { PodTemplate } from '../../model/pod.ts';
import type { World } from '../../model/world.ts';
import { accountFits, entityFits, namespaceLabelsOf, podLabels } from './calicoEntity.ts';
import { always, asked, every, when, type Condition } from './condition.ts';
import { inAddresses, portNames, viewOfPod, type PolicyPeer, type Saying } from './peer.ts';
import type { PolicyRule, PolicyShare } from './ruling.ts';
import { tiers } from './tiers.ts';

/**
 * Gives what the policies of Calico say to a connection: tier by tier, in each by order, and then by name.
 *
 * @source projectcalico/calico:api/pkg/apis/projectcalico/v3/globalnetworkpolicy.go, tier.go;
 * docs.tigera.io "Get started with policy tiers"
 */
export function calicoShares(world: World, saying: Saying): readonly PolicyShare[] {
  const { pod, direction } = saying;
  if (pod.hostNetwork) return [];
  return world.calicoPolicies
    .filter((policy) => policy.types.includes(direction))
    .map((policy) => ({ policy, applies: selects(world, policy, pod) }))
    .filter(({ applies }) => applies.known !== 'no')
    .map(({ policy, applies }): PolicyShare => {
      const tier = tierOf(world, policy.tier);
      return {
        policy: policy.ref,
        applies,
        tier,
        order: policy.order ?? Number.POSITIVE_INFINITY,
        name: policy.name,
        rules: (direction === 'Egress' ? policy.egress : policy.ingress).flatMap((rule) =>
          ruleOf(world, policy, rule, saying),
        ),
        reading: 'ordered',
        otherwise: tier.defaultAction === 'Deny' ? 'deny' : 'nextTier',
      };
    });
}

/** The tiers that are always there; any other is asked last when the input does not show it. */
const builtIn = [tiers.admin, tiers.namespaces, tiers.baseline];

function tierOf(
  world: World,
  name: string,
): PolicyShare['tier'] & { readonly defaultAction: 'Deny' | 'Pass' } {
  const stated = world.calicoTiers.find((tier) => tier.name === name);
  const known = builtIn.find((tier) => tier.name === name);
  return {
    name,
    order: stated?.order ?? known?.order ?? Number.POSITIVE_INFINITY,
    defaultAction: stated?.defaultAction ?? (known && known !== tiers.namespaces ? 'Pass' : 'Deny'),
  };
}

function selects(world: World, policy: CalicoPolicy, pod: PodTemplate): Condition {
  if (policy.namespace !== undefined && policy.namespace !== pod.namespace) return when(false);
  const { namespaceSelector, serviceAccountSelector } = policy;
  return every([
    when(matchesCalicoSelector(policy.selector, podLabels(pod))),
    when(!namespaceSelector || matchesCalicoSelector(namespaceSelector, namespaceLabelsOf(world, pod))),
    serviceAccountSelector
      ? accountFits(policy, 'spec.serviceAccountSelector', serviceAccountSelector, pod)
      : always,
  ]);
}

const actions = { Allow: 'allow', Deny: 'deny', Pass: 'pass' } as const;

/** A rule that logs decides nothing. */
function ruleOf(world: World, policy: CalicoPolicy, rule: CalicoRule, saying: Saying): readonly PolicyRule[] {
  if (rule.action === 'Log') return [];
  const { pod, peer, direction, port } = saying;
  const self: PolicyPeer = { address: viewOfPod(world, pod), pod };
  const [source, destination] = direction === 'Egress' ? [self, peer] : [peer, self];
  const everywhere = rule.ipVersion === 6 ? '::/0' : '0.0.0.0/0';
  const fits = every([
    rule.ipVersion === undefined ? always : inAddresses(everywhere, [], destination.address),
    when(rule.protocol === undefined || isProtocol(rule.protocol, port.protocol)),
    when(rule.notProtocol === undefined || !isProtocol(rule.notProtocol, port.protocol)),
    entityFits(world, policy, rule, rule.source, source),
    entityFits(world, policy, rule, rule.destination, destination),
    when(rule.destination.ports === undefined || portFits(rule.destination.ports, saying)),
    when(!portFits(rule.destination.notPorts, saying)),
    ...rule.unread.map(asked),
  ]);
  return [{ ref: rule.ref, action: actions[rule.action], fits, peer: 'addresses' }];
}

/** @source IANA protocol numbers */
const protocolNumbers: Readonly<Record<Saying['port']['protocol'], string>> = {
  TCP: '6',
  UDP: '17',
  SCTP: '132',
};

function isProtocol(written: string, actual: Saying['port']['protocol']): boolean {
  return written === actual || written === protocolNumbers[actual];
}

function portFits(wanted: readonly CalicoPort[], { pod, direction, peer, port }: Saying): boolean {
  const names = portNames(direction === 'Egress' ? peer.pod : pod, port);
  return wanted.some((one) =>
    typeof one === 'string' ? names.includes(one) : one[0] <= port.port && port.port <= one[1],
  );
}
