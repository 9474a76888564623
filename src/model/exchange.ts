import type { Credentials } from './identity.ts';
import type { FileContent } from './environment.ts';

/** What an SDK asks of the world outside its process. */
export type Request =
  | {
      readonly kind: 'readFile';
      readonly path: string;
      readonly purpose: 'webIdentityToken' | 'profile' | 'containerToken';
    }
  | {
      readonly kind: 'sts';
      readonly action: 'AssumeRoleWithWebIdentity';
      readonly roleArn: string;
      readonly tokenFile: string;
      readonly sessionName: string;
      readonly endpoint: StsEndpoint;
    }
  | {
      readonly kind: 'sts';
      readonly action: 'AssumeRole';
      readonly roleArn: string;
      readonly source: Credentials;
      readonly sessionName: string;
      readonly externalId?: string;
      readonly endpoint: StsEndpoint;
    }
  /**
   * GET of a container credentials endpoint (ECS, EKS Pod Identity). `tokenFile` names the file sent along,
   * `proxy` the HTTP proxy to which the request goes instead.
   */
  | {
      readonly kind: 'container';
      readonly url: string;
      readonly tokenFile?: string;
      readonly proxy?: string;
    }
  | { readonly kind: 'imds'; readonly call: ImdsCall; readonly withToken: boolean };

/** Which STS host the SDK dials; `regional` without a region when the SDK knows none. */
export type StsEndpoint =
  { readonly kind: 'global' } | { readonly kind: 'regional'; readonly region: string };

/** The three calls that fetch a role's credentials from the instance metadata service, and any other path. */
export type ImdsCall =
  | { readonly kind: 'token' } // PUT /latest/api/token
  | { readonly kind: 'roleList' } // GET /latest/meta-data/iam/security-credentials/
  | { readonly kind: 'roleCredentials'; readonly roleName: string }
  | { readonly kind: 'other'; readonly path: string };

/** What comes back. A failure of the modelled world is a value, never an exception. */
export type Reply =
  | { readonly kind: 'file'; readonly content: FileContent }
  | { readonly kind: 'fileMissing' }
  | { readonly kind: 'ok'; readonly body: ReplyBody }
  | { readonly kind: 'httpError'; readonly status: number; readonly code?: string; readonly message?: string }
  /** The packet, or its answer, was lost: the client waits until its own time-out. */
  | { readonly kind: 'timeout' }
  /** Nobody listens, or a rule rejects: the client knows at once. */
  | { readonly kind: 'refused' }
  /** The server takes the connection and never answers. */
  | { readonly kind: 'hang' };

/** The body of an answer with status 200. */
export type ReplyBody =
  | { readonly kind: 'imdsToken' }
  | { readonly kind: 'roleList'; readonly roleNames: readonly string[] }
  | { readonly kind: 'credentials'; readonly credentials: Credentials }
  | { readonly kind: 'text'; readonly text: string };
