import type { Ask } from '../model/fact.ts';
import type { World } from '../model/world.ts';
import { cniProfiles, type CniProfiles } from './cni/profiles.ts';
import { policiesOverEgress } from './policies/policyShares.ts';
import type { Destination, PacketPath, PacketSource, PathStep } from './path.ts';
import { rulesOf } from './nodeHost.ts';
import { walkNode } from './nodeWalk.ts';
import { pathStep } from './pathStep.ts';
import { judge } from './policyJudgement.ts';
import { prerouting } from './prerouting.ts';
import { arrival, receive } from './receive.ts';
import { sceneOf, type Scene } from './scene.ts';
import { targetFamily, targetOf, type Target } from './target.ts';

/**
 * Leads the first packet of a connection from a pod to who takes it, station by station.
 *
 * @param profiles - what is known of CNIs; a set-up of one's own goes in here
 * @returns every station that had a say, and the end: who has the packet, or silence, or a refusal
 * @source netfilter.org "Traversing of tables and chains"; the order of stations was measured with packets
 */
export function packetPath(
  world: World,
  ask: Ask,
  source: PacketSource,
  to: Destination,
  profiles: CniProfiles = cniProfiles,
): PacketPath {
  const scene = sceneOf(world, ask, source, profiles);
  const dialled = targetOf(world, source.node, to);
  if (dialled.kind === 'loopback') {
    return arrival([pathStep('namespace', 'skipped', 'loopback')], { kind: 'outside' }, 0);
  }
  if (source.pod.hostNetwork) return fromNode(scene, dialled);
  if (source.node.compute === 'fargate') return fromFargate(scene, dialled);

  const atVeth = judge(scene, 'beforeDnat', dialled);
  if (drops(atVeth)) return { steps: atVeth, end: { kind: 'dropped' } };
  const shown = throughRules(scene, dialled, atVeth);
  if (shown) return shown;
  const turned = prerouting(scene, dialled);
  const steps = [...atVeth, ...turned.steps];
  if (drops(steps)) return { steps, end: { kind: 'dropped' } };
  const inFilter = judge(scene, 'afterDnat', turned.target);
  const all = [...steps, ...inFilter];
  if (drops(inFilter)) return { steps: all, end: { kind: 'dropped' } };
  return receive(scene, turned.target, all, turned.rule);
}

function fromNode(scene: Scene, dialled: Target): PacketPath {
  const steps = [pathStep('namespace', 'skipped', 'hostNetwork', { refs: [scene.source.pod.ref] })];
  return throughRules(scene, dialled, steps) ?? receive(scene, dialled, steps);
}

/** Leads a packet through the rules that the input shows of the node; nothing when it shows none. */
function throughRules(scene: Scene, dialled: Target, before: readonly PathStep[]): PacketPath | undefined {
  const { pod, node } = scene.source;
  const rules = rulesOf(scene.world, node, targetFamily(dialled));
  if (!rules || isHiddenService(dialled)) return undefined;
  const walk = walkNode(scene, dialled, rules);
  const crossed = pod.hostNetwork || walk.unchanged ? 'crossed' : scene.cni.ask().netfilter.value;
  if (crossed === 'bypassed') {
    const { source } = scene.cni.ask().netfilter;
    const skipped = pathStep('iptables', 'skipped', 'netfilterBypassed', { source });
    return receive(scene, dialled, [...before, skipped]);
  }
  const steps = [...before, ...walk.steps];
  if (walk.end !== 'passed') return { steps, end: { kind: walk.end } };
  const inFilter = pod.hostNetwork ? [] : judge(scene, 'afterDnat', walk.target);
  const all = [...steps, ...inFilter];
  if (drops(inFilter)) return { steps: all, end: { kind: 'dropped' } };
  const path = receive(scene, walk.target, all, undefined, walk.sourceAddress);
  const lost =
    path.end.kind === 'arrives' ? walk.lostAnswer() : path.end.kind === 'refused' ? walk.lostRefusal() : [];
  return lost.length === 0 ? path : { steps: [...path.steps, ...lost], end: { kind: 'dropped' } };
}

/** The address of the cluster DNS is one of a Service, and where rules turn it to the input does not show. */
function isHiddenService({ kind, peer }: Target): boolean {
  return kind === 'pod' && peer.address.kind === 'hidden';
}

function fromFargate(scene: Scene, target: Target): PacketPath {
  const refs = [scene.source.node.ref];
  if (target.kind === 'imds' || target.kind === 'podIdentityAgent') {
    const reason = target.kind === 'imds' ? 'fargateHasNoImds' : 'fargateHasNoAgent';
    return { steps: [pathStep('namespace', 'drops', reason, { refs })], end: { kind: 'dropped' } };
  }
  const selecting = policiesOverEgress(scene.world, scene.source.pod);
  const source =
    'awsdocs/amazon-eks-user-guide "cni-network-policy": policies apply to EC2 Linux nodes alone';
  const skipped = pathStep('policyAtVeth', 'skipped', 'policyNotEnforced', { refs: selecting, source });
  return receive(scene, target, selecting.length > 0 ? [skipped] : []);
}

function drops(steps: readonly PathStep[]): boolean {
  return steps.some(({ action }) => action === 'drops');
}
