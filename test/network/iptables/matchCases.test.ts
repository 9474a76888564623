import { describe, expect, it, test } from 'vitest';
import { parseIptablesSave } from '../../../src/ingest/iptables/iptablesSave.ts';
import type { Tri } from '../../../src/network/hostInterface.ts';
import { rangeTest } from '../../../src/network/iptables/addressBlock.ts';
import { isLocal, matchesRule } from '../../../src/network/iptables/match.ts';
import {
  firstPacket,
  type Connection,
  type Host,
  type Packet,
} from '../../../src/network/iptables/packet.ts';
import { parseAddress } from '../../../src/network/address.ts';

const bridge = { name: { kind: 'name', name: 'cni0' }, address: '10.0.9.1' } as const;
const host: Host = {
  localAddresses: ['10.0.0.1', '10.0.9.1', 'fd00:1::1'],
  podFace: { name: { kind: 'name', name: 'eniA' } },
  podInterface: () => ({ kind: 'name', name: 'eniA' }),
  uplink: { name: { kind: 'name', name: 'eth0' }, address: '10.0.0.1' },
  routes: [{ cidr: '10.0.9.0/24', face: bridge }],
  routeLocalnet: () => 'off',
  ipSets: { endpoints: { type: 'hash:ip', entries: [{ text: '169.254.169.254', excepted: false }] } },
  ask: () => 'fitsNot',
};

/** Of the pod 10.0.1.1 to IMDS, on its way from its interface to the uplink. */
const syn: Packet = firstPacket({
  source: '10.0.1.1',
  sourcePort: 4000,
  destination: '169.254.169.254',
  destinationPort: 80,
  inInterface: { kind: 'name', name: 'eniA' },
  outInterface: { kind: 'name', name: 'eth0' },
});
const ofUnknownPod: Packet = firstPacket({ destination: '169.254.169.254', destinationPort: 80 });
const ofUnknownDestination: Packet = firstPacket({ source: '10.0.1.1', destinationPort: 80 });
const overIpv6: Packet = firstPacket({ ...syn, source: 'fd00:2::1', destination: 'fd00:ec2::254' });

const to = (destination: string): Packet => ({ ...syn, destination });
const from = (source: string): Packet => ({ ...syn, source });
const by = (face: string, destination: string): Packet => ({
  ...syn,
  destination,
  inInterface: { kind: 'name', name: face },
});
const known = (facts: Partial<Connection>): Packet => ({
  ...syn,
  connection: { ...syn.connection, ...facts },
});

function judge(options: string, packet: Packet, on: Host = host): Tri {
  const text = ['*filter', ':FORWARD ACCEPT', `-A FORWARD ${options} -j DROP`, 'COMMIT'].join('\n');
  const { ruleSets, diagnostics } = parseIptablesSave(text, 'saved');
  expect(diagnostics).toEqual([]);
  const [rule] = ruleSets[0]?.tables.filter?.['FORWARD']?.rules ?? [];
  return rule ? matchesRule(rule, packet, on) : 'unknown';
}

type Case = readonly [options: string, about: string, packet: Packet, matched: Tri];

