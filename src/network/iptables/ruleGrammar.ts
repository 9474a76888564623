import { familyOf } from '../address.ts';
import type { Match, Target } from './rule.ts';

/** A rule's line read as far as it can be judged; what is not understood stands in it as `unknown`. */
export interface ParsedRule {
  readonly matches: readonly Match[];
  readonly target?: Target;
}

/** Makes a match out of an option's value, or nothing when the value is not understood. */
type MatchReader = (value: string, negated: boolean) => Match | undefined;

/**
 * What whichrole understands of a rule's options, with the modules that they may belong to.
 *
 * @source iptables(8) and iptables-extensions(8); the spelling is that of iptables-save
 */
const optionReaders: Readonly<Record<string, MatchReader>> = {
  '-s': (value, negated) => ({ kind: 'source', cidr: asCidr(value), negated }),
  '-d': (value, negated) => ({ kind: 'destination', cidr: asCidr(value), negated }),
  '-i': (value, negated) => ({ kind: 'inInterface', pattern: value, negated }),
  '-o': (value, negated) => ({ kind: 'outInterface', pattern: value, negated }),
  '-p': (value, negated) => ({ kind: 'protocol', protocol: protocolNumbers[value] ?? value, negated }),
  '--sport': portReader('sourcePorts'),
  '--sports': portReader('sourcePorts'),
  '--dport': portReader('destinationPorts'),
  '--dports': portReader('destinationPorts'),
  '--ctstate': (value, negated) => ({ kind: 'connectionState', states: value.split(','), negated }),
  '--state': (value, negated) => ({ kind: 'connectionState', states: value.split(','), negated }),
  '--ctorigdst': (value, negated) => ({ kind: 'originalDestination', cidr: asCidr(value), negated }),
  '--mark': (value, negated) => {
    const marked = maskedValue(value);
    return marked && { kind: 'mark', ...marked, negated };
  },
  '--src-type': (value, negated) => ({ kind: 'addressType', end: 'source', type: value, negated }),
  '--dst-type': (value, negated) => ({ kind: 'addressType', end: 'destination', type: value, negated }),
};

const longNames: Readonly<Record<string, string>> = {
  '--source': '-s',
  '--src': '-s',
  '--destination': '-d',
  '--dst': '-d',
  '--in-interface': '-i',
  '--out-interface': '-o',
  '--protocol': '-p',
  '--source-port': '--sport',
  '--source-ports': '--sports',
  '--destination-port': '--dport',
  '--destination-ports': '--dports',
  '--jump': '-j',
  '--goto': '-g',
  '--match': '-m',
};

/** Modules of which every packet has what the options ask about; `comment` asks about nothing. */
const knownModules: ReadonlySet<string> = new Set([
  'tcp',
  'udp',
  'multiport',
  'conntrack',
  'state',
  'mark',
  'addrtype',
  'comment',
]);

const protocolNumbers: Readonly<Record<string, string>> = { '0': 'all', '6': 'tcp', '17': 'udp' };

/**
 * Targets after which the packet goes on as it was, for a packet that opens a connection.
 *
 * CONNMARK may restore a mark, which for a new connection is none. SNAT and MASQUERADE stand in POSTROUTING
 * alone, where nothing is decided any more about who receives the packet.
 */
const passingTargets: ReadonlySet<string> = new Set(
  (
    'LOG NFLOG ULOG AUDIT TRACE CONNMARK CONNSECMARK SECMARK CLASSIFY CHECKSUM TCPMSS TTL HL DSCP TOS ECN SET ' +
    'SNAT MASQUERADE NETMAP'
  ).split(' '),
);

/** Targets that are known to exist and not understood. */
const otherTargets: ReadonlySet<string> = new Set(
  'NFQUEUE QUEUE TPROXY SYNPROXY CT TEE CLUSTERIP DNPT SNPT IDLETIMER HMARK RATEEST LED'.split(' '),
);

