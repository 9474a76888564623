import { describe, expect, test } from 'vitest';
import type { StsEndpoint } from '../../src/model/exchange.ts';
import { parseSdk, sdkBehaviour } from '../../src/sdkChain/registry.ts';
import { regionOf, stsEndpointOf, stsModeOf } from '../../src/sdkChain/stsEndpoint.ts';
import { startWalk, type Walk } from '../../src/sdkChain/walk.ts';
import { fakeInput, type FakeWorld } from './fakeWorld.ts';

function walkOf(name: string, world: FakeWorld): Walk {
  const parsed = parseSdk(name);
  if (parsed.kind !== 'sdk') throw new Error(parsed.diagnostic.message);
  return startWalk(sdkBehaviour(parsed.sdk).behaviour, fakeInput(world));
}

const global: StsEndpoint = { kind: 'global' };
const regional = (region: string): StsEndpoint => ({ kind: 'regional', region });

describe('the legacy endpoint', () => {
  test.each([
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
  ])('of %s is the global one', (region) => {
    expect(stsEndpointOf(walkOf('go-v1', { variables: { AWS_REGION: region } }))).toStrictEqual(global);
  });

  test.each([
    'eu-south-1',
    'af-south-1',
    'me-south-1',
    'ap-east-1',
    'ap-northeast-2',
    'us-gov-west-1',
    'cn-north-1',
  ])('of %s is that of the region', (region) => {
    const walk = walkOf('go-v1', { variables: { AWS_REGION: region } });
    expect(stsEndpointOf(walk)).toStrictEqual(regional(region));
  });
});

describe('the endpoint that an SDK dials', () => {
  /** The SDK, its region, the setting, the mode that these come to, the endpoint. */
  const table: readonly (readonly [
    string,
    string | undefined,
    string | undefined,
    'legacy' | 'regional',
    StsEndpoint,
  ])[] = [
    ['go-v1', 'eu-west-1', undefined, 'legacy', global],
    ['go-v1', 'eu-west-1', 'Regional', 'regional', regional('eu-west-1')],
    ['go-v1', 'eu-west-1', 'other', 'legacy', global],
    ['go-v1', 'eu-west-1', '', 'legacy', global],
    ['go-v1@1.25.17', 'eu-west-1', 'regional', 'legacy', global],
    ['go-v1', undefined, 'regional', 'regional', global],
    ['ruby@3.91.0', 'eu-west-1', undefined, 'legacy', global],
    ['ruby', 'eu-west-1', undefined, 'regional', regional('eu-west-1')],
    ['ruby', 'eu-west-1', 'LEGACY', 'legacy', global],
    ['ruby', 'eu-south-1', 'legacy', 'legacy', regional('eu-south-1')],
    ['ruby', undefined, undefined, 'regional', regional('')],
    ['js-v3', 'eu-west-1', 'legacy', 'regional', regional('eu-west-1')],
    ['js-v3', undefined, undefined, 'regional', regional('')],
    ['java-v2', undefined, undefined, 'regional', global],
    ['php', undefined, undefined, 'legacy', global],
    ['php', undefined, 'regional', 'regional', regional('us-east-1')],
    ['dotnet-v4', undefined, undefined, 'regional', regional('us-east-1')],
    ['dotnet-v4', 'eu-west-1', undefined, 'regional', regional('eu-west-1')],
  ];
  test.each(table)(
    '%s in %s with AWS_STS_REGIONAL_ENDPOINTS=%s: %s',
    (sdk, region, setting, mode, endpoint) => {
      const walk = walkOf(sdk, {
        variables: {
          ...(region === undefined ? {} : { AWS_REGION: region }),
          ...(setting === undefined ? {} : { AWS_STS_REGIONAL_ENDPOINTS: setting }),
        },
      });
      expect(stsModeOf(walk)).toBe(mode);
      expect(stsEndpointOf(walk)).toStrictEqual(endpoint);
    },
  );
});

describe('the region that an SDK knows', () => {
  const config = '[default]\nregion = eu-central-1\n[profile app]\nregion = eu-west-3\n';
  const files = { '/home/app/.aws/config': config };
  const home = { HOME: '/home/app' };
  const table: readonly (readonly [string, FakeWorld, string | undefined])[] = [
    ['go-v2', { variables: home, files }, 'eu-central-1'],
    ['go-v2', { variables: { ...home, AWS_PROFILE: 'app' }, files }, 'eu-west-3'],
    ['go-v2', { variables: { ...home, AWS_PROFILE: 'other' }, files }, undefined],
    ['go-v2', { variables: { ...home, AWS_DEFAULT_REGION: 'eu-west-1' }, files }, 'eu-west-1'],
    ['go-v2', { variables: { AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-2' } }, 'eu-west-1'],
    ['go-v2', { variables: { AWS_REGION: '', AWS_DEFAULT_REGION: 'eu-west-2' } }, 'eu-west-2'],
    ['botocore', { variables: { AWS_REGION: 'eu-west-1' } }, undefined],
    ['java-v2', { variables: { AWS_DEFAULT_REGION: 'eu-west-1' } }, undefined],
    ['ruby', { variables: { AMAZON_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-2' } }, 'eu-west-1'],
  ];
  test.each(table)('%s with %o', (sdk, world, region) => {
    expect(regionOf(walkOf(sdk, world))).toBe(region);
  });

  test('is the one that the metadata service named, before any other', () => {
    const walk = walkOf('java-v2', { variables: { AWS_REGION: 'eu-west-1' } });
    walk.held.region = 'eu-west-2';
    expect(stsEndpointOf(walk)).toStrictEqual(regional('eu-west-2'));
  });
});
