import type { Labels } from './labels.ts';
import type { ObjectRef } from './objectRef.ts';

/** The metadata options of an EC2 instance. What is absent was not stated. */
export interface ImdsOptions {
  readonly httpEndpoint?: 'enabled' | 'disabled';
  readonly httpTokens?: 'optional' | 'required';
  /** 1–64. */
  readonly httpPutResponseHopLimit?: number;
  readonly httpProtocolIpv6?: 'enabled' | 'disabled';
  /** Where the options were read. */
  readonly ref?: ObjectRef;
}

/** A taint, as in the node's `taints`. */
export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

/** A node of the cluster together with the EC2 instance under it. */
export interface ClusterNode {
  readonly ref: ObjectRef;
  readonly name: string;
  readonly labels: Labels;
  readonly taints: readonly Taint[];
  readonly compute: 'ec2' | 'fargate';
  /** Primary addresses, IPv4 first. */
  readonly addresses: readonly string[];
  readonly instanceId?: string;
  /** ARN of the instance profile's role; absent when nobody stated it. */
  readonly roleArn?: string;
  readonly roleRef?: ObjectRef;
  readonly imds: ImdsOptions;
}
