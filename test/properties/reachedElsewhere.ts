/**
 * What random worlds do not reach, or only by luck, with the test that does.
 */
export const reachedElsewhere: readonly {
  readonly part: 'provider' | 'failure' | 'finding' | 'service' | 'path';
  readonly names: RegExp;
  readonly by: string;
}[] = [
  // Stations that do nothing but fail.
  { part: 'provider', names: /sharedConfig|sharedFilesForImds/, by: 'test/sdkChain/profile.test.ts' },
  // Every failure of every SDK: answers that no service of the model gives (`hang`, status 429) among them.
  { part: 'failure', names: / /, by: 'test/sdkChain/matrix.test.ts' },
  // Each rule has a fixture there, or the test fails.
  { part: 'finding', names: /^/, by: 'test/atlas/atlas.test.ts' },
  { part: 'service', names: /^kiam/, by: 'test/conformance/daemons.test.ts' },
  { part: 'service', names: /^(issuer|token|session)/, by: 'test/services/sts.test.ts' },
  { part: 'service', names: /^noSuchRole$/, by: 'test/services/imds.test.ts' },
  {
    part: 'service',
    names:
      /^(noRole|regionMissing|otherRoleAsked|clientAddressForwarded|describeRegionsDenied|answeredFromCache)$/,
    by: 'test/services/kube2iam.test.ts',
  },
  { part: 'service', names: /^(association|agent)/, by: 'test/services/podIdentityAgent.test.ts' },
  { part: 'path', names: /^kiam/, by: 'test/conformance/daemons.test.ts' },
  {
    part: 'path',
    names: /^(comesBack|rule|chain|securityGroup|noRule|routed|answer|redirect)/,
    by: 'test/network/packetPath.test.ts',
  },
  {
    part: 'path',
    names:
      /^(policiesNotYetLoaded|noIpBlockSelects|policyDenies|kindNotEnforced|familyNotPoliced|endpointToHostDrops)$/,
    by: 'test/network/networkPolicy.test.ts',
  },
  { part: 'path', names: /^(exceptOverlooked|initContainerBlocks)$/, by: 'test/atlas/atlas.test.ts' },
  { part: 'path', names: /^(loopback|martian|imdsOverIpv6Off)$/, by: 'test/network/packetPath.test.ts' },
];
