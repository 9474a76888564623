import type { NetworkPolicyPort } from './kubernetes.ts';
import type { LabelSelector } from './labels.ts';
import type { ObjectRef } from './objectRef.ts';

/**
 * A CiliumNetworkPolicy, or a CiliumClusterwideNetworkPolicy, which has no namespace.
 *
 * @source cilium/cilium:pkg/policy/api/rule.go, egress.go, ingress.go
 */
export interface CiliumPolicy {
  readonly ref: ObjectRef;
  readonly namespace?: string;
  readonly name: string;
  /** `spec` and every item of `specs`. */
  readonly rules: readonly CiliumRule[];
}

/** What the policy says to the endpoints that one selector selects. */
export interface CiliumRule {
  readonly ref: ObjectRef;
  readonly endpointSelector: LabelSelector;
  /** The directions in which the rule denies what nothing allows. */
  readonly isolates: readonly ('Ingress' | 'Egress')[];
  readonly ingress: readonly CiliumEntry[];
  readonly egress: readonly CiliumEntry[];
}

/** One entry of `ingress`, `egress` or of their deny counterparts. */
export interface CiliumEntry {
  readonly ref: ObjectRef;
  readonly action: 'allow' | 'deny';
  /** Absent: any peer. Empty: none. */
  readonly peers?: readonly CiliumPeer[];
  /** Absent: any port and any protocol. */
  readonly ports?: readonly NetworkPolicyPort[];
  /** Parts that limit the entry further in a way that cannot be foretold, as HTTP rules do. */
  readonly unread: readonly ObjectRef[];
}

/** The other end of a connection, as Cilium knows it. */
export type CiliumPeer =
  | { readonly kind: 'cidr'; readonly cidr: string; readonly except: readonly string[] }
  | { readonly kind: 'entity'; readonly entity: string }
  | { readonly kind: 'endpoints'; readonly selector: LabelSelector }
  /** Hosts that the input does not show: names, Services, cloud groups; `among` is where they can be. */
  | { readonly kind: 'unread'; readonly ref: ObjectRef; readonly among: 'world' | 'anywhere' };
