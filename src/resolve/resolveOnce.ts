import { admit } from '../admission/admit.ts';
import type { Reply } from '../model/exchange.ts';
import type { Ask } from '../model/fact.ts';
import type { Identity } from '../model/identity.ts';
import type { Kube2iam } from '../model/kube2iam.ts';
import type { ClusterNode } from '../model/node.ts';
import type { Container } from '../model/pod.ts';
import type { SdkRef } from '../model/sdk.ts';
import type { Workload } from '../model/workload.ts';
import type { World } from '../model/world.ts';
import { nodeIdentity } from '../services/imds.ts';
import { sdkBehaviour } from '../sdkChain/registry.ts';
import { runChain, type ChainRun } from '../sdkChain/run.ts';
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
  return { placement, caller: { workload, podKey, node, admission, identityOf } };
}

/**
 * Finds the identity of one container with every fact decided by `ask`.
 *
 * Placement, admission, the chain of the SDK, the packets, the services: in the order of the real world.
 */
export function resolveOnce(world: World, ask: Ask, target: Target): Resolution {
  const { container } = target;
  const { placement, caller } = enterContainer(world, ask, target);
  const { podKey, admission } = caller;
  const responses = new Map<Reply, Response>();
  const run = runChain(sdkBehaviour(target.sdk).behaviour, {
    environment: admission.environment,
    exchange: (request) => {
      const response = respond(world, ask, caller, request);
      // A copy, so that the chain's step finds its own response and not another with the same reply.
      const reply = { ...response.reply };
      responses.set(reply, response);
      return reply;
    },
    moduleMissing: () => ask({ name: 'stsModule', scope: podKey, about: container.ref }) === 'missing',
  });
  const trace: readonly Step[] = [
    { kind: 'placement', placement },
    ...admission.evidence.map((evidence): Step => ({ kind: 'admission', evidence })),
    ...chainSteps(run, responses),
  ];
  return { ...readEnd(run), trace };
}

/** kube2iam is built on this SDK. @source jtblin/kube2iam:go.mod (0.15.0): github.com/aws/aws-sdk-go-v2 */
const daemonSdk: SdkRef = { family: 'go-v2' };

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
  const workload = world.workloads.find(
    ({ kind, namespace, name }) =>
      kind === daemon.ref.kind && namespace === daemon.namespace && name === daemon.name,
  );
  const container = workload?.template.containers.find(({ image }) => image === daemon.image);
  if (workload && container && workload !== askedBy) {
    return resolveOnce(world, ask, { workload, container, sdk: daemonSdk, node }).identity;
  }
  return nodeIdentity(world, node);
}

function chainSteps(run: ChainRun, responses: ReadonlyMap<Reply, Response>): readonly Step[] {
  return run.steps.map((step): Step => {
    if (step.kind !== 'exchange') return { kind: 'chain', step };
    const response = responses.get(step.reply);
    return { ...step, ways: response?.ways ?? [], evidence: response?.evidence ?? [] };
  });
}

function readEnd(run: ChainRun): Omit<Resolution, 'trace'> {
  if (run.end.kind === 'error') {
    return { identity: { kind: 'none', error: run.end.error }, mechanism: 'none' };
  }
  const { credentials } = run.end;
  const { identity, mechanism, sessionName } = credentials;
  return { identity, mechanism, credentials, ...(sessionName === undefined ? {} : { session: sessionName }) };
}
