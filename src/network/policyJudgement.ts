import type { ObjectRef } from '../model/objectRef.ts';
import type { PodTemplate } from '../model/pod.ts';
import type { CniFact, EnforcingEngine } from './cni/profile.ts';
import {
  egressEvidence,
  ingressEvidence,
  settle,
  type PolicyEvidence,
  type PolicyPeer,
  type PolicyVerdict,
} from './networkPolicy.ts';
import type { PathStep } from './path.ts';
import type { PathReason } from './pathReason.ts';
import { pathStep } from './pathStep.ts';
import type { Scene } from './scene.ts';
import { clusterFamily, targetFamily, type Target } from './target.ts';

/**
 * Judges a packet of a pod by the policies of the pod and of who is to receive it, at one hook.
 *
 * Nothing comes back where the engine judges elsewhere or no policy has a say. The CNI is asked for only when
 * engines may differ over this packet.
 *
 * @source kubernetes/website "Network Policies": a connection needs egress of the one and ingress of the
 * other
 */
export function judge(scene: Scene, hook: EnforcingEngine['hook'], target: Target): readonly PathStep[] {
  const egress = judgeEgress(scene, hook, target);
  const ingress = egress?.action === 'drops' ? undefined : judgeIngress(scene, hook, target);
  return [egress, ingress].filter((step) => step !== undefined);
}

/**
 * What the policies of one pod say to a connection in one direction; `weigh` says it for another view of
 * the peer.
 */
interface Saying {
  readonly pod: PodTemplate;
  readonly peer: PolicyPeer;
  readonly weigh: (peer: PolicyPeer) => PolicyEvidence;
}

function judgeEgress(scene: Scene, hook: EnforcingEngine['hook'], target: Target): PathStep | undefined {
  const { pod } = scene.source;
  const weigh: Saying['weigh'] = (peer) => egressEvidence(scene.world, pod, peer, target.port);
  const step = judgeSaying(scene, hook, target, { pod, peer: target.peer, weigh });
  return step === 'unselected' ? withoutPolicy(scene, hook, target) : step;
}

function judgeIngress(scene: Scene, hook: EnforcingEngine['hook'], target: Target): PathStep | undefined {
  if (target.kind !== 'pod') return undefined;
  const { pod } = target;
  const weigh: Saying['weigh'] = (peer) => ingressEvidence(scene.world, pod, peer, target.port);
  const step = judgeSaying(scene, hook, target, { pod, peer: senderOf(scene), weigh });
  return step === 'unselected' ? undefined : step;
}

function judgeSaying(
  scene: Scene,
  hook: EnforcingEngine['hook'],
  target: Target,
  saying: Saying,
): PathStep | 'unselected' | undefined {
  const evidence = saying.weigh(saying.peer);
  if (evidence.kind === 'unselected') return 'unselected';
  const at = stepHook[hook];
  const known = scene.cni.known();
  if (!known && evidence.kind === 'allowed' && enginesAgree(evidence, target)) {
    return hook === 'beforeDnat' ? verdictStep(at, evidence) : undefined;
  }
  const engine = (known ?? scene.cni.ask()).policy;
  const refs = refsOf(evidence);
  if (engine.kind === 'notEnforced') {
    if (hook === 'afterDnat') return undefined;
    return pathStep(at, 'skipped', 'policyNotEnforced', { refs, source: engine.source });
  }
  if (engine.hook !== hook) return undefined;
  if (engine.families.value === 'clusterFamily' && targetFamily(target) !== clusterFamily(scene.world)) {
    return pathStep(at, 'skipped', 'familyNotPoliced', { refs, source: engine.families.source });
  }
  return onceLoaded(scene, engine, saying, evidence, enforce(scene, engine, target, saying, evidence));
}

/**
 * No engine stops what a policy admits, unless it goes to the pod's node or an ipBlock is to select a pod.
 */
function enginesAgree(allowed: Extract<PolicyEvidence, { kind: 'allowed' }>, target: Target): boolean {
  if (allowed.by.some(({ peer }) => peer === undefined)) return true;
  if (target.kind === 'pod') return allowed.by.some(({ peer }) => peer?.kind === 'pods');
  return target.bound === 'no';
}

