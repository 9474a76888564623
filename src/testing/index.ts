export { worlds, type WorldConstraints } from './arbitraries/world.ts';
export { testAccount, testIssuer, testNodeRole, testRoles } from './arbitraries/clusterNames.ts';
export { imdsOptions, kube2iamFlags, sdkRefs } from './arbitraries/clusterParts.ts';
export { networkPolicyOptions } from './arbitraries/networkPolicy.ts';
export { credentialEnv, podOptions } from './arbitraries/pod.ts';
export { trustPolicy } from './arbitraries/trustPolicy.ts';
export { around, assertAround, type AroundConstraints, type AssertAroundOptions } from './around.ts';
export {
  matchers,
  type FindingOptions,
  type MatcherFunctions,
  type MatcherResult,
  type WhichroleMatchers,
} from './matchers.ts';
export { propertyOf, type Property, type Verdict } from './property.ts';
export { isolated, noCrossNamespaceRole } from './properties/isolated.ts';
export { neverNodeRole } from './properties/neverNodeRole.ts';
export { noFallback } from './properties/noFallback.ts';
export { onlyReachableBy } from './properties/onlyReachableBy.ts';
export { stableUnderFaults, type StableOptions } from './properties/stableUnderFaults.ts';
export type { PropertyScope } from './findOutcome.ts';
export { variationsOf, type Variation, type VariationKind } from './variations.ts';
export { manifestsText } from '../report/manifests.ts';
export { renderCounterexample, type Counterexample, type Witness } from '../report/counterexample.ts';
export { clusterCommands, type ClusterCommand, type CommandConstraints } from './commands/clusterCommands.ts';
export { runningWorld, startCluster, type ClusterModel, type LiveCluster } from './commands/liveCluster.ts';
