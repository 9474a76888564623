import type { ObjectRef } from '../model/objectRef.ts';
import type { World } from '../model/world.ts';
import type { CniFact, EnforcingEngine } from './cni/profile.ts';
import type { PathStep } from './path.ts';
import type { PathReason } from './pathReason.ts';
import { pathStep } from './pathStep.ts';
import { overlooksExcept } from './policies/overlookedExcept.ts';
import { networkPolicyShares } from './policies/networkPolicy.ts';
import { viewOfPod, type PolicyPeer, type Saying } from './policies/peer.ts';
import { otherKinds, policiesOf, sharesOfKind, type OtherKind } from './policies/policyShares.ts';
import {
  decide,
  weigh,
  type PolicyEvidence,
  type PolicyShare,
  type PolicyVerdict,
} from './policies/ruling.ts';
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
export function judge(scene: Scene, hook: Hook, target: Target): readonly PathStep[] {
  const egress = judgeEgress(scene, hook, target).steps;
  if (egress.some(({ action }) => action === 'drops')) return egress;
  return [...egress, ...judgeIngress(scene, hook, target).steps];
}

function judgeEgress(scene: Scene, hook: Hook, target: Target): Judgement {
  const { pod } = scene.source;
  const peer = peerOf(target);
  const judgement = judgeSaying(scene, hook, target, { pod, direction: 'Egress', peer, port: target.port });
  if (judgement.kind !== 'unselected') return judgement;
  const step = withoutPolicy(scene, hook, target);
  return { kind: 'judged', steps: [...judgement.steps, ...(step ? [step] : [])] };
}

function judgeIngress(scene: Scene, hook: Hook, target: Target): Judgement {
  if (target.kind !== 'pod') return { kind: 'judged', steps: [] };
  const { pod } = target;
  const sender = scene.source.pod;
  const peer = { address: viewOfPod(scene.world, sender), pod: sender };
  return judgeSaying(scene, hook, target, { pod, direction: 'Ingress', peer, port: target.port });
}

/** What a hook made of a packet; `unselected`: no policy that is enforced has anything to say. */
interface Judgement {
  readonly kind: 'judged' | 'unselected';
  readonly steps: readonly PathStep[];
}

function judgeSaying(scene: Scene, hook: Hook, target: Target, saying: Saying): Judgement {
  const { world } = scene;
  const own = networkPolicyShares(world, saying);
  const others = otherShares(world, saying);
  if (own.length === 0 && others.length === 0) return { kind: 'unselected', steps: [] };
  const at = stepHook[hook];
  const known = scene.cni.known();
  const evidence = weigh(own);
  if (!known && others.length === 0 && evidence.kind === 'allowed' && enginesAgree(evidence, target)) {
    return { kind: 'judged', steps: hook === 'beforeDnat' ? [verdictStep(at, evidence)] : [] };
  }
  const engine = (known ?? scene.cni.ask()).policy;
  if (engine.kind === 'notEnforced') {
    if (hook === 'afterDnat') return { kind: 'judged', steps: [] };
    const refs = [...refsOf(evidence), ...others.flatMap(({ shares }) => policiesOf(shares))];
    return {
      kind: 'judged',
      steps: [pathStep(at, 'skipped', 'policyNotEnforced', { refs, source: engine.source })],
    };
  }
  if (engine.hook !== hook) return { kind: 'judged', steps: [] };
  const inert = others
    .filter(({ kind }) => engine.otherKinds[kind].value === 'ignored')
    .map(({ kind, shares }) =>
      pathStep(at, 'skipped', 'kindNotEnforced', {
        refs: policiesOf(shares),
        source: engine.otherKinds[kind].source,
      }),
    );
  const shares = enforcedShares(engine, own, others);
  const judged = judgeEnforced(scene, engine, target, saying, shares);
  return judged ? { kind: 'judged', steps: [...inert, judged] } : { kind: 'unselected', steps: inert };
}

/** The policies of one kind that select the pod. */
interface SharesOfKind {
  readonly kind: OtherKind;
  readonly shares: readonly PolicyShare[];
}

/** The policies beside NetworkPolicy that select the pod, by kind. */
function otherShares(world: World, saying: Saying): readonly SharesOfKind[] {
  return otherKinds
    .map((kind) => ({ kind, shares: sharesOfKind[kind](world, saying) }))
    .filter(({ shares }) => shares.length > 0);
}

