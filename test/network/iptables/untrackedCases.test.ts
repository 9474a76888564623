import { describe, expect, test } from 'vitest';
import { firstPacket } from '../../../src/network/iptables/packet.ts';
import { attempt, original, query, reply, summary, toDns, toImds, toPod, type Case } from './attempts.ts';

const notrack = ['-A PREROUTING -i eni+ -j CT --notrack'];
const cases: readonly Case[] = [
  {
    name: 'nobody tracks the pod, and it is answered all the same',
    rules: { raw: notrack },
    comes: ['answered', `delivered, beyond: tcp SYN ${toImds}, untracked ${original}`],
  },
  {
    name: 'nobody tracks the pod: the answer of its handshake is invalid',
    rules: { raw: notrack, filter: ['-A FORWARD -m conntrack --ctstate INVALID -j DROP'] },
    comes: [
      'lost',
      `delivered, beyond: tcp SYN ${toImds}, untracked ${original}`,
      `dropped in filter FORWARD: tcp SYN ACK ${toPod}, invalid original of ${toPod}`,
    ],
  },
  {
    name: 'nobody tracks the pod: the reset that it gets is invalid',
    rules: { raw: notrack, filter: ['-A FORWARD -m conntrack --ctstate INVALID -j DROP'] },
    listening: false,
    comes: [
      'lost',
      `delivered, beyond: tcp SYN ${toImds}, untracked ${original}`,
      `dropped in filter FORWARD: tcp RST ACK ${toPod}, invalid original of ${toPod}`,
    ],
  },
  {
    name: 'nobody tracks the pod: the reset of a rule is invalid',
    rules: {
      raw: notrack,
      filter: [
        '-A FORWARD -p tcp -j REJECT --reject-with tcp-reset',
        '-A OUTPUT -m conntrack --ctstate INVALID -j DROP',
      ],
    },
    comes: [
      'lost',
      `rejected in filter FORWARD: tcp SYN ${toImds}, untracked ${original}`,
      `dropped in filter OUTPUT: tcp RST ACK ${toPod}, invalid original of ${toPod}`,
    ],
  },
  {
    name: 'nobody tracks the pod: the last packet of its handshake is untracked too',
    rules: {
      raw: notrack,
      filter: ['-A FORWARD -p tcp -m tcp --tcp-flags SYN,ACK ACK -m conntrack --ctstate UNTRACKED -j DROP'],
    },
    comes: [
      'lost',
      `delivered, beyond: tcp SYN ${toImds}, untracked ${original}`,
      `dropped in filter FORWARD: tcp ACK ${toImds}, untracked ${original}`,
    ],
  },
  {
    name: 'nobody tracks the pod: the data that it gets looks like a new connection of the other end',
    rules: { raw: notrack, filter: ['-A FORWARD -i eth0 -m conntrack --ctstate NEW -j DROP'] },
    comes: [
      'lost',
      `delivered, beyond: tcp SYN ${toImds}, untracked ${original}`,
      `dropped in filter FORWARD: tcp PSH ACK ${toPod}, new original of ${toPod}`,
    ],
  },
  {
    name: 'nobody tracks the pod: the answer of its datagram looks like a new one',
    rules: { raw: notrack, filter: ['-A FORWARD -i eth0 -m conntrack --ctstate NEW -j DROP'] },
    first: query,
    comes: [
      'lost',
      `delivered, beyond: udp ${toDns}, untracked original of ${toDns}`,
      'dropped in filter FORWARD: udp 10.0.0.2:53 > 10.0.1.1:4000, new original of 10.0.0.2:53 > 10.0.1.1:4000',
    ],
  },
  {
    name: 'nobody tracks the answers: they come from where the packet was turned to, which the pod never dialled',
    rules: {
      raw: ['-A OUTPUT -j CT --notrack'],
      nat: ['-A PREROUTING -p tcp -j DNAT --to-destination 10.0.0.1:8181'],
    },
    comes: [
      'lost',
      `delivered, node: tcp SYN 10.0.1.1:4000 > 10.0.0.1:8181, new ${original}, to 10.0.0.1:8181`,
      `delivered, beyond: tcp SYN ACK 10.0.0.1:8181 > 10.0.1.1:4000, untracked ${reply}, to 10.0.0.1:8181`,
    ],
  },
  {
    name: 'nobody tracks the answers: a reset that comes from elsewhere is none',
    rules: {
      raw: ['-A OUTPUT -j CT --notrack'],
      nat: ['-A PREROUTING -p tcp -j DNAT --to-destination 10.0.0.1:8181'],
    },
    listening: false,
    comes: [
      'lost',
      `delivered, node: tcp SYN 10.0.1.1:4000 > 10.0.0.1:8181, new ${original}, to 10.0.0.1:8181`,
      `delivered, beyond: tcp RST ACK 10.0.0.1:8181 > 10.0.1.1:4000, untracked ${reply}, to 10.0.0.1:8181`,
    ],
  },
  {
    name: 'nobody tracks the answers: they go to the node as which the pod was disguised',
    rules: {
      raw: ['-A PREROUTING -i eth0 -j CT --notrack'],
      nat: ['-A POSTROUTING -o eth0 -j MASQUERADE'],
    },
    comes: [
      'lost',
      `delivered, beyond: tcp SYN 10.0.0.1:4000 > 169.254.169.254:80, new ${original}, as 10.0.0.1`,
      `delivered, node: tcp SYN ACK 169.254.169.254:80 > 10.0.0.1:4000, untracked ${reply}, as 10.0.0.1`,
    ],
  },
];

