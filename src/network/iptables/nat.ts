import type { BuiltInChain } from '../../model/iptables.ts';
import type { Endpoint, Packet } from './packet.ts';

/**
 * Rewrites a later packet of a connection the way its first one was, and an answer the other way round.
 *
 * @source Linux:net/netfilter/nf_nat_core.c (nf_nat_inet_fn): only the first packet meets the rules
 */
export function translate(packet: Packet, chain: BuiltInChain): Packet {
  const { connection } = packet;
  if (connection.state !== 'established' && connection.state !== 'related') return packet;
  const forth = connection.direction === 'original';
  if (chain === 'PREROUTING' || chain === 'OUTPUT') {
    if (forth) return connection.destination ? withDestination(packet, connection.destination) : packet;
    return connection.source ? withDestination(packet, connection.sender) : packet;
  }
  if (forth) return connection.source ? withSource(packet, connection.source) : packet;
  return connection.destination ? withSource(packet, connection.dialled) : packet;
}

/** An end that is not known stays so when an answer is turned back to it. */
function withDestination(packet: Packet, { address, port }: Endpoint): Packet {
  const { destination: _before, ...rest } = packet;
  return {
    ...rest,
    ...(address === undefined ? {} : { destination: address }),
    destinationPort: port ?? packet.destinationPort,
  };
}

function withSource(packet: Packet, { address, port }: Endpoint): Packet {
  return {
    ...packet,
    ...(address === undefined ? {} : { source: address }),
    ...(port === undefined ? {} : { sourcePort: port }),
  };
}