/** What an engine does by the policies that it enforces, or nothing when none of them has a say. */
function judgeEnforced(
  scene: Scene,
  engine: EnforcingEngine,
  target: Target,
  saying: Saying,
  shares: readonly PolicyShare[],
): PathStep | undefined {
  const evidence = weigh(shares);
  if (evidence.kind === 'unselected') return undefined;
  if (engine.families.value === 'clusterFamily' && targetFamily(target) !== clusterFamily(scene.world)) {
    const details = { refs: refsOf(evidence), source: engine.families.source };
    return pathStep(stepHook[engine.hook], 'skipped', 'familyNotPoliced', details);
  }
  const open = overlooksExcept(scene.world, engine, saying, evidence);
  if (open) return pathStep(stepHook[engine.hook], 'passes', 'exceptOverlooked', open);
  const overlooking = overlooks(engine, target);
  const view: EngineView = overlooking
    ? { overlooking, shares: sharesBeyondBlocks(scene.world, engine, saying) }
    : { shares };
  const step = enforce(scene, engine, target, evidence, view);
  return step && onceLoaded(scene, engine, saying, evidence, step);
}

/** What the policies say that an engine enforces. */
function enforcedShares(
  { otherKinds: known }: EnforcingEngine,
  own: readonly PolicyShare[],
  others: readonly SharesOfKind[],
): readonly PolicyShare[] {
  const enforced = others.filter(({ kind }) => known[kind].value === 'enforced');
  return [...own, ...enforced.flatMap(({ shares }) => shares)];
}

/** What they say when the engine sees no address of the other end. */
function sharesBeyondBlocks(world: World, engine: EnforcingEngine, saying: Saying): readonly PolicyShare[] {
  const view: Saying = { ...saying, peer: { ...saying.peer, address: { kind: 'beyondIpBlocks' } } };
  return enforcedShares(engine, networkPolicyShares(world, view), otherShares(world, view));
}

/** The policies as an engine sees them; `overlooking` is the row by which it sees no address of the target. */
interface EngineView {
  readonly shares: readonly PolicyShare[];
  readonly overlooking?: CniFact<unknown>;
}

/**
 * No engine stops what a policy admits, unless it goes to the pod's node or an ipBlock is to select a pod.
 */
function enginesAgree({ by }: Extract<PolicyVerdict, { kind: 'allowed' }>, target: Target): boolean {
  if (by.some(({ peer }) => peer === 'any')) return true;
  if (target.kind === 'pod') return by.some(({ peer }) => peer === 'pods');
  return target.bound === 'no';
}

/** What an engine does that has loaded the policies. */
function enforce(
  scene: Scene,
  engine: EnforcingEngine,
  target: Target,
  evidence: PolicyEvidence,
  { shares, overlooking }: EngineView,
): PathStep | undefined {
  const at = stepHook[engine.hook];
  const own = engine.ownNode;
  const refs = refsOf(evidence);
  if (target.bound !== 'no' && isUnpoliced(own.value, target)) {
    return pathStep(at, 'skipped', 'nodeUnpoliced', { refs, source: own.source });
  }
  if (overlooking && weigh(shares).kind === 'isolated' && evidence.kind !== 'isolated') {
    return pathStep(at, 'drops', 'noIpBlockSelects', { refs, source: overlooking.source });
  }
  const verdict = decide(shares, scene.ask);
  if (verdict.kind === 'unselected') return undefined;
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
function withoutPolicy(scene: Scene, hook: Hook, target: Target): PathStep | undefined {
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
  switch (verdict.kind) {
    case 'denied':
      return pathStep(at, 'drops', 'policyDenies', { refs });
    case 'isolated':
      return pathStep(at, 'drops', 'policyIsolates', { refs });
    case 'allowed':
    case 'unselected':
      return pathStep(at, 'passes', 'policyAllows', { refs });
  }
}

function refsOf(evidence: PolicyEvidence): readonly ObjectRef[] {
  switch (evidence.kind) {
    case 'unselected':
      return [];
    case 'allowed':
      return evidence.by.map(({ ref }) => ref);
    case 'denied':
      return [evidence.by.ref];
    case 'isolated':
      return evidence.silent;
    case 'open':
      return evidence.selecting;
  }
}

type Hook = EnforcingEngine['hook'];

const stepHook: Readonly<Record<Hook, PathStep['hook']>> = {
  beforeDnat: 'policyAtVeth',
  afterDnat: 'policyInFilter',
};

/** Who is at a target, as policies know it. */
function peerOf({ kind, peer, bound, ...target }: Target): PolicyPeer {
  if (kind !== 'node' && bound === 'no') return peer;
  const node = 'node' in target ? { node: target.node } : {};
  return { ...peer, host: { which: bound === 'no' ? 'other' : 'own', ...node } };
}
