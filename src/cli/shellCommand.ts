import type { Diagnostic } from '../model/diagnostic.ts';
import type { ImdsCall } from '../model/exchange.ts';
import type { SdkRef } from '../model/sdk.ts';
import type { ShellCommand } from '../resolve/runCommand.ts';
import { usageError } from './usageError.ts';

/** What was typed after `--`, or why it cannot be foretold. */
export type CommandChoice =
  | { readonly kind: 'command'; readonly command: ShellCommand }
  | { readonly kind: 'wrong'; readonly diagnostic: Diagnostic };

/** Reads a command line as the process in the container would get it. */
export function parseShellCommand(argv: readonly string[], sdk: SdkRef): CommandChoice {
  const [program = '', ...args] = argv;
  switch (program.split('/').at(-1)) {
    case 'aws':
      return args
        .filter((arg) => !arg.startsWith('-'))
        .slice(0, 2)
        .join(' ') === 'sts get-caller-identity'
        ? understood({ kind: 'callerIdentity', sdk })
        : unknown(`aws ${args.slice(0, 2).join(' ')}`);
    case 'env':
      return args.length === 0 ? understood({ kind: 'environment' }) : unknown('env with arguments');
    case 'printenv':
      return understood(args.length === 0 ? { kind: 'environment' } : { kind: 'printenv', names: args });
    case 'echo':
      return understood({ kind: 'echo', text: args.join(' ') });
    case 'cat': {
      const [path] = args;
      return path === undefined ? unknown('cat without a file') : understood({ kind: 'readFile', path });
    }
    case 'curl':
      return parseCurl(args);
    case 'sh':
    case 'bash':
      return args[0] === '-c' ? parseShellCommand(shellWords(args[1] ?? ''), sdk) : unknown(program);
    default:
      return unknown(program);
  }
}

function understood(command: ShellCommand): CommandChoice {
  return { kind: 'command', command };
}

function unknown(what: string): CommandChoice {
  const expected =
    'aws sts get-caller-identity, env, printenv, echo, cat, curl of 169.254.169.254 or 169.254.170.23, sh -c';
  return {
    kind: 'wrong',
    diagnostic: usageError(`what \`${what}\` prints cannot be foretold`, { expected }),
  };
}

/** Options of curl that take a value; of these only the method and headers matter. */
const curlOptionsWithValue = new Set([
  '-X',
  '--request',
  '-H',
  '--header',
  '-m',
  '--max-time',
  '--connect-timeout',
  '-o',
  '--output',
  '-w',
  '--write-out',
  '--retry',
  '-A',
  '--user-agent',
]);

interface CurlCall {
  readonly method: string;
  readonly headers: readonly string[];
  readonly url: string;
}

function readCurl(args: readonly string[]): CurlCall {
  const headers: string[] = [];
  let method = 'GET';
  let url = '';
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    const attached = /^-([XH])(.+)$/.exec(arg) ?? /^--(request|header)=(.+)$/.exec(arg);
    const option = attached ? (attached[1] ?? '') : arg.replace(/^--?/, '');
    const takesNext = !attached && curlOptionsWithValue.has(arg);
    if (takesNext) at += 1;
    const value = attached ? (attached[2] ?? '') : takesNext ? (args[at] ?? '') : '';
    if (!arg.startsWith('-')) url = arg;
    else if (option === 'X' || option === 'request') method = value.toUpperCase();
    else if (option === 'H' || option === 'header') headers.push(value);
  }
  return { method, headers, url };
}

function parseCurl(args: readonly string[]): CommandChoice {
  const call = readCurl(args);
  const address = call.url.includes('://') ? call.url : `http://${call.url}`;
  if (/\$\{?AWS_CONTAINER_CREDENTIALS_FULL_URI\}?/.test(call.url)) return containerCall(call);
  if (!URL.canParse(address)) return unknown(`curl ${call.url}`);
  const { hostname, pathname } = new URL(address);
  if (hostname === '169.254.170.23' || hostname === '[fd00:ec2::23]')
    return containerCall({ ...call, url: address });
  if (hostname !== '169.254.169.254' && hostname !== '[fd00:ec2::254]') return unknown(`curl ${call.url}`);
  const withToken = call.headers.some((header) => /^x-aws-ec2-metadata-token\s*:/i.test(header));
  return understood({ kind: 'metadata', call: imdsCall(call.method, pathname), withToken });
}

function containerCall({ headers, url }: CurlCall): CommandChoice {
  const sent = headers.some((header) => /^authorization\s*:/i.test(header));
  return understood({ kind: 'containerCredentials', url, token: sent ? 'sent' : 'notSent' });
}

function imdsCall(method: string, path: string): ImdsCall {
  if (method === 'PUT' && path.endsWith('/api/token')) return { kind: 'token' };
  const match = /\/meta-data\/iam\/security-credentials\/?(.*)$/.exec(path);
  if (!match) return { kind: 'other', path };
  const [, roleName = ''] = match;
  return roleName === '' ? { kind: 'roleList' } : { kind: 'roleCredentials', roleName };
}

/** Splits a line at spaces, minding quotes, as a shell does; it knows neither pipes nor substitutions. */
function shellWords(line: string): readonly string[] {
  return [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) =>
    word.replaceAll(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) => single ?? double ?? ''),
  );
}