describe('how an attempt ends, and which packets tell of it', () => {
  test.each(cases)('$name', ({ comes, ...asked }) => {
    expect(summary(attempt(asked))).toEqual(comes);
  });
});

const eth0 = { kind: 'name', name: 'eth0' } as const;
const eniA = { kind: 'name', name: 'eniA' } as const;
const ofUnknownPod = firstPacket({ sourcePort: 4000, destination: '169.254.169.254', destinationPort: 80 });
const toWhoKnowsWhere = firstPacket({ source: '10.0.1.1', sourcePort: 4000, destinationPort: 80 });

describe('what an answer knows of its ends', () => {
  test('it goes to a pod whose address is not known by the interface of the pod', () => {
    const { lostLater } = attempt({
      rules: { filter: ['-A FORWARD -i eth0 -o eniA -j DROP'] },
      first: ofUnknownPod,
    });
    expect(lostLater?.packet).toStrictEqual({
      protocol: 'tcp',
      flags: ['SYN', 'ACK'],
      mark: 0,
      source: '169.254.169.254',
      sourcePort: 80,
      destinationPort: 4000,
      inInterface: eth0,
      outInterface: eniA,
      connection: {
        state: 'established',
        direction: 'reply',
        sender: { port: 4000 },
        dialled: { address: '169.254.169.254', port: 80 },
        mark: 0,
      },
    });
  });

  test('it comes from who knows where when the destination is not known', () => {
    const { lostLater } = attempt({
      rules: { filter: ['-A FORWARD -i eth0 -j DROP'] },
      first: toWhoKnowsWhere,
    });
    expect(lostLater?.packet).toStrictEqual({
      protocol: 'tcp',
      flags: ['SYN', 'ACK'],
      mark: 0,
      sourcePort: 80,
      destination: '10.0.1.1',
      destinationPort: 4000,
      inInterface: eth0,
      outInterface: eniA,
      connection: {
        state: 'established',
        direction: 'reply',
        sender: { address: '10.0.1.1', port: 4000 },
        dialled: { port: 80 },
        mark: 0,
      },
    });
  });

  test.each([
    {
      name: 'the pod',
      first: ofUnknownPod,
      sender: { address: '169.254.169.254', port: 80 },
      dialled: { port: 4000 },
    },
    {
      name: 'the destination',
      first: toWhoKnowsWhere,
      sender: { port: 80 },
      dialled: { address: '10.0.1.1', port: 4000 },
    },
  ])('a port is what is left of $name in the answer to what nobody tracked', ({ first, sender, dialled }) => {
    const raw = [...notrack, '-A PREROUTING -i eth0 -j DROP'];
    const { end, lostLater } = attempt({ rules: { raw }, first });
    expect(end).toBe('lost');
    expect(lostLater?.packet.connection).toStrictEqual({
      state: 'invalid',
      direction: 'original',
      sender,
      dialled,
      mark: 0,
    });
  });
});
