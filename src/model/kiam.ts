import type { StartupFault } from './kube2iam.ts';
import type { Labels } from './labels.ts';
import type { ObjectRef } from './objectRef.ts';
import type { Toleration } from './pod.ts';

/**
 * The settings of a kiam agent as the process sees them after parsing its arguments.
 *
 * @source uswitch/kiam:cmd/kiam/agent.go, cmd/kiam/opts.go (v4.2)
 */
export interface KiamAgentFlags {
  readonly port: number;
  readonly allowRouteRegexp: string;
  readonly iptables: boolean;
  readonly iptablesRemove: boolean;
  /** Literal, or a reference such as `$(HOST_IP)`. */
  readonly host: string;
  /** A leading `!` turns the match round. */
  readonly hostInterface: string;
  readonly serverAddress: string;
}

/**
 * The settings of a kiam server as the process sees them after parsing its arguments.
 *
 * @source uswitch/kiam:cmd/kiam/server.go (v4.2)
 */
export interface KiamServerFlags {
  /** Where it listens, as host:port. */
  readonly bind: string;
  readonly roleBaseArn: string;
  readonly roleBaseArnAutodetect: boolean;
  readonly disableStrictNamespaceRegexp: boolean;
  readonly session: string;
  readonly sessionDurationSeconds: number;
  /** A role of the base ARN, or a full ARN; empty when not given. */
  readonly assumeRoleArn: string;
}

/** One half of kiam in the input: the agent on each node, or the server behind it. */
export interface KiamDaemon<Flags> {
  readonly ref: ObjectRef;
  readonly namespace: string;
  readonly name: string;
  readonly image: string | undefined;
  readonly flags: Flags;
  /** Where each flag that was given stands. */
  readonly flagRefs: Readonly<Record<string, ObjectRef>>;
  /** Not empty: the process exits at start. */
  readonly startupFaults: readonly StartupFault[];
  readonly hostNetwork: boolean;
  readonly nodeSelector: Labels;
  readonly tolerations: readonly Toleration[];
  readonly serviceAccountName: string;
}

/** The agent, which takes the metadata requests of the pods of its node. */
export type KiamAgent = KiamDaemon<KiamAgentFlags>;

/** The server, which knows all pods and namespaces, and assumes roles for them. */
export type KiamServer = KiamDaemon<KiamServerFlags>;

/**
 * The annotations that kiam reads; unlike those of kube2iam, no flag changes them.
 *
 * @source uswitch/kiam:pkg/k8s/pod_cache.go, pkg/k8s/namespace_cache.go
 */
export const kiamKeys = {
  role: 'iam.amazonaws.com/role',
  sessionName: 'iam.amazonaws.com/session-name',
  externalId: 'iam.amazonaws.com/external-id',
  permitted: 'iam.amazonaws.com/permitted',
} as const;

/**
 * The settings of an agent that was given no flag at all.
 *
 * @source uswitch/kiam:cmd/kiam/agent.go (`Bind`), cmd/kiam/opts.go
 */
export const kiamAgentDefaults: KiamAgentFlags = {
  port: 3100,
  allowRouteRegexp: '^$',
  iptables: false,
  iptablesRemove: true,
  host: '',
  hostInterface: 'docker0',
  serverAddress: 'localhost:9610',
};

/**
 * The settings of a server that was given no flag at all.
 *
 * @source uswitch/kiam:cmd/kiam/server.go (`serverOptions.bind`)
 */
export const kiamServerDefaults: KiamServerFlags = {
  bind: 'localhost:9610',
  roleBaseArn: '',
  roleBaseArnAutodetect: false,
  disableStrictNamespaceRegexp: false,
  session: 'kiam',
  sessionDurationSeconds: 900,
  assumeRoleArn: '',
};
