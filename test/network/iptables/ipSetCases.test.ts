import { expect, test } from 'vitest';
import { parseIptablesSave } from '../../../src/ingest/iptables/iptablesSave.ts';
import type { PacketEnd } from '../../../src/model/iptables.ts';
import type { Tri } from '../../../src/network/hostInterface.ts';
import { inIpSet } from '../../../src/network/iptables/ipSet.ts';
import { firstPacket, type Packet } from '../../../src/network/iptables/packet.ts';

const dns: Packet = firstPacket({
  protocol: 'udp',
  source: '10.0.1.1',
  sourcePort: 4000,
  destination: '172.20.0.10',
  destinationPort: 53,
});
const imds: Packet = firstPacket({
  source: '10.0.1.1',
  sourcePort: 4000,
  destination: '169.254.169.254',
  destinationPort: 80,
});
const imdsOverIpv6: Packet = firstPacket({ ...imds, source: 'fd00:1::1', destination: 'fd00:ec2::254' });
const fromUnknownPod: Packet = firstPacket({ destination: '169.254.169.254', destinationPort: 80 });

interface Case {
  readonly name: string;
  /** As ipset save prints it after `create NAME`. */
  readonly type: string;
  readonly entries: readonly string[];
  /** As `--match-set` takes them. */
  readonly ends: string;
  readonly packet: Packet;
  readonly held: Tri;
}

const addresses: readonly Case[] = [
  {
    name: 'an address among several',
    type: 'hash:ip',
    entries: ['10.0.1.7', '169.254.169.254'],
    ends: 'dst',
    packet: imds,
    held: 'yes',
  },
  {
    name: 'no address that is near an entry',
    type: 'hash:ip',
    entries: ['169.254.169.253', '169.254.170.23'],
    ends: 'dst',
    packet: imds,
    held: 'no',
  },
  {
    name: 'the source, when src is asked',
    type: 'hash:ip',
    entries: ['10.0.1.1'],
    ends: 'src',
    packet: imds,
    held: 'yes',
  },
  {
    name: 'not the source, when dst is asked',
    type: 'hash:ip',
    entries: ['10.0.1.1'],
    ends: 'dst',
    packet: imds,
    held: 'no',
  },
  {
    name: 'an address of a block',
    type: 'hash:net',
    entries: ['169.254.0.0/16'],
    ends: 'dst',
    packet: imds,
    held: 'yes',
  },
  {
    name: 'an IPv6 address, written another way',
    type: 'hash:ip',
    entries: ['fd00:0ec2:0:0:0:0:0:254'],
    ends: 'dst',
    packet: imdsOverIpv6,
    held: 'yes',
  },
  {
    name: 'no other IPv6 address',
    type: 'hash:ip',
    entries: ['fd00:ec2::23'],
    ends: 'dst',
    packet: imdsOverIpv6,
    held: 'no',
  },
  {
    name: 'an IPv6 address of a block',
    type: 'hash:net',
    entries: ['fd00:ec2::/32'],
    ends: 'dst',
    packet: imdsOverIpv6,
    held: 'yes',
  },
  { name: 'nothing when it is empty', type: 'hash:net', entries: [], ends: 'dst', packet: imds, held: 'no' },
];

