import type { AssumeDecision } from '../iam/decision.ts';
import type { Reply } from '../model/exchange.ts';
import type { Identity } from '../model/identity.ts';
import type { ObjectRef } from '../model/objectRef.ts';

/** What a service answers, and what it weighed. */
export interface ServiceReply {
  readonly reply: Reply;
  readonly evidence: readonly ServiceEvidence[];
}

/** What one service found while it answered. `at` is the object that decided; `source` is where the rule was read. */
export type ServiceEvidence = ServiceFinding & { readonly at?: ObjectRef; readonly source: string };

/** The findings of all services. */
export type ServiceFinding = StsFinding | ImdsFinding | Kube2iamFinding | KiamFinding | PodIdentityFinding;

/** What STS weighs. */
export type StsFinding =
  | { readonly kind: 'stsFault'; readonly fault: string }
  /** `placeholder`: the text of the role still holds a template placeholder. */
  | { readonly kind: 'undeterminedRole'; readonly text: string; readonly placeholder: string }
  | { readonly kind: 'malformedRoleArn'; readonly text: string }
  | { readonly kind: 'tokenRejected'; readonly reason: 'expired' | 'notAToken' | 'audience' | 'missing' }
  /** The file that holds the token is not in the input. */
  | { readonly kind: 'tokenNotShown' }
  /** The cluster's issuer is not stated; it was taken from what else names exactly one. */
  | {
      readonly kind: 'issuerInferred';
      readonly issuer: string;
      readonly from: 'oidcProviders' | 'trustPolicy';
    }
  | { readonly kind: 'issuerUnknown' }
  | { readonly kind: 'oidcProviderFound'; readonly accountId: string; readonly issuer: string }
  | { readonly kind: 'oidcProviderAbsent'; readonly accountId: string; readonly issuer?: string }
  | {
      readonly kind: 'audienceNotRegistered';
      readonly audience: string;
      readonly clientIds: readonly string[];
    }
  | { readonly kind: 'sessionNameRejected'; readonly text: string }
  | { readonly kind: 'sessionTooLong'; readonly requestedSeconds: number; readonly limitSeconds: number }
  /** May `caller` assume the role? The statements stand in the decision. */
  | {
      readonly kind: 'assumption';
      readonly action: 'AssumeRole' | 'AssumeRoleWithWebIdentity' | 'AssumeRoleForPodIdentity';
      readonly roleArn: string;
      readonly caller: string;
      readonly decision: AssumeDecision;
    };

/** What the instance metadata service weighs. */
export type ImdsFinding =
  | { readonly kind: 'noInstanceMetadata' }
  | { readonly kind: 'endpointDisabled' }
  | { readonly kind: 'hopLimit'; readonly limit: number; readonly hops: number; readonly returns: boolean }
  | { readonly kind: 'tokenRequired' }
  | { readonly kind: 'nodeRole'; readonly identity: Identity }
  | { readonly kind: 'noSuchRole'; readonly asked: string };

/** What kube2iam weighs. */
export type Kube2iamFinding =
  /** `nobody`: no pod, or the pods of the host network; `several`: the cache holds more pods with the address. */
  | { readonly kind: 'podBySourceAddress'; readonly found: 'pod' | 'previous' | 'nobody' | 'several' }
  | {
      readonly kind: 'roleChosen';
      readonly by: 'annotation' | 'defaultRole';
      /** As written. */
      readonly text: string;
      readonly roleArn: string;
    }
  | { readonly kind: 'noRole' }
  /** Without restrictions `by` is `unrestricted`; `entry` is the entry of the namespace that admits the role. */
  | {
      readonly kind: 'namespaceRestriction';
      readonly allowed: boolean;
      readonly by: 'unrestricted' | 'defaultRole' | 'entry' | 'noEntry' | 'unreadableList';
      readonly entry?: string;
    }
  | { readonly kind: 'baseArnDiscovered'; readonly baseArn: string; readonly from: BaseArnSource }
  | { readonly kind: 'emptyRoleListed' }
  | { readonly kind: 'otherRoleAsked'; readonly asked: string; readonly roleArn: string }
  | { readonly kind: 'proxiedToImds' }
  /** A version before 0.10.10, whose proxy adds a header for which the metadata service refuses a token. */
  | { readonly kind: 'clientAddressForwarded'; readonly image: string }
  /** The daemon's own role may not list the regions of EC2, which it does before it assumes a role. */
  | { readonly kind: 'describeRegionsDenied' }
  /** It lists the regions of EC2 before it assumes a role, and knows no region to ask in. */
  | { readonly kind: 'regionMissing' }
  /** STS was not asked, or gave nothing: the session, or the error, is that of an earlier request. */
  | { readonly kind: 'answeredFromCache'; readonly held: 'session' | 'error' }
  | { readonly kind: 'daemonIdentity'; readonly identity: Identity };

/** From where the account of an auto-discovered base ARN is known. */
export type BaseArnSource = 'nodeRole' | 'cluster' | 'onlyAccountOfRoles' | 'nowhere';

/** What kiam's agent and server weigh. */
export type KiamFinding =
  /** The request fits no route of the agent: only what `expression` fits goes on to IMDS. */
  | { readonly kind: 'kiamRouteBlocked'; readonly path: string; readonly expression: string }
  | { readonly kind: 'kiamProxied' }
  | { readonly kind: 'kiamServer'; readonly state: 'unreachable' }
  | { readonly kind: 'kiamPod'; readonly found: 'pod' | 'previous' | 'nobody' | 'several' }
  | { readonly kind: 'kiamRole'; readonly text: string; readonly roleArn: string }
  | { readonly kind: 'kiamNoRole' }
  | { readonly kind: 'kiamOtherRole'; readonly asked: string; readonly roleArn: string }
  /** `unreadable`: the expression does not compile. */
  | {
      readonly kind: 'kiamPermitted';
      readonly allowed: boolean;
      readonly by: 'absent' | 'unreadable' | 'expression';
      readonly expression: string;
    }
  /** STS gave nothing: the session is one that the server fetched before. */
  | { readonly kind: 'kiamSessionHeld' }
  /** The annotation of some pod ends the server. */
  | { readonly kind: 'kiamServerCrashed'; readonly text: string }
  | { readonly kind: 'kiamIdentity'; readonly identity: Identity };

/** What the EKS Pod Identity agent, and EKS Auth behind it, weigh. */
export type PodIdentityFinding =
  | { readonly kind: 'agentAbsent' }
  | { readonly kind: 'agentUnsupported' }
  /** The request went to an HTTP proxy, which cannot reach the agent of the pod's node. */
  | { readonly kind: 'agentBehindProxy'; readonly proxy: string }
  | { readonly kind: 'association'; readonly roleArn?: string; readonly targetRoleArn?: string }
  | { readonly kind: 'associationMissing' }
  /** EKS assumes roles of the cluster's own account alone. */
  | { readonly kind: 'associationAcrossAccounts'; readonly roleArn: string; readonly accountId: string }
  | { readonly kind: 'associationNotShown' };
