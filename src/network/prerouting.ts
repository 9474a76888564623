import type { Rule, RuleSet } from '../model/iptables.ts';
import { firstPacket, type Host, type Packet } from './iptables/packet.ts';
import { enterNode } from './iptables/walk.ts';
import { intercept, type Interception } from './interception.ts';
import type { Destination, PathStep } from './path.ts';
import { hostOf } from './nodeHost.ts';
import { pathStep } from './pathStep.ts';
import type { Scene } from './scene.ts';
import { isMetadataRequest, targetFamily, targetOf, type Target } from './target.ts';

/** Where a packet goes after nat PREROUTING; `rule` is there when a rule turned it. */
export interface Turn {
  readonly target: Target;
  readonly steps: readonly PathStep[];
  readonly rule?: Extract<Interception, { kind: 'rule' }>;
}

/**
 * Leads a packet of a pod through nat PREROUTING, where a rule of kube2iam's may turn it.
 *
 * @source netfilter.org "Traversing of tables and chains"; jtblin/kube2iam:iptables/iptables.go
 */
export function prerouting(scene: Scene, target: Target): Turn {
  if (!isMetadataRequest(scene.world, target)) return { target, steps: ruleOfOtherFamily(scene, target) };
  const { address } = target.peer;
  const found = intercept(scene, address.kind === 'known' ? address.address : undefined);
  if (found.kind === 'none') {
    const refs = found.daemon ? [found.daemon.ref] : [];
    const source = found.source === undefined ? {} : { source: found.source };
    return { target, steps: [pathStep('prerouting', 'skipped', found.why, { refs, ...source })] };
  }
  const { rule, daemon } = found;
  const rules = ruleSetOf(rule);
  const { end, packet, at } = enterNode(rules, packetOf(scene, target), hostFor(scene, rule, rules));
  const details = { refs: [daemon.ref], rule: rule.text };
  if (end !== 'delivered') return { target, steps: [pathStep('prerouting', 'drops', 'martian', details)] };
  const { destination = '' } = packet;
  if (!packet.connection.destination) {
    return { target, steps: [pathStep('prerouting', 'skipped', 'ruleDiffers', details)] };
  }
  const port = packet.destinationPort;
  const to: Destination =
    at === 'node'
      ? { kind: 'node', port, protocol: 'TCP' }
      : { kind: 'address', address: destination, port, protocol: 'TCP' };
  const steps = [pathStep('prerouting', 'rewrites', found.why, details)];
  return { target: targetOf(scene.world, scene.source.node, to), steps, rule: found };
}

/** The rules of the daemons are for IPv4; that is worth a step when it is the reason why IMDS is met. */
function ruleOfOtherFamily({ world }: Scene, target: Target): readonly PathStep[] {
  const refs = [...world.kube2iam, ...world.kiamAgents].map(({ ref }) => ref);
  if (target.kind !== 'imds' || targetFamily(target) === 4 || refs.length === 0) return [];
  return [pathStep('prerouting', 'skipped', 'ruleIsForIpv4', { refs })];
}

function ruleSetOf(rule: Rule): RuleSet {
  return { family: 4, tables: { nat: { PREROUTING: { policy: 'ACCEPT', rules: [rule] } } } };
}

function packetOf({ source }: Scene, { peer, port }: Target): Packet {
  const destination = peer.address.kind === 'known' ? peer.address.address : '';
  return firstPacket({
    destination,
    destinationPort: port.port,
    protocol: port.protocol === 'TCP' ? 'tcp' : 'udp',
    ...(source.pod.status?.podIP === undefined ? {} : { source: source.pod.status.podIP }),
    inInterface: 'ofPod',
  });
}

/** A node whose addresses the input does not show is taken to have the one that the rule names. */
function hostFor(scene: Scene, { target }: Rule, ruleSet: RuleSet): Host {
  const { node } = scene.source;
  const host = hostOf(scene, { ruleSet, ipSets: {} });
  const named = target?.kind === 'DNAT' && target.address !== undefined ? [target.address] : [];
  return { ...host, localAddresses: node.addresses.length > 0 ? node.addresses : named };
}
