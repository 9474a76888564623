import { describe, expect, test } from 'vitest';
import { firstPacket } from '../../../src/network/iptables/packet.ts';
import { attempt, original, query, reply, summary, toDns, toImds, toPod, type Case } from './attempts.ts';

const handshakes: readonly Case[] = [
  {
    name: 'a pod that nothing hinders is answered',
    rules: {},
    comes: ['answered', `delivered, beyond: tcp SYN ${toImds}, new ${original}`],
  },
  {
    name: 'a process of the node that nothing hinders is answered',
    rules: {},
    first: firstPacket({
      source: '10.0.0.1',
      sourcePort: 4000,
      destination: '169.254.169.254',
      destinationPort: 80,
    }),
    from: 'node',
    comes: [
      'answered',
      'delivered, beyond: tcp SYN 10.0.0.1:4000 > 169.254.169.254:80, ' +
        'new original of 10.0.0.1:4000 > 169.254.169.254:80',
    ],
  },
  {
    name: 'where nobody listens a reset comes back',
    rules: {},
    listening: false,
    comes: ['refused', `delivered, beyond: tcp SYN ${toImds}, new ${original}`],
  },
  {
    name: 'where nobody listens and resets are dropped nobody learns of it',
    rules: { filter: ['-A FORWARD -i eth0 -p tcp -m tcp --tcp-flags RST,ACK RST,ACK -j DROP'] },
    listening: false,
    comes: [
      'lost',
      `delivered, beyond: tcp SYN ${toImds}, new ${original}`,
      `dropped in filter FORWARD: tcp RST ACK ${toPod}, established ${reply}`,
    ],
  },
  {
    name: 'the answer of a handshake is lost on its way back',
    rules: { filter: ['-A FORWARD -i eth0 -p tcp -m tcp --tcp-flags SYN,ACK SYN,ACK -j DROP'] },
    comes: [
      'lost',
      `delivered, beyond: tcp SYN ${toImds}, new ${original}`,
      `dropped in filter FORWARD: tcp SYN ACK ${toPod}, established ${reply}`,
    ],
  },
  {
    name: 'the first packet sent again is no longer new once its answer was seen, and is rejected',
    rules: {
      raw: [],
      filter: ['-A FORWARD -i eni+ -m conntrack ! --ctstate NEW -j REJECT', '-A FORWARD -i eth0 -j DROP'],
    },
    comes: ['refused', `rejected in filter FORWARD: tcp SYN ${toImds}, established ${original}`],
  },
  {
    name: 'the first packet sent again stays new when its answer was dropped before it was seen',
    rules: {
      raw: ['-A PREROUTING -i eth0 -j DROP'],
      filter: ['-A FORWARD -i eni+ -m conntrack ! --ctstate NEW -j REJECT'],
    },
    comes: [
      'lost',
      `delivered, beyond: tcp SYN ${toImds}, new ${original}`,
      `dropped in raw PREROUTING: tcp SYN ACK ${toPod}, established ${reply}`,
    ],
  },
  {
    name: 'the last packet of a handshake is reset',
    rules: {
      filter: ['-A FORWARD -i eni+ -p tcp -m tcp --tcp-flags SYN,ACK ACK -j REJECT --reject-with tcp-reset'],
    },
    comes: ['refused', `rejected in filter FORWARD: tcp ACK ${toImds}, established ${original}`],
  },
  {
    name: 'the last packet of a handshake meets an ICMP error, which an open connection survives',
    rules: { filter: ['-A FORWARD -i eni+ -p tcp -m tcp --tcp-flags SYN,ACK ACK -j REJECT'] },
    comes: [
      'lost',
      `delivered, beyond: tcp SYN ${toImds}, new ${original}`,
      `rejected in filter FORWARD: tcp ACK ${toImds}, established ${original}`,
    ],
  },
  {
    name: 'the last packet of a handshake is dropped',
    rules: { filter: ['-A FORWARD -i eni+ -p tcp -m tcp --tcp-flags SYN,ACK ACK -j DROP'] },
    comes: [
      'lost',
      `delivered, beyond: tcp SYN ${toImds}, new ${original}`,
      `dropped in filter FORWARD: tcp ACK ${toImds}, established ${original}`,
    ],
  },
  {
    name: 'the handshake passes and the data is dropped',
    rules: { filter: ['-A FORWARD -i eth0 -p tcp -m tcp --tcp-flags PSH,ACK PSH,ACK -j DROP'] },
    comes: [
      'lost',
      `delivered, beyond: tcp SYN ${toImds}, new ${original}`,
      `dropped in filter FORWARD: tcp PSH ACK ${toPod}, established ${reply}`,
    ],
  },
];

