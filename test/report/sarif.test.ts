import { createRequire } from 'node:module';
import addFormats from 'ajv-formats';
import Ajv04 from 'ajv-draft-04';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkToSarif } from '../../src/report/sarif.ts';
import { sourceUrl } from '../../src/report/sourceUrl.ts';
import { worlds } from '../../src/testing/arbitraries/world.ts';
import { checkedFiles, checkedFindings, ruleOfOps, ruleOfPay } from '../cli/checkManifests.ts';
import { reportOf } from './checkReports.ts';

const require = createRequire(import.meta.url);
/** The schema of SARIF 2.1.0, as Microsoft publishes it with the matchers of its SDK. */
const schema = require('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json') as object;
const ajv = addFormats.default(new Ajv04.default({ strict: false, allErrors: true, unicodeRegExp: false }));
const validate = ajv.compile(schema);

interface Result {
  readonly ruleId: string;
  readonly level: string;
  readonly baselineState?: string;
  readonly locations: readonly {
    readonly physicalLocation?: {
      readonly artifactLocation: { readonly uri: string };
      readonly region: { readonly startLine: number; readonly startColumn: number };
    };
  }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly suppressions?: readonly { readonly kind: string; readonly justification: string }[];
}

interface Run {
  readonly results: readonly Result[];
  readonly invocations: readonly { readonly toolExecutionNotifications: readonly object[] }[];
  readonly tool: {
    readonly driver: { readonly rules: readonly { readonly id: string; readonly helpUri?: string }[] };
  };
}

function runOf(...given: Parameters<typeof reportOf>): Run {
  const log = checkToSarif(reportOf(...given), '1.2.3');
  const json = JSON.parse(JSON.stringify(log)) as { readonly runs: readonly [Run] };
  expect([validate(json), validate.errors]).toEqual([true, null]);
  return json.runs[0];
}

const withLines = (text: string): Readonly<Record<string, string>> => ({
  ...checkedFiles,
  'whichrole.yaml': `${checkedFiles['whichrole.yaml'] ?? ''}${text}\n`,
});

describe('checkToSarif', () => {
  it('puts each finding at its line, relative to where the command ran', () => {
    const { results } = runOf(checkedFiles);
    expect(
      results.map(({ ruleId, locations: [at] }) => ({
        rule: ruleId,
        file: at?.physicalLocation?.artifactLocation.uri,
        line: at?.physicalLocation?.region.startLine,
      })),
    ).toEqual(checkedFindings);
    const levels = results.map(({ ruleId, level }) => [ruleId, level]);
    expect(levels).toContainEqual([ruleOfPay, 'warning']);
    expect(levels).toContainEqual([ruleOfOps, 'error']);
  });

  it('describes the rules that found something, with a link', () => {
    const { driver } = runOf(checkedFiles).tool;
    expect(new Set(driver.rules.map(({ id }) => id))).toEqual(
      new Set(checkedFindings.map(({ rule }) => rule)),
    );
    expect(driver.rules.map(({ helpUri }) => helpUri)).toEqual(
      checkedFindings.map(() => expect.stringMatching(/^https:\/\/github\.com\//) as string),
    );
  });

  it('keeps fingerprints when lines move, and no two are the same', () => {
    const fingerprints = (files: Readonly<Record<string, string>>): readonly unknown[] =>
      runOf(files).results.map(({ partialFingerprints }) => partialFingerprints['whichrole/v1']);
    const moved = { ...checkedFiles, 'app.yaml': `\n\n# moved\n${checkedFiles['app.yaml'] ?? ''}` };
    expect(fingerprints(moved)).toEqual(fingerprints(checkedFiles));
    expect(new Set(fingerprints(checkedFiles)).size).toBe(checkedFindings.length);
  });

  it('says of a suppressed and of a known finding why it is quiet', () => {
    const suppress = `suppress: [{ rule: ${ruleOfPay}, object: Deployment pay/api, reason: until May }]`;
    const { results } = runOf(withLines(suppress), { known: [ruleOfOps] });
    expect(
      results.map(({ ruleId, baselineState, suppressions }) => [ruleId, baselineState, suppressions]),
    ).toMatchObject([
      [ruleOfPay, 'new', [{ kind: 'external', justification: 'until May' }]],
      [ruleOfOps, 'unchanged', [{ kind: 'external', justification: 'in the baseline known.json' }]],
    ]);
  });

  it('tells unmet expectations as results and complaints as notifications', () => {
    const run = runOf(withLines('expect:\n  - { never: node-role }\ncnii: x'));
    expect(run.results.filter(({ ruleId }) => ruleId === 'unmet-expectation')).toMatchObject([
      { locations: [{ physicalLocation: { region: { startLine: 10 } } }] },
    ]);
    expect(run.invocations[0]?.toolExecutionNotifications).toMatchObject([
      {
        descriptor: { id: 'bad-setting' },
        level: 'error',
        locations: [{ physicalLocation: { region: { startLine: 11 } } }],
      },
    ]);
  });

  it.each([
    ['dir with space/a#b.yaml', 'dir%20with%20space/a%23b.yaml'],
    ['/abs/a.yaml', 'file:///abs/a.yaml'],
    ['C:\\k8s\\a.yaml', 'file:///C:/k8s/a.yaml'],
    ['k8s\\a.yaml', 'k8s/a.yaml'],
    ['../a.yaml', '../a.yaml'],
    ['half\uD800pair.yaml', 'half%EF%BF%BDpair.yaml'],
  ])('writes the path %s as %s', (file, uri) => {
    const files = {
      'whichrole.yaml': checkedFiles['whichrole.yaml'] ?? '',
      [file]: checkedFiles['app.yaml'] ?? '',
    };
    const [result] = runOf(files).results;
    expect(result?.locations[0]?.physicalLocation?.artifactLocation.uri).toBe(uri);
  });

  it('points at no file when the input was standard input', () => {
    const files = {
      'whichrole.yaml': checkedFiles['whichrole.yaml'] ?? '',
      '-': checkedFiles['app.yaml'] ?? '',
    };
    expect(runOf(files).results.map(({ locations: [at] }) => at?.physicalLocation)).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('every log is what the schema of SARIF 2.1.0 describes', () => {
    fc.assert(
      fc.property(worlds({ maxPods: 2 }), (world) => void runOf(world)),
      { numRuns: 15 },
    );
  });
});

describe('sourceUrl', () => {
  it.each([
    ['see https://no-color.org (any value)', 'https://no-color.org'],
    ['a/b#12, c/d#13', 'https://github.com/a/b/issues/12'],
    ['a/b-c:cmd/main.go, d/e#1', 'https://github.com/a/b-c/blob/HEAD/cmd/main.go'],
    ['known to everybody', undefined],
  ])('makes of %s the link %s', (source, url) => {
    expect(sourceUrl(source)).toBe(url);
  });
});
