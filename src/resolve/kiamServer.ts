import type { Ask } from '../model/fact.ts';
import type { Identity } from '../model/identity.ts';
import { kiamServerDefaults, type KiamServer } from '../model/kiam.ts';
import type { ClusterNode } from '../model/node.ts';
import { indexOf, type World } from '../model/world.ts';
import { nodeIdentity } from '../services/imds.ts';
import type { Target } from './resolveOnce.ts';
import { placePod } from './placement.ts';

/** A kiam server, the node that it runs on, and the identity with which it calls AWS. */
export interface KiamServerAt {
  readonly daemon: KiamServer;
  readonly node: ClusterNode;
  readonly identity: () => Identity;
}

/**
 * The server that is taken when an agent is shown and no server: it detects its base ARN, as it must when nobody
 * states one.
 */
const serverStandIn: KiamServer = {
  ref: { kind: 'Deployment', namespace: 'kube-system', name: 'kiam-server' },
  namespace: 'kube-system',
  name: 'kiam-server',
  image: undefined,
  flags: { ...kiamServerDefaults, roleBaseArnAutodetect: true },
  flagRefs: {},
  startupFaults: [],
  hostNetwork: false,
  nodeSelector: {},
  tolerations: [{ operator: 'Exists' }],
  serviceAccountName: 'kiam-server',
};

/**
 * Finds the server behind the kiam agents. Of several the first counts: they all know the same pods.
 *
 * @param own - the node of the pod that asks, where the input shows no server
 * @param identityOf - who a container is, which the chain of its SDK finds
 */
export function kiamServerAt(
  world: World,
  ask: Ask,
  own: ClusterNode,
  identityOf: (target: Target) => Identity,
): KiamServerAt {
  const daemon =
    world.kiamServers.find(({ startupFaults }) => startupFaults.length === 0) ?? world.kiamServers[0];
  if (!daemon) return { daemon: serverStandIn, node: own, identity: () => nodeIdentity(world, own) };
  const workload = indexOf(world).workload(daemon.ref.kind, daemon.namespace, daemon.name);
  const container = workload?.template.containers.find(({ image }) => image === daemon.image);
  if (!workload || !container) return { daemon, node: own, identity: () => nodeIdentity(world, own) };
  const { node } = placePod(world, ask, workload.template, `${daemon.namespace}/${daemon.name}`);
  return {
    daemon,
    node,
    identity: () => identityOf({ workload, container, sdk: { family: 'go-v1' }, node }),
  };
}
