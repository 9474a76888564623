import { assumedRoleArn, parseRoleArn } from '../model/arn.ts';
import type { Identity, Mechanism } from '../model/identity.ts';
import { placeholderIn } from '../model/placeholder.ts';
import { indexOf, type World } from '../model/world.ts';

/** Credentials and for whom they were issued. */
export interface AuditedCredentials {
  readonly identity: Exclude<Identity, { kind: 'none' }>;
  readonly mechanism: Exclude<Mechanism, 'none'>;
  readonly sessionName?: string;
  /** The service account of the pod. */
  readonly namespace: string;
  readonly serviceAccount: string;
}

/** What an auditor cannot learn from the events alone. */
export type CloudTrailGap =
  /** No event says that the credentials were handed out. */
  | 'noEventOfIssue'
  /** Nothing names the pod: all pods of the service account, or of the node, look alike. */
  | 'whichPod'
  /** Nothing names the service account. */
  | 'whichServiceAccount'
  /** The name of the session is made up by the SDK, or from a hash. */
  | 'meaninglessSessionName';

/** What CloudTrail shows of a pod's credentials. */
export interface CloudTrailView {
  /** The event that the handing out leaves behind; absent where there is none. */
  readonly issued?: {
    readonly eventSource: string;
    readonly eventName: string;
    /** `userIdentity` of that event. */
    readonly callerType: string;
    /** Of whom the event says that they called. */
    readonly caller: string;
  };
  /** `userIdentity` of every later call. */
  readonly later: {
    readonly type: 'AssumedRole' | 'IAMUser';
    readonly principalId: string;
    readonly arn?: string;
    /** `sessionContext.sessionIssuer.arn`. */
    readonly sessionIssuer?: string;
    /** `sessionContext.webIdFederationData.federatedProvider`. */
    readonly federatedProvider?: string;
    /** Tags of the session, which name the pod. */
    readonly principalTags?: readonly string[];
  };
  /** `sourceIdentity` is in no event: none of these mechanisms sets one. */
  readonly sourceIdentity: 'absent';
  readonly cannotShow: readonly CloudTrailGap[];
  readonly source: string;
  /** How sure the row is: a document says so, somebody's log shows it, or it follows from the two. */
  readonly strength: 'documented' | 'reported' | 'inferred';
}

/** What is known of one mechanism; `{…}` is filled in. */
interface AuditRow extends Pick<CloudTrailView, 'cannotShow' | 'source' | 'strength'> {
  /** `caller`: whoever asks for the session may choose a name that says something. */
  readonly sessionNamedBy: 'caller' | 'mechanism';
  readonly issued?: NonNullable<CloudTrailView['issued']>;
  readonly federatedProvider?: string;
  readonly principalTags?: readonly string[];
}

const userIdentity =
  'awsdocs/aws-cloudtrail-user-guide:doc_source/cloudtrail-event-reference-user-identity.md';

