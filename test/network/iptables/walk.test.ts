import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesInterface, type HostInterface } from '../../../src/network/hostInterface.ts';
import { parseIptablesSave } from '../../../src/ingest/iptables/iptablesSave.ts';
import type { RuleSet } from '../../../src/model/iptables.ts';
import {
  firstPacket,
  type Connection,
  type Host,
  type Packet,
} from '../../../src/network/iptables/packet.ts';
import { enterNode, leaveNode, type Journey } from '../../../src/network/iptables/walk.ts';
import { explore, leavesOf } from '../../../src/resolve/explore.ts';

// The bench on which the M rows were measured with packets: two pods on eni interfaces, one on a cali interface.
const host: Omit<Host, 'ask'> = {
  localAddresses: ['10.0.0.1', '169.254.170.23', 'fd00:ec2::23'],
  podFace: { name: 'ofPod' },
  podInterface: () => ({ kind: 'prefix', prefix: 'eni' }),
  routes: [],
  ipSets: {},
  routeLocalnet: () => 'off',
  uplink: { name: { kind: 'name', name: 'eth0' }, address: '10.0.0.1' },
};
const pods: Readonly<Record<string, { readonly face: string; readonly address: string }>> = {
  p1: { face: 'eniA', address: '10.0.1.1' },
  p2: { face: 'eniB', address: '10.0.1.2' },
  p3: { face: 'caliX', address: '10.0.1.3' },
};
const dnat = (face: string): string =>
  `-A PREROUTING -d 169.254.169.254/32 ${face} -p tcp --dport 80 -j DNAT --to-destination 10.0.0.1:8181`;
const redirect = `-A PREROUTING -d 169.254.169.254/32 -p tcp --dport 80 -j REDIRECT --to-ports 8181`;

/** Rules in the words of iptables-save, a table to each list; chains that no line declares are declared here. */
function rules(tables: Readonly<Record<string, readonly string[]>>): RuleSet {
  const text = Object.entries(tables).map(([table, lines]) => {
    const declared = new Set(
      lines.filter((line) => line.startsWith(':')).map((line) => line.slice(1).split(' ')[0]),
    );
    const builtIn = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT'].filter((chain) => !declared.has(chain));
    return [`*${table}`, ...builtIn.map((chain) => `:${chain} ACCEPT [0:0]`), ...lines, 'COMMIT'].join('\n');
  });
  const parsed = parseIptablesSave(text.join('\n'), 'bench');
  expect(parsed.diagnostics).toEqual([]);
  return parsed.ruleSets[0] ?? { family: 4, tables: {} };
}

/** Where the connection of a pod, or of a process of the node, ends. */
function reach(set: RuleSet, from: string, facts: Partial<Packet> = {}, on = host): string {
  const leaves = leavesOf(explore({ facts: [] }, (ask) => reachOnce(set, from, facts, { ...on, ask })));
  const ends = new Set(leaves.map(({ result }) => result));
  return ends.size === 1 ? [...ends].join() : 'undecided';
}

function reachOnce(set: RuleSet, from: string, facts: Partial<Packet>, on: Host): string {
  const base = { destination: '169.254.169.254', destinationPort: 80, ...facts };
  const pod = pods[from];
  if (!pod) return endOf(leaveNode(set, firstPacket({ ...base, source: '10.0.0.1' }), on));
  const inInterface: HostInterface = { kind: 'name', name: pod.face };
  return endOf(enterNode(set, firstPacket({ inInterface, ...base, source: pod.address }), on));
}

function endOf({ end, packet }: Journey): string {
  if (end === 'martian') return 'dropped';
  if (end !== 'delivered') return end;
  if (packet.destination === '10.0.0.1' && packet.destinationPort === 8181) return 'kube2iam';
  if (packet.destination === '169.254.169.254' && packet.destinationPort === 80) return 'IMDS';
  return `${packet.destination}:${packet.destinationPort}`;
}

const direct = { destination: '10.0.0.1', destinationPort: 8181 };
const all = (set: RuleSet, facts?: Partial<Packet>): readonly string[] =>
  ['p1', 'p2', 'p3', 'node'].map((from) => reach(set, from, facts));

