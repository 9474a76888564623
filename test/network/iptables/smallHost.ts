import type { HostInterface } from '../../../src/network/hostInterface.ts';
import { firstPacket, type Face, type Host, type Packet } from '../../../src/network/iptables/packet.ts';

export const named = (name: string): HostInterface => ({ kind: 'name', name });
export const pod: Face = { name: named('eniA') };
export const bridge: Face = { name: named('cni0'), address: '10.0.2.254' };
const second: Face = { name: named('eth1'), address: '10.0.0.2' };
export const uplink: Face = { name: named('eth0'), address: '10.0.0.1' };

/** A node with one pod, a bridge and two uplinks, of which nothing is left to ask. */
export const host: Host = {
  localAddresses: ['10.0.0.1', '10.0.0.2', '169.254.170.23'],
  podFace: pod,
  podInterface: () => named('eniA'),
  uplink,
  routes: [
    { cidr: '10.0.1.1/32', face: pod },
    { cidr: '10.0.2.0/24', face: bridge },
    { cidr: '10.9.0.0/16', face: second },
  ],
  routeLocalnet: () => 'off',
  ipSets: {},
  ask: ({ name }) => {
    throw new Error(`open: ${name}`);
  },
};

/** The first packet of the pod to the metadata service. */
export const dialled: Packet = firstPacket({
  source: '10.0.1.1',
  sourcePort: 4000,
  destination: '169.254.169.254',
  destinationPort: 80,
  inInterface: named('eniA'),
});

/** The first packet of the pod to somebody else. */
export const to = (destination: string): Packet =>
  firstPacket({ source: '10.0.1.1', destination, destinationPort: 80 });
