import type { World } from '../../model/world.ts';
import type { ObjectRef } from '../../model/objectRef.ts';
import type { PodTemplate } from '../../model/pod.ts';
import type { PolicyKind } from '../cni/profile.ts';
import { adminShares } from './adminPolicy.ts';
import { calicoShares } from './calicoPolicy.ts';
import { ciliumShares } from './ciliumPolicy.ts';
import { networkPoliciesOf, networkPolicyShares } from './networkPolicy.ts';
import type { Saying } from './peer.ts';
import type { PolicyShare } from './ruling.ts';

/** Gives what the policies of one kind say to a connection. */
export const sharesOfKind: Readonly<
  Record<PolicyKind, (world: World, saying: Saying) => readonly PolicyShare[]>
> = {
  networkPolicy: networkPolicyShares,
  adminNetworkPolicy: (world, saying) => adminShares(world, 'v1alpha1', saying),
  clusterNetworkPolicy: (world, saying) => adminShares(world, 'v1alpha2', saying),
  awsClusterNetworkPolicy: (world, saying) => adminShares(world, 'aws', saying),
  ciliumNetworkPolicy: ciliumShares,
  calicoNetworkPolicy: calicoShares,
};

/** A kind that only some engines enforce. */
export type OtherKind = Exclude<PolicyKind, 'networkPolicy'>;

/** The kinds beside NetworkPolicy. */
export const otherKinds: readonly OtherKind[] = [
  'adminNetworkPolicy',
  'clusterNetworkPolicy',
  'awsClusterNetworkPolicy',
  'ciliumNetworkPolicy',
  'calicoNetworkPolicy',
];

/** Lists the policies of every kind that have a say over what a pod sends. */
export function policiesOverEgress(world: World, pod: PodTemplate): readonly ObjectRef[] {
  const nowhere = { address: { kind: 'beyondIpBlocks' } } as const;
  const saying: Saying = { pod, direction: 'Egress', peer: nowhere, port: { port: 0, protocol: 'TCP' } };
  return [
    ...networkPoliciesOf(world, pod, 'Egress').map(({ ref }) => ref),
    ...otherKinds.flatMap((kind) => policiesOf(sharesOfKind[kind](world, saying))),
  ];
}

/** The policies of some shares, each once: what allows and what denies are two shares of one policy. */
export function policiesOf(shares: readonly PolicyShare[]): readonly ObjectRef[] {
  return [...new Set(shares.map(({ policy }) => policy))];
}