describe('measured with packets: who answers p1, p2, p3 and a process of the node', () => {
  it.each([
    ['M1', '-i eni+', ['kube2iam', 'kube2iam', 'IMDS', 'IMDS']],
    ['M1', '-i eni', ['IMDS', 'IMDS', 'IMDS', 'IMDS']],
    ['M1', '-i ENI+', ['IMDS', 'IMDS', 'IMDS', 'IMDS']],
    ['M1', '-i docker0', ['IMDS', 'IMDS', 'IMDS', 'IMDS']],
    ['M1', '-i eniA', ['kube2iam', 'IMDS', 'IMDS', 'IMDS']],
    ['M1', '-i e+', ['kube2iam', 'kube2iam', 'IMDS', 'IMDS']],
    ['M1', '-i en+', ['kube2iam', 'kube2iam', 'IMDS', 'IMDS']],
    ['M1', '-i +', ['kube2iam', 'kube2iam', 'kube2iam', 'IMDS']],
    ['M1', '', ['kube2iam', 'kube2iam', 'kube2iam', 'IMDS']],
    ['M1', '-i cali+', ['IMDS', 'IMDS', 'kube2iam', 'IMDS']],
    ['M4', '! -i eth0', ['kube2iam', 'kube2iam', 'kube2iam', 'IMDS']],
    ['M4', '! -i eni+', ['IMDS', 'IMDS', 'kube2iam', 'IMDS']],
    ['M23', '! -s 10.0.1.1', ['IMDS', 'kube2iam', 'kube2iam', 'IMDS']],
  ])('%s rule with %s', (_number, face, expected) => {
    expect(all(rules({ nat: [dnat(face)] }))).toEqual(expected);
  });

  const nat = [dnat('-i eni+')];
  const shaped = (chain: string, ...lines: string[]): Readonly<Record<string, readonly string[]>> => ({
    nat,
    filter: [`:${chain} - [0:0]`, ...lines],
  });
  it.each<[string, Readonly<Record<string, readonly string[]>>, readonly string[]]>([
    [
      'M2 the same DNAT in nat OUTPUT',
      { nat: ['-A OUTPUT -d 169.254.169.254/32 -p tcp --dport 80 -j DNAT --to-destination 10.0.0.1:8181'] },
      ['IMDS', 'IMDS', 'IMDS', 'kube2iam'],
    ],
    [
      'M3 FORWARD DROP, no DNAT',
      { filter: ['-A FORWARD -d 169.254.169.254 -j DROP'] },
      ['dropped', 'dropped', 'dropped', 'IMDS'],
    ],
    [
      'M3 FORWARD DROP and DNAT',
      { nat, filter: ['-A FORWARD -d 169.254.169.254 -j DROP'] },
      ['kube2iam', 'kube2iam', 'dropped', 'IMDS'],
    ],
    [
      'M3 FORWARD policy DROP and DNAT',
      { nat, filter: [':FORWARD DROP [0:0]'] },
      ['kube2iam', 'kube2iam', 'dropped', 'IMDS'],
    ],
    [
      'M3 INPUT DROP tcp 8181',
      { nat, filter: ['-A INPUT -i eni+ -p tcp --dport 8181 -j DROP'] },
      ['dropped', 'dropped', 'IMDS', 'IMDS'],
    ],
    [
      'M3 INPUT DROP -d 169.254.169.254',
      { nat, filter: ['-A INPUT -d 169.254.169.254 -j DROP'] },
      ['kube2iam', 'kube2iam', 'IMDS', 'IMDS'],
    ],
    [
      'M3 INPUT DROP by original destination',
      { nat, filter: ['-A INPUT -m conntrack --ctorigdst 169.254.169.254 -j DROP'] },
      ['dropped', 'dropped', 'IMDS', 'IMDS'],
    ],
    [
      'M3 raw PREROUTING DROP',
      { nat, raw: ['-A PREROUTING -i eni+ -d 169.254.169.254 -j DROP'] },
      ['dropped', 'dropped', 'IMDS', 'IMDS'],
    ],
    [
      'M3 mangle PREROUTING DROP',
      { nat, mangle: ['-A PREROUTING -i eni+ -d 169.254.169.254 -j DROP'] },
      ['dropped', 'dropped', 'IMDS', 'IMDS'],
    ],
    [
      'M3 INPUT and FORWARD REJECT',
      { nat, filter: ['-A INPUT -p tcp --dport 8181 -j REJECT', '-A FORWARD -d 169.254.169.254 -j REJECT'] },
      ['rejected', 'rejected', 'rejected', 'IMDS'],
    ],
    [
      'M9 allow only 169.254.169.254, and DNAT',
      shaped(
        'POL',
        '-A INPUT -i eni+ -j POL',
        '-A FORWARD -i eni+ -j POL',
        '-A POL -d 169.254.169.254 -j ACCEPT',
        '-A POL -j DROP',
      ),
      ['dropped', 'dropped', 'IMDS', 'IMDS'],
    ],
    [
      'M9 all but 169.254.169.254, and DNAT',
      shaped(
        'POL',
        '-A INPUT -i eni+ -j POL',
        '-A FORWARD -i eni+ -j POL',
        '-A POL ! -d 169.254.169.254 -j ACCEPT',
        '-A POL -j DROP',
      ),
      ['kube2iam', 'kube2iam', 'IMDS', 'IMDS'],
    ],
    [
      'M9 deny-all on FORWARD only, and DNAT',
      { nat, filter: ['-A FORWARD -j DROP'] },
      ['kube2iam', 'kube2iam', 'dropped', 'IMDS'],
    ],
    [
      'M13 dead port first',
      { nat: [dnat('').replace('8181', '9'), ...nat] },
      ['10.0.0.1:9', '10.0.0.1:9', '10.0.0.1:9', 'IMDS'],
    ],
    [
      'M13 KUBE-SERVICES first, with unrelated rules',
      {
        nat: [
          ':KUBE-SERVICES - [0:0]',
          '-A PREROUTING -j KUBE-SERVICES',
          '-A KUBE-SERVICES -d 172.20.0.10/32 -p udp --dport 53 -j ACCEPT',
          '-A KUBE-SERVICES -p tcp -j RETURN',
          ...nat,
        ],
      },
      ['kube2iam', 'kube2iam', 'IMDS', 'IMDS'],
    ],
    [
      'M13 KUBE-SERVICES with a DNAT of the address',
      {
        nat: [
          ':KUBE-SERVICES - [0:0]',
          '-A PREROUTING -j KUBE-SERVICES',
          '-A KUBE-SERVICES -d 169.254.169.254 -p tcp --dport 80 -j DNAT --to-destination 10.0.9.9:80',
          ...nat,
        ],
      },
      ['10.0.9.9:80', '10.0.9.9:80', '10.0.9.9:80', 'IMDS'],
    ],
    [
      'M13 ACCEPT for p1 before the DNAT',
      { nat: ['-A PREROUTING -s 10.0.1.1 -j ACCEPT', ...nat] },
      ['IMDS', 'kube2iam', 'IMDS', 'IMDS'],
    ],
    [
      'M18 DNAT to 127.0.0.1',
      { nat: [dnat('-i eni+').replace('10.0.0.1', '127.0.0.1')] },
      ['dropped', 'dropped', 'IMDS', 'IMDS'],
    ],
    [
      'M21 Weave: local destinations returned, then drop',
      shaped(
        'NPC',
        '-A INPUT -i eni+ -j NPC',
        '-A FORWARD -i eni+ -j NPC',
        '-A NPC -m addrtype --dst-type LOCAL -j RETURN',
        '-A NPC -j DROP',
      ),
      ['kube2iam', 'kube2iam', 'IMDS', 'IMDS'],
    ],
    [
      'M21 kube-router: drop by pod source',
      shaped(
        'FW',
        '-A INPUT -j FW',
        '-A FORWARD -j FW',
        '-A FW -p tcp -m addrtype --dst-type LOCAL -m multiport --dports 30000:32767 -j RETURN',
        '-A FW -s 10.0.1.1 -j DROP',
      ),
      ['dropped', 'kube2iam', 'IMDS', 'IMDS'],
    ],
    [
      'M21 Calico, host action DROP',
      shaped(
        'WL',
        '-A INPUT -i eni+ -j WL',
        '-A WL ! -d 169.254.169.254 -j MARK --set-xmark 0x1/0x1',
        '-A WL -m mark ! --mark 0x1/0x1 -j DROP',
        '-A WL -j DROP',
      ),
      ['dropped', 'dropped', 'IMDS', 'IMDS'],
    ],
    [
      'M21 Calico, host action ACCEPT',
      shaped(
        'WL',
        '-A INPUT -i eni+ -j WL',
        '-A WL ! -d 169.254.169.254 -j MARK --set-xmark 0x1/0x1',
        '-A WL -m mark ! --mark 0x1/0x1 -j DROP',
        '-A WL -j ACCEPT',
      ),
      ['kube2iam', 'kube2iam', 'IMDS', 'IMDS'],
    ],
    [
      'M22 NOTRACK',
      { nat, raw: ['-A PREROUTING -i eni+ -j CT --notrack'] },
      ['IMDS', 'IMDS', 'IMDS', 'IMDS'],
    ],
    [
      'M23 REDIRECT on a veth without address',
      { nat: [redirect] },
      ['dropped', 'dropped', 'dropped', 'IMDS'],
    ],
  ])('%s', (_case, tables, expected) => {
    expect(all(rules(tables))).toEqual(expected);
  });

  it('M6, M3: node-ip:8181 dialled directly, and with INPUT closed to pods', () => {
    expect(all(rules({ nat }), direct)).toEqual(['kube2iam', 'kube2iam', 'kube2iam', 'kube2iam']);
    const closed = rules({ nat, filter: ['-A INPUT -i eni+ -p tcp --dport 8181 -j DROP'] });
    expect(all(closed, direct)).toEqual(['dropped', 'dropped', 'kube2iam', 'kube2iam']);
  });

  it('M10: an IPv4 rule set says nothing to IPv6', () => {
    const ipv6 = { destination: 'fd00:ec2::254' };
    expect(reach(rules({ nat, filter: [':FORWARD DROP [0:0]'] }), 'p1', ipv6)).toBe('fd00:ec2::254:80');
  });

  it('M11: behind a bridge the rule sees the bridge', () => {
    const bridge: HostInterface = { kind: 'name', name: 'cni0' };
    const met = ['vethZ', 'veth+', 'cni0', 'cni+'].map((face) => matchesInterface(face, bridge));
    expect(met).toEqual(['no', 'no', 'yes', 'yes']);
  });

  it('M14: a kept-alive connection stays where it was when the rule comes or goes', () => {
    const open: Connection = {
      state: 'established',
      direction: 'original',
      sender: { address: '10.0.1.1', port: 40000 },
      dialled: { address: '169.254.169.254', port: 80 },
      mark: 0,
    };
    const through = { connection: { ...open, destination: { address: '10.0.0.1', port: 8181 } } };
    const past = { connection: open };
    expect([reach(rules({}), 'p1', through), reach(rules({ nat }), 'p1', past)]).toEqual([
      'kube2iam',
      'IMDS',
    ]);
    const cut = ['-A FORWARD -d 169.254.169.254 -j DROP'];
    const kept = ['-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT', ...cut];
    expect([cut, kept].map((filter) => reach(rules({ filter }), 'p1', past))).toEqual(['dropped', 'IMDS']);
    expect(reach(rules({ filter: kept }), 'p1')).toBe('dropped');
  });

  it('M15: other ports, UDP and wider ranges', () => {
    const set = rules({ nat });
    expect(reach(set, 'p1', { destinationPort: 8080 })).toBe('169.254.169.254:8080');
    expect(reach(set, 'p1', { protocol: 'udp' })).toBe('IMDS');
    const inverted = rules({ nat: [dnat('').replace('--dport', '! --dport')] });
    expect(reach(inverted, 'p1')).toBe('IMDS');
    expect(reach(inverted, 'p1', { destinationPort: 8080 })).toBe('kube2iam');
    const wide = rules({ nat: [dnat('').replace('169.254.169.254/32', '169.254.0.0/16')] });
    expect(reach(wide, 'p1', { destination: '169.254.170.23' })).toBe('kube2iam');
  });

  it('M17: the Pod Identity address is local, so FORWARD does not touch it and INPUT does', () => {
    const agent = { destination: '169.254.170.23' };
    const forward = rules({ nat, filter: ['-A FORWARD -d 169.254.0.0/16 -j DROP'] });
    const input = rules({ nat, filter: ['-A INPUT -i eni+ -d 169.254.170.23 -j DROP'] });
    expect(reach(forward, 'p1', agent)).toBe('169.254.170.23:80');
    expect(all(input, agent)).toEqual(['dropped', 'dropped', '169.254.170.23:80', '169.254.170.23:80']);
  });

  it('M18, M23: route_localnet and an address on the interface mend what they measured', () => {
    const local = rules({ nat: [dnat('').replace('10.0.0.1', '127.0.0.1')] });
    expect(reach(local, 'p1', {}, { ...host, routeLocalnet: () => 'on' })).toBe('127.0.0.1:8181');
    const face = { name: { kind: 'name', name: 'eniA' }, address: '10.0.0.1' } as const;
    expect(reach(rules({ nat: [redirect] }), 'p1', {}, { ...host, podFace: face })).toBe('kube2iam');
  });

  it('M24: an address written as one number, or inside IPv6, meets the rule', () => {
    const set = rules({ nat });
    expect(reach(set, 'p1', { destination: '2852039166' })).toBe('kube2iam');
    expect(reach(set, 'p1', { destination: '::ffff:169.254.169.254' })).toBe('kube2iam');
  });
});

