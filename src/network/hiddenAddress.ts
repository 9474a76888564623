import type { Ask } from '../model/fact.ts';
import type { FactName } from '../model/factDefinitions.ts';
import type { NetworkPolicyPeer } from '../model/kubernetes.ts';
import { cidrContains, cidrWithin, familyOf, isWholeFamily, type IpFamily } from './address.ts';
import type { Tri } from './hostInterface.ts';

/** A peer of a rule that names addresses. */
export type IpBlock = Extract<NetworkPolicyPeer, { kind: 'ipBlock' }>;

/**
 * What a policy engine sees as the address of the other end.
 *
 * - `known`: this address.
 * - `hidden`: an address that the input does not show; `fact` is asked about single CIDRs.
 * - `beyondIpBlocks`: the engine matches this host by other means than its address.
 */
export type AddressView =
  | { readonly kind: 'known'; readonly address: string }
  | {
      readonly kind: 'hidden';
      readonly fact: Extract<FactName, 'stsAddress' | 'hostAddress'>;
      /** Whose address it is; absent when the fact is about one host alone. */
      readonly host?: string;
      readonly family: IpFamily;
      /** Addresses in ranges without hosts that it may have all the same. */
      readonly orAmong: readonly string[];
    }
  | { readonly kind: 'beyondIpBlocks' };

/**
 * Ranges in which no host of a network beyond the node has its address, so that an `except` of them is idle.
 *
 * Private ranges are not among them: an interface VPC endpoint gives STS a private address.
 *
 * @source IANA special-purpose address registries; fd00:ec2::/32 is reserved by AWS for local services
 * (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html)
 */
const rangesWithoutHosts: readonly string[] = [
  '0.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  '::1/128',
  'fe80::/10',
  'ff00::/8',
  'fd00:ec2::/32',
];

/**
 * Decides, as far as the input tells, whether an ipBlock selects an address: in `cidr` and in no `except`.
 */
export function inBlock(block: IpBlock, view: AddressView): Tri {
  const inside = inCidr(block.cidr, view);
  const excepted = new Set(block.except.map((cidr) => inCidr(cidr, view)));
  if (inside === 'no' || excepted.has('yes')) return 'no';
  return inside === 'unknown' || excepted.has('unknown') ? 'unknown' : 'yes';
}

/** Decides the same with the help of whoever knows the address. */
export function askInBlock(block: IpBlock, view: AddressView, ask: Ask): boolean {
  const inside = (cidr: string): boolean => {
    const seen = inCidr(cidr, view);
    if (seen !== 'unknown' || view.kind !== 'hidden') return seen === 'yes';
    const scope = view.host === undefined ? cidr : `${view.host} ${cidr}`;
    return ask({ name: view.fact, scope }) === 'inside';
  };
  return inside(block.cidr) && !block.except.some(inside);
}

/** Tells whether an address can be that of a host in a network beyond the node. */
export function mayBeHost(view: AddressView): boolean {
  if (view.kind !== 'known') return view.kind === 'hidden';
  return !rangesWithoutHosts.some((range) => cidrContains(range, view.address));
}

function inCidr(cidr: string, view: AddressView): Tri {
  switch (view.kind) {
    case 'known':
      return cidrContains(cidr, view.address) ? 'yes' : 'no';
    case 'beyondIpBlocks':
      return 'no';
    case 'hidden': {
      if (familyOf(cidr) !== view.family) return 'no';
      if (isWholeFamily(cidr)) return 'yes';
      if (view.orAmong.some((address) => cidrContains(cidr, address))) return 'unknown';
      return rangesWithoutHosts.some((range) => cidrWithin(cidr, range)) ? 'no' : 'unknown';
    }
  }
}
