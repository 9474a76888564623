import { world, type WorldBuilder } from '../../src/model/builder.ts';
import type { PodOptions } from '../../src/model/builderOptions.ts';
import type { ImdsCall, Reply } from '../../src/model/exchange.ts';
import { askStated } from '../../src/model/fact.ts';
import type { Identity } from '../../src/model/identity.ts';
import {
  kiamAgentDefaults,
  kiamServerDefaults,
  type KiamAgent,
  type KiamServer,
  type KiamServerFlags,
} from '../../src/model/kiam.ts';
import type { StartupFault } from '../../src/model/kube2iam.ts';
import type { ClusterNode } from '../../src/model/node.ts';
import type { ObjectRef } from '../../src/model/objectRef.ts';
import { anyNode } from '../../src/resolve/placement.ts';
import type { ServiceEvidence } from '../../src/services/evidence.ts';
import { kiam } from '../../src/services/kiam.ts';
import { daemonFacts } from '../daemonFacts.ts';

export const base = 'arn:aws:iam::111122223333:role/';
export const app: string = `${base}app`;
const key = 'iam.amazonaws.com/role';
export const nodeRole: Identity = { kind: 'role', arn: `${base}node` };

const daemonSet = (name: string): ObjectRef => ({ kind: 'DaemonSet', namespace: 'kube-system', name });
export const agentRef: ObjectRef = daemonSet('kiam-agent');
export const serverRef: ObjectRef = daemonSet('kiam-server');
const process = daemonFacts('kiam');

export interface Asking {
  readonly call: ImdsCall;
  readonly state?: WorldBuilder;
  readonly pod?: PodOptions;
  readonly flags?: Partial<KiamServerFlags>;
  readonly startupFaults?: readonly StartupFault[];
  readonly agent?: Partial<KiamAgent>;
  readonly node?: Partial<ClusterNode>;
  readonly serverIs?: Identity;
  /** The packets carry the address of the node. */
  readonly fromNode?: boolean;
}

export interface Outcome {
  readonly reply: Reply;
  readonly evidence: readonly object[];
}

/** What was weighed, without where the rules were read, and of what IAM decides only for whom. */
function weighed(finding: ServiceEvidence): object {
  if (finding.kind !== 'assumption') return { ...finding, source: undefined };
  const { kind, roleArn, caller } = finding;
  return { kind, roleArn, caller };
}

/** Lets the pod `pay/api` ask the agent of its node; every role admits whom no fact refuses. */
export function asks({
  call,
  state = world(),
  pod = {},
  flags,
  startupFaults = [],
  ...more
}: Asking): Outcome {
  const built = state.pod('pay/api', pod).fact('trust', 'admits').fact('identityPolicy', 'allows').build();
  const agent: KiamAgent = { ...process, ref: agentRef, flags: kiamAgentDefaults, ...more.agent };
  const node = { ...anyNode('ec2'), ...more.node };
  const ownFlags = { ...kiamServerDefaults, roleBaseArn: base, ...flags };
  const daemon: KiamServer = { ...process, ref: serverRef, flags: ownFlags, startupFaults };
  const { reply, evidence } = kiam(built, askStated(built), {
    agent,
    server: { daemon, node },
    node,
    call,
    withToken: false,
    caller: more.fromNode
      ? undefined
      : built.workloads.find(({ name, namespace }) => name === 'api' && namespace === 'pay')?.template,
    serverIdentity: () => more.serverIs ?? nodeRole,
  });
  return { reply, evidence: evidence.map(weighed) };
}

export const list: ImdsCall = { kind: 'roleList' };
export const annotated = (role: string): PodOptions => ({ annotations: { [key]: role } });

export const error = (status: number, message: string): Reply => ({ kind: 'httpError', status, message });
export const listed = (role: string): Reply => ({
  kind: 'ok',
  body: { kind: 'roleList', roleNames: [role] },
});

export const podRef = (name: string, namespace = 'pay'): ObjectRef => ({ kind: 'Pod', namespace, name });
export const annotationOf = (pod: ObjectRef): ObjectRef => ({
  ...pod,
  field: `metadata.annotations["${key}"]`,
});
export const podFound: object = { kind: 'kiamPod', found: 'pod', at: podRef('api') };
export const roleFound = (written: string, roleArn: string): object => ({
  kind: 'kiamRole',
  text: written,
  roleArn,
  at: annotationOf(podRef('api')),
});

/** A question to kiam, and all that it answers and weighs. */
export type Row = readonly [name: string, asking: Asking, expected: Outcome];
