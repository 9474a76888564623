import { parseRoleArn } from '../model/arn.ts';
import type { PolicyDocument } from '../model/aws.ts';
import { indexOf, type World } from '../model/world.ts';
import { openKeysOf } from './openKeys.ts';
import type { OpenKey, RequestContext, RequestPrincipal } from './requestContext.ts';

/** A pod's token is traded for a role at STS. */
export interface WebIdentityRequest {
  readonly roleArn: string;
  /** ARN of the OIDC provider in the account of the role. */
  readonly providerArn: string;
  /** Without `https://`. */
  readonly issuer: string;
  /** As `system:serviceaccount:<namespace>:<name>`. */
  readonly subject: string;
  readonly audience: string;
  readonly sessionName?: string;
}

/** A session of one role asks STS for another role. */
export interface AssumeRoleRequest {
  readonly callerRoleArn: string;
  /** Name of the caller's own session, when it is known: for a node's role the id of the instance. */
  readonly callerSessionName?: string;
  readonly roleArn: string;
  /** Name for the new session. */
  readonly sessionName?: string;
  readonly externalId?: string;
  readonly action?: 'sts:AssumeRole' | 'sts:TagSession' | 'sts:SetSourceIdentity';
  /** Session tags; with them `sts:TagSession` must be allowed as well. */
  readonly tags?: Readonly<Record<string, string>>;
  /** The policy that was passed when the caller's own session was opened. */
  readonly sessionPolicy?: PolicyDocument;
}

/** EKS Pod Identity asks STS for the role of an association. */
export interface PodIdentityRequest {
  readonly roleArn: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Absent: made from the facts of the cluster, when those suffice. */
  readonly clusterArn?: string;
}

/** One request to STS as policies see it; several actions must each be allowed. */
export interface StsRequest {
  readonly actions: readonly [string, ...string[]];
  readonly context: Omit<RequestContext, 'action'>;
}

/** The service that assumes roles for EKS Pod Identity. */
export const podIdentityService = 'pods.eks.amazonaws.com';

type Keys = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Makes the request context of `AssumeRoleWithWebIdentity`: the claims of the token stand under the issuer.
 *
 * @source awsdocs/iam-user-guide:doc_source/reference_policies_iam-condition-keys.md (web identity)
 */
export function webIdentityRequest(request: WebIdentityRequest): StsRequest {
  const keys: Keys = {
    [`${request.issuer}:sub`]: request.subject,
    [`${request.issuer}:aud`]: request.audience,
    'aws:FederatedProvider': request.providerArn,
    'aws:SecureTransport': 'true',
    'aws:ResourceAccount': parseRoleArn(request.roleArn)?.accountId,
    'sts:RoleSessionName': request.sessionName,
  };
  const principal: RequestPrincipal = { kind: 'webIdentity', providerArn: request.providerArn };
  return { actions: ['sts:AssumeRoleWithWebIdentity'], context: contextOf(principal, request.roleArn, keys) };
}

/**
 * Makes the request context of `AssumeRole` by a role session.
 *
 * @source awsdocs/iam-user-guide:doc_source/reference_policies_condition-keys.md; session tags:
 *   awsdocs/iam-user-guide:doc_source/id_session-tags.md
 */
export function assumeRoleRequest(world: World, request: AssumeRoleRequest): StsRequest {
  const caller = parseRoleArn(request.callerRoleArn);
  const roleId = indexOf(world).role(request.callerRoleArn)?.roleId;
  const session = request.callerSessionName;
  const principal: RequestPrincipal = {
    kind: 'roleSession',
    roleArn: request.callerRoleArn,
    accountId: caller?.accountId ?? '',
    ...(roleId === undefined ? {} : { roleId }),
    ...(session === undefined ? {} : { sessionName: session }),
  };
  const keys: Keys = {
    'aws:PrincipalArn': request.callerRoleArn,
    'aws:PrincipalAccount': caller?.accountId,
    'aws:PrincipalType': 'AssumedRole',
    'aws:userid': roleId === undefined || session === undefined ? undefined : `${roleId}:${session}`,
    'aws:PrincipalIsAWSService': 'false',
    'aws:ViaAWSService': 'false',
    'aws:MultiFactorAuthPresent': 'false',
    'aws:SecureTransport': 'true',
    'aws:ResourceAccount': parseRoleArn(request.roleArn)?.accountId,
    'sts:ExternalId': request.externalId,
    'sts:RoleSessionName': request.sessionName,
    ...tagKeys(request.tags ?? {}),
  };
  const action = request.action ?? 'sts:AssumeRole';
  const tagged = Object.keys(request.tags ?? {}).length > 0 && action === 'sts:AssumeRole';
  return {
    actions: tagged ? [action, 'sts:TagSession'] : [action],
    context: contextOf(principal, request.roleArn, keys),
  };
}

