import type { Ask } from '../model/fact.ts';
import { kiamKeys } from '../model/kiam.ts';
import { oncePer } from '../model/oncePer.ts';
import type { Kube2iamFlags } from '../model/kube2iam.ts';
import type { ClusterNode } from '../model/node.ts';
import type { PodTemplate } from '../model/pod.ts';
import { placeholderIn } from '../model/placeholder.ts';
import type { World } from '../model/world.ts';

/** The pod that kube2iam takes a caller for. */
export type FoundPod =
  | { readonly kind: 'pod' | 'previous'; readonly pod: PodTemplate }
  | { readonly kind: 'nobody' }
  | { readonly kind: 'several' };

/**
 * Finds the pod that kube2iam takes a caller for, by the address that its packets come from.
 *
 * Several pods with one address are nobody, unless duplicates are resolved: then the API server's first running
 * pod of the pod network. Pods of the host network share the node's address with kube2iam itself.
 *
 * @param caller - the pod whose own address the packets carry; absent when they carry the node's
 * @source jtblin/kube2iam:k8s/k8s.go (PodByIP, resolveDuplicatedIP), pod.go (isPodActive)
 */
export function podBySourceAddress(
  world: World,
  ask: Ask,
  flags: Kube2iamFlags,
  caller: PodTemplate | undefined,
  node: ClusterNode,
): FoundPod {
  if (!caller || knowsAnotherNode(world, flags, node)) return { kind: 'nobody' };
  const taken = takenFor(world, ask, caller);
  if (taken) return taken;
  const address = caller.status?.podIP;
  const others =
    address === undefined ? [] : activePods(world, flags, caller, address).filter((pod) => pod !== caller);
  if (others.length === 0) return { kind: 'pod', pod: caller };
  if (!flags.resolveDuplicateCacheIps) return { kind: 'several' };
  const [first] = [caller, ...others]
    .filter((pod) => !pod.hostNetwork && pod.status?.phase === 'Running')
    .toSorted((a, b) => (orderKey(a) < orderKey(b) ? -1 : 1));
  return first ? { kind: 'pod', pod: first } : { kind: 'several' };
}

/**
 * Asks for whom a daemon takes a caller: a cache hears of a new pod, or of the end of an old one, a moment late.
 *
 * @returns nothing when it takes the caller for itself
 * @source jtblin/kube2iam#46, jtblin/kube2iam:k8s/k8s.go (an informer's cache); uswitch/kiam:pkg/k8s/pod_cache.go;
 * seen in recordings of both
 */
export function takenFor(
  world: World,
  ask: Ask,
  caller: PodTemplate,
): Exclude<FoundPod, { kind: 'several' }> | undefined {
  const scope = `${caller.namespace}/${caller.ref.name}`;
  switch (ask({ name: 'podAddress', scope, known: 'own', about: caller.ref })) {
    case 'unknown':
      return { kind: 'nobody' };
    case 'previous': {
      const pod = anotherAnnotated(world, caller);
      return pod ? { kind: 'previous', pod } : { kind: 'nobody' };
    }
    default:
      return undefined;
  }
}

/** Which pod had the address before nobody knows; the first that has another role stands for it. */
function anotherAnnotated({ workloads }: World, caller: PodTemplate): PodTemplate | undefined {
  const own = caller.annotations[kiamKeys.role];
  return workloads
    .map(({ template }) => template)
    .find(({ annotations, hostNetwork }) => {
      const role = annotations[kiamKeys.role];
      return !hostNetwork && role !== undefined && role !== own;
    });
}

/** With `--node` the cache holds the pods of that node alone, also when it is not the daemon's own. */
function knowsAnotherNode({ nodes }: World, { node: named }: Kube2iamFlags, { name }: ClusterNode): boolean {
  if (named === '' || named.includes('$(') || placeholderIn(named) !== undefined) return false;
  return named !== name && nodes.some((node) => node.name === name);
}

/**
 * Lists the pods that have not finished and have the address of a caller, the caller among them.
 *
 * @source uswitch/kiam:pkg/k8s/pod_cache.go (findPodForIP, IsPodCompleted)
 */
export function podsAtAddress(world: World, caller: PodTemplate): readonly PodTemplate[] {
  const address = caller.status?.podIP;
  const others = address === undefined ? [] : (activePodsByAddress(world).get(address) ?? []);
  return [caller, ...others.filter((pod) => pod !== caller)];
}

function activePods(
  world: World,
  flags: Kube2iamFlags,
  caller: PodTemplate,
  address: string,
): readonly PodTemplate[] {
  // With `--node` the cache holds the pods of the daemon's own node only, where the caller is too.
  return (activePodsByAddress(world).get(address) ?? []).filter(
    ({ nodeName }) => flags.node === '' || nodeName === caller.nodeName,
  );
}

/** The pods that kube2iam indexes, by their address. */
const activePodsByAddress = oncePer(({ workloads }: World): ReadonlyMap<string, readonly PodTemplate[]> => {
  const pods = new Map<string, PodTemplate[]>();
  for (const { template } of workloads) {
    const { podIP, phase } = template.status ?? {};
    if (podIP === undefined || phase === 'Succeeded' || phase === 'Failed') continue;
    pods.set(podIP, [...(pods.get(podIP) ?? []), template]);
  }
  return pods;
});

/** The API server lists by namespace and name. */
function orderKey({ namespace, ref }: PodTemplate): string {
  return `${namespace}/${ref.name}`;
}