describe('what cannot be judged', () => {
  const chance = '-m statistic --mode random --probability 0.5';
  it.each([
    ['makes the passage undecided where it matters', [`-A FORWARD ${chance} -j DROP`], 'undecided'],
    ['does not matter when both ways end alike', [`-A FORWARD ${chance} -j ACCEPT`], 'IMDS'],
    ['does not matter beside a match that fails', [`-A FORWARD -p udp ${chance} -j DROP`], 'IMDS'],
    ['does not matter when the target only counts', [`-A FORWARD ${chance} -j LOG`], 'IMDS'],
    [
      'does not matter once the packet is accepted',
      ['-A FORWARD -j ACCEPT', `-A FORWARD ${chance} -j DROP`],
      'IMDS',
    ],
    [
      'does not matter inside a chain that returns',
      [':X - [0:0]', '-A FORWARD -j X', `-A X ${chance} -j RETURN`],
      'IMDS',
    ],
    ['a target that nobody understands leaves it open', ['-A FORWARD -j NFQUEUE --queue-num 0'], 'undecided'],
  ])('%s', (_title, filter, expected) => {
    expect(reach(rules({ filter }), 'p1')).toBe(expected);
  });

  it('a veth of which only the beginning is known meets no rule about one veth for certain', () => {
    const inInterface: HostInterface = { kind: 'prefix', prefix: 'eni' };
    const verdicts = ['-i eniA', '-i eni+', '-i eni'].map((face) =>
      reach(rules({ nat: [dnat(face)] }), 'p1', { inInterface }),
    );
    expect(verdicts).toEqual(['undecided', 'kube2iam', 'IMDS']);
  });
});

