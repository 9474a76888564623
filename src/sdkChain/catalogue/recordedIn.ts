import type { SdkFamily } from '../../model/sdk.ts';
import type { Evidence } from '../providerRow.ts';

/**
 * Raises what was read in a source to what the lab has seen a real SDK do as well.
 *
 * @example
 * recordedIn('go-v2')({ source: 'aws/aws-sdk-go-v2:config', strength: 'source' }).strength // => 'recorded'
 */
export function recordedIn(family: SdkFamily): (read: Evidence) => Evidence {
  return ({ source }) => ({
    source: `${source}; conformance/sdk/recordings/${family}`,
    strength: 'recorded',
  });
}
