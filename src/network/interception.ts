import type { Ask } from '../model/fact.ts';
import { kube2iamDefaults } from '../model/kube2iam.ts';
import type { ClusterNode } from '../model/node.ts';
import type { World } from '../model/world.ts';
import { sameAddress } from './address.ts';
import type { CniProfile } from './cni/profile.ts';
import { cniProfiles } from './cni/profiles.ts';
import { matchesInterface, type Tri } from './hostInterface.ts';
import type { Rule } from '../model/iptables.ts';
import { kiamOn } from './kiamAgents.ts';
import { kube2iamOn } from './kube2iamDaemon.ts';
import { policiesOverEgress } from './policies/policyShares.ts';
import type { PacketSource } from './path.ts';
import type { PathReason } from './pathReason.ts';
import {
  interfaceMatch,
  kiamRedirector,
  kube2iamRedirector,
  type Redirector,
  type RedirectorReason,
} from './redirector.ts';
import { redirectRule } from './redirectRule.ts';
import { interfaceOf, sceneOf, type Scene } from './scene.ts';

/** Whether the rule of some daemon meets the metadata requests of a pod, and whether anybody answers them. */
export type Interception =
  | {
      readonly kind: 'none';
      readonly why: PathReason;
      /** The daemon that would have been the one. */
      readonly daemon?: Redirector['daemon'];
      /** Where the behaviour of the CNI is known from, when that is the reason. */
      readonly source?: string;
    }
  | {
      readonly kind: 'rule';
      readonly by: Redirector;
      readonly daemon: Redirector['daemon'];
      readonly listening: boolean;
      readonly why: PathReason;
      readonly rule: Rule;
    };

/**
 * Finds the rule that meets the metadata requests of a pod.
 *
 * Of several daemons of one program the first whose rule is in place wins, as the older rule does. Of several
 * programs the one whose rule was there first wins, which is a matter of who started first.
 *
 * @source jtblin/kube2iam:iptables/iptables.go; uswitch/kiam:cmd/kiam/iptables.go: both append; measured with
 * both programs
 */
export function interception(world: World, ask: Ask, source: PacketSource): Interception {
  return intercept(sceneOf(world, ask, source, cniProfiles));
}

/**
 * Finds the same on a scene that is set, for packets to one address.
 *
 * A rule for another address meets none of them; it is told of only where there is no other.
 */
export function intercept(scene: Scene, address: string = kube2iamDefaults.metadataAddress): Interception {
  const { world, ask, source } = scene;
  if (source.pod.hostNetwork) return { kind: 'none', why: 'hostNetwork' };
  const products = [
    kube2iamOn(world, ask, source.node).map(kube2iamRedirector),
    kiamOn(world, source.node).map(kiamRedirector),
  ];
  const isMeant = ({ metadataAddress }: Redirector): boolean => sameAddress(metadataAddress, address);
  const meant = products.flat().some(isMeant) ? products.map((all) => all.filter(isMeant)) : products;
  const byProduct = meant.map((redirectors) => firstOf(scene, redirectors));
  const rules = byProduct.flatMap((found) => (found?.kind === 'rule' ? [found] : []));
  const [rule, other] = rules;
  if (rule && other) {
    const { name: scope } = source.node;
    const first = ask({ name: 'firstRule', scope, about: source.node.ref });
    return rules.find(({ by }) => by.product === first) ?? rule;
  }
  return rule ?? byProduct.find((found) => found !== undefined) ?? notOnNode(world);
}

function notOnNode({ kube2iam, kiamAgents }: World): Interception {
  const [shown] = [...kube2iam.map(kube2iamRedirector), ...kiamAgents.map(kiamRedirector)];
  return shown
    ? { kind: 'none', why: shown.reasons.notOnNode, daemon: shown.daemon }
    : { kind: 'none', why: 'notInstalled' };
}

/** The rule that is in place, or why the first daemon has none. */
function firstOf(scene: Scene, redirectors: readonly Redirector[]): Interception | undefined {
  let first: Interception | undefined;
  for (const redirector of redirectors) {
    const found = interceptBy(scene, redirector);
    if (found.kind === 'rule') return found;
    first ??= found;
  }
  return first;
}

/** Finds the daemon that listens on a port of a node. */
export function listeningOn(scene: Scene, node: ClusterNode, port: number): Redirector | undefined {
  const { world, ask } = scene;
  return [...kube2iamOn(world, ask, node).map(kube2iamRedirector), ...kiamOn(world, node).map(kiamRedirector)]
    .filter((redirector) => redirector.daemon.hostNetwork && redirector.port === port)
    .find((redirector) => daemonState(scene, redirector, node) === 'ready');
}

