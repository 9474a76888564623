import { describe, expect, it } from 'vitest';
import { parseIptablesSave } from '../../../src/ingest/iptables/iptablesSave.ts';
import type { Rule } from '../../../src/model/iptables.ts';

function ruleIn(table: string, line: string): Rule | undefined {
  const text = `*${table}\n:PREROUTING ACCEPT [3:180]\n:KUBE-SERVICES - [0:0]\n${line}\nCOMMIT`;
  const tables = parseIptablesSave(text, 'node.rules').ruleSets[0]?.tables;
  return tables?.[table === 'nat' ? 'nat' : 'filter']?.['PREROUTING']?.rules[0];
}

describe('parseIptablesSave', () => {
  it('reads the rule that kube2iam adds, with its line', () => {
    const line =
      '-A PREROUTING -d 169.254.169.254/32 -i eni+ -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.1:8181';
    expect(ruleIn('nat', line)).toEqual({
      matches: [
        { kind: 'destination', cidr: '169.254.169.254/32', negated: false },
        { kind: 'inInterface', pattern: 'eni+', negated: false },
        { kind: 'protocol', protocol: 'tcp', negated: false },
        { kind: 'destinationPorts', ranges: [[80, 80]], negated: false },
      ],
      target: { kind: 'DNAT', address: '10.0.0.1', port: 8181 },
      text: line,
      ref: {
        kind: 'IptablesRule',
        name: 'nat PREROUTING 1',
        position: { file: 'node.rules', line: 4, column: 1 },
      },
    });
  });

  it.each<[string, Rule['matches']]>([
    ['! -s 10.0.0.1', [{ kind: 'source', cidr: '10.0.0.1/32', negated: true }]],
    [
      '-m comment --comment "says -j DROP" -o eth0',
      [{ kind: 'outInterface', pattern: 'eth0', negated: false }],
    ],
    ['-p 6', [{ kind: 'protocol', protocol: 'tcp', negated: false }]],
    [
      '-m multiport --dports 80,8000:8100',
      [
        {
          kind: 'destinationPorts',
          ranges: [
            [80, 80],
            [8000, 8100],
          ],
          negated: false,
        },
      ],
    ],
    ['-m mark --mark 0x4000/0xff00', [{ kind: 'mark', value: 0x4000, mask: 0xff00, negated: false }]],
    ['-m conntrack ! --ctstate NEW', [{ kind: 'connectionState', states: ['NEW'], negated: true }]],
    [
      '-m addrtype --dst-type LOCAL',
      [{ kind: 'addressType', end: 'destination', types: ['LOCAL'], negated: false }],
    ],
    ['-m connmark --mark 0x80/0x80', [{ kind: 'connectionMark', value: 0x80, mask: 0x80, negated: false }]],
    [
      '-m set ! --match-set pods src,dst',
      [{ kind: 'set', name: 'pods', ends: ['source', 'destination'], negated: true }],
    ],
    [
      '-m addrtype ! --src-type LOCAL --limit-iface-in',
      [{ kind: 'addressType', end: 'source', types: ['LOCAL'], negated: true, limitTo: 'inInterface' }],
    ],
    [
      '-m iprange --src-range 10.0.0.1-10.0.0.9',
      [{ kind: 'range', end: 'source', first: '10.0.0.1', last: '10.0.0.9', negated: false }],
    ],
    [
      '-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN',
      [
        { kind: 'protocol', protocol: 'tcp', negated: false },
        { kind: 'tcpFlags', among: ['FIN', 'SYN', 'RST', 'ACK'], set: ['SYN'], negated: false },
      ],
    ],
    [
      '-m statistic --mode random --probability 0.5 -s 10.0.0.1 -m owner ! --uid-owner 0',
      [
        { kind: 'unknown', text: '-m statistic --mode random --probability 0.5', negated: false },
        { kind: 'source', cidr: '10.0.0.1/32', negated: false },
        { kind: 'unknown', text: '-m owner ! --uid-owner 0', negated: false },
      ],
    ],
  ])('match %s', (match, expected) => {
    expect(ruleIn('filter', `[7:420] -A PREROUTING ${match} -j ACCEPT`)?.matches).toEqual(expected);
  });

  it.each<[string, Rule['target']]>([
    ['-j KUBE-SERVICES', { kind: 'jump', chain: 'KUBE-SERVICES' }],
    ['-g KUBE-SERVICES', { kind: 'goto', chain: 'KUBE-SERVICES' }],
    ['-j REDIRECT --to-ports 8181', { kind: 'REDIRECT', port: 8181 }],
    ['-j DNAT --to-destination :8181', { kind: 'DNAT', port: 8181 }],
    ['-j DNAT --to-destination [fd00::1]:8181', { kind: 'DNAT', address: 'fd00::1', port: 8181 }],
    ['-j DNAT --to-destination fd00::1', { kind: 'DNAT', address: 'fd00::1' }],
    [
      '-j DNAT --to-destination 10.0.0.1-10.0.0.9',
      { kind: 'unknown', text: 'DNAT --to-destination 10.0.0.1-10.0.0.9' },
    ],
    ['-j MARK --set-xmark 0x4000/0x4000', { kind: 'MARK', value: 0x4000, mask: 0x4000 }],
    [
      '-j CONNMARK --restore-mark --nfmask 0xff --ctmask 0xffffffff',
      { kind: 'restoreMark', packetMask: 0xff, connectionMask: 0xffffffff },
    ],
    ['-j SNAT --to-source 10.0.0.1:1024-65535', { kind: 'SNAT', address: '10.0.0.1' }],
    ['-j MASQUERADE --random-fully', { kind: 'MASQUERADE' }],
    ['-j LOG --log-prefix "IMDS: "', { kind: 'passes', name: 'LOG' }],
    ['-j REJECT --reject-with tcp-reset', { kind: 'REJECT', with: 'tcp-reset' }],
    ['-j CT --notrack', { kind: 'NOTRACK' }],
    ['-j NFQUEUE --queue-num 0', { kind: 'unknown', text: 'NFQUEUE --queue-num 0' }],
    ['', undefined],
  ])('target %s', (target, expected) => {
    expect(ruleIn('nat', `-A PREROUTING ${target}`)?.target).toEqual(expected);
  });

  it('reports everything that is wrong, each with its line', () => {
    const text = [
      '# Generated by iptables-save v1.8.9',
      '-A PREROUTING -j ACCEPT',
      '*security',
      ':INPUT ACCEPT [0:0]',
      'COMMIT',
      '*nat',
      ':PREROUTING ACCEPT [0:0]',
      ':KUBE-SERVICES - [0:0]',
      '-A PREROUTING -j KUBE-SERVICE',
      '-A PREROUTING -j DROP',
      '-A OUTPUT -j ACCEPT',
      'what is this',
      'COMMIT',
    ].join('\n');
    const found = parseIptablesSave(text, 'x').diagnostics;
    expect(found.map(({ code, position, nearest }) => [position?.line, code, nearest])).toEqual([
      [2, 'iptables-no-table', undefined],
      [3, 'iptables-table', undefined],
      [9, 'iptables-chain', 'KUBE-SERVICES'],
      [10, 'iptables-nat-filter', undefined],
      [11, 'iptables-chain', undefined],
      [12, 'iptables-line', undefined],
    ]);
  });

  it.each([
    '-A INPUT -s 10.0.0.300/32 -j DROP',
    '-A INPUT -d 10.0.0.0/33 -j DROP',
    '-A INPUT -p tcp -m tcp --dport 99999 -j DROP',
    '-A INPUT -p tcp -m multiport --dports 80,90:85 -j DROP',
    '-A INPUT -m mark --mark zero -j DROP',
    '-A INPUT -j',
    '-A INPUT -j DNAT --to-destination 10.0.0.1:80:90',
  ])('leaves out what iptables-restore would refuse, and uses the rest: %s', (line) => {
    const text = `*filter\n:INPUT ACCEPT [0:0]\n${line}\n-A INPUT -j ACCEPT\nCOMMIT`;
    const { ruleSets, diagnostics } = parseIptablesSave(text, 'x');
    expect(diagnostics.map(({ position, severity }) => [position?.line, severity])).toEqual([[3, 'error']]);
    expect(ruleSets[0]?.tables.filter?.['INPUT']?.rules.map(({ text: kept }) => kept)).toEqual([
      '-A INPUT -j ACCEPT',
    ]);
  });

  it('reads the sets that stand in the same text', () => {
    const text = 'create pods hash:net family inet\nadd pods 10.0.1.0/24\nadd pods 10.0.1.7 nomatch\nadd x 1';
    const { ipSets, diagnostics } = parseIptablesSave(text, 'x');
    expect(ipSets).toEqual({
      pods: {
        type: 'hash:net',
        entries: [
          { text: '10.0.1.0/24', excepted: false },
          { text: '10.0.1.7', excepted: true },
        ],
      },
    });
    expect(diagnostics.map(({ code }) => code)).toEqual(['ipset-unknown']);
  });

  it('takes two families apart that stand in one text, and knows one without a header by its addresses', () => {
    const table = (rule: string): string => `*filter\n:INPUT ACCEPT [0:0]\n${rule}\nCOMMIT\n`;
    const four = table('-A INPUT -s 10.0.0.1/32 -j DROP');
    const six = table('-A INPUT -s fd00::1/128 -j DROP');
    const families = (text: string): readonly number[] =>
      parseIptablesSave(text, '-').ruleSets.map(({ family }) => family);
    expect(families(four + six)).toEqual([4, 6]);
    expect(families(six)).toEqual([6]);
    expect(families(`# Generated by ip6tables-save v1\n${table('-A INPUT -j DROP')}`)).toEqual([6]);
  });

  it('knows the family by the program that printed the rules', () => {
    const family = (program: string): number =>
      parseIptablesSave(`# Generated by ${program} v1.8.9 on Tue\n*filter\nCOMMIT`, '-').ruleSets[0]
        ?.family ?? 0;
    expect([family('iptables-save'), family('ip6tables-save')]).toEqual([4, 6]);
  });
});