describe("the pod's interface", () => {
  it('is asked for once, among those that the rules name, when the CNI tells no more than its beginning', () => {
    const asked: string[] = [];
    const set = rules({ filter: ['-A FORWARD -i eniA -j DROP', '-A FORWARD -i eniB -j DROP'] });
    const packet = firstPacket({ destination: '169.254.169.254', destinationPort: 80, inInterface: 'ofPod' });
    const on: Host = {
      ...host,
      ask: () => '',
      podInterface: (precision) => {
        asked.push(precision);
        return precision === 'byCni' ? { kind: 'prefix', prefix: 'eni' } : { kind: 'name', name: 'eniB' };
      },
    };
    expect(endOf(enterNode(set, packet, on))).toBe('dropped');
    expect(asked).toEqual(['byCni', 'exactly', 'byCni', 'exactly']);
  });
});

describe('laws of the walk', () => {
  const line = fc
    .tuple(
      fc.constantFrom('FORWARD', 'INPUT', 'X'),
      fc.constantFrom(
        '',
        '-i eni+',
        '! -i eni+',
        '-s 10.0.1.1',
        '-d 169.254.0.0/16',
        '-p udp',
        '-p tcp --dport 80',
      ),
      fc.constantFrom('ACCEPT', 'DROP', 'RETURN', 'LOG', 'X'),
    )
    .filter(([chain, , target]) => !(chain === 'X' && target === 'X'))
    .map(([chain, match, target]) => `-A ${chain} ${match} -j ${target}`);
  const filters = fc.array(line, { maxLength: 8 });

  it('a rule that can match nothing changes nothing, wherever it stands', () => {
    fc.assert(
      fc.property(filters, fc.nat(), (lines, at) => {
        const idle = lines.toSpliced(at % (lines.length + 1), 0, '-A FORWARD -i docker0 -j DROP');
        const [without, within] = [lines, idle].map((filter) =>
          all(rules({ filter: [':X - [0:0]', ...filter] })),
        );
        expect(within).toEqual(without);
      }),
      { numRuns: 40 },
    );
  });

  it('an undecided passage is one of the two that a certain match would give', () => {
    fc.assert(
      fc.property(filters, fc.nat(), fc.constantFrom('ACCEPT', 'DROP', 'X'), (lines, at, target) => {
        const insert = (match: string): string => {
          const filter = lines.toSpliced(at % (lines.length + 1), 0, `-A FORWARD ${match} -j ${target}`);
          return reach(rules({ filter: [':X - [0:0]', ...filter] }), 'p1');
        };
        const [never, always, perhaps] = [insert('-i docker0'), insert(''), insert('-m statistic --every 2')];
        expect(perhaps).toBe(never === always ? never : 'undecided');
      }),
      { numRuns: 40 },
    );
  });
});