/** What an engine does that has loaded the policies. */
function enforce(
  scene: Scene,
  engine: EnforcingEngine,
  target: Target,
  saying: Saying,
  evidence: PolicyEvidence,
): PathStep {
  const at = stepHook[engine.hook];
  const own = engine.ownNode;
  const refs = refsOf(evidence);
  if (target.bound !== 'no' && isUnpoliced(own.value, target)) {
    return pathStep(at, 'skipped', 'nodeUnpoliced', { refs, source: own.source });
  }
  const overlooking = overlooks(engine, target);
  const seen = overlooking ? saying.weigh({ ...saying.peer, address: { kind: 'beyondIpBlocks' } }) : evidence;
  if (overlooking && seen.kind === 'isolated' && evidence.kind !== 'isolated') {
    return pathStep(at, 'drops', 'noIpBlockSelects', { refs, source: overlooking.source });
  }
  const verdict = settle(seen, scene.ask);
  if (verdict.kind === 'allowed' && dropsToHost(engine, target)) {
    return pathStep(at, 'drops', 'endpointToHostDrops', { refs, source: own.source });
  }
  return verdictStep(at, verdict);
}

function isUnpoliced(own: EnforcingEngine['ownNode']['value'], target: Target): boolean {
  if (own.kind === 'unpoliced') return own.addresses === 'local' || target.bound === 'primary';
  const [first, last] = (own.kind === 'policed' && own.unpolicedPorts) || [0, -1];
  return first <= target.port.port && target.port.port <= last;
}

/** The row by which no ipBlock of this engine selects the target. */
function overlooks(engine: EnforcingEngine, target: Target): CniFact<unknown> | undefined {
  if (target.bound !== 'no' && engine.ownNode.value.kind === 'noIpBlockSelects') return engine.ownNode;
  if (target.kind === 'pod' && engine.podsInIpBlocks.value === 'notSelected') return engine.podsInIpBlocks;
  return undefined;
}

function dropsToHost({ ownNode }: EnforcingEngine, target: Target): boolean {
  return target.bound !== 'no' && ownNode.value.kind === 'policed' && ownNode.value.afterwards === 'drop';
}

/**
 * Asks whether the policies are loaded when it makes a difference: the gap lets pass what they stop, or the
 * reverse.
 */
function onceLoaded(
  { ask }: Scene,
  engine: EnforcingEngine,
  { pod }: Saying,
  evidence: PolicyEvidence,
  enforced: PathStep,
): PathStep {
  const { value, source } = engine.beforePolicies;
  const action = enforced.action === 'drops' ? 'passes' : 'drops';
  if (value !== (action === 'passes' ? 'everything' : 'nothing')) return enforced;
  const scope = `${pod.namespace}/${pod.ref.name}`;
  if (ask({ name: 'policyEnforcement', scope, about: pod.ref }) === 'loaded') return enforced;
  return pathStep(stepHook[engine.hook], action, 'policiesNotYetLoaded', { refs: refsOf(evidence), source });
}

/** What becomes of a pod that no policy isolates; an engine that nobody named is not taken to mind. */
function withoutPolicy(scene: Scene, hook: EnforcingEngine['hook'], target: Target): PathStep | undefined {
  const engine = scene.cni.stated?.policy;
  if (engine?.kind !== 'enforced' || engine.hook !== hook) return undefined;
  const drop = (reason: PathReason, { source }: CniFact<unknown>): PathStep => {
    scene.cni.ask();
    return pathStep(stepHook[hook], 'drops', reason, { source });
  };
  if (engine.withoutPolicy.value === 'nothing') return drop('strictWithoutPolicy', engine.withoutPolicy);
  return dropsToHost(engine, target) ? drop('endpointToHostDrops', engine.ownNode) : undefined;
}

function verdictStep(at: PathStep['hook'], verdict: PolicyVerdict): PathStep {
  const refs = refsOf(verdict);
  return verdict.kind === 'isolated'
    ? pathStep(at, 'drops', 'policyIsolates', { refs })
    : pathStep(at, 'passes', 'policyAllows', { refs });
}

function refsOf(evidence: PolicyEvidence): readonly ObjectRef[] {
  switch (evidence.kind) {
    case 'unselected':
      return [];
    case 'allowed':
      return evidence.by.map(({ rule }) => rule.ref);
    case 'isolated':
    case 'open':
      return evidence.silent.map(({ ref }) => ref);
  }
}

const stepHook: Readonly<Record<EnforcingEngine['hook'], PathStep['hook']>> = {
  beforeDnat: 'policyAtVeth',
  afterDnat: 'policyInFilter',
};

/** The pod that sends, as the policies of the receiver see it. */
function senderOf({ world, source: { pod } }: Scene): PolicyPeer {
  const { podIP } = pod.status ?? {};
  if (podIP !== undefined) return { address: { kind: 'known', address: podIP }, pod };
  const host = `${pod.namespace}/${pod.ref.name}`;
  return {
    address: { kind: 'hidden', fact: 'hostAddress', host, family: clusterFamily(world), orAmong: [] },
    pod,
  };
}
