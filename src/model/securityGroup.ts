import type { LabelSelector } from './labels.ts';
import type { ObjectRef } from './objectRef.ts';

/** An EC2 security group, as far as it lets packets out. */
export interface SecurityGroup {
  readonly ref: ObjectRef;
  readonly id: string;
  readonly egress: readonly SecurityGroupRule[];
}

/** One egress rule. `protocol` is `-1` for any; ports are absent where every port is meant. */
export interface SecurityGroupRule {
  readonly protocol: string;
  readonly fromPort?: number;
  readonly toPort?: number;
}

/** A SecurityGroupPolicy: gives pods of its namespace security groups of their own. */
export interface SecurityGroupPolicy {
  readonly ref: ObjectRef;
  readonly namespace: string;
  readonly name: string;
  readonly podSelector?: LabelSelector;
  readonly serviceAccountSelector?: LabelSelector;
  readonly groupIds: readonly string[];
}
