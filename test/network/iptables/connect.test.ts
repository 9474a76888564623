import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIptablesSave } from '../../../src/ingest/iptables/iptablesSave.ts';
import { connect, type Attempt } from '../../../src/network/iptables/connect.ts';
import { firstPacket, type Host } from '../../../src/network/iptables/packet.ts';

const host: Host = {
  localAddresses: ['10.0.0.1'],
  podFace: { name: { kind: 'name', name: 'eniA' } },
  podInterface: () => ({ kind: 'name', name: 'eniA' }),
  uplink: { name: { kind: 'name', name: 'eth0' }, address: '10.0.0.1' },
  routes: [{ cidr: '10.0.1.1/32', face: { name: { kind: 'name', name: 'eniA' } } }],
  routeLocalnet: () => 'off',
  ipSets: {},
  ask: () => 'fitsNot',
};

/** Connects pod 10.0.1.1 to IMDS through rules: lines of nat PREROUTING and POSTROUTING, and of filter. */
function attempt(
  nat: readonly string[],
  filter: readonly string[] = [],
  source: string = '10.0.1.1',
): Attempt {
  const text = [
    '*nat',
    ':PREROUTING ACCEPT',
    ':POSTROUTING ACCEPT',
    ...nat,
    'COMMIT',
    '*filter',
    ':INPUT ACCEPT',
    ':FORWARD ACCEPT',
    ':OUTPUT ACCEPT',
    ...filter,
    'COMMIT',
  ].join('\n');
  const { ruleSets, diagnostics } = parseIptablesSave(text, 'test');
  expect(diagnostics).toEqual([]);
  const first = firstPacket({
    source,
    sourcePort: 4000,
    destination: '169.254.169.254',
    destinationPort: 80,
  });
  return connect(ruleSets[0] ?? { family: 4, tables: {} }, first, host, 'pod', () => true);
}

const dnats = fc.constantFrom('10.0.0.1:8181', '10.0.0.9:8181', '10.0.0.1', ':8181');
const snats = fc.constantFrom('MASQUERADE', 'SNAT --to-source 10.0.0.1', 'ACCEPT');

describe('laws of translation', () => {
  it('whatever a first packet is turned to, and disguised as, its answer comes back from where it was sent to', () => {
    fc.assert(
      fc.property(dnats, snats, (to, disguise) => {
        const { end } = attempt([
          `-A PREROUTING -p tcp -j DNAT --to-destination ${to}`,
          `-A POSTROUTING -j ${disguise}`,
        ]);
        expect(end).toBe('answered');
      }),
    );
  });

  it('an answer belongs to an established connection, so that it needs no rule of its own', () => {
    fc.assert(
      fc.property(dnats, (to) => {
        const filter = ['FORWARD', 'OUTPUT', 'INPUT'].flatMap((chain) => [
          `-A ${chain} -m conntrack --ctstate ESTABLISHED -j ACCEPT`,
          `-A ${chain} -s 10.0.1.1/32 -m conntrack --ctstate NEW -j ACCEPT`,
          `-A ${chain} -j DROP`,
        ]);
        const nat = [`-A PREROUTING -p tcp -j DNAT --to-destination ${to}`];
        expect(attempt(nat, filter).end).toBe('answered');
      }),
    );
  });

  it('a chain that lets nothing back loses the answer after the first packet has arrived', () => {
    const { out, end, lostLater } = attempt([], ['-A FORWARD -i eth0 -j DROP']);
    expect([out.end, end, lostLater?.passages.at(-1)?.chain]).toEqual(['delivered', 'lost', 'FORWARD']);
  });

  it('a pod that is sent its own packet drops it, unless it comes under another address', () => {
    const back = '-A PREROUTING -p tcp -j DNAT --to-destination 10.0.1.1:80';
    expect(attempt([back]).end).toBe('lost');
    expect(attempt([back, '-A POSTROUTING -j SNAT --to-source 10.0.0.1']).end).toBe('answered');
  });
});
