import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeSdk, sdkFamilies } from '../../src/model/sdk.ts';
import { parseSdk, sdkBehaviour, sdkCatalogue } from '../../src/sdkChain/registry.ts';
import { summariseSdk } from '../../src/sdkChain/summary.ts';
import { compareVersions } from '../../src/sdkChain/version.ts';

describe('an SDK as users write it', () => {
  test.each([
    ['java-v2@2.20.0', { family: 'java-v2', version: '2.20.0' }],
    ['Java-V2', { family: 'java-v2' }],
    ['go@v1.17.10', { family: 'go-v2', version: '1.17.10' }],
    ['boto3@1.9.220', { family: 'botocore', version: '1.12.220' }],
    ['boto3@1.34.41', { family: 'botocore', version: '1.34.41' }],
    ['botocore@1.12.200', { family: 'botocore', version: '1.12.200' }],
    [' awscli ', { family: 'aws-cli-v2' }],
  ])('`%s` is read', (text, sdk) => {
    expect(parseSdk(text)).toEqual({ kind: 'sdk', sdk });
  });

  test.each([
    ['jvaa-v2', { code: 'unknown-sdk', nearest: 'java-v2' }],
    ['cobol', { code: 'unknown-sdk' }],
    ['', { code: 'unknown-sdk' }],
    ['constructor', { code: 'unknown-sdk' }],
    ['java-v2@latest', { code: 'bad-sdk-version' }],
    ['java-v2@', { code: 'bad-sdk-version' }],
  ])('`%s` is refused with advice', (text, diagnostic) => {
    expect(parseSdk(text)).toMatchObject({ kind: 'diagnostic', diagnostic });
  });

  test('what is written from an SDK is read as that SDK', () => {
    const version = fc.option(
      fc.array(fc.nat(3000), { minLength: 1, maxLength: 4 }).map((numbers) => numbers.join('.')),
      { nil: undefined },
    );
    fc.assert(
      fc.property(fc.constantFrom(...sdkFamilies), version, (family, number) => {
        const sdk = number === undefined ? { family } : { family, version: number };
        expect(parseSdk(describeSdk(sdk))).toEqual({ kind: 'sdk', sdk });
      }),
    );
  });
});

describe('the version of an SDK', () => {
  test.each([
    ['2.20.0', undefined],
    [undefined, 'versionNotStated'],
    ['99.0.0', 'newerThanKnown'],
    ['1.0.0', 'olderThanFirst'],
  ] as const)('%s of java-v2 is taken with the assumption %s', (version, assumed) => {
    const sdk = version === undefined ? {} : { version };
    expect(sdkBehaviour({ family: 'java-v2', ...sdk }).assumed).toBe(assumed);
  });

  test('without a version, and with a newer one than is known, the newest behaviour is meant', () => {
    for (const { family, newestKnown } of sdkCatalogue()) {
      const newest = sdkBehaviour({ family, version: newestKnown }).behaviour;
      expect(sdkBehaviour({ family }).behaviour).toBe(newest);
      expect(sdkBehaviour({ family, version: '9999.0.0' }).behaviour).toBe(newest);
    }
  });

  test('order is total and agrees with the numbers', () => {
    const version = fc.array(fc.nat(20), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(version, version, (a, b) => {
        const order = compareVersions(a.join('.'), b.join('.'));
        expect(Math.sign(compareVersions(b.join('.'), a.join('.')))).toBe(0 - Math.sign(order));
        const at = [...a, ...b].findIndex((_, place) => (a[place] ?? 0) !== (b[place] ?? 0));
        expect(Math.sign(order)).toBe(at < 0 ? 0 : Math.sign((a[at] ?? 0) - (b[at] ?? 0)));
      }),
    );
  });
});

describe('the summary of an SDK, found by running its chain', () => {
  const table = [
    ['aws-cli-v1', '1.16.210', '1.30.0', '1.16.285', false],
    ['aws-cli-v2', 'everyVersion', '2.15.0', 'everyVersion', false],
    ['botocore', '1.12.200', '1.32.0', '1.13.21', false],
    ['js-v2', '2.518.0', '2.1550.0', '2.575.0', true],
    ['js-v3', '3.15.0', '3.503.1', 'everyVersion', false],
    ['go-v1', '1.21.0', '1.47.11', '1.25.38', false],
    ['go-v2', 'everyVersion', '1.25.0', 'everyVersion', false],
    ['java-v1', '1.11.622', '1.12.746', '1.11.678', true],
    ['java-v2', '2.10.11', '2.21.26', '2.10.21', true],
    ['kotlin', 'everyVersion', '0.33.1', 'everyVersion', true],
    ['rust', 'everyVersion', '1.1.8', 'everyVersion', false],
    ['dotnet-v3', '3.3.659.1', '3.7.734.0', '3.3.634.1', false],
    ['dotnet-v4', 'everyVersion', 'everyVersion', 'everyVersion', false],
    ['ruby', '3.61.1', '3.188.0', '3.79.0', false],
    ['php', '3.110.7', '3.287.1', '3.147.7', true],
    ['cpp', '1.7.174', 'everyVersion', '1.7.229', true],
    ['swift', 'everyVersion', 'everyVersion', 'everyVersion', true],
  ] as const;
  test('covers every SDK', () => expect(table.map(([family]) => family)).toEqual(sdkFamilies));
  test.each(table)('%s', (family, firstIrsa, firstPodIdentity, firstImdsV2, fallsBackWhenIrsaFails) => {
    expect(summariseSdk(sdkBehaviour({ family }).entry)).toMatchObject({
      family,
      firstIrsa,
      firstPodIdentity,
      firstImdsV2,
      fallsBackWhenIrsaFails,
    });
  });
});
