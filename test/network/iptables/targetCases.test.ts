import { describe, expect, it } from 'vitest';
import type { Connection, Host, Packet } from '../../../src/network/iptables/packet.ts';
import { applyToPacket, type RewritingTarget } from '../../../src/network/iptables/target.ts';
import { dialled, host, named, to } from './smallHost.ts';

const { destination: _address, ...withoutDestination } = dialled;
const inState = (state: Connection['state'], mark = 0, connectionMark = 0): Packet => ({
  ...dialled,
  mark,
  connection: { ...dialled.connection, state, mark: connectionMark },
});
const connected = (packet: Packet, change: Partial<Connection>): Packet => ({
  ...packet,
  connection: { ...packet.connection, ...change },
});

describe('the target of a rule, and what becomes of the packet and its connection', () => {
  interface Row {
    readonly what: string;
    readonly target: RewritingTarget;
    readonly packet: Packet;
    readonly on?: Partial<Host>;
    readonly becomes: Packet;
    readonly ends?: 'accept' | 'drop';
  }
  const bridged = { ...dialled, inInterface: named('cni0') };
  const { inInterface: _none, ...sent } = dialled;
  const ofNode = { ...sent, destination: 'fd00:ec2::254' };
  it.each<Row>([
    {
      what: 'DNAT to address and port',
      target: { kind: 'DNAT', address: '10.0.0.1', port: 8181 },
      packet: dialled,
      becomes: {
        ...connected(dialled, { destination: { address: '10.0.0.1', port: 8181 } }),
        destination: '10.0.0.1',
        destinationPort: 8181,
      },
      ends: 'accept',
    },
    {
      what: 'DNAT to an address keeps the port',
      target: { kind: 'DNAT', address: '10.0.0.1' },
      packet: dialled,
      becomes: {
        ...connected(dialled, { destination: { address: '10.0.0.1', port: 80 } }),
        destination: '10.0.0.1',
      },
      ends: 'accept',
    },
    {
      what: 'DNAT to a port keeps the address',
      target: { kind: 'DNAT', port: 8181 },
      packet: dialled,
      becomes: {
        ...connected(dialled, { destination: { address: '169.254.169.254', port: 8181 } }),
        destinationPort: 8181,
      },
      ends: 'accept',
    },
    {
      what: 'DNAT to a port leaves an unknown address unknown',
      target: { kind: 'DNAT', port: 8181 },
      packet: withoutDestination,
      becomes: {
        ...connected(withoutDestination, { destination: { port: 8181 } }),
        destinationPort: 8181,
      },
      ends: 'accept',
    },
    {
      what: 'REDIRECT takes the address of the interface that the packet came by',
      target: { kind: 'REDIRECT', port: 8181 },
      packet: bridged,
      becomes: {
        ...connected(bridged, { destination: { address: '10.0.2.254', port: 8181 } }),
        destination: '10.0.2.254',
        destinationPort: 8181,
      },
      ends: 'accept',
    },
    {
      what: 'REDIRECT on an interface without an address drops',
      target: { kind: 'REDIRECT', port: 8181 },
      packet: dialled,
      becomes: dialled,
      ends: 'drop',
    },
    {
      what: 'REDIRECT of what the node sends takes 127.0.0.1',
      target: { kind: 'REDIRECT' },
      packet: sent,
      becomes: {
        ...connected(sent, { destination: { address: '127.0.0.1', port: 80 } }),
        destination: '127.0.0.1',
      },
      ends: 'accept',
    },
    {
      what: 'REDIRECT of what the node sends over IPv6 takes ::1',
      target: { kind: 'REDIRECT' },
      packet: ofNode,
      becomes: { ...connected(ofNode, { destination: { address: '::1', port: 80 } }), destination: '::1' },
      ends: 'accept',
    },
    {
      what: 'SNAT',
      target: { kind: 'SNAT', address: '10.0.0.2' },
      packet: dialled,
      becomes: { ...connected(dialled, { source: { address: '10.0.0.2' } }), source: '10.0.0.2' },
      ends: 'accept',
    },
    {
      what: 'MASQUERADE takes the address of the uplink',
      target: { kind: 'MASQUERADE' },
      packet: dialled,
      becomes: { ...connected(dialled, { source: { address: '10.0.0.1' } }), source: '10.0.0.1' },
      ends: 'accept',
    },
    {
      what: 'MASQUERADE takes the address of the interface that the packet leaves by',
      target: { kind: 'MASQUERADE' },
      packet: to('10.9.0.9'),
      becomes: { ...connected(to('10.9.0.9'), { source: { address: '10.0.0.2' } }), source: '10.0.0.2' },
      ends: 'accept',
    },
    {
      what: 'MASQUERADE on an interface without an address takes that of the uplink',
      target: { kind: 'MASQUERADE' },
      packet: to('10.0.1.1'),
      becomes: { ...connected(to('10.0.1.1'), { source: { address: '10.0.0.1' } }), source: '10.0.0.1' },
      ends: 'accept',
    },
    {
      what: 'MASQUERADE on a node of which no address is known leaves the source, and the disguise unknown',
      target: { kind: 'MASQUERADE' },
      packet: dialled,
      on: { uplink: { name: named('eth0') } },
      becomes: connected(dialled, { source: {} }),
      ends: 'accept',
    },
    {
      what: 'MARK turns the bits of its value inside its mask',
      target: { kind: 'MARK', value: 0x05, mask: 0x0f },
      packet: inState('new', 0xfa),
      becomes: inState('new', 0xf5),
    },
    {
      what: 'MARK keeps to 32 bits without a sign',
      target: { kind: 'MARK', value: 0x80000000, mask: 0x80000000 },
      packet: inState('new', 1),
      becomes: inState('new', 0x80000001),
    },
    {
      what: 'NOTRACK forbids the tracking that has not begun',
      target: { kind: 'NOTRACK' },
      packet: inState('unseen'),
      becomes: inState('untracked'),
    },
    {
      what: 'NOTRACK comes too late for a connection that is tracked',
      target: { kind: 'NOTRACK' },
      packet: inState('established'),
      becomes: inState('established'),
    },
  ])('$what', ({ target, packet, on = {}, becomes, ends }) => {
    expect(applyToPacket(target, packet, { ...host, ...on })).toStrictEqual(
      ends === undefined ? { packet: becomes } : { packet: becomes, ends },
    );
  });

  it.each<[Connection['state'], 'marked' | 'not marked']>([
    ['new', 'marked'],
    ['established', 'marked'],
    ['related', 'marked'],
    ['unseen', 'not marked'],
    ['untracked', 'not marked'],
    ['invalid', 'not marked'],
  ])('a connection that is %s can be %s', (state, expected) => {
    const set: RewritingTarget = { kind: 'setConnectionMark', value: 0x2, mask: 0x3 };
    const save: RewritingTarget = { kind: 'saveMark', packetMask: 0xf0, connectionMask: 0xff };
    const restore: RewritingTarget = { kind: 'restoreMark', packetMask: 0x0f, connectionMask: 0x03 };
    const packet = inState(state, 0xab, 0x41);
    const isMarked = expected === 'marked';
    expect([set, save, restore].map((target) => applyToPacket(target, packet, host))).toStrictEqual([
      { packet: isMarked ? inState(state, 0xab, 0x42) : packet },
      { packet: isMarked ? inState(state, 0xab, 0xa0) : packet },
      { packet: isMarked ? inState(state, 0xa1, 0x41) : packet },
    ]);
  });
});
