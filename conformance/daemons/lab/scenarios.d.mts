import type { ClusterChange, ScenarioCluster } from './objects.mjs';

/** How the fakes of AWS behave where it is not the usual way. */
export interface ScenarioAws {
  readonly imds?: {
    readonly state?: 'answers' | 'disabled' | 'refused' | 'silent';
    readonly tokens?: 'optional' | 'required';
    readonly instanceProfileArn?: string;
  };
  readonly sts?: {
    readonly state?: 'answers' | 'denies' | 'throttles' | 'fails' | 'refused' | 'silent';
    readonly delayMilliseconds?: number;
    readonly deniedRoles?: readonly string[];
    readonly knownRoles?: readonly string[];
  };
  readonly ec2?: { readonly state?: 'answers' | 'denies' };
}

/** A request of a pod, a change of the cluster or of AWS, or a pause. */
export interface ScenarioStep extends ScenarioAws, ClusterChange {
  readonly get?: string;
  readonly from?: string;
  readonly method?: 'GET' | 'PUT' | 'POST' | 'HEAD';
  readonly headers?: Readonly<Record<string, string>>;
  readonly wait?: number;
  readonly stopServer?: boolean;
}

/** One life of kube2iam or kiam. */
export interface DaemonScenario extends ScenarioAws {
  readonly id: string;
  readonly about: string;
  /** Of kube2iam. */
  readonly flags?: readonly string[];
  readonly bare?: boolean;
  /** Of kiam: flags besides those of the lab, and flags of the lab that are left out. */
  readonly server?: KiamPart;
  readonly agent?: KiamPart;
  readonly only?: 'agent';
  readonly stopAgentBy?: 'SIGTERM' | 'SIGKILL';
  readonly port?: number;
  readonly env?: Readonly<Record<string, string | null>>;
  readonly cluster?: ScenarioCluster;
  readonly rules?: readonly string[];
  readonly steps?: readonly ScenarioStep[];
  /** Why no manifest can show what happens in it: it is recorded, and not asked of the model. */
  readonly outside?: string;
}

export interface KiamPart {
  readonly flags?: readonly string[];
  readonly without?: readonly string[];
  readonly tls?: 'cluster' | 'stranger';
}

/** What a program answered to one request. */
export type RecordedReply =
  | { readonly lost: 'refused' | 'reset' | 'timeout' }
  | {
      readonly lost?: never;
      readonly status: number;
      readonly body?: string;
      readonly location?: string;
      readonly credentials?: {
        readonly role: string;
        readonly session?: string;
        readonly externalId?: string;
        readonly seconds?: number;
      };
    };

/** What STS was asked. */
export interface RecordedCall {
  readonly by: string;
  readonly role: string;
  readonly session: string;
  readonly externalId?: string;
  readonly seconds: number;
}

/** What a program did in a scenario. */
export interface DaemonRecording {
  readonly ended?: {
    readonly code: number | null;
    readonly message: string;
    readonly role?: 'agent' | 'server';
  };
  readonly replies?: readonly RecordedReply[];
  readonly calls?: readonly RecordedCall[];
  readonly rules?: readonly string[];
  readonly rulesAfter?: readonly string[];
}

/** Pods that the webhook is shown, with the same flags and the same cluster. */
export interface WebhookGroup {
  readonly id: string;
  readonly about: string;
  readonly flags: readonly string[];
  readonly cluster: ScenarioCluster;
  readonly associations?: readonly { readonly namespace: string; readonly serviceAccount: string }[];
  readonly scenarios: readonly {
    readonly id: string;
    readonly pod: Readonly<Record<string, unknown>>;
    readonly namespace?: string;
    readonly later?: ScenarioCluster;
    /** Why no cluster shows the webhook such a pod: it is recorded, and not asked of the model. */
    readonly outside?: string;
  }[];
  /** The same of all pods of the group. */
  readonly outside?: string;
}

/** A JSON patch of the webhook. */
export interface WebhookRecording {
  readonly allowed: boolean;
  readonly patch?: readonly { readonly op: string; readonly path: string; readonly value: unknown }[];
}

export interface Recordings<Recording> {
  readonly program: string;
  readonly recordings: Readonly<Record<string, Recording>>;
}

export function readScenarios(daemon: 'kube2iam' | 'kiam'): readonly DaemonScenario[];
export function readScenarios(daemon: 'webhook'): readonly WebhookGroup[];
export function readRecordings(daemon: 'kube2iam' | 'kiam'): Recordings<DaemonRecording>;
export function readRecordings(daemon: 'webhook'): Recordings<WebhookRecording>;
