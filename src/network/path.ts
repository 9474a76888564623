import type { KiamAgent } from '../model/kiam.ts';
import type { Kube2iam } from '../model/kube2iam.ts';
import type { ClusterNode } from '../model/node.ts';
import type { ObjectRef } from '../model/objectRef.ts';
import type { PodTemplate } from '../model/pod.ts';

/** Whose packet it is. */
export interface PacketSource {
  readonly pod: PodTemplate;
  readonly node: ClusterNode;
}

/** Where the packet is to go. `sts` and `dns` stand for hosts whose address the input does not show. */
export type Destination =
  | {
      readonly kind: 'address';
      readonly address: string;
      readonly port: number;
      readonly protocol: 'TCP' | 'UDP';
    }
  /** The pod's own node, at its primary address, whether the input shows that or not. */
  | { readonly kind: 'node'; readonly port: number; readonly protocol: 'TCP' | 'UDP' }
  | { readonly kind: 'sts' }
  | { readonly kind: 'dns' };

/** Who takes the packet in the end. */
export type Receiver =
  | { readonly kind: 'imds' }
  | { readonly kind: 'kube2iam'; readonly daemon: Kube2iam; readonly sourceAddress: 'pod' | 'node' }
  | { readonly kind: 'kiam'; readonly agent: KiamAgent; readonly sourceAddress: 'pod' | 'node' }
  | { readonly kind: 'podIdentityAgent' }
  | { readonly kind: 'outside' };

/** One station on a packet's way: who decided what, by which rule. */
export interface PathStep {
  readonly hook:
    | 'namespace'
    | 'policyAtVeth'
    | 'prerouting'
    | 'iptables'
    | 'policyInFilter'
    | 'routing'
    | 'receiver'
    | 'answer';
  /** Table and chain, as `nat PREROUTING`; with the hook `iptables`. */
  readonly station?: string;
  readonly action: 'passes' | 'drops' | 'rejects' | 'rewrites' | 'skipped';
  /** The object whose rule decided: a NetworkPolicy, the kube2iam DaemonSet, a node. */
  readonly at?: ObjectRef;
  /**
   * The other objects that decided the same beside it: every policy that is silent, every rule that admits.
   */
  readonly also?: readonly ObjectRef[];
  /** The rule in the words of its own field, as `-i eni+ … -j DNAT --to-destination 10.0.0.1:8181`. */
  readonly rule?: string;
  /** Key of a reason in `pathReasons`; the words stand in `report/`. */
  readonly reason: string;
  /** Where the behaviour is known from. */
  readonly source?: string;
}

/** The way of a packet and how it ends. */
export interface PacketPath {
  readonly steps: readonly PathStep[];
  readonly end:
    | {
        readonly kind: 'arrives';
        readonly at: Receiver;
        /**
         * Hops that the answer travels back to the pod; beyond the node's own network the least there are.
         */
        readonly hops: number;
      }
    | { readonly kind: 'dropped' }
    | { readonly kind: 'refused' };
}
