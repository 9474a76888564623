import type { Labels, LabelSelector } from './labels.ts';
import type { ObjectRef } from './objectRef.ts';

/** A Kubernetes service account. */
export interface ServiceAccount {
  readonly ref: ObjectRef;
  readonly namespace: string;
  readonly name: string;
  readonly annotations: Labels;
  readonly annotationRefs: Readonly<Record<string, ObjectRef>>;
  /** Absent when a builder made it. */
  readonly labels?: Labels;
  /** RFC 3339, as exported from a cluster. */
  readonly createdAt?: string;
}

/** A Kubernetes namespace. */
export interface Namespace {
  readonly ref: ObjectRef;
  readonly name: string;
  readonly labels: Labels;
  readonly annotations: Labels;
}

/** Secret or ConfigMap. A value is `undefined` when only its key is known. */
export interface DataObject {
  readonly ref: ObjectRef;
  readonly kind: 'Secret' | 'ConfigMap';
  readonly namespace: string;
  readonly name: string;
  readonly data: Readonly<Record<string, string | undefined>>;
}

/** A NetworkPolicy as the API server stores it: `policyTypes` already defaulted. */
export interface NetworkPolicy {
  readonly ref: ObjectRef;
  readonly namespace: string;
  readonly name: string;
  readonly podSelector: LabelSelector;
  readonly policyTypes: readonly ('Ingress' | 'Egress')[];
  readonly ingress: readonly NetworkPolicyRule[];
  readonly egress: readonly NetworkPolicyRule[];
}

/** One ingress or egress rule. No peers: any peer. No ports: any port and any protocol. */
export interface NetworkPolicyRule {
  readonly ref: ObjectRef;
  readonly peers: readonly NetworkPolicyPeer[];
  readonly ports: readonly NetworkPolicyPort[];
}

/** A peer of a rule. A peer with both selectors means matching pods in matching namespaces. */
export type NetworkPolicyPeer =
  | { readonly kind: 'ipBlock'; readonly cidr: string; readonly except: readonly string[] }
  | {
      readonly kind: 'pods';
      /** Absent: the policy's own namespace. */
      readonly namespaceSelector?: LabelSelector;
      readonly podSelector?: LabelSelector;
    };

/** A port of a rule. `port` absent: every port of the protocol. `endPort` makes an inclusive range. */
export interface NetworkPolicyPort {
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  readonly port?: number | string;
  readonly endPort?: number;
}
