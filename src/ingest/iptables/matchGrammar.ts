import type { Match, PacketEnd } from '../../model/iptables.ts';
import { parseCidr } from '../kubernetes/cidr.ts';

/** The matches of an option, or why `iptables-restore` would refuse it. */
export type MatchReading =
  | { readonly kind: 'match'; readonly matches: readonly Match[] }
  | { readonly kind: 'malformed'; readonly why: string };

/** Makes matches out of an option's value. */
type CoreReader = (value: string, negated: boolean) => MatchReading;

/** Makes matches out of an option of a module; nothing when the values are not understood. */
type ModuleReader = (
  values: readonly string[],
  negated: boolean,
  siblings: readonly { readonly name: string }[],
) => MatchReading | undefined;

/**
 * The options that every rule may have.
 *
 * @source iptables(8); the spelling is that of iptables-save
 */
export const coreOptions: Readonly<Record<string, CoreReader>> = {
  '-s': (value, negated) => cidrMatch('source', value, negated),
  '-d': (value, negated) => cidrMatch('destination', value, negated),
  '-i': (pattern, negated) => matched({ kind: 'inInterface', pattern, negated }),
  '-o': (pattern, negated) => matched({ kind: 'outInterface', pattern, negated }),
  '-p': (value, negated) => matched({ kind: 'protocol', protocol: protocolNames[value] ?? value, negated }),
};

const portOptions: Readonly<Record<string, ModuleReader>> = {
  '--sport': portReader('sourcePorts'),
  '--source-port': portReader('sourcePorts'),
  '--dport': portReader('destinationPorts'),
  '--destination-port': portReader('destinationPorts'),
};

/**
 * The modules that are understood, with the options of each. A module that is not here is unknown as a whole.
 *
 * @source iptables-extensions(8)
 */
export const matchModules: Readonly<Record<string, Readonly<Record<string, ModuleReader>>>> = {
  comment: {},
  tcp: { ...portOptions, '--tcp-flags': readTcpFlags, '--syn': readSyn },
  udp: portOptions,
  multiport: {
    '--sports': portReader('sourcePorts'),
    '--source-ports': portReader('sourcePorts'),
    '--dports': portReader('destinationPorts'),
    '--destination-ports': portReader('destinationPorts'),
    '--ports': portReader('eitherPorts'),
  },
  iprange: { '--src-range': rangeReader('source'), '--dst-range': rangeReader('destination') },
  conntrack: {
    '--ctstate': readStates,
    '--ctorigsrc': only((value, negated) => cidrMatch('originalSource', value, negated)),
    '--ctorigdst': only((value, negated) => cidrMatch('originalDestination', value, negated)),
    '--ctorigdstport': portReader('originalDestinationPorts'),
    '--ctdir': only((value, negated) => {
      if (value !== 'ORIGINAL' && value !== 'REPLY') return malformed(`\`${value}\` is no direction`);
      const direction = value === 'REPLY' ? 'reply' : 'original';
      return matched({ kind: 'connectionDirection', direction, negated });
    }),
  },
  state: { '--state': readStates },
  mark: { '--mark': markReader('mark') },
  connmark: { '--mark': markReader('connectionMark') },
  addrtype: {
    '--src-type': addressTypeReader('source'),
    '--dst-type': addressTypeReader('destination'),
    '--limit-iface-in': () => matched(),
    '--limit-iface-out': () => matched(),
  },
  set: { '--match-set': readSet },
};

const protocolNames: Readonly<Record<string, string>> = {
  '0': 'all',
  '1': 'icmp',
  '6': 'tcp',
  '17': 'udp',
  '58': 'icmp',
  'ipv6-icmp': 'icmp',
  icmpv6: 'icmp',
};

function matched(...matches: readonly Match[]): MatchReading {
  return { kind: 'match', matches };
}

function malformed(why: string): MatchReading {
  return { kind: 'malformed', why };
}

function only(read: CoreReader): ModuleReader {
  return ([value = '', ...more], negated) => (more.length === 0 ? read(value, negated) : undefined);
}

