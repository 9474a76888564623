import type { CniId } from '../../model/cni.ts';
import type { HostInterface } from '../hostInterface.ts';

/**
 * How well a row is known: `recorded` with real packets, read in the `source`, said by the `docs`,
 * or `unverified`, which is an inference that nobody has run.
 */
export type EvidenceStrength = 'recorded' | 'source' | 'docs' | 'unverified';

/** One fact about a CNI and where it is known from. */
export interface CniFact<Value> {
  readonly value: Value;
  readonly source: string;
  readonly evidence: EvidenceStrength;
}

/**
 * What becomes of a pod's traffic to its own node.
 *
 * - `policed`: like any other; `afterwards` is what happens to what the policies admit.
 * - `unpoliced`: no policy blocks it; to the node's primary address, or to every address bound on the node.
 * - `noIpBlockSelects`: policed, but an address bound on the node is inside no ipBlock, 0.0.0.0/0 included.
 */
export type OwnNodeTraffic =
  | {
      readonly kind: 'policed';
      readonly afterwards: 'accept' | 'drop';
      /** An inclusive range of ports on the node that are never policed. */
      readonly unpolicedPorts?: readonly [first: number, last: number];
    }
  | { readonly kind: 'unpoliced'; readonly addresses: 'primary' | 'local' }
  | { readonly kind: 'noIpBlockSelects' };

/** A kind of policy, or kinds that are read alike. */
export type PolicyKind =
  | 'networkPolicy'
  | 'adminNetworkPolicy'
  | 'clusterNetworkPolicy'
  | 'awsClusterNetworkPolicy'
  | 'ciliumNetworkPolicy'
  | 'calicoNetworkPolicy';

/**
 * What enforces NetworkPolicy.
 *
 * `hook`: at the pod's veth, before nat PREROUTING and so on the address that the pod dialled, or in the
 * filter
 * table, after it and so on the address that a DNAT rule put in its place. `source` is about the hook.
 */
export type PolicyEngine =
  | { readonly kind: 'notEnforced'; readonly source: string; readonly evidence: EvidenceStrength }
  | {
      readonly kind: 'enforced';
      readonly hook: 'beforeDnat' | 'afterDnat';
      readonly source: string;
      readonly evidence: EvidenceStrength;
      readonly ownNode: CniFact<OwnNodeTraffic>;
      /** Whether an ipBlock selects the pods of the cluster whose addresses lie inside it. */
      readonly podsInIpBlocks: CniFact<'selected' | 'notSelected'>;
      readonly families: CniFact<'both' | 'clusterFamily'>;
      /** What a pod may do that no policy selects. */
      readonly withoutPolicy: CniFact<'everything' | 'nothing'>;
      /**
       * What a pod may do until the policies that select it are loaded; `waits`: it has no network before.
       */
      readonly beforePolicies: CniFact<'everything' | 'nothing' | 'waits'>;
      /** The program that overlooks the exceptions of an ipBlock in versions before this one. */
      readonly exceptsSince?: CniFact<{
        readonly image: string;
        readonly version: readonly [major: number, minor: number, patch: number];
      }>;
      /** The other kinds of policy; one that is ignored has no effect on packets. */
      readonly otherKinds: Readonly<
        Record<Exclude<PolicyKind, 'networkPolicy'>, CniFact<'enforced' | 'ignored'>>
      >;
    };

/** An engine that judges policies. */
export type EnforcingEngine = Extract<PolicyEngine, { kind: 'enforced' }>;

/** An interface of the node by which packets of pods come in. */
export interface PodInterface {
  readonly face: HostInterface;
  /** Only pods with security groups of their own come in by it. */
  readonly ofPodsWith?: 'securityGroups';
  /** What follows the beginning: 11 digits of the SHA-1 of `namespace.name`; absent: nobody can foretell it. */
  readonly ending?: 'sha1OfPodName';
}

/** What a CNI, with what enforces policy beside it, does to a packet on its way out of a pod. */
export interface CniProfile {
  readonly id: CniId;
  /** The first is the usual one. */
  readonly hostInterfaces: CniFact<readonly [PodInterface, ...PodInterface[]]>;
  /** Whether packets of pods cross netfilter, without which no iptables rule meets them. */
  readonly netfilter: CniFact<'crossed' | 'bypassed'>;
  readonly policy: PolicyEngine;
}
