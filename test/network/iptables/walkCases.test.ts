import { describe, expect, it } from 'vitest';
import { parseIptablesSave } from '../../../src/ingest/iptables/iptablesSave.ts';
import type { RuleSet } from '../../../src/model/iptables.ts';
import type { HostInterface } from '../../../src/network/hostInterface.ts';
import {
  firstPacket,
  type Connection,
  type Host,
  type Packet,
} from '../../../src/network/iptables/packet.ts';
import { enterNode, leaveNode, type Journey } from '../../../src/network/iptables/walk.ts';

const named = (name: string): HostInterface => ({ kind: 'name', name });
const [eniA, eth0, lo] = [named('eniA'), named('eth0'), named('lo')];
const host: Host = {
  localAddresses: ['10.0.0.1', '169.254.170.23', 'fd00:ec2::23'],
  podFace: { name: eniA },
  podInterface: () => eniA,
  uplink: { name: eth0, address: '10.0.0.1' },
  routes: [{ cidr: '10.0.1.1/32', face: { name: eniA } }],
  routeLocalnet: () => 'off',
  ipSets: {},
  ask: ({ name }) => {
    throw new Error(`open: ${name}`);
  },
};

/** The chains that the kernel has in each table; every one of them is shown, so that each leaves its trace. */
const chains = {
  raw: ['PREROUTING', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
} as const;
type Lines = Partial<Record<keyof typeof chains, readonly string[]>>;

function everyChain(lines: Lines = {}): RuleSet {
  const tables = (['raw', 'mangle', 'nat', 'filter'] as const).map((table) =>
    [
      `*${table}`,
      ...chains[table].map((chain) => `:${chain} ACCEPT [0:0]`),
      ...(lines[table] ?? []),
      'COMMIT',
    ].join('\n'),
  );
  return parseIptablesSave(tables.join('\n'), 'node.rules').ruleSets[0] ?? { family: 4, tables: {} };
}

interface InShort {
  readonly passages: readonly string[];
  readonly end: Journey['end'];
  readonly at: Journey['at'];
  readonly packet: Packet;
}

function inShort({ passages, ...rest }: Journey): InShort {
  const stations = passages.map(({ table, chain, verdict }) =>
    verdict === 'accept' ? `${table} ${chain}` : `${table} ${chain}: ${verdict}`,
  );
  return { passages: stations, ...rest };
}

const ofPod = (destination: string): Packet =>
  firstPacket({ source: '10.0.1.1', destination, destinationPort: 80, inInterface: eniA });
const ofNode = (destination: string): Packet =>
  firstPacket({ source: '10.0.0.1', destination, destinationPort: 80 });
const without = (packet: Packet): Packet => {
  const { inInterface: _in, outInterface: _out, ...rest } = packet;
  return rest;
};
const connected = (packet: Packet, change: Partial<Connection>): Packet => ({
  ...packet,
  connection: { ...packet.connection, ...change },
});

const arrives = ['raw PREROUTING', 'mangle PREROUTING', 'nat PREROUTING'];
const leaves = ['mangle POSTROUTING', 'nat POSTROUTING'];
const through = [...arrives, 'mangle FORWARD', 'filter FORWARD', ...leaves];
const sends = ['raw OUTPUT', 'mangle OUTPUT', 'nat OUTPUT', 'filter OUTPUT'];
const taken = ['mangle INPUT', 'filter INPUT'];

const imds = ofPod('169.254.169.254');
const agent = ofPod('169.254.170.23');
const back = without(ofNode('10.0.0.1'));

interface Row extends InShort {
  readonly what: string;
  readonly lines?: Lines;
  readonly sent: Packet;
}

describe('what comes in from a pod', () => {
  const established = connected(imds, {
    state: 'established',
    destination: { address: '10.0.0.1', port: 8181 },
  });
  it.each<Row>([
    {
      what: 'is forwarded to an address beyond the node',
      sent: imds,
      passages: through,
      end: 'delivered',
      at: 'beyond',
      packet: { ...without(imds), outInterface: eth0 },
    },
    {
      what: 'is delivered at an address of the node',
      sent: agent,
      passages: [...arrives, ...taken, 'nat INPUT'],
      end: 'delivered',
      at: 'node',
      packet: agent,
    },
    {
      what: 'is dropped in table raw and meets no more',
      lines: { raw: ['-A PREROUTING -j DROP'] },
      sent: imds,
      passages: ['raw PREROUTING: drop'],
      end: 'dropped',
      at: 'beyond',
      packet: imds,
    },
    {
      what: 'is dropped as a later packet where it was dialled, not where the first one was turned',
      lines: { raw: ['-A PREROUTING -j DROP'] },
      sent: established,
      passages: ['raw PREROUTING: drop'],
      end: 'dropped',
      at: 'beyond',
      packet: established,
    },
    {
      what: 'is rejected in FORWARD and never gets to POSTROUTING',
      lines: { filter: ['-A FORWARD -j REJECT'], nat: ['-A POSTROUTING -j MASQUERADE'] },
      sent: imds,
      passages: [...arrives, 'mangle FORWARD', 'filter FORWARD: reject'],
      end: 'rejected',
      at: 'beyond',
      packet: { ...imds, outInterface: eth0 },
    },
    {
      what: 'is lost as a martian when it is turned to 127.0.0.1',
      lines: { nat: ['-A PREROUTING -p tcp -j DNAT --to-destination 127.0.0.1:8181'] },
      sent: imds,
      passages: arrives,
      end: 'martian',
      at: 'node',
      packet: {
        ...connected(imds, { destination: { address: '127.0.0.1', port: 8181 } }),
        destination: '127.0.0.1',
        destinationPort: 8181,
      },
    },
    {
      what: 'is masqueraded on its way out by the uplink',
      lines: { nat: ['-A POSTROUTING -o eth0 -j MASQUERADE'] },
      sent: imds,
      passages: through,
      end: 'delivered',
      at: 'beyond',
      packet: {
        ...connected(without(imds), { source: { address: '10.0.0.1' } }),
        source: '10.0.0.1',
        outInterface: eth0,
      },
    },
    {
      what: 'is turned and disguised by no rule once table raw said that nobody tracks it',
      lines: {
        raw: ['-A PREROUTING -i eniA -j CT --notrack'],
        nat: ['-A PREROUTING -p tcp -j DNAT --to-destination 10.0.0.1:8181', '-A POSTROUTING -j MASQUERADE'],
      },
      sent: imds,
      passages: [
        'raw PREROUTING',
        'mangle PREROUTING',
        'mangle FORWARD',
        'filter FORWARD',
        'mangle POSTROUTING',
      ],
      end: 'delivered',
      at: 'beyond',
      packet: { ...connected(without(imds), { state: 'untracked' }), outInterface: eth0 },
    },
    {
      what: 'goes as a later packet where the first one went, past table nat',
      sent: established,
      passages: ['raw PREROUTING', 'mangle PREROUTING', ...taken],
      end: 'delivered',
      at: 'node',
      packet: { ...established, destination: '10.0.0.1', destinationPort: 8181 },
    },
  ])('$what', ({ lines, sent, passages, end, at, packet }) => {
    expect(inShort(enterNode(everyChain(lines), sent, host))).toStrictEqual({ passages, end, at, packet });
  });
});

describe('what a process of the node sends', () => {
  it.each<Row>([
    {
      what: 'leaves by the uplink',
      sent: ofNode('169.254.169.254'),
      passages: [...sends, ...leaves],
      end: 'delivered',
      at: 'beyond',
      packet: { ...ofNode('169.254.169.254'), outInterface: eth0 },
    },
    {
      what: 'goes to a pod by its interface, whatever it came by',
      sent: { ...ofNode('10.0.1.1'), inInterface: eth0 },
      passages: [...sends, ...leaves],
      end: 'delivered',
      at: 'beyond',
      packet: { ...ofNode('10.0.1.1'), outInterface: eniA },
    },
    {
      what: 'to the node itself comes in again by the loopback interface, past nat PREROUTING',
      lines: { nat: ['-A PREROUTING -j DNAT --to-destination 10.0.0.9'] },
      sent: ofNode('10.0.0.1'),
      passages: [...sends, ...leaves, 'raw PREROUTING', 'mangle PREROUTING', ...taken, 'nat INPUT'],
      end: 'delivered',
      at: 'node',
      packet: { ...back, inInterface: lo },
    },
    {
      what: 'to the node itself is dropped where OUTPUT says so, and does not come in',
      lines: { filter: ['-A OUTPUT -o lo -j DROP'] },
      sent: ofNode('10.0.0.1'),
      passages: ['raw OUTPUT', 'mangle OUTPUT', 'nat OUTPUT', 'filter OUTPUT: drop'],
      end: 'dropped',
      at: 'beyond',
      packet: { ...back, outInterface: lo },
    },
    {
      what: 'to the node itself is dropped by table raw as it comes in',
      lines: { raw: ['-A PREROUTING -i lo -j DROP'] },
      sent: ofNode('10.0.0.1'),
      passages: [...sends, ...leaves, 'raw PREROUTING: drop'],
      end: 'dropped',
      at: 'node',
      packet: { ...back, inInterface: lo },
    },
    {
      what: 'is dropped by raw OUTPUT, before any other table',
      lines: { raw: ['-A OUTPUT -p tcp -j DROP'] },
      sent: ofNode('169.254.169.254'),
      passages: ['raw OUTPUT: drop'],
      end: 'dropped',
      at: 'beyond',
      packet: { ...ofNode('169.254.169.254'), outInterface: eth0 },
    },
    {
      what: 'is seen by filter OUTPUT on the interface that was chosen before it was turned',
      lines: {
        nat: ['-A OUTPUT -p tcp -j DNAT --to-destination 10.0.0.1:8181'],
        filter: ['-A OUTPUT -o lo -j DROP'],
      },
      sent: ofNode('169.254.169.254'),
      passages: [...sends, ...leaves, 'raw PREROUTING', 'mangle PREROUTING', ...taken, 'nat INPUT'],
      end: 'delivered',
      at: 'node',
      packet: {
        ...connected(back, {
          dialled: { address: '169.254.169.254', port: 80 },
          destination: { address: '10.0.0.1', port: 8181 },
        }),
        destinationPort: 8181,
        inInterface: lo,
      },
    },
    {
      what: 'is disguised once: not again in nat INPUT after nat POSTROUTING',
      lines: {
        nat: ['-A POSTROUTING -j SNAT --to-source 10.0.0.7', '-A INPUT -j SNAT --to-source 10.0.0.8'],
      },
      sent: ofNode('10.0.0.1'),
      passages: [...sends, ...leaves, 'raw PREROUTING', 'mangle PREROUTING', ...taken],
      end: 'delivered',
      at: 'node',
      packet: {
        ...connected(back, { source: { address: '10.0.0.7' } }),
        source: '10.0.0.7',
        inInterface: lo,
      },
    },
    {
      what: 'is disguised in nat INPUT where nothing did before',
      lines: { nat: ['-A INPUT -j SNAT --to-source 10.0.0.8'] },
      sent: ofNode('10.0.0.1'),
      passages: [...sends, ...leaves, 'raw PREROUTING', 'mangle PREROUTING', ...taken, 'nat INPUT'],
      end: 'delivered',
      at: 'node',
      packet: {
        ...connected(back, { source: { address: '10.0.0.8' } }),
        source: '10.0.0.8',
        inInterface: lo,
      },
    },
  ])('$what', ({ lines, sent, passages, end, at, packet }) => {
    expect(inShort(leaveNode(everyChain(lines), sent, host))).toStrictEqual({ passages, end, at, packet });
  });
});

describe('the rules that a packet meets', () => {
  const drops: RuleSet = { family: 4, tables: { filter: { FORWARD: { policy: 'DROP', rules: [] } } } };
  const { destination: _nowhere, ...toNobody } = imds;
  it.each<[string, RuleSet, Packet, readonly string[], Journey['end']]>([
    ['are those of its family', drops, imds, ['filter FORWARD: drop'], 'dropped'],
    [
      'are not those of the other family',
      drops,
      { ...imds, source: 'fd00::1', destination: 'fd00:ec2::254' },
      [],
      'delivered',
    ],
    [
      'are of the family of its sender when nobody knows where it goes',
      drops,
      toNobody,
      ['filter FORWARD: drop'],
      'dropped',
    ],
    [
      'are of the other family when its sender is',
      drops,
      { ...toNobody, source: 'fd00::1' },
      [],
      'delivered',
    ],
    [
      'are all rules when neither end is known',
      drops,
      firstPacket({ destinationPort: 443, inInterface: eniA }),
      ['filter FORWARD: drop'],
      'dropped',
    ],
  ])('%s', (_what, rules, packet, passages, end) => {
    const journey = inShort(enterNode(rules, packet, host));
    expect([journey.passages, journey.end, journey.at]).toStrictEqual([passages, end, 'beyond']);
  });
});