/**
 * Makes the request context of the service that assumes roles for EKS Pod Identity.
 *
 * @source Trust policy and tags: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html and
 *   https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html; `aws:SourceArn` is the cluster:
 *   terraform-aws-modules/terraform-aws-eks#3743 (validated against a live cluster)
 */
export function podIdentityRequest(world: World, request: PodIdentityRequest): StsRequest {
  const { cluster } = world;
  const arn = request.clusterArn ?? clusterArnOf(world);
  const name = arn?.split('cluster/')[1] ?? cluster.name;
  const account = arn?.split(':')[4] ?? cluster.accountId;
  const association = indexOf(world).association(request.namespace, request.serviceAccount);
  const tags = {
    'eks-cluster-arn': arn,
    'eks-cluster-name': name,
    'kubernetes-namespace': request.namespace,
    'kubernetes-service-account': request.serviceAccount,
    'kubernetes-pod-name': undefined,
    'kubernetes-pod-uid': undefined,
  };
  const sent = association?.disableSessionTags === true ? {} : tags;
  const keys: Keys = {
    'aws:SourceArn': arn,
    'aws:SourceAccount': account,
    'aws:PrincipalIsAWSService': 'true',
    'aws:PrincipalServiceName': podIdentityService,
    'aws:SecureTransport': 'true',
    'aws:ResourceAccount': parseRoleArn(request.roleArn)?.accountId,
    ...tagKeys(sent),
  };
  const open = [
    'aws:SourceArn',
    'aws:SourceAccount',
    ...Object.keys(sent).map((tag) => `aws:RequestTag/${tag}`),
  ];
  const principal: RequestPrincipal = { kind: 'service', service: podIdentityService };
  return {
    actions: sent === tags ? ['sts:AssumeRole', 'sts:TagSession'] : ['sts:AssumeRole'],
    context: contextOf(
      principal,
      request.roleArn,
      keys,
      open.map((key) => ({ key: key.toLowerCase(), presence: 'always' })),
    ),
  };
}

function clusterArnOf(world: World): string | undefined {
  const { name, accountId, region, partition } = world.cluster;
  if (name === undefined || accountId === undefined || region === undefined) return undefined;
  return `arn:${partition}:eks:${region}:${accountId}:cluster/${name}`;
}

function tagKeys(tags: Readonly<Record<string, string | undefined>>): Keys {
  const names = Object.keys(tags);
  if (names.length === 0) return {};
  const requestTags = Object.entries(tags).map(([name, value]) => [`aws:RequestTag/${name}`, value] as const);
  return { 'aws:TagKeys': names, ...Object.fromEntries(requestTags) };
}

/** A key whose value is not known is left to the open keys; one that is not open either is absent. */
function contextOf(
  principal: RequestPrincipal,
  resource: string,
  keys: Keys,
  open: readonly OpenKey[] = [],
): StsRequest['context'] {
  const known = Object.entries(keys).flatMap(([key, value]) =>
    value === undefined
      ? []
      : [
          [key.toLowerCase(), typeof value === 'string' ? [value] : value] satisfies [
            string,
            readonly string[],
          ],
        ],
  );
  return { principal, resource, keys: new Map(known), openKeys: [...open, ...openKeysOf(principal.kind)] };
}
