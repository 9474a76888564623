import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { baselineText, compareWithBaseline, readBaseline } from '../../src/findings/baseline.ts';
import { essenceOf, fingerprintsOf } from '../../src/findings/fingerprint.ts';
import type { Finding } from '../../src/findings/finding.ts';

const finding: fc.Arbitrary<Finding> = fc.record({
  rule: fc.constantFrom('wrong-identity', 'no-credentials'),
  severity: fc.constantFrom('outage', 'latent'),
  at: fc.record({
    kind: fc.constant('Deployment'),
    namespace: fc.constantFrom('a', 'b'),
    name: fc.constantFrom('x', 'y'),
    position: fc.record({ file: fc.constant('a.yaml'), line: fc.nat(99), column: fc.constant(1) }),
  }),
  message: fc.constantFrom('gets `r`', 'gets `s`', 'gets none'),
  answers: fc.constant([]),
  advice: fc.constant(''),
  fixes: fc.constant([]),
});

const entriesOf = (findings: readonly Finding[]): ReturnType<typeof readBaseline>['entries'] =>
  readBaseline({ file: 'b.json', text: baselineText(findings) }).entries;

describe('a baseline', () => {
  it('holds exactly the findings that it was written of', () => {
    fc.assert(
      fc.property(fc.array(finding), (findings) => {
        const { fresh, known, gone } = compareWithBaseline(findings, entriesOf(findings));
        expect({ fresh, known: known.length, gone }).toEqual({ fresh: [], known: findings.length, gone: [] });
      }),
    );
  });

  it('is the same text in whatever order the findings come, and wherever they stand', () => {
    fc.assert(
      fc.property(fc.array(finding), fc.nat(9), (findings, lines) => {
        const moved = findings.toReversed().map((each) => {
          const position = { file: 'a.yaml', line: 1 + lines, column: 1 };
          return { ...each, at: { ...each.at, position } };
        });
        expect(baselineText(moved)).toBe(baselineText(findings));
      }),
    );
  });

  it('with any number of findings more or fewer, every one is fresh, known or gone', () => {
    fc.assert(
      fc.property(fc.array(finding), fc.array(finding), (before, after) => {
        const { fresh, known, gone } = compareWithBaseline(after, entriesOf(before));
        expect(fresh.length + known.length).toBe(after.length);
        expect(known.length + gone.reduce((sum, { count }) => sum + count, 0)).toBe(before.length);
      }),
    );
  });

  it.each([
    ['no JSON', '{', 1],
    ['nothing', '', 1],
    ['no version', '{"findings": []}', 1],
    ['another version', '{\n"schemaVersion": 2,\n"findings": []}', 2],
    ['no findings', '{"schemaVersion": 1}', 1],
    ['findings that are no list', '{"schemaVersion": 1,\n"findings": {}}', 2],
    ['an entry that is a word', '{"schemaVersion": 1,\n"findings": [\n"x"]}', 3],
    ['an entry without its words', '{"schemaVersion": 1,\n"findings": [\n{"rule": "a", "object": "b"}]}', 3],
    [
      'an entry of no findings',
      '{"schemaVersion": 1,\n"findings": [\n{"rule": "a", "object": "b", "about": [],\n"count": 0}]}',
      4,
    ],
  ])('with %s is complained of at its line', (_title, text, line) => {
    const { diagnostics } = readBaseline({ file: 'b.json', text });
    expect(diagnostics.length).toBeGreaterThan(0);
    for (const { severity, position } of diagnostics) {
      expect({ severity, position }).toMatchObject({ severity: 'error', position: { file: 'b.json', line } });
    }
  });
});

const about = (message: string): readonly string[] =>
  essenceOf({
    rule: 'r',
    severity: 'outage',
    at: { kind: 'Pod', name: 'p' },
    message,
    answers: [],
    advice: '',
    fixes: [],
  }).about;

describe('the essence of a finding', () => {
  it.each([
    ['x gets `r` with go-v2', ['r']],
    ['with go-v2 it is `r` that x gets', ['r']],
    ['x asks for `b` and for `a`, and `b` is not there (and 3 more)', ['a', 'b']],
    ['x gets no credentials: NoCredentialsError', []],
  ])('of `%s` is %j', (message, words) => {
    expect(about(message)).toEqual(words);
  });

  it('gives findings different fingerprints, also those that say the same', () => {
    fc.assert(
      fc.property(fc.array(finding, { maxLength: 20 }), (findings) => {
        expect(new Set(fingerprintsOf(findings)).size).toBe(findings.length);
      }),
    );
  });
});