describe('addresses and ports', () => {
  test.each<Case>([
    ['-p all', 'any protocol', syn, 'yes'],
    ['-p tcp', 'the same protocol', syn, 'yes'],
    ['-p udp', 'another protocol', syn, 'no'],
    ['-s 10.0.1.1/32', 'its source', syn, 'yes'],
    ['-s 10.0.1.1/32', 'a source that is not known', ofUnknownPod, 'unknown'],
    ['! -s 10.0.1.1/32', 'a source that is not known', ofUnknownPod, 'unknown'],
    ['-d 169.254.0.0/16', 'a destination that is not known', ofUnknownDestination, 'unknown'],
    ['-p udp -s 10.0.1.1/32', 'a source that is not known, of another protocol', ofUnknownPod, 'no'],
    ['-s 10.0.1.1/32 -p udp', 'a source that is not known, of another protocol', ofUnknownPod, 'no'],
    ['-d fd00:ec2::254/128', 'its IPv6 destination', overIpv6, 'yes'],
    ['-d fd00:ec2::/32', 'its IPv6 destination in a block', overIpv6, 'yes'],
    ['-d fd00:ec2::/32', 'an IPv4 destination', syn, 'no'],
    ['! -d fd00:ec2::/32', 'an IPv4 destination', syn, 'yes'],
    ['-d 0.0.0.0/0', 'an IPv6 destination', overIpv6, 'no'],
    ['-m iprange --src-range 10.0.1.1-10.0.1.9', 'the first of a range', syn, 'yes'],
    ['-m iprange --src-range 10.0.0.9-10.0.1.1', 'the last of a range', syn, 'yes'],
    ['-m iprange --src-range 10.0.1.2-10.0.1.9', 'a source before the range', syn, 'no'],
    ['-m iprange --dst-range 169.254.169.1-169.254.169.253', 'a destination behind the range', syn, 'no'],
    ['-m iprange --dst-range 169.254.169.1-169.254.170.1', 'a destination in the range', syn, 'yes'],
    ['-m iprange ! --dst-range 169.254.169.1-169.254.170.1', 'a destination in the range', syn, 'no'],
    ['-m iprange --dst-range fd00:ec2::1-fd00:ec2::fff', 'an IPv6 destination in the range', overIpv6, 'yes'],
    ['-m iprange --src-range ::1-2::', 'a source of the other family', syn, 'no'],
    ['-m iprange --src-range 10.0.1.1-10.0.1.9', 'a source that is not known', ofUnknownPod, 'unknown'],
    ['-p tcp -m tcp --sport 4000', 'its source port', syn, 'yes'],
    ['-p tcp -m tcp --sport 4001:5000', 'another source port', syn, 'no'],
    ['-p tcp -m tcp --sport 1024:65535', 'a source port that is not known', ofUnknownPod, 'unknown'],
    ['-p tcp -m multiport --dports 80,443', 'a destination port', syn, 'yes'],
    ['-p tcp -m multiport --dports 81:90,443', 'no destination port', syn, 'no'],
    ['-p tcp -m multiport --ports 4000', 'either port: the source has it', syn, 'yes'],
    ['-p tcp -m multiport --ports 80', 'either port: the destination has it', syn, 'yes'],
    ['-p tcp -m multiport --ports 80,4000', 'either port: both have one', syn, 'yes'],
    ['-p tcp -m multiport --ports 443', 'either port: neither has it', syn, 'no'],
    ['-p tcp -m multiport ! --ports 443', 'either port: neither has it', syn, 'yes'],
    ['-p tcp -m multiport --ports 80', 'either port: the source is not known', ofUnknownPod, 'yes'],
    ['-p tcp -m multiport --ports 443', 'either port: the source is not known', ofUnknownPod, 'unknown'],
    ['-m set --match-set endpoints dst', 'a set that holds it', syn, 'yes'],
    ['-m set ! --match-set endpoints dst', 'a set that holds it', syn, 'no'],
    ['-m set --match-set endpoints src', 'a set that holds the other end', syn, 'no'],
    ['-m set --match-set elsewhere dst', 'a set that is not shown', syn, 'unknown'],
    ['-m set ! --match-set elsewhere dst', 'a set that is not shown', syn, 'unknown'],
    ['-p tcp -m tcp --tcp-flags SYN,ACK SYN', 'flags that are so', syn, 'yes'],
    ['-p tcp -m tcp --tcp-flags SYN,ACK SYN,ACK', 'one flag missing', syn, 'no'],
    ['-p tcp -m tcp ! --tcp-flags SYN,ACK SYN,ACK', 'one flag missing', syn, 'yes'],
    ['-p tcp -m tcp --syn', 'the first of a handshake', syn, 'yes'],
    ['-p tcp -m tcp --syn', 'the answer of a handshake', { ...syn, flags: ['SYN', 'ACK'] }, 'no'],
    ['-m statistic --mode random --probability 0.5', 'chance', syn, 'unknown'],
  ])('%s judges %s', (options, _about, packet, matched) => {
    expect(judge(options, packet)).toBe(matched);
  });
});

describe('interfaces', () => {
  const local = firstPacket({ source: '10.0.0.1', destination: '169.254.169.254', destinationPort: 80 });
  test.each<Case>([
    ['-i eni+', "the pod's interface", syn, 'yes'],
    ['-i eth0', "the pod's interface", syn, 'no'],
    ['-o eth0', 'the uplink', syn, 'yes'],
    ['! -o eth0', 'the uplink', syn, 'no'],
    ['-i eth0', 'a packet that came by none', local, 'no'],
    ['! -i eth0', 'a packet that came by none', local, 'yes'],
    ['-i +', 'a packet that came by none', local, 'yes'],
    ['! -o eth0', 'a packet that has no way out yet', local, 'yes'],
    ['-o +', 'a packet that has no way out yet', local, 'yes'],
    ['-i eniA', 'the interface of a pod by its whole name', { ...syn, inInterface: 'ofPod' }, 'yes'],
    ['-i eniB', 'the interface of another pod', { ...syn, inInterface: 'ofPod' }, 'no'],
  ])('%s judges %s', (options, _about, packet, matched) => {
    expect(judge(options, packet)).toBe(matched);
  });
});

