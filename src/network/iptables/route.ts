import { cidrContains, sameAddress } from '../address.ts';
import type { HostInterface } from '../hostInterface.ts';
import { isLocal } from './match.ts';
import type { Face, Host, Packet } from './packet.ts';

/** The loopback interface, whose address is for the node alone: a masquerade does not take it. */
export const loopbackFace: Face = { name: { kind: 'name', name: 'lo' } };

/** Finds the interface by which the node sends a packet; what an answer is sent to is the pod. */
export function faceOf({ destination, connection }: Packet, host: Host): Face {
  if (destination === undefined) return connection.direction === 'reply' ? host.podFace : host.uplink;
  if (isLocal(destination, host)) return loopbackFace;
  return host.routes.find(({ cidr }) => cidrContains(cidr, destination))?.face ?? host.uplink;
}

/** Finds the address of an interface, if it has one. */
export function addressOf(name: HostInterface | 'ofPod', host: Host): string | undefined {
  const wanted = JSON.stringify(name);
  const faces = [host.podFace, host.uplink, loopbackFace, ...host.routes.map(({ face }) => face)];
  return faces.find((face) => JSON.stringify(face.name) === wanted)?.address;
}

/** Tells whether two ends are the same address, when both are known. */
export function sameEnd(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && sameAddress(a, b);
}
