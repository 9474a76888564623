import type { ObjectRef } from './objectRef.ts';
import type { Labels } from './labels.ts';
import type { Toleration } from './pod.ts';

/**
 * kube2iam's settings as the process sees them after parsing its arguments.
 *
 * @source jtblin/kube2iam cmd/main.go, `addFlags` and the defaults of server.NewServer (0.15.0)
 */
export interface Kube2iamFlags {
  readonly appPort: number;
  readonly metadataAddress: string;
  /** With a trailing `/`, as kube2iam adds it; empty when not given. */
  readonly baseRoleArn: string;
  readonly autoDiscoverBaseArn: boolean;
  readonly defaultRole: string;
  readonly autoDiscoverDefaultRole: boolean;
  readonly iamRoleKey: string;
  readonly iamExternalIdKey: string;
  readonly iamRoleSessionTtlSeconds: number;
  readonly iamRoleErrorTtlSeconds: number;
  readonly iptables: boolean;
  readonly hostInterface: string;
  /** Literal, or a reference such as `$(HOST_IP)`. */
  readonly hostIp: string;
  readonly namespaceRestrictions: boolean;
  readonly namespaceRestrictionFormat: string;
  readonly namespaceKey: string;
  readonly resolveDuplicateCacheIps: boolean;
  readonly node: string;
  readonly useRegionalStsEndpoint: boolean;
  readonly debug: boolean;
}

/** A reason why the process ends before it serves anything. */
export interface StartupFault {
  readonly kind: 'unknownFlag' | 'badValue' | 'missingValue' | 'missingConfiguration';
  readonly argument: string;
  /** What the real program prints, or the nearest account of it. */
  readonly message: string;
  readonly nearest?: string;
  readonly ref: ObjectRef;
}

/** One kube2iam DaemonSet (or Deployment, or bare Pod) of the input. */
export interface Kube2iam {
  readonly ref: ObjectRef;
  readonly namespace: string;
  readonly name: string;
  readonly image: string | undefined;
  readonly flags: Kube2iamFlags;
  /** Where each flag that was given stands. */
  readonly flagRefs: Readonly<Record<string, ObjectRef>>;
  /** Switches that were given by their name alone, which switches them on. */
  readonly bareSwitches?: readonly string[];
  /** The hook that runs when the pod ends, as the chart can have one that takes the rule away. */
  readonly preStop?: ObjectRef;
  /** Not empty: the process exits at start. */
  readonly startupFaults: readonly StartupFault[];
  readonly hostNetwork: boolean;
  readonly nodeSelector: Labels;
  readonly tolerations: readonly Toleration[];
  readonly serviceAccountName: string;
  /** Of a pod that is not as the template of its DaemonSet says: the node on which it runs in its place. */
  readonly outdated?: { readonly node: string; readonly template: ObjectRef };
}

/**
 * The settings of a kube2iam that was given no flag at all.
 *
 * @source jtblin/kube2iam server/server.go (defaults) and cmd/main.go (0.15.0)
 */
export const kube2iamDefaults: Kube2iamFlags = {
  appPort: 8181,
  metadataAddress: '169.254.169.254',
  baseRoleArn: '',
  autoDiscoverBaseArn: false,
  defaultRole: '',
  autoDiscoverDefaultRole: false,
  iamRoleKey: 'iam.amazonaws.com/role',
  iamExternalIdKey: 'iam.amazonaws.com/external-id',
  iamRoleSessionTtlSeconds: 900,
  iamRoleErrorTtlSeconds: 0,
  iptables: false,
  hostInterface: 'docker0',
  hostIp: '',
  namespaceRestrictions: false,
  namespaceRestrictionFormat: 'glob',
  namespaceKey: 'iam.amazonaws.com/allowed-roles',
  resolveDuplicateCacheIps: false,
  node: '',
  useRegionalStsEndpoint: false,
  debug: false,
};
