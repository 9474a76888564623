import type { ImdsCall } from '../model/exchange.ts';

/** A metadata request as it stands on the wire. */
export interface MetadataRequest {
  readonly method: 'GET' | 'PUT';
  readonly path: string;
}

/** What daemons ask for to see whether the metadata service answers. */
export const instanceId: ImdsCall = { kind: 'other', path: '/latest/meta-data/instance-id' };

/**
 * Writes a metadata request as SDKs send it.
 *
 * @source https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
 * @example
 * metadataRequest({ kind: 'roleList' }).path // => '/latest/meta-data/iam/security-credentials/'
 */
export function metadataRequest(call: ImdsCall): MetadataRequest {
  switch (call.kind) {
    case 'token':
      return { method: 'PUT', path: '/latest/api/token' };
    case 'roleList':
      return { method: 'GET', path: '/latest/meta-data/iam/security-credentials/' };
    case 'roleCredentials':
      return { method: 'GET', path: `/latest/meta-data/iam/security-credentials/${call.roleName}` };
    case 'other':
      return { method: 'GET', path: call.path };
  }
}

/**
 * The path that a router of gorilla/mux sends a client to instead of its own, or nothing when it takes the path.
 *
 * @source gorilla/mux:mux.go (cleanPath, ServeHTTP: 301 to the clean path)
 */
export function cleanedPath(path: string): string | undefined {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  const slash = path.endsWith('/') && parts.length > 0 ? '/' : '';
  const clean = `/${parts.join('/')}${slash}`;
  return clean === path ? undefined : clean;
}
