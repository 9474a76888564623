import type { NodeRules } from '../model/iptables.ts';
import { sameAddress } from './address.ts';
import { connect, type Attempt } from './iptables/connect.ts';
import { firstPacket, type Host, type Packet } from './iptables/packet.ts';
import type { Passage } from './iptables/table.ts';
import type { Journey } from './iptables/walk.ts';
import { hostOf } from './nodeHost.ts';
import type { Destination, PathStep } from './path.ts';
import { pathStep } from './pathStep.ts';
import type { Scene } from './scene.ts';
import { targetOf, type Target } from './target.ts';

/** What the rules of the node made of a packet. */
export interface NodeWalk {
  readonly steps: readonly PathStep[];
  /** `passed`: it was led on to `target`. */
  readonly end: 'passed' | 'dropped' | 'refused';
  readonly target: Target;
  /** Under whose address it arrives. */
  readonly sourceAddress: 'pod' | 'node';
  /** Stations at which the answer is lost, or that of a closed port. */
  readonly lostAnswer: () => readonly PathStep[];
  readonly lostRefusal: () => readonly PathStep[];
  /** Whether it would have gone the same way without any rule. */
  readonly unchanged: boolean;
}

/** Leads a packet through the rules that the input shows of its node, and its answer back. */
export function walkNode(scene: Scene, target: Target, rules: NodeRules): NodeWalk {
  const host = hostOf(scene, rules);
  const from = scene.source.pod.hostNetwork ? 'node' : 'pod';
  const first = packetTo(scene, target, host);
  const attempt = connect(rules.ruleSet, first, host, from, () => true);
  const { out } = attempt;
  const rejectionLost = out.end === 'rejected' && attempt.end === 'lost';
  const comesBack = out.end === 'delivered' && attempt.end === 'lost' && !attempt.lostLater;
  const steps = [
    ...stepsOf(out),
    ...(rejectionLost ? lostLater(attempt) : []),
    ...(comesBack ? [pathStep('routing', 'drops', 'comesBack')] : []),
  ];
  return {
    steps,
    end: rejectionLost || comesBack ? 'dropped' : endOf(out),
    target: turned(scene, target, out, first),
    sourceAddress: from === 'node' || out.packet.connection.source ? 'node' : 'pod',
    lostAnswer: () => lostLater(attempt),
    lostRefusal: () => lostLater(connect(rules.ruleSet, first, host, from, () => false)),
    unchanged:
      attempt.end === 'answered' && !out.packet.connection.destination && !out.packet.connection.source,
  };
}

/**
 * Stands for the address of STS, which the input does not show.
 *
 * @source RFC 5737: 203.0.113.0/24 belongs to nobody, so that no rule is about it alone
 */
const somePublicAddress = '203.0.113.1';

/**
 * Stands for the port that the kernel chooses for who connects.
 *
 * @source Linux:Documentation/networking/ip-sysctl.rst, ip_local_port_range: 32768 to 60999
 */
const someEphemeralPort = 40_000;

function packetTo({ source: { pod } }: Scene, { peer, port }: Target, { uplink }: Host): Packet {
  const destination = peer.address.kind === 'known' ? peer.address.address : somePublicAddress;
  const source = pod.hostNetwork ? uplink.address : pod.status?.podIP;
  return firstPacket({
    destination,
    destinationPort: port.port,
    sourcePort: someEphemeralPort,
    protocol: port.protocol === 'UDP' ? 'udp' : 'tcp',
    ...(source === undefined ? {} : { source }),
  });
}

function turned(scene: Scene, target: Target, { at, packet }: Journey, first: Packet): Target {
  const { destination = '', destinationPort: port } = packet;
  const same = sameAddress(destination, first.destination ?? '') && port === first.destinationPort;
  if (same) return target;
  const protocol = target.port.protocol === 'UDP' ? 'UDP' : 'TCP';
  const to: Destination = { kind: 'address', address: destination, port, protocol };
  const found = targetOf(scene.world, scene.source.node, to);
  const isNode = at === 'node' && found.kind !== 'podIdentityAgent';
  if (!isNode) return found;
  return targetOf(scene.world, scene.source.node, { kind: 'node', port, protocol });
}

function endOf({ end }: Journey): NodeWalk['end'] {
  switch (end) {
    case 'delivered':
      return 'passed';
    case 'rejected':
      return 'refused';
    case 'dropped':
    case 'martian':
      return 'dropped';
  }
}

function stepsOf({ passages, end, at, packet }: Journey): readonly PathStep[] {
  const steps = passages.map(passageStep);
  if (end === 'martian') return [...steps, pathStep('routing', 'drops', 'martian')];
  if (end !== 'delivered') return steps;
  const rule = `${packet.destination ?? ''}:${packet.destinationPort}`;
  const routed = pathStep('routing', 'passes', at === 'node' ? 'routedToNode' : 'routedBeyond', { rule });
  const after = passages.findIndex(({ chain }) => chain !== 'PREROUTING' && chain !== 'OUTPUT');
  return after === -1 ? [...steps, routed] : [...steps.slice(0, after), routed, ...steps.slice(after)];
}

function passageStep(passage: Passage): PathStep {
  const { table, chain, verdict, hits, byPolicy } = passage;
  const rule = byPolicy ? undefined : hits.at(-1)?.rule;
  const ref = byPolicy ? passage.ref : rule?.ref;
  const details = {
    station: `${table} ${chain}`,
    ...(rule ? { rule: rule.text } : {}),
    ...(ref ? { refs: [ref] } : {}),
  };
  if (verdict === 'reject') return pathStep('iptables', 'rejects', 'ruleRejects', details);
  if (verdict === 'drop') {
    if (!rule) return pathStep('iptables', 'drops', 'chainDrops', details);
    const { kind } = rule.target ?? {};
    const noAddress = kind === 'REDIRECT';
    return pathStep('iptables', 'drops', noAddress ? 'redirectWithoutAddress' : 'ruleDrops', details);
  }
  if (!rule) return pathStep('iptables', 'skipped', 'noRuleDecides', details);
  const { kind } = rule.target ?? {};
  const rewrites = kind === 'DNAT' || kind === 'REDIRECT' || kind === 'SNAT' || kind === 'MASQUERADE';
  if (rewrites) return pathStep('iptables', 'rewrites', 'ruleRewrites', details);
  return pathStep('iptables', 'passes', 'ruleAccepts', details);
}

/** The station at which an answer, or a later packet of the connection, is lost. */
function lostLater({ end, lostLater: journey }: Attempt): readonly PathStep[] {
  if (end !== 'lost' || !journey) return [];
  const last = journey.passages.at(-1);
  const step = last && journey.end !== 'delivered' ? passageStep(last) : undefined;
  return [step ?? pathStep('answer', 'drops', 'answerElsewhere')];
}
