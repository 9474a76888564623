import { expect, test } from 'vitest';
import { firstPacket } from '../../../src/network/iptables/packet.ts';

const imds = { address: '169.254.169.254', port: 80 };

test.each([
  {
    name: 'of a pod that is known is a SYN from its port',
    facts: { source: '10.0.1.1', sourcePort: 4000, destination: '169.254.169.254', destinationPort: 80 },
    protocol: 'tcp',
    flags: ['SYN'],
    sender: { address: '10.0.1.1', port: 4000 },
    dialled: imds,
  },
  {
    name: 'of a pod whose port is not known has a sender without one',
    facts: { source: '10.0.1.1', destination: '169.254.169.254', destinationPort: 80 },
    protocol: 'tcp',
    flags: ['SYN'],
    sender: { address: '10.0.1.1' },
    dialled: imds,
  },
  {
    name: 'of a pod whose address is not known has a sender without one',
    facts: { sourcePort: 4000, destination: '169.254.169.254', destinationPort: 80 },
    protocol: 'tcp',
    flags: ['SYN'],
    sender: { port: 4000 },
    dialled: imds,
  },
  {
    name: 'to an address that is not known dials a port alone',
    facts: { destinationPort: 443 },
    protocol: 'tcp',
    flags: ['SYN'],
    sender: {},
    dialled: { port: 443 },
  },
  {
    name: 'of UDP has no flags',
    facts: { protocol: 'udp', destination: '172.20.0.10', destinationPort: 53 },
    protocol: 'udp',
    flags: [],
    sender: {},
    dialled: { address: '172.20.0.10', port: 53 },
  },
] as const)('a first packet $name', ({ facts, protocol, flags, sender, dialled }) => {
  expect(firstPacket(facts)).toStrictEqual({
    ...facts,
    protocol,
    flags,
    mark: 0,
    connection: { state: 'new', direction: 'original', sender, dialled, mark: 0 },
  });
});