function interceptBy(scene: Scene, by: Redirector): Interception {
  const { ask, source } = scene;
  const { daemon, reasons } = by;
  if (by.addsRule && !daemon.hostNetwork) return { kind: 'none', why: reasons.ruleInOwnNamespace, daemon };
  const profile = cniThatMatters(scene, by);
  if (profile?.netfilter.value === 'bypassed') {
    return { kind: 'none', why: 'netfilterBypassed', daemon, source: profile.netfilter.source };
  }
  const met = meetsInterface(scene, by);
  const starts = startsUp(scene, by, source.node);
  if (met === 'no' && starts) {
    const known = profile ? { source: profile.hostInterfaces.source } : {};
    return { kind: 'none', why: reasons.interfaceDiffers, daemon, ...known };
  }
  // What the daemon adds is there while it runs; any other rule may be there or not, whoever runs.
  const adds = putsRule(by) && starts && met === 'yes';
  const running = adds ? daemonState(scene, by, source.node) : undefined;
  const known = running === 'ready' || running === 'notReady' ? { known: 'present' } : {};
  // A node on which nobody else put a rule has none; one that is left over is the surprise.
  const options = ['absent', 'present'];
  const rule = ask({ name: by.facts.rule, scope: source.node.name, about: daemon.ref, options, ...known });
  if (rule === 'absent') return { kind: 'none', why: reasons.ruleAbsent, daemon };
  const state = running ?? daemonState(scene, by, source.node);
  return {
    kind: 'rule',
    by,
    daemon,
    listening: state === 'ready',
    why: reasons[reasonOf[state]],
    rule: redirectRule(by, source.node, adds ? by.hostInterface : undefined),
  };
}

type DaemonState = 'ready' | 'notReady' | 'gone';

const reasonOf: Readonly<Record<DaemonState, RedirectorReason>> = {
  ready: 'redirected',
  notReady: 'redirectedToNotReady',
  gone: 'redirectedToGone',
};

/** A process that ends at start is gone; whether any other is healthy no manifest shows. */
function daemonState(scene: Scene, by: Redirector, node: ClusterNode): DaemonState {
  const known = startsUp(scene, by, node) ? {} : { known: 'gone' };
  const state = scene.ask({ name: by.facts.daemon, scope: node.name, about: by.daemon.ref, ...known });
  return state === 'ready' || state === 'notReady' ? state : 'gone';
}

function putsRule({ addsRule, daemon }: Redirector): boolean {
  return addsRule && daemon.hostNetwork && daemon.startupFaults.length === 0;
}

/**
 * Interfaces of a node besides those of pods: a daemon starts with one of them, and meets no pod.
 *
 * @source the names that Amazon Linux 2 (eth0) and Amazon Linux 2023 (ens5) give to the first network
 * interface
 */
const uplinks: ReadonlySet<string> = new Set(['lo', 'eth0', 'ens5']);

/**
 * Decides whether the process gets as far as to serve: its flags, the metadata of its node, its interface. A
 * name with `+` is not looked up.
 */
function startsUp(scene: Scene, by: Redirector, node: ClusterNode): boolean {
  if (by.daemon.startupFaults.length > 0) return false;
  if (by.needsMetadata && node.imds.httpEndpoint === 'disabled') return false;
  const { hostInterface } = by;
  if (!by.needsInterface || !putsRule(by) || hostInterface.includes('+') || uplinks.has(hostInterface))
    return true;
  const faces = scene.cni.ask().hostInterfaces.value;
  return faces.some(({ face }) => matchesInterface(hostInterface, face) !== 'no');
}

/** A rule that another hand put there is taken to be meant for pods. */
function meetsInterface(scene: Scene, by: Redirector): Tri {
  if (!putsRule(by) || by.hostInterface === '+') return 'yes';
  const { pattern, negated } = interfaceMatch(by, by.hostInterface);
  const met = matchesInterface(pattern, interfaceOf(scene.cni.ask(), scene.source, scene.world));
  return negated ? opposite[met] : met;
}

const opposite: Readonly<Record<Tri, Tri>> = { yes: 'no', no: 'yes', unknown: 'unknown' };

/** The CNI, asked for when the rule names an interface or a policy selects the pod, or when it is known. */
function cniThatMatters(scene: Scene, by: Redirector): CniProfile | undefined {
  const named = putsRule(by) && by.hostInterface !== '+';
  const policed = policiesOverEgress(scene.world, scene.source.pod).length > 0;
  return named || policed ? scene.cni.ask() : scene.cni.known();
}
