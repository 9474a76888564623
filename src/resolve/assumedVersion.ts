import { describeSdk, type SdkRef } from '../model/sdk.ts';
import { sdkBehaviour } from '../sdkChain/registry.ts';
import { describeRange } from '../sdkChain/version.ts';
import type { ConsultedFact } from './explore.ts';

/**
 * Tells what had to be assumed of a version that nobody has looked at: that it behaves as the nearest range of
 * versions that somebody has.
 *
 * @returns nothing when the version is known, or when none was stated
 * @example
 * assumedVersion({ family: 'go-v2', version: '0.1.0' }).length // => 1
 */
export function assumedVersion(sdk: SdkRef): readonly ConsultedFact[] {
  const { assumed, behaviour, entry } = sdkBehaviour(sdk);
  if (assumed === undefined || assumed === 'versionNotStated') return [];
  const known =
    assumed === 'newerThanKnown'
      ? `the newest looked at is ${entry.newestKnown}`
      : `the oldest looked at is ${entry.oldestKnown}`;
  const value = `${describeSdk(sdk)} (as ${describeRange(behaviour.versions)}; ${known})`;
  return [{ question: { name: 'sdk' }, value, basis: { kind: 'assumed' } }];
}
