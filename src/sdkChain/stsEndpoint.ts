import type { StsEndpoint } from '../model/exchange.ts';
import { visibleRegion } from './profileLookup.ts';
import { firstText, textOf, type Walk } from './walk.ts';

/**
 * Regions in which `legacy` means the global host; elsewhere it means the regional one.
 *
 * @source https://docs.aws.amazon.com/sdkref/latest/guide/feature-sts-regionalized-endpoints.html
 */
const legacyGlobalRegions: ReadonlySet<string> = new Set([
  'ap-northeast-1',
  'ap-south-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'aws-global',
  'ca-central-1',
  'eu-central-1',
  'eu-north-1',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'sa-east-1',
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
]);

/** Gives the region that the SDK knows: from what was asked, from the environment, from a visible profile. */
export function regionOf(walk: Walk): string | undefined {
  return walk.held.region ?? firstText(walk, walk.sdk.sts.regionFrom) ?? visibleRegion(walk);
}

/**
 * Says which STS host the SDK dials.
 *
 * @source https://docs.aws.amazon.com/sdkref/latest/guide/feature-sts-regionalized-endpoints.html
 */
export function stsEndpointOf(walk: Walk): StsEndpoint {
  const { withoutRegion } = walk.sdk.sts;
  const assumed = typeof withoutRegion === 'object' ? withoutRegion.region : undefined;
  const region = regionOf(walk) ?? assumed;
  if (region === undefined) {
    return withoutRegion === 'client' ? { kind: 'regional', region: '' } : { kind: 'global' };
  }
  if (stsModeOf(walk) === 'legacy' && legacyGlobalRegions.has(region)) return { kind: 'global' };
  return { kind: 'regional', region };
}

/** Tells which of the two modes the setting and the SDK's default come to. */
export function stsModeOf(walk: Walk): 'legacy' | 'regional' {
  const { endpoint, setting } = walk.sdk.sts;
  if (setting === 'ignored') return endpoint;
  const written = textOf(walk, 'AWS_STS_REGIONAL_ENDPOINTS')?.toLowerCase();
  return written === 'legacy' || written === 'regional' ? written : endpoint;
}
