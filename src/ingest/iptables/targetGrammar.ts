import type { Target } from '../../model/iptables.ts';
import { parseCidr } from '../kubernetes/cidr.ts';
import { maskedValue } from './matchGrammar.ts';

/** A target, or why `iptables-restore` would refuse it. */
export type TargetReading = Target | { readonly kind: 'malformed'; readonly why: string };

/**
 * Targets after which the packet goes on as it was, as far as its way is concerned.
 *
 * @source iptables-extensions(8)
 */
const passingTargets: ReadonlySet<string> = new Set(
  (
    'LOG NFLOG ULOG AUDIT TRACE CONNSECMARK SECMARK CLASSIFY CHECKSUM TCPMSS TCPOPTSTRIP TTL HL DSCP TOS ECN ' +
    'SET TEE LED RATEEST IDLETIMER'
  ).split(' '),
);

/** Targets that are known to exist and whose effect cannot be foretold. */
const otherTargets: ReadonlySet<string> = new Set(
  'NFQUEUE QUEUE TPROXY SYNPROXY CLUSTERIP DNPT SNPT HMARK NETMAP'.split(' '),
);

/**
 * Reads what follows `-j` or `-g`.
 *
 * @source iptables-extensions(8); the spelling is that of iptables-save
 */
export function parseTarget(jump: string, words: readonly string[]): TargetReading {
  const [name = '', ...rest] = words;
  const value = (option: string): string | undefined => rest[rest.indexOf(option) + 1 || rest.length];
  const notUnderstood: Target = { kind: 'unknown', text: words.join(' ') };
  switch (name) {
    case '':
      return { kind: 'malformed', why: `\`${jump}\` names no target` };
    case 'ACCEPT':
    case 'DROP':
    case 'RETURN':
    case 'MASQUERADE':
    case 'NOTRACK':
      return { kind: name };
    case 'REJECT': {
      const error = value('--reject-with');
      return error === undefined ? { kind: 'REJECT' } : { kind: 'REJECT', with: error };
    }
    case 'DNAT':
      return parseDnat(value('--to-destination') ?? '', notUnderstood);
    case 'SNAT':
      return parseSnat(value('--to-source') ?? '', notUnderstood);
    case 'REDIRECT': {
      const port = value('--to-ports');
      if (port === undefined) return { kind: 'REDIRECT' };
      return /^\d+$/.test(port) ? { kind: 'REDIRECT', port: Number(port) } : notUnderstood;
    }
    case 'MARK': {
      const marked = maskedValue(value('--set-xmark') ?? value('--set-mark') ?? '');
      return marked ? { kind: 'MARK', ...marked } : notUnderstood;
    }
    case 'CONNMARK':
      return parseConnmark(rest, value, notUnderstood);
    case 'CT':
      if (rest.includes('--notrack')) return { kind: 'NOTRACK' };
      return rest.includes('--helper') ? { kind: 'passes', name: 'CT' } : notUnderstood;
  }
  if (passingTargets.has(name)) return { kind: 'passes', name };
  if (otherTargets.has(name)) return notUnderstood;
  return { kind: jump === '-g' || jump === '--goto' ? 'goto' : 'jump', chain: name };
}

/** One address, perhaps with one port; a range of either is left to chance and so not understood. */
function parseDnat(to: string, notUnderstood: Target): TargetReading {
  if (isAddress(to)) return { kind: 'DNAT', address: to };
  const [all, bracketed, plain, port] = /^(?:\[(.+)\]|([^:]*))(?::(\d+))?$/.exec(to) ?? [];
  const address = bracketed ?? plain ?? '';
  if (to.replace(/^\[|\].*$/g, '').includes('-') || /:\d+-\d+/.test(to)) return notUnderstood;
  if (!all || (address !== '' && !isAddress(address)) || Number(port ?? 0) > 65535) {
    return { kind: 'malformed', why: `\`${to}\` is no destination` };
  }
  return {
    kind: 'DNAT',
    ...(address === '' ? {} : { address }),
    ...(port === undefined ? {} : { port: Number(port) }),
  };
}

function parseSnat(to: string, notUnderstood: Target): TargetReading {
  if (isAddress(to)) return { kind: 'SNAT', address: to };
  const [, address = ''] = /^\[?([^\]]*?)\]?(?::\d+(?:-\d+)?)?$/.exec(to) ?? [];
  if (isAddress(address)) return { kind: 'SNAT', address };
  return address.includes('-') ? notUnderstood : { kind: 'malformed', why: `\`${to}\` is no source` };
}

function parseConnmark(
  words: readonly string[],
  value: (option: string) => string | undefined,
  notUnderstood: Target,
): Target {
  const all = 0xffffffff;
  const mask = Number(value('--mask') ?? all);
  const masks = {
    packetMask: Number(value('--nfmask') ?? mask),
    connectionMask: Number(value('--ctmask') ?? mask),
  };
  if (words.includes('--save-mark')) return { kind: 'saveMark', ...masks };
  if (words.includes('--restore-mark')) return { kind: 'restoreMark', ...masks };
  const marked = maskedValue(value('--set-xmark') ?? value('--set-mark') ?? '');
  return marked ? { kind: 'setConnectionMark', ...marked } : notUnderstood;
}

function isAddress(text: string): boolean {
  return parseCidr(`${text}/${text.includes(':') ? 128 : 32}`) !== undefined;
}
