import * as fc from 'fast-check';
import { world } from '../../model/builder.ts';
import type { World } from '../../model/world.ts';
import { inOrder, mostly, perhaps, unchanged } from './buildStep.ts';
import { testAccount, testIssuer } from './clusterNames.ts';
import { kiam, kube2iam, node, statedFacts } from './clusterParts.ts';
import { clusterPolicies, nodeRules } from './clusterPolicies.ts';
import {
  associations,
  namespaces,
  oidcProviders,
  perhapsOrganization,
  roles,
  serviceAccounts,
} from './identityObjects.ts';
import { networkPolicies } from './networkPolicy.ts';
import { pods } from './pod.ts';

/** Bounds on the worlds that {@link worlds} draws. */
export interface WorldConstraints {
  /** Pods at the most; 3 when it is left out. */
  readonly maxPods?: number;
  /** `stated`: CNI, metadata options, node role, daemon states and trust policies are all given. */
  readonly facts?: 'stated' | 'mayBeOpen';
  /** `networkPolicies`: no policies of other kinds, and no rules of iptables; `all` when it is left out. */
  readonly filters?: 'networkPolicies' | 'all';
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
  const plain = constraints.filters === 'networkPolicies';
  const asIs = fc.constant((built: World): World => built);
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
      organization: perhapsOrganization(),
      withKiam: kiam(known),
      issuer: mostly<string | undefined>(testIssuer, fc.constant(undefined), 9),
      withPolicies: plain ? asIs : clusterPolicies(known),
      withRules: plain ? asIs : nodeRules(),
    })
    .map(({ issuer, withKiam, withPolicies, withRules, ...parts }) =>
      withRules(withPolicies(withKiam(inOrder(Object.values(parts))(emptyCluster(issuer)).build()))),
    );
}

function emptyCluster(oidcIssuer: string | undefined): ReturnType<typeof world> {
  return world().cluster({ accountId: testAccount, ...(oidcIssuer === undefined ? {} : { oidcIssuer }) });
}
