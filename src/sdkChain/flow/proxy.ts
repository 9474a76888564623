import { firstText, type Walk } from '../walk.ts';

const proxyVariables = ['HTTP_PROXY', 'http_proxy'];
const exceptVariables = ['NO_PROXY', 'no_proxy'];

/**
 * Finds the proxy to which a plain HTTP request goes, or nothing when it goes to the host itself.
 *
 * @source golang/net:http/httpproxy/proxy.go (ProxyFunc, useProxy)
 */
export function proxyFor(walk: Walk, url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, hostname } = new URL(url);
  const proxy = firstText(walk, proxyVariables);
  if (proxy === undefined || protocol !== 'http:') return undefined;
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host)) return undefined;
  const exceptions = (firstText(walk, exceptVariables) ?? '').split(',').map((entry) => entry.trim());
  return exceptions.some((entry) => excepts(entry.toLowerCase(), host)) ? undefined : proxy;
}

/** Tells whether an entry of `NO_PROXY` covers a host: by its name, a domain above it, or a network. */
function excepts(entry: string, host: string): boolean {
  if (entry === '') return false;
  const name = entry.replace(/:\d+$/, '').replace(/^\*?\./, '');
  return entry === '*' || entry === host || name === host || host.endsWith(`.${name}`) || isIn(entry, host);
}

function isIn(network: string, host: string): boolean {
  const [address = '', length = ''] = network.split('/');
  const [base, asked] = [ipv4(address), ipv4(host)];
  if (base === undefined || asked === undefined || !/^([12]?\d|3[0-2])$/.test(length)) return false;
  const size = 2 ** (32 - Number(length));
  return Math.floor(base / size) === Math.floor(asked / size);
}

function ipv4(text: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  return parts?.every((part) => part <= 255) ? parts.reduce((sum, part) => sum * 256 + part, 0) : undefined;
}
