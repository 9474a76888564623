import type { Ask } from '../model/fact.ts';
import type { Kube2iam } from '../model/kube2iam.ts';
import type { ClusterNode } from '../model/node.ts';
import type { World } from '../model/world.ts';
import type { CniProfile } from './cni/profile.ts';
import { cniProfiles } from './cni/profiles.ts';
import { matchesInterface, type Tri } from './hostInterface.ts';
import type { Rule } from './iptables/rule.ts';
import { kube2iamOn } from './kube2iamDaemon.ts';
import { policiesSelecting } from './networkPolicy.ts';
import type { PacketSource } from './path.ts';
import type { PathReason } from './pathReason.ts';
import { redirectRule } from './redirectRule.ts';
import { interfaceOf, sceneOf, type Scene } from './scene.ts';

/** Whether a rule of kube2iam's meets the metadata requests of a pod, and whether anybody answers them. */
export type Interception =
  | {
      readonly kind: 'none';
      readonly why: PathReason;
      /** The daemon that would have been the one. */
      readonly daemon?: Kube2iam;
      /** Where the behaviour of the CNI is known from, when that is the reason. */
      readonly source?: string;
    }
  | {
      readonly kind: 'rule';
      readonly daemon: Kube2iam;
      readonly listening: boolean;
      readonly why: PathReason;
      readonly rule: Rule;
    };

/**
 * Finds the rule of kube2iam that meets the metadata requests of a pod.
 *
 * With several daemons the first whose rule is in place wins, as the older rule does.
 *
 * @source jtblin/kube2iam:iptables/iptables.go; jtblin/kube2iam:cmd/main.go
 */
export function interception(world: World, ask: Ask, source: PacketSource): Interception {
  return intercept(sceneOf(world, ask, source, cniProfiles));
}

/** Finds the same on a scene that is set. */
export function intercept(scene: Scene): Interception {
  const { world, ask, source } = scene;
  if (source.pod.hostNetwork) return { kind: 'none', why: 'hostNetwork' };
  const daemons = kube2iamOn(world, ask, source.node);
  const [shown] = world.kube2iam;
  let first: Interception | undefined;
  for (const daemon of daemons) {
    const found = interceptBy(scene, daemon);
    if (found.kind === 'rule') return found;
    first ??= found;
  }
  return (
    first ??
    (shown ? { kind: 'none', why: 'notOnNode', daemon: shown } : { kind: 'none', why: 'notInstalled' })
  );
}

/** Finds the kube2iam daemon that listens on a port of a node. */
export function kube2iamListening(scene: Scene, node: ClusterNode, port: number): Kube2iam | undefined {
  return kube2iamOn(scene.world, scene.ask, node)
    .filter((daemon) => daemon.hostNetwork && daemon.flags.appPort === port)
    .find((daemon) => daemonState(scene, daemon, node) === 'ready');
}

function interceptBy(scene: Scene, daemon: Kube2iam): Interception {
  const { ask, source } = scene;
  if (daemon.flags.iptables && !daemon.hostNetwork) {
    return { kind: 'none', why: 'ruleInOwnNamespace', daemon };
  }
  const profile = cniThatMatters(scene, daemon);
  if (profile?.netfilter.value === 'bypassed') {
    return { kind: 'none', why: 'netfilterBypassed', daemon, source: profile.netfilter.source };
  }
  const met = meetsInterface(scene, daemon);
  const starts = startsUp(scene, daemon);
  if (met === 'no' && starts) {
    const known = profile ? { source: profile.hostInterfaces.source } : {};
    return { kind: 'none', why: 'interfaceDiffers', daemon, ...known };
  }
  // What the daemon adds is there while it runs; any other rule may be there or not, whoever runs.
  const adds = addsRule(daemon) && starts && met === 'yes';
  const running = adds ? daemonState(scene, daemon, source.node) : undefined;
  const known = running === 'ready' || running === 'notReady' ? { known: 'present' } : {};
  // A node on which nobody else put a rule has none; one that is left over is the surprise.
  const options = ['absent', 'present'];
  const rule = ask({ name: 'kube2iam.rule', scope: source.node.name, about: daemon.ref, options, ...known });
  if (rule === 'absent') return { kind: 'none', why: 'ruleAbsent', daemon };
  const state = running ?? daemonState(scene, daemon, source.node);
  return {
    kind: 'rule',
    daemon,
    listening: state === 'ready',
    why: reasonOf[state],
    rule: redirectRule(daemon, source.node, adds ? daemon.flags.hostInterface : undefined),
  };
}

type DaemonState = 'ready' | 'notReady' | 'gone';

const reasonOf: Readonly<Record<DaemonState, PathReason>> = {
  ready: 'redirected',
  notReady: 'redirectedToNotReady',
  gone: 'redirectedToGone',
};

/** A process that ends at start is gone; whether any other is healthy no manifest shows. */
function daemonState(scene: Scene, daemon: Kube2iam, node: ClusterNode): DaemonState {
  const known = startsUp(scene, daemon) ? {} : { known: 'gone' };
  const state = scene.ask({ name: 'kube2iam.daemon', scope: node.name, about: daemon.ref, ...known });
  return state === 'ready' || state === 'notReady' ? state : 'gone';
}

function addsRule(daemon: Kube2iam): boolean {
  return daemon.flags.iptables && daemon.hostNetwork && daemon.startupFaults.length === 0;
}

/**
 * Interfaces of a node besides those of pods: kube2iam starts with one of them, and meets no pod.
 *
 * @source the names that Amazon Linux 2 (eth0) and Amazon Linux 2023 (ens5) give to the first network
 * interface
 */
const uplinks: ReadonlySet<string> = new Set(['lo', 'eth0', 'ens5']);

/** A daemon told of an interface that does not exist ends at once; a name with `+` is not looked up. */
function startsUp(scene: Scene, daemon: Kube2iam): boolean {
  if (daemon.startupFaults.length > 0) return false;
  const { hostInterface } = daemon.flags;
  if (!addsRule(daemon) || hostInterface.includes('+') || uplinks.has(hostInterface)) return true;
  const faces = scene.cni.ask().hostInterfaces.value;
  return faces.some(({ face }) => matchesInterface(hostInterface, face) !== 'no');
}

/** A rule that another hand put there is taken to be meant for pods. */
function meetsInterface(scene: Scene, daemon: Kube2iam): Tri {
  if (!addsRule(daemon) || daemon.flags.hostInterface === '+') return 'yes';
  return matchesInterface(daemon.flags.hostInterface, interfaceOf(scene.cni.ask(), scene.source));
}

/** The CNI, asked for when the rule names an interface or a policy selects the pod, or when it is known. */
function cniThatMatters(scene: Scene, daemon: Kube2iam): CniProfile | undefined {
  const named = addsRule(daemon) && daemon.flags.hostInterface !== '+';
  const policed = policiesSelecting(scene.world, scene.source.pod, 'Egress').length > 0;
  return named || policed ? scene.cni.ask() : scene.cni.known();
}
