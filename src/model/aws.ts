import type { ObjectRef, SourcePosition } from './objectRef.ts';

/** Any value of a JSON document. */
export type JsonValue =
  null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/**
 * A policy document as it was read, not yet interpreted.
 *
 * `positions` maps a path such as `Statement[0].Condition` to where it was read, when that is known.
 */
export interface PolicyDocument {
  readonly ref: ObjectRef;
  readonly value: JsonValue;
  readonly positions?: Readonly<Record<string, SourcePosition>>;
}

/** A policy attached to a principal. */
export interface AttachedPolicy {
  readonly name: string;
  readonly arn?: string;
  readonly document: PolicyDocument;
}

/**
 * An IAM role.
 *
 * `trustPolicy` and `identityPolicies` are absent when the input does not state them;
 * an empty list of identity policies states that there are none.
 */
export interface IamRole {
  readonly ref: ObjectRef;
  readonly arn: string;
  readonly name: string;
  readonly roleId?: string;
  readonly trustPolicy?: PolicyDocument;
  readonly identityPolicies?: readonly AttachedPolicy[];
  readonly permissionsBoundary?: AttachedPolicy;
  readonly maxSessionDurationSeconds?: number;
}

/** An OIDC identity provider registered in an account. */
export interface OidcProvider {
  readonly ref: ObjectRef;
  readonly arn: string;
  readonly accountId: string;
  /** Without `https://`. */
  readonly url: string;
  /** Absent when the input lists the provider without its details. */
  readonly clientIds?: readonly string[];
}

/** An instance profile and the role in it. */
export interface InstanceProfile {
  readonly ref: ObjectRef;
  readonly arn: string;
  readonly name: string;
  readonly roleArn?: string;
}

/** An EKS Pod Identity association. `roleArn` is absent in the output of a list call. */
export interface PodIdentityAssociation {
  readonly ref: ObjectRef;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly roleArn?: string;
  readonly targetRoleArn?: string;
  readonly disableSessionTags?: boolean;
  /** RFC 3339, as exported. */
  readonly createdAt?: string;
}

/** What an export claims to list in full, so that what is absent from it does not exist. */
export interface Completeness {
  /** Account ids whose roles were all exported (`get-account-authorization-details`). */
  readonly rolesOfAccounts: readonly string[];
  /** Account ids whose OIDC providers were all exported. */
  readonly oidcProvidersOfAccounts: readonly string[];
  /** Whether the Pod Identity associations of the cluster were exported. */
  readonly podIdentityAssociations: boolean;
}

/** A policy of AWS Organizations. */
export interface OrganizationPolicy extends AttachedPolicy {
  readonly type: 'serviceControlPolicy' | 'resourceControlPolicy';
  /** Id of the account, organizational unit or root that it is attached to; absent when nobody states it. */
  readonly target?: string;
}

/** What is known of the organization that the accounts belong to. */
export interface Organization {
  /** The account whose principals and resources no policy of the organization limits. */
  readonly managementAccountId?: string;
  readonly policies: readonly OrganizationPolicy[];
}
