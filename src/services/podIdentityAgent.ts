import { oncePer } from '../model/oncePer.ts';
import { podIdentityService } from '../iam/assumeRequest.ts';
import { decideAssumeRole, decidePodIdentity } from '../iam/assumeRole.ts';
import { isAllowed } from '../iam/decision.ts';
import { podIdentityTags } from '../iam/podIdentityTags.ts';
import { parseArn } from '../model/arn.ts';
import type { PodIdentityAssociation } from '../model/aws.ts';
import type { FileContent } from '../model/environment.ts';
import type { Reply } from '../model/exchange.ts';
import type { Ask } from '../model/fact.ts';
import type { Credentials } from '../model/identity.ts';
import type { ClusterNode } from '../model/node.ts';
import type { Workload } from '../model/workload.ts';
import { indexOf, type World } from '../model/world.ts';
import type { PodIdentityFinding, ServiceEvidence, ServiceReply, StsFinding } from './evidence.ts';

/** A request for `/v1/credentials` that was sent to the agent of a node. */
export interface PodIdentityRequest {
  readonly workload: Workload;
  readonly node: ClusterNode;
  /** `namespace/name` of the workload. */
  readonly podKey: string;
  /** The content of the token file that is sent along; absent when none is, or the input does not show it. */
  readonly token: FileContent | undefined;
}

/** How the agent answers a failure, and what EKS Auth says to it. */
const agentErrors = {
  emptyToken: { status: 400, message: 'Service account token cannot be empty' },
  notAToken: { status: 400, message: 'Service account token cannot be parsed' },
  expired: {
    status: 400,
    message:
      'Service account token failed basic claim validations: token has invalid claims: token is expired',
  },
  audience: { status: 400, code: 'InvalidTokenException', message: 'The audience of the token is invalid.' },
  noAssociation: { status: 404, code: 'ResourceNotFoundException', message: 'No association found.' },
  denied: {
    status: 400,
    code: 'AccessDeniedException',
    message: 'Unauthorized Exception! EKS does not have permissions to assume the associated role.',
  },
} as const;

const sources = {
  agent: 'aws/eks-pod-identity-agent:charts/eks-pod-identity-agent/values.yaml',
  considerations: 'awsdocs/amazon-eks-user-guide:latest/ug/manage-access/aws-access/pod-identities.adoc',
  token: 'aws/eks-pod-identity-agent:internal/validation/request.go',
  eksAuth: 'boto/botocore:botocore/data/eks-auth/2023-11-26/service-2.json',
  targetRole:
    'awsdocs/amazon-eks-user-guide:latest/ug/manage-access/aws-access/pod-id-assign-target-role.adoc',
  acrossAccounts: 'aws/aws-eks-best-practices:latest/bpg/security/iam.adoc (EKS Pod Identities)',
} as const;

/**
 * How long credentials last, with and without a target role.
 *
 * @source awsdocs/amazon-eks-user-guide:latest/ug/manage-access/aws-access/pod-id-assign-target-role.adoc
 */
const lifetimeSeconds = { role: 6 * 3600, targetRole: 59 * 60 } as const;

/**
 * Answers as the EKS Pod Identity agent of a node does, with EKS Auth behind it.
 *
 * The role is that of the association of the token's subject; with a target role, that one is assumed from it.
 *
 * @source aws/eks-pod-identity-agent:pkg/handlers/eks_credential_handler.go, internal/validation/request.go,
 * pkg/errors/errors.go; boto/botocore:botocore/data/eks-auth/2023-11-26/service-2.json
 */
export function podIdentityAgent(world: World, ask: Ask, request: PodIdentityRequest): ServiceReply {
  const { node, workload } = request;
  const early = agentFault(world, ask, node) ?? tokenFault(ask, request);
  if (early) return early;
  const [namespace, serviceAccount] = subjectOf(request);
  const association = indexOf(world).association(namespace, serviceAccount);
  if (!association) return withoutAssociation(world, workload, namespace, serviceAccount);
  return assumeAssociated(world, ask, workload, association);
}

