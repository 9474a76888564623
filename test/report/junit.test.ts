import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { rules } from '../../src/findings/examine.ts';
import { checkToJunit } from '../../src/report/junit.ts';
import type { CheckReport } from '../../src/report/checkReport.ts';
import { checkedFiles, checkedFindings, ruleOfPay } from '../cli/checkManifests.ts';
import { reportOf } from './checkReports.ts';

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

/** Reads XML strictly: whatever is not well-formed throws. */
function parseXml(xml: string): Element {
  const top: Element = { name: '', attributes: {}, children: [], text: '' };
  const open: Element[] = [top];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element: Element = {
      name,
      attributes: attributes as Record<string, string>,
      children: [],
      text: '',
    };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on('text', (text) => {
    const last = open.at(-1);
    if (last) last.text += text;
  });
  parser.on('closetag', () => void open.pop());
  parser.write(xml).close();
  return top.children[0] ?? top;
}

const suitesOf = (report: CheckReport): readonly Element[] => parseXml(checkToJunit(report)).children;
const suiteOf = (report: CheckReport, name: string): Element | undefined =>
  suitesOf(report).find(({ attributes }) => attributes['name'] === name);
const verdicts = (suite: Element | undefined): readonly unknown[] =>
  suite?.children.map(({ attributes, children: [verdict] }) => [attributes['name'], verdict?.name]) ?? [];

const withLines = (text: string): Readonly<Record<string, string>> => ({
  ...checkedFiles,
  'whichrole.yaml': `${checkedFiles['whichrole.yaml'] ?? ''}${text}\n`,
});

describe('checkToJunit', () => {
  it('has a suite for each rule; one that finds nothing passes', () => {
    const suites = suitesOf(reportOf(checkedFiles));
    expect(suites.map(({ attributes }) => attributes['name'])).toEqual(rules.map(({ id }) => id));
    expect(verdicts(suites.find(({ attributes }) => attributes['name'] === 'falls-back'))).toEqual([
      [expect.any(String), undefined],
    ]);
  });

  it('fails an object with a finding, at its line', () => {
    const report = reportOf(checkedFiles);
    const [testCase] = suiteOf(report, ruleOfPay)?.children ?? [];
    expect(testCase?.attributes).toEqual({
      name: 'Deployment pay/api',
      classname: `whichrole.${ruleOfPay}`,
      file: 'app.yaml',
      line: '24',
    });
    const [failure] = testCase?.children ?? [];
    expect(failure?.attributes['type']).toBe('latent');
    expect(failure?.text).toContain('app.yaml:24: ');
    expect(parseXml(checkToJunit(report)).attributes).toMatchObject({
      failures: String(new Set(checkedFindings.map(({ rule }) => rule)).size),
      errors: '0',
      skipped: '0',
    });
  });

  it.each([
    {
      title: 'below the threshold passes',
      options: { threshold: 'outage' as const },
      files: checkedFiles,
      verdict: 'system-out',
    },
    {
      title: 'in the baseline is skipped',
      options: { known: [ruleOfPay] },
      files: checkedFiles,
      verdict: 'skipped',
    },
    {
      title: 'suppressed is skipped',
      options: {},
      files: withLines(`suppress: [{ rule: ${ruleOfPay}, object: "*", reason: x }]`),
      verdict: 'skipped',
    },
  ])('a finding $title', ({ options, files, verdict }) => {
    expect(verdicts(suiteOf(reportOf(files, options), ruleOfPay))).toEqual([['Deployment pay/api', verdict]]);
  });

  it('has cases for expectations and for what is wrong in the input', () => {
    const report = reportOf(
      withLines('expect:\n  - { never: node-role }\n  - { namespace: pay, never: node-role }\ncnii: x'),
    );
    expect(verdicts(suiteOf(report, 'expectations'))).toEqual([
      ['no pod of namespace pay to get node-role', undefined],
      ['no pod to get node-role', 'failure'],
    ]);
    expect(verdicts(suiteOf(report, 'input'))).toEqual([['there is no setting `cnii`', 'error']]);
  });

  it('is well-formed whatever letters stand in it, and gives them back', () => {
    const report = reportOf(checkedFiles);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (message) => {
        const findings = report.findings.map((finding) => ({ ...finding, message }));
        const suite = suiteOf({ ...report, findings }, ruleOfPay);
        const failure = suite?.children[0]?.children[0];
        const readable = message.replace(
          /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu,
          '\uFFFD',
        );
        expect(failure?.attributes['message']).toBe(readable);
      }),
      { numRuns: 8 },
    );
  });
});
