import { describe, expect, it } from 'vitest';
import { translate } from '../../../src/network/iptables/nat.ts';
import type { Connection, Face, Packet } from '../../../src/network/iptables/packet.ts';
import { addressOf, faceOf, sameEnd } from '../../../src/network/iptables/route.ts';
import { bridge, dialled, host, named, pod, to, uplink } from './smallHost.ts';

const { destination: _address, ...withoutDestination } = dialled;
const connected = (packet: Packet, change: Partial<Connection>): Packet => ({
  ...packet,
  connection: { ...packet.connection, ...change },
});

describe('a later packet of a connection that was turned and disguised', () => {
  const turned: Partial<Connection> = {
    state: 'established',
    destination: { address: '10.0.0.9', port: 8181 },
    source: { address: '10.0.0.1' },
  };
  const forth = connected(dialled, turned);
  const answer = connected(
    { ...dialled, source: '10.0.0.9', sourcePort: 8181, destination: '10.0.0.1', destinationPort: 4000 },
    { ...turned, direction: 'reply' },
  );
  const { destination: _d, ...answerToNobody } = answer;
  const isNot: Partial<Connection> = { state: 'established' };
  it.each<[string, Packet, 'PREROUTING' | 'OUTPUT' | 'INPUT' | 'POSTROUTING', Packet]>([
    [
      'goes where the first one went',
      forth,
      'PREROUTING',
      { ...forth, destination: '10.0.0.9', destinationPort: 8181 },
    ],
    ['comes under the same disguise', forth, 'POSTROUTING', { ...forth, source: '10.0.0.1' }],
    [
      'is turned alike when the node sends it',
      forth,
      'OUTPUT',
      { ...forth, destination: '10.0.0.9', destinationPort: 8181 },
    ],
    ['is disguised alike when the node takes it', forth, 'INPUT', { ...forth, source: '10.0.0.1' }],
    [
      'that belongs to another, as an ICMP error does, is led the same way',
      connected(forth, { state: 'related' }),
      'PREROUTING',
      { ...connected(forth, { state: 'related' }), destination: '10.0.0.9', destinationPort: 8181 },
    ],
    [
      'answers who sent the first one',
      answer,
      'PREROUTING',
      { ...answer, destination: '10.0.1.1', destinationPort: 4000 },
    ],
    [
      'answers under the address that was dialled',
      answer,
      'POSTROUTING',
      { ...answer, source: '169.254.169.254', sourcePort: 80 },
    ],
    [
      'answers a sender of whom nothing is known',
      connected(answer, { sender: {} }),
      'OUTPUT',
      connected(answerToNobody, { sender: {} }),
    ],
    [
      'keeps the source whose disguise is not known',
      connected(forth, { source: {} }),
      'POSTROUTING',
      connected(forth, { source: {} }),
    ],
    [
      'is disguised with a port where one is known',
      connected(forth, { source: { port: 5000 } }),
      'POSTROUTING',
      { ...connected(forth, { source: { port: 5000 } }), sourcePort: 5000 },
    ],
    [
      'is not touched where the first one was not turned',
      connected(dialled, isNot),
      'PREROUTING',
      connected(dialled, isNot),
    ],
    [
      'is not touched where the first one was not disguised',
      connected(dialled, isNot),
      'POSTROUTING',
      connected(dialled, isNot),
    ],
    [
      'answers as it is where the first one was not disguised',
      connected(dialled, { ...isNot, direction: 'reply' }),
      'PREROUTING',
      connected(dialled, { ...isNot, direction: 'reply' }),
    ],
    [
      'answers as it is where the first one was not turned',
      connected(dialled, { ...isNot, direction: 'reply' }),
      'POSTROUTING',
      connected(dialled, { ...isNot, direction: 'reply' }),
    ],
    [
      'is not touched when nobody tracks it',
      connected(forth, { state: 'untracked' }),
      'PREROUTING',
      connected(forth, { state: 'untracked' }),
    ],
    [
      'is not touched when it fits no connection',
      connected(answer, { state: 'invalid' }),
      'POSTROUTING',
      connected(answer, { state: 'invalid' }),
    ],
  ])('%s', (_what, packet, chain, expected) => {
    expect(translate(packet, chain)).toStrictEqual(expected);
  });
});

describe('the interfaces of the node', () => {
  const lo: Face = { name: named('lo') };
  it.each<[string, Packet, Face]>([
    ['what is for nobody who is known leaves by the uplink', withoutDestination, uplink],
    [
      'an answer to nobody who is known goes to the pod',
      connected(withoutDestination, { direction: 'reply' }),
      pod,
    ],
    ['an answer beyond the node leaves by the uplink', connected(dialled, { direction: 'reply' }), uplink],
    ['what is for the node stays there', to('10.0.0.2'), lo],
    ['what is for 127.0.0.0/8 stays there', to('127.0.0.1'), lo],
    ['what is for the pod goes to its interface', to('10.0.1.1'), pod],
    ['what is for a network behind a bridge goes to that', to('10.0.2.7'), bridge],
    ['what is for any other address leaves by the uplink', to('10.0.1.2'), uplink],
  ])('%s', (_what, packet, face) => {
    expect(faceOf(packet, host)).toStrictEqual(face);
  });

  it.each<[string, string | undefined]>([
    ['eniA', undefined],
    ['eth0', '10.0.0.1'],
    ['eth1', '10.0.0.2'],
    ['cni0', '10.0.2.254'],
    ['docker0', undefined],
  ])('%s has the address %s', (name, address) => {
    expect(addressOf(named(name), host)).toBe(address);
  });

  it.each<[string | undefined, string | undefined, boolean]>([
    ['169.254.169.254', '2852039166', true],
    ['10.0.0.1', '10.0.0.2', false],
    ['10.0.0.1', undefined, false],
    [undefined, '10.0.0.1', false],
    [undefined, undefined, false],
  ])('whether %s and %s are one end: %s', (one, other, expected) => {
    expect(sameEnd(one, other)).toBe(expected);
  });
});
