import type { Ask } from '../../model/fact.ts';
import type { IpSet } from '../../model/iptables.ts';
import type { HostInterface } from '../hostInterface.ts';

/**
 * A packet on its way through a node.
 *
 * An absent address or port is not known; an absent interface is one that it did not come by.
 */
export interface Packet {
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  readonly source?: string;
  readonly sourcePort?: number;
  readonly destination?: string;
  readonly destinationPort: number;
  /** Of TCP. */
  readonly flags: readonly string[];
  /** `ofPod`: the one by which packets of the pod come in, whose name may have to be asked for. */
  readonly inInterface?: HostInterface | 'ofPod';
  readonly outInterface?: HostInterface | 'ofPod';
  readonly mark: number;
  readonly connection: Connection;
}

/** An address with a port, either of which may be unknown. */
export interface Endpoint {
  readonly address?: string;
  readonly port?: number;
}

/**
 * What connection tracking knows of a packet's connection.
 *
 * Table nat is consulted for the first packet alone; later ones go where that one went.
 *
 * @source measured with packets: a kept-alive connection stays where it was when the rule goes
 */
export interface Connection {
  /** `unseen`: tracking comes after table raw, so that rules there know of no connection. */
  readonly state: 'unseen' | 'new' | 'established' | 'related' | 'invalid' | 'untracked';
  readonly direction: 'original' | 'reply';
  /** The ends of the first packet, before anything was rewritten. */
  readonly sender: Endpoint;
  readonly dialled: Endpoint;
  /** Where a DNAT, or the source to which an SNAT, turned the connection. */
  readonly destination?: Endpoint;
  readonly source?: Endpoint;
  readonly mark: number;
}

/** An interface of the node, with the address that it has, if any. */
export interface Face {
  readonly name: HostInterface | 'ofPod';
  readonly address?: string | undefined;
}

/** What the kernel of the node knows besides the rules. */
export interface Host {
  /** Every address bound on the node. */
  readonly localAddresses: readonly string[];
  /** The interface by which the pod's packets come in; a routed CNI gives it no address. */
  readonly podFace: Face;
  readonly uplink: Face;
  /** Where addresses lie that are not behind the uplink; the first that fits counts. */
  readonly routes: readonly { readonly cidr: string; readonly face: Face }[];
  /** Finds the name of the pod's interface, as far as the CNI tells it; `exactly`: whatever it takes. */
  readonly podInterface: (precision: 'byCni' | 'exactly') => HostInterface;
  /** Whether the kernel takes packets from outside for 127.0.0.0/8. */
  readonly routeLocalnet: () => 'on' | 'off';
  readonly ipSets: Readonly<Record<string, IpSet>>;
  /** Decides what no rule shows; consulted where it makes a difference. */
  readonly ask: Ask;
}

/**
 * Makes the first packet of a connection.
 *
 * @example
 * firstPacket({ destination: '169.254.169.254', destinationPort: 80 }).connection.state // => 'new'
 */
export function firstPacket(facts: Pick<Packet, 'destinationPort'> & Partial<Packet>): Packet {
  const { source, sourcePort, destination, destinationPort } = facts;
  const sender: Endpoint = {
    ...(source === undefined ? {} : { address: source }),
    ...(sourcePort === undefined ? {} : { port: sourcePort }),
  };
  const dialled: Endpoint = {
    ...(destination === undefined ? {} : { address: destination }),
    port: destinationPort,
  };
  return {
    protocol: 'tcp',
    flags: facts.protocol === 'udp' ? [] : ['SYN'],
    mark: 0,
    connection: { state: 'new', direction: 'original', sender, dialled, mark: 0 },
    ...facts,
  };
}