const ports: readonly Case[] = [
  {
    name: 'an address with its port',
    type: 'hash:ip,port',
    entries: ['169.254.169.254,tcp:80'],
    ends: 'dst,dst',
    packet: imds,
    held: 'yes',
  },
  {
    name: 'no address with another port',
    type: 'hash:ip,port',
    entries: ['169.254.169.254,tcp:8080', '169.254.170.23,tcp:80'],
    ends: 'dst,dst',
    packet: imds,
    held: 'no',
  },
  {
    name: 'no port of another protocol',
    type: 'hash:ip,port',
    entries: ['172.20.0.10,tcp:53'],
    ends: 'dst,dst',
    packet: dns,
    held: 'no',
  },
  {
    name: 'a port of the protocol that is named',
    type: 'hash:ip,port',
    entries: ['172.20.0.10,udp:53'],
    ends: 'dst,dst',
    packet: dns,
    held: 'yes',
  },
  {
    name: 'a TCP port, when no protocol is named',
    type: 'hash:ip,port',
    entries: ['169.254.169.254,80'],
    ends: 'dst,dst',
    packet: imds,
    held: 'yes',
  },
  {
    name: 'no UDP port, when no protocol is named',
    type: 'hash:ip,port',
    entries: ['172.20.0.10,53'],
    ends: 'dst,dst',
    packet: dns,
    held: 'no',
  },
  {
    name: 'a UDP port in a bitmap, which stores no protocol',
    type: 'bitmap:port',
    entries: ['53'],
    ends: 'dst',
    packet: dns,
    held: 'yes',
  },
  {
    name: 'the pair whose first network is the smaller, though the other pair is excepted',
    type: 'hash:net,net',
    entries: ['10.0.1.0/24,128.0.0.0/1', '10.0.0.0/8,169.254.169.254 nomatch'],
    ends: 'src,dst',
    packet: imds,
    held: 'yes',
  },
  {
    name: 'no pair that is excepted, of two with the same first network',
    type: 'hash:net,net',
    entries: ['10.0.1.0/24,128.0.0.0/1', '10.0.1.0/24,169.254.169.254 nomatch'],
    ends: 'src,dst',
    packet: imds,
    held: 'no',
  },
  {
    name: 'the first port of a range',
    type: 'hash:net,port',
    entries: ['169.254.0.0/16,tcp:80-90'],
    ends: 'dst,dst',
    packet: imds,
    held: 'yes',
  },
  {
    name: 'the last port of a range',
    type: 'hash:net,port',
    entries: ['169.254.0.0/16,tcp:70-80'],
    ends: 'dst,dst',
    packet: imds,
    held: 'yes',
  },
  {
    name: 'no port before a range',
    type: 'hash:net,port',
    entries: ['169.254.0.0/16,tcp:81-90'],
    ends: 'dst,dst',
    packet: imds,
    held: 'no',
  },
  {
    name: 'no port behind a range',
    type: 'hash:net,port',
    entries: ['169.254.0.0/16,tcp:70-79'],
    ends: 'dst,dst',
    packet: imds,
    held: 'no',
  },
  {
    name: 'the port from which the pod sends, when src is asked',
    type: 'hash:net,port',
    entries: ['169.254.0.0/16,tcp:4000'],
    ends: 'dst,src',
    packet: imds,
    held: 'yes',
  },
  {
    name: 'what a service takes from a pod, in three dimensions',
    type: 'hash:ip,port,net',
    entries: ['169.254.169.254,tcp:80,10.0.1.0/24'],
    ends: 'dst,dst,src',
    packet: imds,
    held: 'yes',
  },
  {
    name: 'nothing of which one dimension of three differs',
    type: 'hash:ip,port,net',
    entries: ['169.254.169.254,tcp:80,10.0.2.0/24'],
    ends: 'dst,dst,src',
    packet: imds,
    held: 'no',
  },
  {
    name: 'what fewer dimensions than ends decide',
    type: 'hash:ip',
    entries: ['169.254.169.254'],
    ends: 'dst,src',
    packet: imds,
    held: 'yes',
  },
];

const exceptions: readonly Case[] = [
  {
    name: 'not what nomatch takes out of a block',
    type: 'hash:net',
    entries: ['169.254.0.0/16', '169.254.169.254/32 nomatch'],
    ends: 'dst',
    packet: imds,
    held: 'no',
  },
  {
    name: 'what a longer prefix puts back into a block with nomatch',
    type: 'hash:net',
    entries: ['169.254.169.0/24', '169.254.0.0/16 nomatch', '169.0.0.0/8'],
    ends: 'dst',
    packet: imds,
    held: 'yes',
  },
  {
    name: 'what a single address puts back into a block with nomatch',
    type: 'hash:net',
    entries: ['169.254.169.254', '169.254.169.0/24 nomatch'],
    ends: 'dst',
    packet: imds,
    held: 'yes',
  },
];

const open: readonly Case[] = [
  {
    name: 'what nobody can tell in a list of sets',
    type: 'list:set',
    entries: ['allowed'],
    ends: 'dst',
    packet: imds,
    held: 'unknown',
  },
  {
    name: 'what nobody can tell of hardware addresses',
    type: 'hash:mac',
    entries: ['02:00:00:00:00:01'],
    ends: 'src',
    packet: imds,
    held: 'unknown',
  },
  {
    name: 'what nobody can tell where one of two dimensions is an interface',
    type: 'hash:net,iface',
    entries: ['169.254.0.0/16,eth0'],
    ends: 'dst,dst',
    packet: imds,
    held: 'unknown',
  },
  {
    name: 'what nobody can tell of a pod whose address is not known',
    type: 'hash:ip',
    entries: ['10.0.1.1'],
    ends: 'src',
    packet: fromUnknownPod,
    held: 'unknown',
  },
  {
    name: 'what nobody can tell of a source port that is not known',
    type: 'hash:ip,port',
    entries: ['169.254.169.254,tcp:4000'],
    ends: 'dst,src',
    packet: fromUnknownPod,
    held: 'unknown',
  },
  {
    name: 'the destination of a pod whose address is not known',
    type: 'hash:ip',
    entries: ['169.254.169.254'],
    ends: 'dst',
    packet: fromUnknownPod,
    held: 'yes',
  },
];

test.each([...addresses, ...ports, ...exceptions, ...open])(
  'a set holds $name',
  ({ type, entries, ends, packet, held }) => {
    const saved = [`create endpoints ${type}`, ...entries.map((entry) => `add endpoints ${entry}`)];
    const { ipSets, diagnostics } = parseIptablesSave(saved.join('\n'), 'saved');
    expect(diagnostics).toEqual([]);
    const asked = ends.split(',').map((end): PacketEnd => (end === 'src' ? 'source' : 'destination'));
    expect(inIpSet(ipSets['endpoints'] ?? { type: '', entries: [] }, asked, packet)).toBe(held);
  },
);