function agentFault(world: World, ask: Ask, node: ClusterNode): ServiceReply | undefined {
  const at = node.ref;
  if (node.compute === 'fargate') {
    const evidence: ServiceEvidence = { kind: 'agentUnsupported', at, source: sources.considerations };
    return { reply: { kind: 'timeout' }, evidence: [evidence] };
  }
  const known = runsAgent(world) ? { known: 'running' } : {};
  const state = ask({ name: 'podIdentityAgent', scope: node.name, ...known, about: at });
  if (state === 'running') return undefined;
  return { reply: { kind: 'refused' }, evidence: [{ kind: 'agentAbsent', at, source: sources.agent }] };
}

/** Tells whether the input shows the agent's DaemonSet, under whatever name. */
const runsAgent = oncePer(({ workloads }: World) =>
  workloads.some(
    ({ kind, template }) =>
      kind === 'DaemonSet' &&
      template.containers.some(({ image }) => image?.includes('eks-pod-identity-agent')),
  ),
);

function tokenFault(ask: Ask, { token, podKey }: PodIdentityRequest): ServiceReply | undefined {
  const reject = (name: keyof typeof agentErrors, reason: Rejection): ServiceReply => {
    const at = token ? { at: token.from } : {};
    const source = reason === 'audience' ? sources.eksAuth : sources.token;
    return { reply: agentError(name), evidence: [{ kind: 'tokenRejected', reason, ...at, source }] };
  };
  switch (token?.kind) {
    case 'empty':
    case 'unreadable':
      return reject('emptyToken', 'missing');
    case 'text':
      return reject('notAToken', 'notAToken');
    case 'serviceAccountToken':
      if (ask({ name: 'token', scope: podKey, about: token.from }) === 'expired')
        return reject('expired', 'expired');
      // The audience of the token is the name of the service.
      return token.audience === podIdentityService ? undefined : reject('audience', 'audience');
    case 'hidden':
    case undefined:
      return undefined;
  }
}

type Rejection = Extract<StsFinding, { kind: 'tokenRejected' }>['reason'];

/** Namespace and service account: the token's own, or those of the pod when the token is not shown. */
function subjectOf({
  token,
  workload,
}: PodIdentityRequest): readonly [namespace: string, serviceAccount: string] {
  const subject = token?.kind === 'serviceAccountToken' ? token.subject : '';
  const [, , namespace, serviceAccount] = subject.split(':');
  const { template } = workload;
  return [namespace ?? template.namespace, serviceAccount ?? template.serviceAccountName];
}

function withoutAssociation(
  world: World,
  workload: Workload,
  namespace: string,
  serviceAccount: string,
): ServiceReply {
  const source = sources.eksAuth;
  const at = { kind: 'ServiceAccount', namespace, name: serviceAccount };
  if (world.complete.podIdentityAssociations) {
    return { reply: agentError('noAssociation'), evidence: [{ kind: 'associationMissing', at, source }] };
  }
  const text = `role of the association of ${namespace}/${serviceAccount}`;
  const reply = handOut(
    world,
    workload,
    { kind: 'unnamedRole', which: 'placeholder', text },
    lifetimeSeconds.role,
  );
  return { reply, evidence: [{ kind: 'associationNotShown', at, source }] };
}

