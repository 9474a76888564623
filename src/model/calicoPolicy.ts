import type { CalicoSelector } from './calicoSelector.ts';
import type { Labels } from './labels.ts';
import type { ObjectRef } from './objectRef.ts';

/**
 * A NetworkPolicy of Calico's, or a GlobalNetworkPolicy, which has no namespace.
 *
 * @source projectcalico/calico:api/pkg/apis/projectcalico/v3/networkpolicy.go, globalnetworkpolicy.go
 */
export interface CalicoPolicy {
  readonly ref: ObjectRef;
  readonly namespace?: string;
  readonly name: string;
  readonly tier: string;
  /** Absent: after every policy that has one. */
  readonly order?: number;
  readonly types: readonly ('Ingress' | 'Egress')[];
  readonly selector: CalicoSelector;
  readonly namespaceSelector?: CalicoSelector;
  readonly serviceAccountSelector?: CalicoSelector;
  readonly ingress: readonly CalicoRule[];
  readonly egress: readonly CalicoRule[];
}

/** One rule; every part of it must fit. */
export interface CalicoRule {
  readonly ref: ObjectRef;
  readonly action: 'Allow' | 'Deny' | 'Log' | 'Pass';
  readonly ipVersion?: number;
  /** In capitals, or a number as text. */
  readonly protocol?: string;
  readonly notProtocol?: string;
  readonly source: CalicoEntity;
  readonly destination: CalicoEntity;
  /** Parts that limit the rule further in a way that cannot be foretold, as `http` does. */
  readonly unread: readonly ObjectRef[];
}

/** What a rule asks of one end of a connection. */
export interface CalicoEntity {
  /** Absent: any address. */
  readonly nets?: readonly string[];
  readonly notNets: readonly string[];
  readonly selector?: CalicoSelector;
  readonly notSelector?: CalicoSelector;
  readonly namespaceSelector?: CalicoSelector;
  readonly serviceAccounts?: { readonly names: readonly string[]; readonly selector?: CalicoSelector };
  /** Absent: any port. */
  readonly ports?: readonly CalicoPort[];
  readonly notPorts: readonly CalicoPort[];
}

/** A port by name, or an inclusive range of numbers. */
export type CalicoPort = string | readonly [first: number, last: number];

/**
 * A tier, in which policies are asked one after another before those of the next tier are.
 *
 * @source projectcalico/calico:api/pkg/apis/projectcalico/v3/tier.go
 */
export interface CalicoTier {
  readonly ref: ObjectRef;
  readonly name: string;
  readonly order?: number;
  /** What becomes of a connection that no rule of the tier fits though one of its policies selects the pod. */
  readonly defaultAction: 'Deny' | 'Pass';
}

/** A NetworkSet, or a GlobalNetworkSet, which has no namespace: addresses that selectors can select. */
export interface CalicoNetworkSet {
  readonly ref: ObjectRef;
  readonly namespace?: string;
  readonly name: string;
  readonly labels: Labels;
  readonly nets: readonly string[];
}
