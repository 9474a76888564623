import { describe, expect, test } from 'vitest';
import { sdkFamilies } from '../../src/model/sdk.ts';
import { parseSdk, sdkBehaviour } from '../../src/sdkChain/registry.ts';
import { compareVersions, describeRange, inRange, valueAt } from '../../src/sdkChain/version.ts';

describe('two versions', () => {
  test.each([
    ['1.12.200', '1.9.220', 1],
    ['1.9.220', '1.12.200', -1],
    ['2.0.0', '1.99.99', 1],
    ['1.2', '1.2.0', 0],
    ['1.2.0', '1.2', 0],
    ['1', '1.0.1', -1],
    ['1.0.1', '1', 1],
    ['3.3.659.1', '3.3.659', 1],
    ['1.2.3', '1.2.3', 0],
  ])('%s against %s', (a, b, sign) => expect(Math.sign(compareVersions(a, b))).toBe(sign));
});

describe('a range of versions', () => {
  test.each([
    [{}, 'every version'],
    [{ since: '1.2.0' }, 'from 1.2.0'],
    [{ until: '1.4.0' }, 'before 1.4.0'],
    [{ since: '1.2.0', until: '1.4.0' }, 'from 1.2.0 before 1.4.0'],
  ])('%o is written', (range, text) => expect(describeRange(range)).toBe(text));

  test.each([
    ['1.1.9', false],
    ['1.2.0', true],
    ['1.3', true],
    ['1.4.0', false],
    ['1.10.0', false],
  ])('from 1.2.0 before 1.4.0 holds %s: %s', (version, holds) => {
    expect(inRange(version, { since: '1.2.0', until: '1.4.0' })).toBe(holds);
  });
});

describe('the value of a version', () => {
  const rows = [
    { value: 'legacy', until: '1.40.0' },
    { value: 'regional', since: '1.40.0' },
  ];
  test.each([
    ['1.39.9', 'legacy'],
    ['1.40.0', 'regional'],
  ])('%s: %s', (version, value) => expect(valueAt(rows, version)).toBe(value));

  test('a gap is an error', () => {
    const late = [{ value: 'regional', since: '1.40.0' }];
    const gap = new Error('the catalogue has no row for version 1.39.9');
    expect(() => valueAt(late, '1.39.9')).toThrow(gap);
  });
});

describe('an SDK that cannot be read', () => {
  const families =
    'one of aws-cli-v1, aws-cli-v2, botocore, js-v2, js-v3, go-v1, go-v2, java-v1, java-v2, kotlin, rust, ' +
    'dotnet-v3, dotnet-v4, ruby, php, cpp, swift';
  const unknown = (written: string, nearest?: string): object => ({
    code: 'unknown-sdk',
    severity: 'error',
    message: `unknown SDK \`${written}\``,
    expected: families,
    ...(nearest === undefined ? {} : { nearest }),
  });
  const noVersion = (text: string): object => {
    const { newestKnown } = sdkBehaviour({ family: 'go-v2' }).entry;
    return {
      code: 'bad-sdk-version',
      severity: 'error',
      message: `\`${text}\` has no version that can be compared`,
      expected: `numbers and dots, as \`go-v2@${newestKnown}\``,
      help: 'the number is the version of the module github.com/aws/aws-sdk-go-v2/config',
    };
  };
  test.each([
    ['Jvaa-V2', unknown('Jvaa-V2', 'java-v2')],
    ['bto3@1.9', unknown('bto3', 'boto3')],
    ['cobol', unknown('cobol')],
    ['go-v2@latest', noVersion('go-v2@latest')],
    ['go-v2@', noVersion('go-v2@')],
    ['go-v2@release1.2', noVersion('go-v2@release1.2')],
    ['go@1.17.10-beta', noVersion('go@1.17.10-beta')],
    ['go@1v.17', noVersion('go@1v.17')],
    ['go@1v7', noVersion('go@1v7')],
    ['go@1@2', noVersion('go@1@2')],
    ['go@1..2', noVersion('go@1..2')],
  ])('%s', (text, diagnostic) => {
    expect(parseSdk(text)).toStrictEqual({ kind: 'diagnostic', diagnostic });
  });
});

describe('the version of another name of an SDK', () => {
  test.each([
    ['boto3@1.32.9', '1.35.9'],
    ['boto3@1.33.0', '1.33.0'],
    ['boto3@1.9', '1.12'],
    ['boto3@1', '1.3'],
    ['python@1.9.220', '1.9.220'],
  ])('%s is botocore %s', (text, version) => {
    expect(parseSdk(text)).toStrictEqual({ kind: 'sdk', sdk: { family: 'botocore', version } });
  });
});

describe('the oldest and the newest known version', () => {
  test.each(sdkFamilies.map((family) => [family] as const))('nothing is assumed of those of %s', (family) => {
    const { entry } = sdkBehaviour({ family });
    for (const version of [entry.oldestKnown, entry.newestKnown]) {
      expect(sdkBehaviour({ family, version }).assumed).toBeUndefined();
    }
  });
});