/** A row for each mechanism. */
const rows: Readonly<Record<AuditedCredentials['mechanism'], AuditRow>> = {
  irsa: {
    sessionNamedBy: 'caller',
    issued: {
      eventSource: 'sts.amazonaws.com',
      eventName: 'AssumeRoleWithWebIdentity',
      callerType: 'WebIdentityUser',
      caller: 'system:serviceaccount:{namespace}:{serviceAccount}',
    },
    federatedProvider: 'arn:{partition}:iam::{account}:oidc-provider/{issuer}',
    cannotShow: ['whichPod', 'meaninglessSessionName'],
    source: `aws/amazon-eks-pod-identity-webhook#112 (an event); ${userIdentity}`,
    strength: 'reported',
  },
  podIdentity: {
    sessionNamedBy: 'mechanism',
    issued: {
      eventSource: 'eks-auth.amazonaws.com',
      eventName: 'AssumeRoleForPodIdentity',
      callerType: 'AssumedRole',
      caller: 'the role of the node, for its agent',
    },
    principalTags: [
      'eks-cluster-arn',
      'eks-cluster-name',
      'kubernetes-namespace',
      'kubernetes-service-account',
      'kubernetes-pod-name',
      'kubernetes-pod-uid',
    ],
    cannotShow: [],
    source:
      'https://www.mitiga.io/blog/eks-role-unchaining-tracing-aws-events-back-to-pods; awsdocs/amazon-eks-user-guide:latest/ug/manage-access/aws-access/pod-id-abac.adoc',
    strength: 'reported',
  },
  kube2iam: {
    sessionNamedBy: 'mechanism',
    issued: {
      eventSource: 'sts.amazonaws.com',
      eventName: 'AssumeRole',
      callerType: 'AssumedRole',
      caller: 'the role of kube2iam itself, as a rule that of the node',
    },
    cannotShow: ['whichPod', 'whichServiceAccount', 'meaninglessSessionName'],
    source: `jtblin/kube2iam:iam/iam.go (AssumeRole, sessionName); ${userIdentity}`,
    strength: 'inferred',
  },
  kiam: {
    sessionNamedBy: 'mechanism',
    issued: {
      eventSource: 'sts.amazonaws.com',
      eventName: 'AssumeRole',
      callerType: 'AssumedRole',
      caller: 'the role of the kiam server',
    },
    cannotShow: ['whichPod', 'whichServiceAccount'],
    source: `uswitch/kiam:README.md; ${userIdentity}`,
    strength: 'inferred',
  },
  imds: {
    sessionNamedBy: 'mechanism',
    cannotShow: ['noEventOfIssue', 'whichPod', 'whichServiceAccount'],
    source: `${userIdentity} (roles for Amazon EC2); the session is named after the instance`,
    strength: 'documented',
  },
  env: {
    sessionNamedBy: 'mechanism',
    cannotShow: ['noEventOfIssue', 'whichPod', 'whichServiceAccount'],
    source: userIdentity,
    strength: 'documented',
  },
  sharedFile: {
    sessionNamedBy: 'caller',
    cannotShow: ['noEventOfIssue', 'whichPod', 'whichServiceAccount'],
    source: userIdentity,
    strength: 'documented',
  },
};

/**
 * Tells what CloudTrail shows of credentials: when they were handed out, and in each later call.
 *
 * What is not known of a name stands in angle brackets.
 *
 * @source awsdocs/aws-cloudtrail-user-guide:doc_source/cloudtrail-event-reference-user-identity.md; unique ids:
 *   awsdocs/iam-user-guide:doc_source/reference_identifiers.md
 */
export function cloudTrail(world: World, credentials: AuditedCredentials): CloudTrailView {
  const { namespace, serviceAccount, sessionName } = credentials;
  const { issued, federatedProvider, principalTags, sessionNamedBy, ...row } = rows[credentials.mechanism];
  const fill = (text: string): string => fillIn(world, credentials, text);
  const tagged = indexOf(world).association(namespace, serviceAccount)?.disableSessionTags !== true;
  const named =
    sessionNamedBy === 'caller' && sessionName !== undefined && placeholderIn(sessionName) === undefined;
  return {
    ...(issued ? { issued: { ...issued, caller: fill(issued.caller) } } : {}),
    later: {
      ...laterIdentity(world, credentials),
      ...(federatedProvider === undefined ? {} : { federatedProvider: fill(federatedProvider) }),
      ...(principalTags !== undefined && tagged ? { principalTags } : {}),
    },
    sourceIdentity: 'absent',
    ...row,
    cannotShow: row.cannotShow.filter((gap) => !named || gap !== 'meaninglessSessionName'),
  };
}

function fillIn({ cluster }: World, credentials: AuditedCredentials, text: string): string {
  const { identity, namespace, serviceAccount } = credentials;
  const role = identity.kind === 'role' ? parseRoleArn(identity.arn) : undefined;
  const values: Readonly<Record<string, string>> = {
    namespace,
    serviceAccount,
    partition: role?.partition ?? cluster.partition,
    account: role?.accountId ?? '<account>',
    issuer: cluster.oidcIssuer ?? '<issuer>',
  };
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

/** A role's unique id begins with `AROA`, that of a user with `AIDA`. */
function laterIdentity(
  world: World,
  { identity, sessionName = '<session>' }: AuditedCredentials,
): CloudTrailView['later'] {
  switch (identity.kind) {
    case 'role': {
      const id = indexOf(world).role(identity.arn)?.roleId ?? 'AROA<unknown>';
      const arn = assumedRoleArn(identity.arn, sessionName);
      return {
        type: 'AssumedRole',
        principalId: `${id}:${sessionName}`,
        ...(arn === undefined ? {} : { arn }),
        sessionIssuer: identity.arn,
      };
    }
    case 'unnamedRole':
      return { type: 'AssumedRole', principalId: `AROA<unknown>:${sessionName}` };
    case 'static':
      return { type: 'IAMUser', principalId: 'AIDA<unknown>' };
  }
}