/** What nearly every rule of a busy node has; the rest is read with care. */
const ipv4Block = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!\/)|(?=\/))){4}\/(?:3[0-2]|[12]?\d)$/;

function cidrMatch(
  kind: PacketEnd | 'originalSource' | 'originalDestination',
  value: string,
  negated: boolean,
): MatchReading {
  const cidr = value.includes('/') ? value : `${value}/${value.includes(':') ? 128 : 32}`;
  if (ipv4Block.test(cidr) || parseCidr(cidr)) return matched({ kind, cidr, negated });
  // A mask whose bits are not in one piece is printed whole, and nobody writes one by accident.
  if (/\/[\d.:a-f]*[.:]/i.test(value)) {
    return matched({ kind: 'unknown', text: `${negated ? '! ' : ''}${kind} ${value}`, negated: false });
  }
  return malformed(`\`${value}\` is no address`);
}

function portReader(
  kind: 'sourcePorts' | 'destinationPorts' | 'eitherPorts' | 'originalDestinationPorts',
): ModuleReader {
  return only((value, negated) => {
    const ranges: (readonly [number, number])[] = [];
    for (const range of value.split(',')) {
      const [first = NaN, last = first, ...more] = range.split(':').map(portOf);
      if (Number.isNaN(first + last) || last < first || more.length > 0) {
        return malformed(`\`${range}\` is no port`);
      }
      ranges.push([first, last]);
    }
    return matched({ kind, ranges, negated });
  });
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  return port <= 65535 ? port : NaN;
}

function rangeReader(end: PacketEnd): ModuleReader {
  return only((value, negated) => {
    const [first = '', last = first] = value.split('-');
    const isAddress = (text: string): boolean =>
      parseCidr(`${text}/${text.includes(':') ? 128 : 32}`) !== undefined;
    if (!isAddress(first) || !isAddress(last)) return malformed(`\`${value}\` is no range of addresses`);
    return matched({ kind: 'range', end, first, last, negated });
  });
}

function readStates(values: readonly string[], negated: boolean): MatchReading {
  return matched({ kind: 'connectionState', states: values.join('').split(','), negated });
}

function markReader(kind: 'mark' | 'connectionMark'): ModuleReader {
  return only((value, negated) => {
    const marked = maskedValue(value);
    return marked ? matched({ kind, ...marked, negated }) : malformed(`\`${value}\` is no mark`);
  });
}

function addressTypeReader(end: PacketEnd): ModuleReader {
  return (values, negated, siblings) => {
    const limit = siblings.find(({ name }) => name.startsWith('--limit-iface-'))?.name;
    const limitTo = limit === '--limit-iface-in' ? 'inInterface' : 'outInterface';
    const types = values.join('').split(',');
    return matched({ kind: 'addressType', end, types, negated, ...(limit === undefined ? {} : { limitTo }) });
  };
}

function readSet(
  [name = '', ends = '', ...more]: readonly string[],
  negated: boolean,
): MatchReading | undefined {
  const read = ends.split(',').map((end) => (end === 'src' ? 'source' : 'destination'));
  if (more.length > 0 || !/^(src|dst)(,(src|dst))*$/.test(ends)) return undefined;
  return matched({ kind: 'set', name, ends: read, negated });
}

function readTcpFlags([among = '', set = '']: readonly string[], negated: boolean): MatchReading {
  const flags = (text: string): readonly string[] => {
    if (text === 'ALL') return ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG'];
    return text === 'NONE' ? [] : text.split(',');
  };
  return matched({ kind: 'tcpFlags', among: flags(among), set: flags(set), negated });
}

function readSyn(_values: readonly string[], negated: boolean): MatchReading {
  return readTcpFlags(['FIN,SYN,RST,ACK', 'SYN'], negated);
}

/** Reads `value/mask`, in any notation of C; without a mask every bit counts. */
export function maskedValue(text: string): { readonly value: number; readonly mask: number } | undefined {
  const [value = NaN, mask = 0xffffffff] = text === '' ? [] : text.split('/').map(Number);
  return Number.isInteger(value) && Number.isInteger(mask) ? { value, mask } : undefined;
}
