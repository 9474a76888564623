import type { ObjectRef } from './objectRef.ts';

/**
 * Who a container is in AWS.
 *
 * - `role`: a session of this role.
 * - `unnamedRole`: a role whose ARN the input does not state: the node's role, or a template placeholder.
 * - `static`: the keys of an IAM user, or session keys, that somebody put into the container.
 * - `none`: no credentials; `error` is what the application sees.
 */
export type Identity =
  | { readonly kind: 'role'; readonly arn: string }
  | { readonly kind: 'unnamedRole'; readonly which: 'nodeRole' | 'placeholder'; readonly text: string }
  | { readonly kind: 'static'; readonly accessKeyId?: string; readonly from?: ObjectRef }
  | { readonly kind: 'none'; readonly error: string };

/** The way by which an identity was obtained. */
export type Mechanism = 'irsa' | 'podIdentity' | 'kube2iam' | 'kiam' | 'imds' | 'env' | 'sharedFile' | 'none';

/** Credentials as a service hands them out. */
export interface Credentials {
  readonly identity: Exclude<Identity, { kind: 'none' }>;
  readonly mechanism: Exclude<Mechanism, 'none'>;
  /** The role session's name; an SDK's default name is a pattern such as `botocore-session-<unix s>`. */
  readonly sessionName?: string;
  /** Seconds until they expire; absent for static keys. */
  readonly expiresInSeconds?: number;
}

/**
 * Tells whether two identities are the same to an auditor.
 *
 * Errors are compared by presence alone: two SDKs word one failure differently.
 */
export function sameIdentity(a: Identity, b: Identity): boolean {
  if (a.kind === 'role' && b.kind === 'role') return a.arn === b.arn;
  if (a.kind === 'unnamedRole' && b.kind === 'unnamedRole') return a.which === b.which && a.text === b.text;
  if (a.kind === 'static' && b.kind === 'static') return a.accessKeyId === b.accessKeyId;
  return a.kind === b.kind;
}