const rejections: readonly Case[] = [
  {
    name: 'a rejection by reset reaches the pod',
    rules: { filter: ['-A FORWARD -d 169.254.169.254/32 -p tcp -j REJECT --reject-with tcp-reset'] },
    comes: ['refused', `rejected in filter FORWARD: tcp SYN ${toImds}, new ${original}`],
  },
  {
    name: 'a reset comes from where the packet was going, and is related to its connection',
    rules: {
      filter: [
        '-A FORWARD -d 169.254.169.254/32 -p tcp -j REJECT --reject-with tcp-reset',
        '-A OUTPUT -p tcp -m tcp --tcp-flags RST,ACK RST,ACK -j DROP',
      ],
    },
    comes: [
      'lost',
      `rejected in filter FORWARD: tcp SYN ${toImds}, new ${original}`,
      `dropped in filter OUTPUT: tcp RST ACK ${toPod}, related ${reply}`,
    ],
  },
  {
    name: 'an ICMP error comes from the node, and is related to the connection',
    rules: {
      filter: ['-A FORWARD -d 169.254.169.254/32 -j REJECT', '-A OUTPUT -p icmp -j DROP'],
    },
    comes: [
      'lost',
      `rejected in filter FORWARD: tcp SYN ${toImds}, new ${original}`,
      `dropped in filter OUTPUT: icmp 10.0.0.1:80 > 10.0.1.1:4000, related ${reply}`,
    ],
  },
  {
    name: 'what is rejected on its way into the node gets an ICMP error from where it was turned to',
    rules: {
      nat: ['-A PREROUTING -p tcp -j DNAT --to-destination 10.0.0.11:8181'],
      filter: ['-A INPUT -i eni+ -j REJECT', '-A OUTPUT -p icmp -j DROP'],
    },
    comes: [
      'lost',
      `rejected in filter INPUT: tcp SYN 10.0.1.1:4000 > 10.0.0.11:8181, new ${original}, to 10.0.0.11:8181`,
      `dropped in filter OUTPUT: icmp 10.0.0.11:8181 > 10.0.1.1:4000, related ${reply}, to 10.0.0.11:8181`,
    ],
  },
];

const datagrams: readonly Case[] = [
  {
    name: 'a datagram is answered by another',
    rules: {},
    first: query,
    comes: ['answered', `delivered, beyond: udp ${toDns}, new original of ${toDns}`],
  },
  {
    name: 'the answer of a datagram is lost on its way back',
    rules: { filter: ['-A FORWARD -p udp -i eth0 -j DROP'] },
    first: query,
    comes: [
      'lost',
      `delivered, beyond: udp ${toDns}, new original of ${toDns}`,
      `dropped in filter FORWARD: udp 10.0.0.2:53 > 10.0.1.1:4000, established reply of ${toDns}`,
    ],
  },
  {
    name: 'a datagram wants one answer, whatever becomes of later ones',
    rules: { filter: ['-A FORWARD -p udp -i eni+ -m conntrack --ctstate ESTABLISHED -j DROP'] },
    first: query,
    comes: ['answered', `delivered, beyond: udp ${toDns}, new original of ${toDns}`],
  },
  {
    name: 'a datagram is rejected',
    rules: { filter: ['-A FORWARD -p udp -j REJECT'] },
    first: query,
    comes: ['refused', `rejected in filter FORWARD: udp ${toDns}, new original of ${toDns}`],
  },
];

describe('how an attempt ends, and which packets tell of it', () => {
  test.each([...handshakes, ...rejections, ...datagrams])('$name', ({ comes, ...asked }) => {
    expect(summary(attempt(asked))).toEqual(comes);
  });
});
