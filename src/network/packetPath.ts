import type { Ask } from '../model/fact.ts';
import type { World } from '../model/world.ts';
import { cniProfiles, type CniProfiles } from './cni/profiles.ts';
import { policiesSelecting } from './networkPolicy.ts';
import type { Destination, PacketPath, PacketSource, PathStep } from './path.ts';
import { pathStep } from './pathStep.ts';
import { judge } from './policyJudgement.ts';
import { prerouting } from './prerouting.ts';
import { arrival, receive } from './receive.ts';
import { sceneOf, type Scene } from './scene.ts';
import { targetOf, type Target } from './target.ts';

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
  if (source.pod.hostNetwork) {
    return receive(scene, dialled, [
      pathStep('namespace', 'skipped', 'hostNetwork', { refs: [source.pod.ref] }),
    ]);
  }
  if (source.node.compute === 'fargate') return fromFargate(scene, dialled);

  const atVeth = judge(scene, 'beforeDnat', dialled);
  if (drops(atVeth)) return { steps: atVeth, end: { kind: 'dropped' } };
  const turned = prerouting(scene, dialled);
  const steps = [...atVeth, ...turned.steps];
  if (drops(steps)) return { steps, end: { kind: 'dropped' } };
  const inFilter = judge(scene, 'afterDnat', turned.target);
  const all = [...steps, ...inFilter];
  if (drops(inFilter)) return { steps: all, end: { kind: 'dropped' } };
  return receive(scene, turned.target, all, turned.rule);
}

function fromFargate(scene: Scene, target: Target): PacketPath {
  const refs = [scene.source.node.ref];
  if (target.kind === 'imds' || target.kind === 'podIdentityAgent') {
    const reason = target.kind === 'imds' ? 'fargateHasNoImds' : 'fargateHasNoAgent';
    return { steps: [pathStep('namespace', 'drops', reason, { refs })], end: { kind: 'dropped' } };
  }
  const selecting = policiesSelecting(scene.world, scene.source.pod, 'Egress').map(({ ref }) => ref);
  const source =
    'awsdocs/amazon-eks-user-guide "cni-network-policy": policies apply to EC2 Linux nodes alone';
  const skipped = pathStep('policyAtVeth', 'skipped', 'policyNotEnforced', { refs: selecting, source });
  return receive(scene, target, selecting.length > 0 ? [skipped] : []);
}

function drops(steps: readonly PathStep[]): boolean {
  return steps.some(({ action }) => action === 'drops');
}