describe('connections', () => {
  const turned = { destination: { address: '10.0.0.1', port: 8181 } };
  const disguised = { source: { address: '10.0.0.1' } };
  test.each<Case>([
    ['-m conntrack --ctorigdst 169.254.169.254', 'where it was sent to', syn, 'yes'],
    ['-m conntrack --ctorigdst 169.254.169.254', 'an untracked one', known({ state: 'untracked' }), 'no'],
    ['-m conntrack ! --ctorigdst 10.0.0.1', 'an untracked one', known({ state: 'untracked' }), 'no'],
    ['-m conntrack --ctorigdst 169.254.169.254', 'an invalid one', known({ state: 'invalid' }), 'no'],
    ['-m conntrack ! --ctorigdst 10.0.0.1', 'an invalid one', known({ state: 'invalid' }), 'no'],
    ['-m conntrack ! --ctorigdst 10.0.0.1', 'one of table raw', known({ state: 'unseen' }), 'no'],
    ['-m conntrack --ctorigsrc 10.0.1.0/24', 'who sent it', syn, 'yes'],
    ['-m conntrack --ctorigdstport 80', 'the port it was sent to', known(turned), 'yes'],
    ['-m conntrack --ctorigdstport 8181', 'the port it was turned to', known(turned), 'no'],
    ['-m conntrack --ctdir ORIGINAL', 'the first direction', syn, 'yes'],
    ['-m conntrack --ctdir REPLY', 'the first direction', syn, 'no'],
    ['-m conntrack --ctdir ORIGINAL', 'an untracked one', known({ state: 'untracked' }), 'no'],
    ['-m conntrack --ctstate NEW', 'a new one', syn, 'yes'],
    ['-m conntrack --ctstate RELATED,ESTABLISHED', 'an answered one', known({ state: 'established' }), 'yes'],
    ['-m conntrack --ctstate RELATED,ESTABLISHED', 'a new one', syn, 'no'],
    ['-m conntrack --ctstate UNTRACKED', 'an untracked one', known({ state: 'untracked' }), 'yes'],
    ['-m conntrack --ctstate INVALID', 'one of table raw', known({ state: 'unseen' }), 'yes'],
    ['-m conntrack --ctstate NEW', 'one of table raw', known({ state: 'unseen' }), 'no'],
    ['-m conntrack --ctstate DNAT', 'one that was turned', known(turned), 'yes'],
    ['-m conntrack --ctstate DNAT', 'one that was disguised', known(disguised), 'no'],
    ['-m conntrack --ctstate DNAT', 'one of table raw', known({ ...turned, state: 'unseen' }), 'no'],
    ['-m conntrack --ctstate SNAT', 'one that was disguised', known(disguised), 'yes'],
    ['-m conntrack --ctstate SNAT', 'one that was turned', known(turned), 'no'],
    ['-m conntrack --ctstate SNAT', 'one of table raw', known({ ...disguised, state: 'unseen' }), 'no'],
    ['-m mark --mark 0x4/0x4', 'a packet with that bit', { ...syn, mark: 0x4004 }, 'yes'],
    [
      '-m mark --mark 0x80000000/0x80000000',
      'a packet with the highest bit',
      { ...syn, mark: 2 ** 31 },
      'yes',
    ],
    ['-m mark ! --mark 0x4/0x4', 'a packet without that bit', { ...syn, mark: 0x4000 }, 'yes'],
    ['-m connmark --mark 0x80/0x80', 'a connection with that bit', known({ mark: 0x81 }), 'yes'],
    ['-m connmark --mark 0x0/0x80', 'an untracked one', known({ state: 'untracked' }), 'no'],
  ])('%s judges %s', (options, _about, packet, matched) => {
    expect(judge(options, packet)).toBe(matched);
  });
});

