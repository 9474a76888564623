import type { NetworkPolicyPort } from './kubernetes.ts';
import type { LabelSelector } from './labels.ts';
import type { ObjectRef } from './objectRef.ts';

/**
 * A policy of the cluster's administrators, above NetworkPolicy (`admin`) or below it (`baseline`).
 *
 * AdminNetworkPolicy and BaselineAdminNetworkPolicy are the first form (`v1alpha1`), ClusterNetworkPolicy is
 * the second; its Accept is called Allow here.
 *
 * @source kubernetes-sigs/network-policy-api:apis/v1alpha1, apis/v1alpha2
 */
export interface AdminPolicy {
  readonly ref: ObjectRef;
  readonly name: string;
  /** `aws` is the ClusterNetworkPolicy of the VPC CNI, in an API group of its own. */
  readonly api: 'v1alpha1' | 'v1alpha2' | 'aws';
  readonly tier: 'admin' | 'baseline';
  /** The lowest is asked first. A BaselineAdminNetworkPolicy has none, and there is only one. */
  readonly priority: number;
  readonly subject: AdminPods;
  readonly ingress: readonly AdminRule[];
  readonly egress: readonly AdminRule[];
}

/** Pods by namespace and, when both are given, by their own labels. */
export interface AdminPods {
  readonly namespaceSelector: LabelSelector;
  readonly podSelector?: LabelSelector;
}

/** One rule; the first that fits a connection decides. No ports: any port and any protocol. */
export interface AdminRule {
  readonly ref: ObjectRef;
  readonly action: 'Allow' | 'Deny' | 'Pass';
  readonly peers: readonly AdminPeer[];
  readonly ports: readonly NetworkPolicyPort[];
}

/** The other end of a connection. */
export type AdminPeer =
  | ({ readonly kind: 'pods' } & AdminPods)
  | { readonly kind: 'nodes'; readonly selector: LabelSelector }
  | { readonly kind: 'networks'; readonly cidrs: readonly string[] }
  /** Names of hosts, whose addresses the input does not show. */
  | { readonly kind: 'domainNames'; readonly ref: ObjectRef };
