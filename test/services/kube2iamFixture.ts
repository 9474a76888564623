import { world, type WorldBuilder } from '../../src/model/builder.ts';
import type { PodOptions } from '../../src/model/builderOptions.ts';
import type { ImdsCall, Reply } from '../../src/model/exchange.ts';
import { askStated } from '../../src/model/fact.ts';
import type { Identity } from '../../src/model/identity.ts';
import type { Kube2iam, Kube2iamFlags } from '../../src/model/kube2iam.ts';
import type { ClusterNode } from '../../src/model/node.ts';
import type { ObjectRef } from '../../src/model/objectRef.ts';
import type { ServiceEvidence, ServiceReply } from '../../src/services/evidence.ts';
import { kube2iam } from '../../src/services/kube2iam.ts';

export const base = 'arn:aws:iam::111122223333:role/';
export const nodeRole: string = `${base}node`;
export const app: string = `${base}app`;
export const foreign = 'arn:aws:iam::444455556666:role/app';
const key = 'iam.amazonaws.com/role';

export const pod: ObjectRef = { kind: 'Pod', namespace: 'pay', name: 'api' };
export const daemonSet: ObjectRef = { kind: 'DaemonSet', namespace: 'kube-system', name: 'kube2iam' };
export const node: ObjectRef = { kind: 'Node', name: 'n1' };

/** A request to kube2iam, and what it is asked in. */
export interface Given {
  readonly state?: WorldBuilder;
  readonly flags?: Partial<Kube2iamFlags>;
  readonly daemon?: Partial<Kube2iam>;
  /** In place of the role of the node. */
  readonly node?: Partial<ClusterNode>;
  readonly pod?: PodOptions;
  readonly fromHost?: true;
  readonly call: ImdsCall;
  readonly daemonIs?: Identity;
}

/** Lets the pod `pay/api`, or its node, ask the daemon. */
export function answer(given: Given): ServiceReply {
  const { state = world(), flags = {}, call } = given;
  const built = state.node('n1').kube2iam(flags).pod('pay/api', given.pod).build();
  const onNode = built.nodes.find(({ name }) => name === 'n1');
  const [daemon] = built.kube2iam;
  const caller = built.workloads.find(({ name }) => name === 'api')?.template;
  if (!onNode || !daemon) throw new Error('the world has a node and a daemon');
  return kube2iam(built, askStated(built), {
    daemon: { ...daemon, ...given.daemon },
    node: { ...onNode, ...(given.node ?? { roleArn: nodeRole }) },
    call,
    withToken: false,
    caller: given.fromHost ? undefined : caller,
    daemonIdentity: () => given.daemonIs ?? { kind: 'role', arn: nodeRole },
  });
}

export const list: ImdsCall = { kind: 'roleList' };
/** A GET of any path. */
export const get = (path: string): ImdsCall => ({ kind: 'other', path });
export const credentials = (roleName: string): ImdsCall => ({ kind: 'roleCredentials', roleName });
export const annotated = (role: string): PodOptions => ({ annotations: { [key]: role } });
export const withBase: Partial<Kube2iamFlags> = { baseRoleArn: base };

/** An answer with an HTTP status that is an error. */
export const error = (status: number, message: string): Reply => ({ kind: 'httpError', status, message });
/** An answer of plain text. */
export const text = (value: string): Reply => ({ kind: 'ok', body: { kind: 'text', text: value } });
/** An answer that lists roles. */
export const listing = (...roleNames: readonly string[]): Reply => ({
  kind: 'ok',
  body: { kind: 'roleList', roleNames },
});

export const mapper = 'jtblin/kube2iam:mappings/mapper.go';

/** For whom the daemon takes the caller. */
export const foundPod = (
  found: 'pod' | 'previous' | 'nobody' | 'several',
  at?: ObjectRef,
): ServiceEvidence => ({
  kind: 'podBySourceAddress',
  found,
  ...(at ? { at } : {}),
  source: 'jtblin/kube2iam:k8s/k8s.go (PodByIP)',
});
/** By what the daemon comes to a role. */
export const chosen = (
  by: 'annotation' | 'defaultRole',
  written: string,
  roleArn: string,
  at: ObjectRef,
): ServiceEvidence => ({
  kind: 'roleChosen',
  by,
  text: written,
  roleArn,
  at,
  source: `${mapper} (extractRoleARN)`,
});
export const annotationOf = (ref: ObjectRef): ObjectRef => ({
  ...ref,
  field: `metadata.annotations["${key}"]`,
});
export const byAnnotation = (written: string, roleArn: string): ServiceEvidence =>
  chosen('annotation', written, roleArn, annotationOf(pod));
/** By what a namespace may have the role. */
export const restricted = (
  by: 'unrestricted' | 'defaultRole' | 'entry' | 'noEntry' | 'unreadableList',
  at: ObjectRef,
  entry?: string,
): ServiceEvidence => ({
  kind: 'namespaceRestriction',
  allowed: by !== 'noEntry' && by !== 'unreadableList',
  by,
  ...(entry === undefined ? {} : { entry }),
  at,
  source: `${mapper} (checkRoleForNamespace)`,
});
export const unrestricted: ServiceEvidence = restricted('unrestricted', daemonSet);