describe('types of addresses', () => {
  test.each<Case>([
    ['-m addrtype --dst-type LOCAL', "the node's address", to('10.0.0.1'), 'yes'],
    ['-m addrtype --dst-type LOCAL', 'IMDS', syn, 'no'],
    ['-m addrtype ! --dst-type LOCAL', 'IMDS', syn, 'yes'],
    ['-m addrtype --dst-type UNICAST', 'IMDS', syn, 'yes'],
    ['-m addrtype --dst-type UNICAST', "the node's address", to('10.0.0.1'), 'no'],
    ['-m addrtype --src-type LOCAL', "the node's address", from('10.0.0.1'), 'yes'],
    ['-m addrtype --src-type LOCAL', "the pod's address", syn, 'no'],
    ['-m addrtype --src-type LOCAL', 'an address that is not known', ofUnknownPod, 'unknown'],
    ['-m addrtype --dst-type LOCAL', 'an address that is not known', ofUnknownDestination, 'unknown'],
    ['-m addrtype --dst-type MULTICAST', 'the last address before 224.0.0.0/4', to('223.255.255.255'), 'no'],
    ['-m addrtype --dst-type MULTICAST', 'mDNS', to('224.0.0.251'), 'yes'],
    [
      '-m addrtype --dst-type MULTICAST',
      'every node of a link',
      { ...overIpv6, destination: 'ff02::1' },
      'yes',
    ],
    ['-m addrtype --dst-type UNICAST', 'mDNS', to('224.0.0.251'), 'no'],
    ['-m addrtype --dst-type BROADCAST', 'everybody', to('255.255.255.255'), 'yes'],
    ['-m addrtype --dst-type BROADCAST', 'IMDS', syn, 'no'],
    ['-m addrtype --dst-type UNICAST', 'everybody', to('255.255.255.255'), 'no'],
    ['-m addrtype --dst-type BLACKHOLE', 'a type that only routes tell', syn, 'unknown'],
    ['-m addrtype --dst-type LOCAL,BLACKHOLE', 'a type that only routes tell', syn, 'unknown'],
    ['-m addrtype --dst-type LOCAL,BLACKHOLE', "the node's address", to('10.0.0.1'), 'yes'],
    ['-m addrtype --dst-type LOCAL,MULTICAST', 'IMDS', syn, 'no'],
    [
      '-m addrtype --dst-type LOCAL --limit-iface-in',
      'the address of the bridge by which it came',
      by('cni0', '10.0.9.1'),
      'yes',
    ],
    [
      '-m addrtype --dst-type LOCAL --limit-iface-in',
      'the address of the uplink by which it came',
      by('eth0', '10.0.0.1'),
      'yes',
    ],
    [
      '-m addrtype --dst-type LOCAL --limit-iface-in',
      'the address of another interface',
      by('cni0', '10.0.0.1'),
      'no',
    ],
    [
      '-m addrtype --dst-type UNICAST --limit-iface-in',
      'the address of another interface',
      by('cni0', '10.0.0.1'),
      'yes',
    ],
    [
      '-m addrtype --dst-type LOCAL --limit-iface-in',
      "the node's address, on an interface without one",
      by('eniA', '10.0.0.1'),
      'no',
    ],
    [
      '-m addrtype --dst-type LOCAL --limit-iface-in',
      "the node's address, on the interface of who knows whom",
      by('eniB', '10.0.0.1'),
      'no',
    ],
    [
      '-m addrtype --src-type LOCAL --limit-iface-out',
      'the address of the uplink by which it goes',
      from('10.0.0.1'),
      'yes',
    ],
    [
      '-m addrtype --src-type LOCAL --limit-iface-out',
      'the address of the bridge, going by the uplink',
      from('10.0.9.1'),
      'no',
    ],
  ])('%s judges %s', (options, _about, packet, matched) => {
    expect(judge(options, packet)).toBe(matched);
  });

  test.each([
    ['10.0.0.1', true],
    ['127.0.0.1', true],
    ['127.8.8.8', true],
    ['::1', true],
    ['::2', false],
    ['fd00:1:0::1', true],
    ['169.254.169.254', false],
    [undefined, false],
  ])('%s is an address of the node: %s', (address, own) => {
    expect(isLocal(address, host)).toBe(own);
  });
});

it.each([
  ['10.0.0.1', 'eth0'],
  ['eth0', '10.0.0.9'],
  ['eth0', 'eth1'],
])('nothing lies in the range from %s to %s', (first, last) => {
  const address = parseAddress('10.0.0.5');
  expect(address && rangeTest(first, last)(address)).toBe(false);
});
