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
  const { protocol, hostname, port } = new URL(url);
  const proxy = firstText(walk, proxyVariables);
  if (proxy === undefined || protocol !== 'http:') return undefined;
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host)) return undefined;
  const exceptions = (firstText(walk, exceptVariables) ?? '').split(',').map((entry) => entry.trim());
  const asked = { host, port: port === '' ? '80' : port };
  return exceptions.some((entry) => excepts(entry.toLowerCase(), asked)) ? undefined : proxy;
}

/**
 * Tells whether an entry of `NO_PROXY` covers a host: by its name, a domain above it, or a network. An entry with a
 * leading dot is for what is below a domain, one with a port for that port.
 */
function excepts(entry: string, { host, port }: { readonly host: string; readonly port: string }): boolean {
  if (entry === '') return false;
  if (entry === '*' || entry === host || isIn(entry, host)) return true;
  const [, bracketed, plain, ofPort] = /^(?:\[([^\]]*)\]|([^:]*)):(\d+)$/.exec(entry) ?? [];
  if (ofPort !== undefined && ofPort !== port) return false;
  const name = (bracketed ?? plain ?? entry).replace(/^\*\./, '.');
  if (name === '') return false;
  return name.startsWith('.') ? host.endsWith(name) : host === name || host.endsWith(`.${name}`);
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