function assumeAssociated(
  world: World,
  ask: Ask,
  workload: Workload,
  association: PodIdentityAssociation,
): ServiceReply {
  const { namespace, serviceAccount, roleArn, targetRoleArn, ref: at } = association;
  const found: PodIdentityFinding = {
    kind: 'association',
    ...(roleArn === undefined ? {} : { roleArn }),
    ...(targetRoleArn === undefined ? {} : { targetRoleArn }),
  };
  const evidence: ServiceEvidence[] = [{ ...found, at, source: sources.eksAuth }];
  const last = targetRoleArn ?? roleArn;
  const foreign = foreignAccount(world, roleArn);
  if (roleArn !== undefined && foreign !== undefined) {
    const accountId = foreign;
    evidence.push({
      kind: 'associationAcrossAccounts',
      roleArn,
      accountId,
      at,
      source: sources.acrossAccounts,
    });
    return { reply: agentError('denied'), evidence };
  }
  if (roleArn !== undefined) {
    const decision = decidePodIdentity(world, ask, { roleArn, namespace, serviceAccount });
    const caller = podIdentityService;
    const action = 'AssumeRoleForPodIdentity';
    evidence.push({ kind: 'assumption', action, roleArn, caller, decision, source: sources.considerations });
    if (!isAllowed(decision)) return { reply: agentError('denied'), evidence };
  }
  if (roleArn !== undefined && targetRoleArn !== undefined) {
    const externalId = targetExternalId(world, association);
    const decision = decideAssumeRole(world, ask, {
      callerRoleArn: roleArn,
      roleArn: targetRoleArn,
      tags: podIdentityTags(world, association),
      ...(externalId === undefined ? {} : { externalId }),
    });
    const target = { action: 'AssumeRole', roleArn: targetRoleArn, caller: roleArn } as const;
    evidence.push({ kind: 'assumption', ...target, decision, source: sources.targetRole });
    if (!isAllowed(decision)) return { reply: agentError('denied'), evidence };
  }
  const identity: Credentials['identity'] =
    last === undefined
      ? {
          kind: 'unnamedRole',
          which: 'placeholder',
          text: `role of the association of ${namespace}/${serviceAccount}`,
        }
      : { kind: 'role', arn: last };
  const seconds = targetRoleArn === undefined ? lifetimeSeconds.role : lifetimeSeconds.targetRole;
  return { reply: handOut(world, workload, identity, seconds), evidence };
}

/**
 * The external id with which a target role is assumed: only when session tags are disabled. What the input does not
 * show of it stands there as a placeholder.
 *
 * @source awsdocs/amazon-eks-user-guide:latest/ug/manage-access/aws-access/pod-id-assign-target-role.adoc
 */
function targetExternalId({ cluster }: World, association: PodIdentityAssociation): string | undefined {
  if (association.disableSessionTags !== true) return undefined;
  const { namespace, serviceAccount } = association;
  const account = clusterAccount(cluster, association) ?? '<account>';
  return `${cluster.region ?? '<region>'}/${account}/${cluster.name ?? '<cluster>'}/${namespace}/${serviceAccount}`;
}

/** The account of a role, where that is known not to be the cluster's. */
function foreignAccount({ cluster }: World, roleArn: string | undefined): string | undefined {
  const account = parseArn(roleArn ?? '')?.accountId;
  return cluster.accountId === undefined || cluster.accountId === account ? undefined : account;
}

/** The role of an association is always in the cluster's own account. */
function clusterAccount(
  { accountId }: World['cluster'],
  { roleArn }: PodIdentityAssociation,
): string | undefined {
  return accountId ?? parseArn(roleArn ?? '')?.accountId;
}

function handOut(
  { cluster }: World,
  { kind, name }: Workload,
  identity: Credentials['identity'],
  expiresInSeconds: number,
): Reply {
  const pod = kind === 'Pod' ? name : `${name}-<pod>`;
  // The form that the service model documents: eks-clustername-podname-random UUID.
  const sessionName = `eks-${cluster.name ?? '<cluster>'}-${pod}-<uuid>`;
  const credentials: Credentials = { identity, mechanism: 'podIdentity', sessionName, expiresInSeconds };
  return { kind: 'ok', body: { kind: 'credentials', credentials } };
}

function agentError(name: keyof typeof agentErrors): Reply {
  return { kind: 'httpError', ...agentErrors[name] };
}
