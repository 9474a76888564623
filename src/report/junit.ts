import { rules } from '../findings/examine.ts';
import type { Finding } from '../findings/finding.ts';
import { isAtLeast } from '../findings/severity.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { describeDiagnostic } from '../model/diagnostic.ts';
import { describePosition, describeRef, type SourcePosition } from '../model/objectRef.ts';
import { placeOf, severityWords, type CheckReport } from './checkReport.ts';
import { expectationWords, unmetText } from './expectationText.ts';
import { findingMessage } from './findingMessage.ts';

/** What became of one test case. */
type Verdict =
  | { readonly kind: 'passed'; readonly note?: string }
  | {
      readonly kind: 'failure' | 'error';
      readonly type: string;
      readonly message: string;
      readonly text: string;
    }
  | { readonly kind: 'skipped'; readonly message: string };

interface TestCase {
  readonly name: string;
  readonly at: SourcePosition | undefined;
  readonly verdict: Verdict;
}

interface TestSuite {
  readonly name: string;
  readonly cases: readonly TestCase[];
}

/**
 * Writes a check as JUnit XML: a suite for each rule with a test case for each object, and suites for the
 * expectations and for the input.
 *
 * A rule that finds nothing is one case that passes. What is suppressed or in the baseline is skipped, and
 * what is below the threshold passes with its message as output.
 *
 * @source https://github.com/testmoapp/junitxml (the elements that tools agree on)
 */
export function checkToJunit(report: CheckReport): string {
  const suites = [...rules.map(({ id, title }) => ruleSuite(id, title, report)), ...otherSuites(report)];
  const cases = suites.flatMap((suite) => suite.cases);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: 'whichrole', ...countsOf(cases) })}>`,
    ...suites.flatMap((suite) => [
      `  <testsuite${attributes({ name: suite.name, ...countsOf(suite.cases) })}>`,
      ...suite.cases.flatMap((testCase) => caseLines(suite.name, testCase)),
      '  </testsuite>',
    ]),
    '</testsuites>',
  ].join('\n');
}

function ruleSuite(id: string, title: string, report: CheckReport): TestSuite {
  const { findings, suppressed, known, threshold } = report;
  const reasons = new Map<Finding, string>([
    ...suppressed.map(({ finding, suppression }) => [finding, suppression.reason] as const),
    ...known.map((finding) => [finding, 'in the baseline'] as const),
  ]);
  const own = [...findings, ...reasons.keys()].filter(({ rule }) => rule === id);
  const objects = [...new Set(own.map(({ at }) => describeRef(at)))];
  const cases = objects.map((name): TestCase => {
    const of = own.filter(({ at }) => describeRef(at) === name);
    const left = of.filter((finding) => !reasons.has(finding));
    const failing = left.filter((finding) => isAtLeast(finding, threshold));
    const [first] = failing.length > 0 ? failing : left.length > 0 ? left : of;
    return { name, at: first && placeOf(first), verdict: verdictOf(left, failing, reasons, of) };
  });
  return {
    name: id,
    cases: cases.length > 0 ? cases : [{ name: title, at: undefined, verdict: { kind: 'passed' } }],
  };
}

function verdictOf(
  left: readonly Finding[],
  failing: readonly Finding[],
  reasons: ReadonlyMap<Finding, string>,
  all: readonly Finding[],
): Verdict {
  const [gravest] = failing;
  if (gravest) {
    const text = failing.map(findingText).join('\n');
    return { kind: 'failure', type: severityWords[gravest.severity], message: findingMessage(gravest), text };
  }
  if (left.length > 0) return { kind: 'passed', note: left.map(findingText).join('\n') };
  return {
    kind: 'skipped',
    message: [...new Set(all.map((finding) => reasons.get(finding) ?? ''))].join('; '),
  };
}

function findingText(finding: Finding): string {
  const place = placeOf(finding);
  const where = place ? `${describePosition(place)}: ` : '';
  const fix = finding.advice === '' ? '' : `\nfix: ${finding.advice}`;
  return `${where}${findingMessage(finding)}${fix}`;
}

function otherSuites({ expectations, diagnostics }: CheckReport): readonly TestSuite[] {
  const { met, unmet } = expectations;
  const missed = [...new Set(unmet.map(({ expectation }) => expectation))];
  const cases = [
    ...met.map((expectation): TestCase => ({
      name: expectationWords(expectation),
      at: expectation.ref.position,
      verdict: { kind: 'passed' },
    })),
    ...missed.map((expectation): TestCase => {
      const texts = unmet.filter((one) => one.expectation === expectation).map(unmetText);
      const message = texts[0] ?? '';
      return {
        name: expectationWords(expectation),
        at: expectation.ref.position,
        verdict: { kind: 'failure', type: 'unmet-expectation', message, text: texts.join('\n') },
      };
    }),
  ];
  const errors = diagnostics.filter(({ severity }) => severity === 'error').map(errorCase);
  return [
    ...(cases.length === 0 ? [] : [{ name: 'expectations', cases }]),
    ...(errors.length === 0 ? [] : [{ name: 'input', cases: errors }]),
  ];
}

function errorCase(diagnostic: Diagnostic): TestCase {
  const { code, message, position, help } = diagnostic;
  const text = [describeDiagnostic(diagnostic), ...(help === undefined ? [] : [help])].join('\n');
  return { name: message, at: position, verdict: { kind: 'error', type: code, message, text } };
}

function countsOf(cases: readonly TestCase[]): Readonly<Record<string, number>> {
  const count = (kind: Verdict['kind']): number =>
    cases.filter(({ verdict }) => verdict.kind === kind).length;
  return {
    tests: cases.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
  };
}

function caseLines(suite: string, { name, at, verdict }: TestCase): readonly string[] {
  const place = at ? { file: at.file, line: at.line } : {};
  const start = `    <testcase${attributes({ name, classname: `whichrole.${suite}`, ...place })}`;
  const inside = verdictLines(verdict);
  return inside.length === 0 ? [`${start}/>`] : [`${start}>`, ...inside, '    </testcase>'];
}

function verdictLines(verdict: Verdict): readonly string[] {
  switch (verdict.kind) {
    case 'passed':
      return verdict.note === undefined ? [] : [`      <system-out>${escape(verdict.note)}</system-out>`];
    case 'skipped':
      return [`      <skipped${attributes({ message: verdict.message })}/>`];
    case 'failure':
    case 'error': {
      const { kind, message, type, text } = verdict;
      return [`      <${kind}${attributes({ message, type })}>${escape(text)}</${kind}>`];
    }
  }
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(
      ([name, value]) =>
        ` ${name}="${escape(String(value)).replace(/[\t\n\r]/g, (c) => `&#${c.charCodeAt(0)};`)}"`,
    )
    .join('');
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Letters that no XML document may hold are replaced. @source https://www.w3.org/TR/xml/#charsets */
function escape(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/[&<>"]/g, (letter) => entities[letter] ?? letter);
}
