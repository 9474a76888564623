import { expect, test } from 'vitest';
import { parseIptablesSave } from '../../../src/ingest/iptables/iptablesSave.ts';
import type { Chain } from '../../../src/model/iptables.ts';
import { nextCandidate } from '../../../src/network/iptables/chainIndex.ts';

function chainOf(matches: readonly string[]): Chain {
  const rules = matches.map((match) => `-A SERVICES ${match} -j ACCEPT`);
  const { ruleSets, diagnostics } = parseIptablesSave(
    ['*nat', ':SERVICES -', ...rules, 'COMMIT'].join('\n'),
    'saved',
  );
  expect(diagnostics).toEqual([]);
  return ruleSets[0]?.tables.nat?.['SERVICES'] ?? { rules: [] };
}

const services = [
  '-d 172.20.0.1/32 -p tcp -m tcp --dport 443',
  '-d 172.20.0.10/32 -p udp -m udp --dport 53',
  '-d 169.254.0.0/16',
  '-d 172.20.0.10/32 -p tcp -m tcp --dport 53',
  '! -d 172.20.0.7/32',
  '-s 10.0.1.1/32',
  '-d 172.20.0.1/32 -p tcp -m tcp --dport 80',
];
const ipv6Services = [
  '-d fd00:5::1/128 -p tcp -m tcp --dport 443',
  '-d fd00:ec2::/64',
  '-d fd00:5::a/128 -p udp -m udp --dport 53',
  '-d fd00:ec2::/120',
  '-d fd00:5::1/128 -p tcp -m tcp --dport 80',
];

/** Every place that is looked at, in turn; the last one is behind the chain. */
function candidates(chain: Chain, destination: string | undefined): readonly number[] {
  const places: number[] = [];
  for (let at = 0; at <= chain.rules.length; at += 1) {
    at = nextCandidate(chain, at, destination);
    places.push(at);
  }
  return places;
}

test.each([
  {
    name: 'the rules about a service, and those that are about no single address',
    rules: services,
    destination: '172.20.0.10',
    places: [1, 2, 3, 4, 5, 7],
  },
  {
    name: 'the first and the last rule, when those are about the service',
    rules: services,
    destination: '172.20.0.1',
    places: [0, 2, 4, 5, 6, 7],
  },
  {
    name: 'no rule about a service, for another address',
    rules: services,
    destination: '169.254.169.254',
    places: [2, 4, 5, 7],
  },
  {
    name: 'the rules about a service whose address is written as one number',
    rules: services,
    destination: '2886991882',
    places: [1, 2, 3, 4, 5, 7],
  },
  {
    name: 'the rules about a service whose address is written inside IPv6',
    rules: services,
    destination: '::ffff:172.20.0.10',
    places: [1, 2, 3, 4, 5, 7],
  },
  {
    name: 'every rule, for a destination that is not known',
    rules: services,
    destination: undefined,
    places: [0, 1, 2, 3, 4, 5, 6, 7],
  },
  {
    name: 'every rule, for a destination that is no address',
    rules: services,
    destination: 'kubernetes.default',
    places: [0, 1, 2, 3, 4, 5, 6, 7],
  },
  {
    name: 'the rules about an IPv6 service, however its address is written',
    rules: ipv6Services,
    destination: 'fd00:0005:0:0:0:0:0:1',
    places: [0, 1, 3, 4, 5],
  },
  {
    name: 'no rule about an IPv6 service, for an address of a block',
    rules: ipv6Services,
    destination: 'fd00:ec2::254',
    places: [1, 3, 5],
  },
  { name: 'nothing in an empty chain', rules: [], destination: '172.20.0.1', places: [0] },
  {
    name: 'nothing in a chain about other addresses',
    rules: services.slice(0, 2),
    destination: '172.20.0.7',
    places: [2],
  },
])('finds $name', ({ rules, destination, places }) => {
  expect(candidates(chainOf(rules), destination)).toEqual(places);
});
