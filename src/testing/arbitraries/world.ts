import * as fc from 'fast-check';
import { world } from '../../model/builder.ts';
import type { World } from '../../model/world.ts';
import { inOrder, perhaps, unchanged } from './buildStep.ts';
import { testAccount, testIssuer } from './clusterNames.ts';
import { kiam, kube2iam, node, statedFacts } from './clusterParts.ts';
import { associations, namespaces, oidcProviders, roles, serviceAccounts } from './identityObjects.ts';
import { networkPolicies } from './networkPolicy.ts';
import { pods } from './pod.ts';

/** Bounds on the worlds that {@link worlds} draws. */
export interface WorldConstraints {
  /** Pods at the most; 3 when it is left out. */
  readonly maxPods?: number;
  /** `stated`: CNI, metadata options, node role, daemon states and trust policies are all given. */
  readonly facts?: 'stated' | 'mayBeOpen';
}

/**
 * Draws small worlds in which every mechanism can meet every other: valid by construction, shrinking
 * towards a single pod in a cluster where nothing is set up.
 *
 * @example
 * fc.sample(worlds({ maxPods: 2 }), 1)[0]?.workloads.length // at most 2
 */
export function worlds(constraints: WorldConstraints = {}): fc.Arbitrary<World> {
  const known = constraints.facts ?? 'mayBeOpen';
  return fc
    .record({
      node: node(known),
      namespaces: namespaces(),
      accounts: serviceAccounts(),
      pods: pods(constraints.maxPods ?? 3),
      policies: networkPolicies(),
      kube2iam: perhaps(kube2iam()),
      roles: roles(known),
      associations: associations(),
      oidcProviders: oidcProviders(),
      facts: known === 'stated' ? statedFacts() : fc.constant(unchanged),
      withKiam: kiam(known),
    })
    .map(({ withKiam, ...parts }) => withKiam(inOrder(Object.values(parts))(emptyCluster()).build()));
}

function emptyCluster(): ReturnType<typeof world> {
  return world().cluster({ accountId: testAccount, oidcIssuer: testIssuer });
}
