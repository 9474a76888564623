import type { ImdsCall } from '../model/exchange.ts';
import type { Kube2iamFlags } from '../model/kube2iam.ts';
import { cleanedPath, metadataRequest } from './metadataPath.ts';

/** What becomes of a request to kube2iam, by its path; the method does not matter. */
export type Kube2iamRoute =
  | { readonly kind: 'redirected' | 'ownText' | 'health' | 'proxied' }
  /** `role` is empty when the list is asked for. */
  | { readonly kind: 'role'; readonly role: string };

const rolePath = /^\/[^/]+\/meta-data\/iam\/security-credentials(?:\/(.*))?$/;

/**
 * Finds what kube2iam does with a request.
 *
 * @source jtblin/kube2iam:server/server.go (Run); gorilla/mux:mux.go (ServeHTTP: 301 to the clean path)
 */
export function kube2iamRoute(flags: Kube2iamFlags, call: ImdsCall): Kube2iamRoute {
  const { path } = metadataRequest(call);
  if (cleanedPath(path) !== undefined) return { kind: 'redirected' };
  if (path === '/healthz') return { kind: 'health' };
  if (flags.debug && path === '/debug/store') return { kind: 'ownText' };
  const role = rolePath.exec(path);
  return role ? { kind: 'role', role: role[1] ?? '' } : { kind: 'proxied' };
}

/** Tells whether what kube2iam passes on arrives at IMDS; at any other address nobody is known to answer. */
export function reachesImds({ metadataAddress }: Kube2iamFlags): boolean {
  return /^169\.254\.169\.254(:80)?$/.test(metadataAddress);
}
