import type { HostInterface } from '../hostInterface.ts';

/**
 * A packet on its way through a node.
 *
 * An absent address or port is not known; an absent interface is one that it did not come by.
 */
export interface Packet {
  readonly protocol: 'tcp' | 'udp';
  readonly source?: string;
  readonly sourcePort?: number;
  readonly destination: string;
  readonly destinationPort: number;
  /** Where it was sent to before anything was rewritten. */
  readonly originalDestination: string;
  readonly inInterface?: HostInterface;
  readonly outInterface?: HostInterface;
  readonly mark: number;
  readonly connection: Connection;
}

/**
 * What connection tracking knows of a packet's connection.
 *
 * Table nat is consulted for the first packet alone; later ones go where that one went.
 *
 * @source measured with packets: a kept-alive connection stays where it was when the rule goes
 */
export type Connection =
  | { readonly state: 'new' }
  | {
      readonly state: 'established';
      readonly translatedTo?: { readonly address: string; readonly port: number };
    }
  | { readonly state: 'untracked' };

/** What the kernel of the node knows besides the rules. */
export interface HostNetwork {
  /** Every address bound on the node. */
  readonly localAddresses: readonly string[];
  /** The address of the interface by which pods' packets come in; a routed CNI gives it none. */
  readonly incomingAddress?: string;
  readonly routeLocalnet: 'on' | 'off';
  readonly uplink: HostInterface;
}

/**
 * Makes the first packet of a connection.
 *
 * @example
 * firstPacket({ destination: '169.254.169.254', destinationPort: 80 }).connection // => { state: 'new' }
 */
export function firstPacket(
  facts: Pick<Packet, 'destination' | 'destinationPort'> & Partial<Packet>,
): Packet {
  return {
    protocol: 'tcp',
    mark: 0,
    connection: { state: 'new' },
    originalDestination: facts.destination,
    ...facts,
  };
}