/** Reads what follows `-A CHAIN` in a line of `iptables-save`. */
export function parseRule(words: readonly string[]): ParsedRule {
  const matches: Match[] = [];
  let module: string | undefined;
  let at = 0;
  while (at < words.length) {
    const negated = words[at] === '!';
    if (negated) at += 1;
    const written = words[at] ?? '';
    const option = longNames[written] ?? written;
    const values = valuesAfter(words, at);
    if (option === '-j' || option === '-g') {
      return { matches, target: parseTarget(option, words.slice(at + 1)) };
    }
    if (option === '-m') {
      [module] = values;
      if (!knownModules.has(module ?? '')) matches.push(unknown(['-m', ...values], negated));
    } else if (option !== '-c') {
      const judged = module === undefined || knownModules.has(module) || !option.startsWith('--');
      const [value] = values;
      const read = judged && values.length === 1 && value !== undefined ? optionReaders[option] : undefined;
      matches.push(read?.(value ?? '', negated) ?? unknown([written, ...values], negated));
    }
    at += 1 + values.length;
  }
  return { matches };
}

function parseTarget(jumps: '-j' | '-g', words: readonly string[]): Target {
  const [name = '', ...rest] = words;
  const value = (option: string): string | undefined => rest[rest.indexOf(option) + 1 || rest.length];
  const notUnderstood: Target = { kind: 'unknown', text: words.join(' ') };
  switch (name) {
    case 'ACCEPT':
    case 'DROP':
    case 'REJECT':
    case 'RETURN':
      return { kind: name };
    case 'DNAT':
      return parseDnat(value('--to-destination')) ?? notUnderstood;
    case 'REDIRECT': {
      const port = value('--to-ports');
      if (port === undefined) return { kind: 'REDIRECT' };
      return /^\d+$/.test(port) ? { kind: 'REDIRECT', port: Number(port) } : notUnderstood;
    }
    case 'MARK': {
      const marked = maskedValue(value('--set-xmark') ?? value('--set-mark') ?? '');
      return marked ? { kind: 'MARK', ...marked } : notUnderstood;
    }
    case 'NOTRACK':
      return { kind: 'NOTRACK' };
    case 'CT':
      return rest.includes('--notrack') ? { kind: 'NOTRACK' } : notUnderstood;
  }
  if (passingTargets.has(name)) return { kind: 'passes', name };
  if (otherTargets.has(name)) return notUnderstood;
  return { kind: jumps === '-g' ? 'goto' : 'jump', chain: name };
}

/** One address, perhaps with one port; a range of either is left to chance and so not understood. */
function parseDnat(to = ''): Target | undefined {
  if (familyOf(to) === 6) return { kind: 'DNAT', address: to };
  const [all, bracketed, plain, port] = /^(?:\[(.+)\]|([^:]*))(?::(\d+))?$/.exec(to) ?? [];
  const address = bracketed ?? plain ?? '';
  if (!all || (address !== '' && familyOf(address) === undefined)) return undefined;
  return {
    kind: 'DNAT',
    ...(address === '' ? {} : { address }),
    ...(port === undefined ? {} : { port: Number(port) }),
  };
}

function portReader(kind: 'sourcePorts' | 'destinationPorts'): MatchReader {
  return (value, negated) => {
    const ranges = value.split(',').map((range) => range.split(':').map(Number));
    const read = ranges.map(([first = NaN, last = first]) => [first, last] as const);
    return read.flat().every(Number.isInteger) ? { kind, ranges: read, negated } : undefined;
  };
}

function maskedValue(text: string): { readonly value: number; readonly mask: number } | undefined {
  const [value = NaN, mask = 0xffffffff] = text === '' ? [] : text.split('/').map(Number);
  return Number.isInteger(value) && Number.isInteger(mask) ? { value, mask } : undefined;
}

function asCidr(value: string): string {
  if (value.includes('/')) return value;
  return `${value}/${familyOf(value) === 6 ? 128 : 32}`;
}

/** The words up to the next option or negation. */
function valuesAfter(words: readonly string[], at: number): readonly string[] {
  const end = words.findIndex((word, index) => index > at && (word === '!' || /^--?[a-z]/i.test(word)));
  return words.slice(at + 1, end === -1 ? undefined : end);
}

function unknown(words: readonly string[], negated: boolean): Match {
  return { kind: 'unknown', text: words.join(' '), negated };
}
