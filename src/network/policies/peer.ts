import type { NetworkPolicyPort } from '../../model/kubernetes.ts';
import type { ClusterNode } from '../../model/node.ts';
import type { PodTemplate } from '../../model/pod.ts';
import type { World } from '../../model/world.ts';
import { askInBlock, inBlock, mayBeHost, type AddressView } from '../hiddenAddress.ts';
import { clusterFamily } from '../target.ts';
import type { Condition } from './condition.ts';

/** The other end of a connection, as a policy engine sees it. */
export interface PolicyPeer {
  readonly address: AddressView;
  /** The pod that has the address, when it is one. */
  readonly pod?: PodTemplate;
  /** Present when a node of the cluster has the address. */
  readonly host?: { readonly which: 'own' | 'other'; readonly node?: ClusterNode };
}

/** The destination port of a connection. */
export interface PolicyPort {
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
}

/** A connection of one pod, in one direction, as policies judge it. */
export interface Saying {
  readonly pod: PodTemplate;
  readonly direction: 'Ingress' | 'Egress';
  readonly peer: PolicyPeer;
  readonly port: PolicyPort;
}

/** Tells whether a peer is in the network of the pods and so selected by pods' labels. */
export function podOf({ pod }: PolicyPeer): PodTemplate | undefined {
  return pod?.hostNetwork === true ? undefined : pod;
}

/** Tells whether a peer is neither a pod nor a node of the cluster. */
export function isOutside({ pod, host }: PolicyPeer): boolean {
  return pod === undefined && host === undefined;
}

/** Tells whether a peer may be a host that a name in DNS, a Service or a cloud group stands for. */
export function hasName(peer: PolicyPeer): boolean {
  return isOutside(peer) && mayBeHost(peer.address);
}

/** The address of a peer lies in `cidr` and in no `except`. */
export function inAddresses(cidr: string, except: readonly string[], view: AddressView): Condition {
  const block = { kind: 'ipBlock', cidr, except } as const;
  return { known: inBlock(block, view), settle: (ask) => askInBlock(block, view, ask) };
}

/** Tells whether a connection goes to one of the ports, or the list is empty. */
export function portsMatch(wanted: readonly NetworkPolicyPort[], saying: Saying): boolean {
  return wanted.length === 0 || wanted.some((port) => portMatches(port, saying));
}

/** A named port is looked up on the pod that receives; an address that is no pod has no port names. */
function portMatches(wanted: NetworkPolicyPort, { pod, direction, peer, port }: Saying): boolean {
  if (wanted.protocol !== port.protocol) return false;
  if (wanted.port === undefined) return true;
  if (typeof wanted.port === 'number') {
    return port.port >= wanted.port && port.port <= (wanted.endPort ?? wanted.port);
  }
  return portNames(direction === 'Egress' ? peer.pod : pod, port).includes(wanted.port);
}

/** The names that a pod gives to a port of its own. */
export function portNames(receiver: PodTemplate | undefined, port: PolicyPort): readonly string[] {
  const declared = receiver?.containers.flatMap((container) => container.ports) ?? [];
  return declared.flatMap((each) =>
    each.port === port.port && each.protocol === port.protocol && each.name !== undefined ? each.name : [],
  );
}

/** The address of a pod, as far as the input shows it. */
export function viewOfPod(world: World, pod: PodTemplate): AddressView {
  const { podIP } = pod.status ?? {};
  if (podIP !== undefined) return { kind: 'known', address: podIP };
  const host = `${pod.namespace}/${pod.ref.name}`;
  return { kind: 'hidden', fact: 'hostAddress', host, family: clusterFamily(world), orAmong: [] };
}
