import { admit } from '../admission/admit.ts';
import type { Reply } from '../model/exchange.ts';
import type { Ask } from '../model/fact.ts';
import type { Identity } from '../model/identity.ts';
import type { Kube2iam } from '../model/kube2iam.ts';
import type { ClusterNode } from '../model/node.ts';
import type { Container } from '../model/pod.ts';
import type { SdkRef } from '../model/sdk.ts';
import type { Workload } from '../model/workload.ts';
import { indexOf, type World } from '../model/world.ts';
import { nodeIdentity } from '../services/imds.ts';
import { behavesSo, usesSdkV2 } from '../services/kube2iamVersion.ts';
import { sdkBehaviour } from '../sdkChain/registry.ts';
import { runChain, type ChainInput, type ChainRun } from '../sdkChain/run.ts';
import { kiamServerAt } from './kiamServer.ts';
import { placePod, type Placement } from './placement.ts';
import { respond, type Caller, type Response } from './respond.ts';
import type { Resolution, Step } from './trace.ts';

/** Whose identity to find. `node` is given when it is known already, as for a daemon beside the pod. */
export interface Target {
  readonly workload: Workload;
  readonly container: Container;
  readonly sdk: SdkRef;
  readonly node?: ClusterNode;
}

/** A process in a container: where it runs, and what it can ask. */
export interface Entered {
  readonly placement: Placement;
  readonly caller: Caller;
}

/** Starts a process in a container: on a node, in the environment that admission makes. */
export function enterContainer(world: World, ask: Ask, target: Omit<Target, 'sdk'>): Entered {
  const { workload, container } = target;
  const podKey = `${workload.namespace}/${workload.name}`;
  const placement: Placement = target.node
    ? { node: target.node, how: 'nodeName' }
    : placePod(world, ask, workload.template, podKey);
  const { node } = placement;
  const admission = admit(world, ask, workload, container);
  const identityOf = (daemon: Kube2iam): Identity => daemonIdentity(world, ask, daemon, workload, node);
  return {
    placement,
    caller: {
      workload,
      container,
      podKey,
      node,
      admission,
      identityOf,
      kiamServer: serverFor(world, ask, workload, node),
    },
  };
}

/**
 * Lets a process go on in another world: the same pod on the same node, with the variables and mounts of its
 * creation, whatever the manifests say by now.
 */
export function continueIn(world: World, ask: Ask, caller: Caller): Caller {
  const { workload: before, podKey, node: first } = caller;
  const workload = indexOf(world).workload(before.kind, before.namespace, before.name) ?? before;
  const listed = world.nodes.find(({ name }) => name === first.name);
  const node = listed ?? placePod(world, ask, workload.template, podKey).node;
  const identityOf = (daemon: Kube2iam): Identity => daemonIdentity(world, ask, daemon, workload, node);
  return { ...caller, workload, node, identityOf, kiamServer: serverFor(world, ask, workload, node) };
}

/** What a chain needs in order to run in a container, and how its run is read afterwards. */
export interface ChainAccess {
  readonly input: ChainInput;
  readonly stepsOf: (run: ChainRun) => readonly Step[];
}

/** Connects a chain with the world as a process in a container sees it. */
export function chainAccess(world: World, ask: Ask, caller: Caller, container: Container): ChainAccess {
  const { podKey, admission } = caller;
  const responses = new Map<Reply, Response>();
  const input: ChainInput = {
    environment: admission.environment,
    exchange: (request) => {
      const response = respond(world, ask, caller, request);
      // A copy, so that the chain's step finds its own response and not another with the same reply.
      const reply = { ...response.reply };
      responses.set(reply, response);
      return reply;
    },
    moduleMissing: () => ask({ name: 'stsModule', scope: podKey, about: container.ref }) === 'missing',
  };
  return { input, stepsOf: (run) => chainSteps(run, responses) };
}

/** Lists what happens to a process before its SDK does anything. */
export function stepsBefore({ placement, caller }: Entered): readonly Step[] {
  return [
    { kind: 'placement', placement },
    ...caller.admission.evidence.map((evidence): Step => ({ kind: 'admission', evidence })),
  ];
}

/**
 * Finds the identity of one container with every fact decided by `ask`.
 *
 * Placement, admission, the chain of the SDK, the packets, the services: in the order of the real world.
 */
export function resolveOnce(world: World, ask: Ask, target: Target): Resolution {
  const entered = enterContainer(world, ask, target);
  const { refused } = entered.caller.admission;
  if (refused !== undefined) {
    return { identity: { kind: 'none', error: refused }, mechanism: 'none', trace: stepsBefore(entered) };
  }
  const { input, stepsOf } = chainAccess(world, ask, entered.caller, target.container);
  const run = runChain(sdkBehaviour(target.sdk).behaviour, input);
  return { ...readEnd(run.end), trace: [...stepsBefore(entered), ...stepsOf(run)] };
}

/** The SDK that a kube2iam is built on; of an image without a version, that of the newest. */
function sdkOf({ image }: Kube2iam): SdkRef {
  return behavesSo(image, usesSdkV2) === false ? { family: 'go-v1', version: '1.8.7' } : { family: 'go-v2' };
}

/**
 * Finds the identity with which kube2iam itself assumes roles.
 *
 * It is whatever the default chain of its own SDK finds in its own pod: normally the node's role, but a
 * role annotation on its service account or keys in its environment change that.
 *
 * @source jtblin/kube2iam:iam/iam.go (default configuration of the SDK)
 */
function daemonIdentity(
  world: World,
  ask: Ask,
  daemon: Kube2iam,
  askedBy: Workload,
  node: ClusterNode,
): Identity {
  const workload = indexOf(world).workload(daemon.ref.kind, daemon.namespace, daemon.name);
  const container = workload?.template.containers.find(({ image }) => image === daemon.image);
  if (workload && container && workload !== askedBy) {
    return resolveOnce(world, ask, { workload, container, sdk: sdkOf(daemon), node }).identity;
  }
  return nodeIdentity(world, node);
}

/** @source uswitch/kiam:go.mod (v4.2): the server is built on github.com/aws/aws-sdk-go */
function serverFor(world: World, ask: Ask, askedBy: Workload, node: ClusterNode): Caller['kiamServer'] {
  return () =>
    kiamServerAt(world, ask, node, (target) =>
      target.workload === askedBy ? nodeIdentity(world, node) : resolveOnce(world, ask, target).identity,
    );
}

function chainSteps(run: ChainRun, responses: ReadonlyMap<Reply, Response>): readonly Step[] {
  return run.steps.map((step): Step => {
    if (step.kind !== 'exchange') return { kind: 'chain', step };
    const response = responses.get(step.reply);
    return { ...step, ways: response?.ways ?? [], evidence: response?.evidence ?? [] };
  });
}

/** Reads an identity off the end of a chain. */
export function readEnd(end: ChainRun['end']): Omit<Resolution, 'trace'> {
  if (end.kind === 'error') return { identity: { kind: 'none', error: end.error }, mechanism: 'none' };
  const { credentials } = end;
  const { identity, mechanism, sessionName } = credentials;
  return { identity, mechanism, credentials, ...(sessionName === undefined ? {} : { session: sessionName }) };
}
