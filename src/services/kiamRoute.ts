import type { ImdsCall } from '../model/exchange.ts';
import { goRegexp } from '../model/goRegexp.ts';
import type { KiamAgentFlags } from '../model/kiam.ts';
import { cleanedPath, metadataRequest } from './metadataPath.ts';

/** What becomes of a request to a kiam agent, by its method and path. */
export type KiamRoute =
  | { readonly kind: 'redirected' | 'proxied' | 'blocked' }
  | { readonly kind: 'ping' | 'health' | 'list' }
  | { readonly kind: 'credentials'; readonly role: string };

/**
 * Stands for `--allow-route-regexp` when it is empty: nothing goes on to IMDS.
 *
 * @source uswitch/kiam:pkg/aws/metadata/handler_proxy.go (newProxyHandler)
 */
export const noRoute = '^$';

const rolePath = /^\/[^/]+\/meta-data\/iam\/security-credentials(?:\/(.*))?$/;
const tokenPath = /^\/?[^/]+\/api\/token$/;

/**
 * Finds what a kiam agent does with a request.
 *
 * @source uswitch/kiam:pkg/aws/metadata/server.go (buildHTTPServer), handler_proxy.go, handler_role_name.go;
 * gorilla/mux:mux.go (ServeHTTP: 301 to the clean path)
 */
export function kiamRoute({ allowRouteRegexp }: KiamAgentFlags, call: ImdsCall): KiamRoute {
  const { method, path } = metadataRequest(call);
  if (cleanedPath(path) !== undefined) return { kind: 'redirected' };
  if (path === '/ping') return { kind: 'ping' };
  if (path === '/health') return { kind: 'health' };
  const role = rolePath.exec(path);
  if (role?.[1] !== undefined)
    return role[1] === '' ? { kind: 'list' } : { kind: 'credentials', role: role[1] };
  if (role) return { kind: 'redirected' };
  if (method === 'PUT' && tokenPath.test(path)) return { kind: 'proxied' };
  const fits = goRegexp(allowRouteRegexp || noRoute)?.test(path) ?? false;
  return { kind: fits ? 'proxied' : 'blocked' };
}
