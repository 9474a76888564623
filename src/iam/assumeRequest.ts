import { parseRoleArn } from '../model/arn.ts';
import type { PolicyDocument } from '../model/aws.ts';
import { placeholderIn } from '../model/placeholder.ts';
import { indexOf, type World } from '../model/world.ts';
import { openKeysOf } from './openKeys.ts';
import { clusterArnOf, podIdentityTags, type SessionTags } from './podIdentityTags.ts';
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
  /** With a placeholder in it, the request has one that the input does not show. */
  readonly externalId?: string;
  readonly action?: 'sts:AssumeRole' | 'sts:TagSession' | 'sts:SetSourceIdentity';
  /** Session tags; with them `sts:TagSession` must be allowed as well. */
  readonly tags?: SessionTags;
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
  const { externalId, tags = {} } = request;
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
    'sts:ExternalId': hasPlaceholder(externalId) ? undefined : externalId,
    'sts:RoleSessionName': request.sessionName,
    ...tagKeys(tags),
  };
  const action = request.action ?? 'sts:AssumeRole';
  const tagged = Object.keys(tags).length > 0 && action === 'sts:AssumeRole';
  const open = [...(hasPlaceholder(externalId) ? ['sts:ExternalId'] : []), ...tagKeyNames(tags)];
  return {
    actions: tagged ? [action, 'sts:TagSession'] : [action],
    context: contextOf(principal, request.roleArn, keys, open),
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
  const arn = request.clusterArn ?? clusterArnOf(world);
  const account = arn?.split(':')[4] ?? world.cluster.accountId;
  const tags = podIdentityTags(world, request);
  const keys: Keys = {
    'aws:SourceArn': arn,
    'aws:SourceAccount': account,
    'aws:PrincipalIsAWSService': 'true',
    'aws:PrincipalServiceName': podIdentityService,
    'aws:SecureTransport': 'true',
    'aws:ResourceAccount': parseRoleArn(request.roleArn)?.accountId,
    ...tagKeys(tags),
  };
  const principal: RequestPrincipal = { kind: 'service', service: podIdentityService };
  const open = ['aws:SourceArn', 'aws:SourceAccount', ...tagKeyNames(tags)];
  return {
    actions: Object.keys(tags).length > 0 ? ['sts:AssumeRole', 'sts:TagSession'] : ['sts:AssumeRole'],
    context: contextOf(principal, request.roleArn, keys, open),
  };
}

function hasPlaceholder(text: string | undefined): boolean {
  return text !== undefined && placeholderIn(text) !== undefined;
}

function tagKeyNames(tags: SessionTags): readonly string[] {
  return Object.keys(tags).map((name) => `aws:RequestTag/${name}`);
}

function tagKeys(tags: SessionTags): Keys {
  const names = Object.keys(tags);
  if (names.length === 0) return {};
  const requestTags = Object.entries(tags).map(([name, value]) => [`aws:RequestTag/${name}`, value] as const);
  return { 'aws:TagKeys': names, ...Object.fromEntries(requestTags) };
}

/** A key without a value is open when it is among those that this request surely has, else absent. */
function contextOf(
  principal: RequestPrincipal,
  resource: string,
  keys: Keys,
  sent: readonly string[] = [],
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
  const values = new Map(known);
  const open = sent
    .map((key): OpenKey => ({ key: key.toLowerCase(), presence: 'always' }))
    .filter(({ key }) => !values.has(key));
  return { principal, resource, keys: values, openKeys: [...open, ...openKeysOf(principal.kind)] };
}
