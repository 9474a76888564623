import type { Identity, Mechanism } from '../model/identity.ts';
import type { ObjectRef } from '../model/objectRef.ts';
import type { WorkloadKind } from '../model/workload.ts';
import type { Condition } from './condition.ts';

/** Somebody who can obtain a role. */
export type ReachHolder =
  /** Code in a container of this workload. */
  | {
      readonly kind: 'pod';
      readonly namespace: string;
      readonly workload: { readonly kind: WorkloadKind; readonly name: string };
      readonly at: ObjectRef;
    }
  /** Any pod that runs as this service account, whatever its manifest and its network. */
  | {
      readonly kind: 'serviceAccount';
      readonly namespace: string;
      readonly name: string;
      readonly at?: ObjectRef;
    }
  /** Whoever can read the metadata of this node. */
  | { readonly kind: 'node'; readonly name: string; readonly at: ObjectRef }
  /** A session of this role, however it came about. */
  | { readonly kind: 'role'; readonly arn: string; readonly at?: ObjectRef };

/** An identity that somebody can hold on to. */
export type ReachedIdentity = Exclude<Identity, { kind: 'none' }>;

/** One step on the way to an identity. */
export interface ReachHop {
  /** The mechanism that hands the credentials out, or `sts:AssumeRole` with those of the hop before. */
  readonly by: Exclude<Mechanism, 'none'> | 'assumeRole';
  /** `nodePort`: at the port of kube2iam on the node, past every rule about 169.254.169.254. */
  readonly via?: 'nodePort';
  readonly identity: ReachedIdentity;
}

/** A way in which somebody obtains an identity on purpose; of several ways that begin alike, the shortest. */
export interface Reach {
  readonly holder: ReachHolder;
  readonly identity: ReachedIdentity;
  readonly hops: readonly [ReachHop, ...ReachHop[]];
  readonly when: Condition;
  /** Whether some combinations of what is not known were left out because there were too many. */
  readonly incomplete: boolean;
  /** Roles to which the chain would go on, had it not come to its limit: see {@link chainLimit}. */
  readonly beyond: readonly string[];
}

/** How often a chain of roles is followed from one role to the next. STS itself has no limit. */
export const chainLimit = 4;

/** Writes an identity as one comparable text. */
export function reachedText(identity: ReachedIdentity): string {
  switch (identity.kind) {
    case 'role':
      return identity.arn;
    case 'unnamedRole':
      return `${identity.which} ${identity.text}`;
    case 'static':
      return `static ${identity.accessKeyId ?? ''}`;
  }
}
