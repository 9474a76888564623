import { parseIptablesSave } from '../../../src/ingest/iptables/iptablesSave.ts';
import { connect, type Attempt } from '../../../src/network/iptables/connect.ts';
import { firstPacket, type Host, type Packet } from '../../../src/network/iptables/packet.ts';
import type { Journey } from '../../../src/network/iptables/walk.ts';

const host: Host = {
  localAddresses: ['10.0.0.1', '10.0.0.11'],
  podFace: { name: { kind: 'name', name: 'eniA' } },
  podInterface: () => ({ kind: 'name', name: 'eniA' }),
  uplink: { name: { kind: 'name', name: 'eth0' }, address: '10.0.0.1' },
  routes: [{ cidr: '10.0.1.1/32', face: { name: { kind: 'name', name: 'eniA' } } }],
  routeLocalnet: () => 'off',
  ipSets: {},
  ask: () => 'fitsNot',
};

const syn: Packet = firstPacket({
  source: '10.0.1.1',
  sourcePort: 4000,
  destination: '169.254.169.254',
  destinationPort: 80,
});
export const query: Packet = firstPacket({
  protocol: 'udp',
  source: '10.0.1.1',
  sourcePort: 4000,
  destination: '10.0.0.2',
  destinationPort: 53,
});

interface Tables {
  readonly raw?: readonly string[];
  readonly nat?: readonly string[];
  readonly filter?: readonly string[];
}

export interface Case {
  readonly name: string;
  readonly rules: Tables;
  readonly first?: Packet;
  readonly from?: 'pod' | 'node';
  /** Absent: somebody listens. */
  readonly listening?: boolean;
  /** How the attempt ended, then each packet that it tells of: its end, and what it was then. */
  readonly comes: readonly string[];
}

const chains = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'];

export function attempt({
  rules,
  first = syn,
  from = 'pod',
  listening = true,
}: Omit<Case, 'name' | 'comes'>): Attempt {
  const text = Object.entries(rules).flatMap(([table, lines]: [string, readonly string[]]) => [
    `*${table}`,
    ...chains.map((chain) => `:${chain} ACCEPT`),
    ...lines,
    'COMMIT',
  ]);
  const { ruleSets, diagnostics } = parseIptablesSave(text.join('\n'), 'saved');
  if (diagnostics.length > 0) throw new Error(JSON.stringify(diagnostics));
  return connect(ruleSets[0] ?? { family: 4, tables: {} }, first, host, from, () => listening);
}

/** As a listing of connection tracking would have it, with the packet's own ends before. */
function told({ end, at, passages, packet }: Journey): string {
  const { protocol, flags, source, sourcePort, destination, destinationPort, connection } = packet;
  const { state, direction, sender, dialled, destination: turned, source: disguise } = connection;
  const place =
    end === 'delivered'
      ? `delivered, ${at}`
      : `${end} in ${passages.at(-1)?.table} ${passages.at(-1)?.chain}`;
  return [
    `${place}: ${[protocol, ...flags].join(' ')} ${source}:${sourcePort} > ${destination}:${destinationPort}`,
    `${state} ${direction} of ${sender.address}:${sender.port} > ${dialled.address}:${dialled.port}`,
    ...(turned ? [`to ${turned.address}:${turned.port}`] : []),
    ...(disguise ? [`as ${disguise.address}`] : []),
  ].join(', ');
}

export function summary({ end, out, lostLater }: Attempt): readonly string[] {
  return [end, told(out), ...(lostLater ? [told(lostLater)] : [])];
}

export const toImds = '10.0.1.1:4000 > 169.254.169.254:80';
export const toPod = '169.254.169.254:80 > 10.0.1.1:4000';
export const toDns = '10.0.1.1:4000 > 10.0.0.2:53';
export const original: string = `original of ${toImds}`;
export const reply: string = `reply of ${toImds}`;
