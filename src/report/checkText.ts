import { severities } from '../findings/severity.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { describePosition, describeRef, type ObjectRef } from '../model/objectRef.ts';
import type { CheckReport } from './checkReport.ts';
import { unmetText } from './expectationText.ts';
import { findingLines, severityName } from './findingsText.ts';
import { paint, wrapText, type StyledText } from './layout.ts';
import { countOf } from './lists.ts';
import type { Screen } from './screen.ts';

/**
 * Writes a check for a terminal: findings by severity and rule, expectations that are not met, and a summary.
 */
export function renderCheck(report: CheckReport, { width, palette }: Screen): string {
  const lines = [
    ...severities.flatMap((severity) => {
      const own = report.findings.filter((finding) => finding.severity === severity);
      return findingLines(own, width);
    }),
    ...unmetLines(report, width),
    [],
    ...wrapText([{ text: summary(report), style: report.verdict === 'failed' ? 'red' : 'green' }], width),
  ];
  return lines
    .map((line) => paint(line, palette))
    .join('\n')
    .replace(/^\n/, '');
}

/** Writes what suppressions and the baseline keep quiet, for whoever asks. */
export function renderQuiet({ suppressed, known }: CheckReport): string {
  return [
    ...suppressed.map(
      ({ finding, suppression }) =>
        `suppressed: ${whereOf(finding.at)}: ${finding.message} [${finding.rule}]: ${suppression.reason}`,
    ),
    ...known.map(
      (finding) => `in the baseline: ${whereOf(finding.at)}: ${finding.message} [${finding.rule}]`,
    ),
  ].join('\n');
}

function unmetLines({ expectations }: CheckReport, width: number): readonly StyledText[] {
  if (expectations.unmet.length === 0) return [];
  return [
    [],
    [{ text: 'unmet expectations', style: 'red' }],
    ...expectations.unmet.flatMap((unmet) => {
      const where = { text: whereOf(unmet.expectation.ref), style: 'cyan' as const };
      const rows = wrapText([where, { text: `: ${unmetText(unmet)}` }], width - 4);
      return rows.map((line, row): StyledText => [{ text: row === 0 ? '  ' : '    ' }, ...line]);
    }),
  ];
}

function whereOf(at: ObjectRef): string {
  return at.position ? describePosition(at.position) : describeRef(at);
}

function summary({ findings, expectations, suppressed, known, diagnostics }: CheckReport): string {
  const bySeverity = severities.flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severityName(severity)}`];
  });
  const errors = diagnostics.filter((diagnostic: Diagnostic) => diagnostic.severity === 'error').length;
  const { met, unmet } = expectations;
  const missed = new Set(unmet.map(({ expectation }) => expectation)).size;
  return [
    findings.length === 0
      ? 'no findings'
      : `${countOf(findings.length, 'finding')} (${bySeverity.join(', ')})`,
    ...(met.length + missed === 0
      ? []
      : [`${missed} of ${countOf(met.length + missed, 'expectation')} unmet`]),
    ...(errors === 0 ? [] : [countOf(errors, 'error')]),
    ...(suppressed.length === 0 ? [] : [`${suppressed.length} suppressed`]),
    ...(known.length === 0 ? [] : [`${known.length} in the baseline`]),
  ].join(', ');
}
