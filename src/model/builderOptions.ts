import type { JsonValue } from './aws.ts';
import type { NetworkPolicyPort } from './kubernetes.ts';
import type { LabelSelector, Labels } from './labels.ts';
import type { ImdsOptions } from './node.ts';
import type { Container, PodStatus, Volume, VolumeMount } from './pod.ts';

/** A container as a unit test states it. */
export interface ContainerOptions {
  readonly kind?: Container['kind'];
  readonly image?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Names of Secrets whose keys become variables. */
  readonly envFromSecrets?: readonly string[];
  readonly volumeMounts?: readonly VolumeMount[];
  readonly ports?: Container['ports'];
  readonly runAsUser?: number;
}

/** A pod as a unit test states it. Without `containers` it has one, called `app`. */
export interface PodOptions {
  readonly serviceAccount?: string;
  readonly labels?: Labels;
  readonly annotations?: Labels;
  readonly hostNetwork?: boolean;
  readonly node?: string;
  readonly nodeSelector?: Labels;
  readonly env?: Readonly<Record<string, string>>;
  readonly containers?: Readonly<Record<string, ContainerOptions>>;
  readonly volumes?: readonly Omit<Volume, 'ref'>[];
  readonly fsGroup?: number;
  readonly runAsUser?: number;
  readonly status?: PodStatus;
}

/** A rule of a NetworkPolicy as a unit test states it. */
export interface PolicyRuleOptions {
  readonly peers?: readonly (
    | { readonly cidr: string; readonly except?: readonly string[] }
    | { readonly namespaceSelector?: LabelSelector; readonly podSelector?: LabelSelector }
  )[];
  readonly ports?: readonly NetworkPolicyPort[];
}

/** A node as a unit test states it. */
export interface NodeOptions {
  readonly labels?: Labels;
  readonly compute?: 'ec2' | 'fargate';
  readonly addresses?: readonly string[];
  readonly roleArn?: string;
  readonly imds?: ImdsOptions;
}

/** A NetworkPolicy as a unit test states it. `policyTypes` defaults as the API server defaults it. */
export interface PolicyOptions {
  readonly podSelector?: LabelSelector;
  readonly policyTypes?: readonly ('Ingress' | 'Egress')[];
  readonly ingress?: readonly PolicyRuleOptions[];
  readonly egress?: readonly PolicyRuleOptions[];
}

/** The kube2iam DaemonSet as a unit test states it. */
export interface Kube2iamOptions {
  readonly name?: string;
  readonly nodeSelector?: Labels;
  readonly serviceAccountName?: string;
}

/** A role as a unit test states it. What is left out is not known. */
export interface RoleOptions {
  readonly trust?: JsonValue;
  readonly policies?: readonly JsonValue[];
  readonly boundary?: JsonValue;
}

/** An organization as a unit test states it: the documents of its policies, all attached to its root. */
export interface OrganizationOptions {
  readonly managementAccountId?: string;
  readonly serviceControlPolicies?: readonly JsonValue[];
  readonly resourceControlPolicies?: readonly JsonValue[];
}
