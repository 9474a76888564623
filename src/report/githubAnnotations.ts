import { isAtLeast } from '../findings/severity.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { SourcePosition } from '../model/objectRef.ts';
import { placeOf, type CheckReport } from './checkReport.ts';
import { unmetText } from './expectationText.ts';
import { findingMessage } from './findingMessage.ts';

/** One line that the runner of GitHub Actions turns into a remark at a line of a pull request. */
interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly at: SourcePosition | undefined;
  readonly title: string;
  readonly message: string;
}

/**
 * Writes a check as workflow commands of GitHub Actions, one a line.
 *
 * `error` is what lets the check fail; other findings are a `warning`.
 *
 * @source https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export function githubAnnotations(report: CheckReport): string {
  const { findings, threshold, expectations, diagnostics } = report;
  const annotations: readonly Annotation[] = [
    ...findings.map((finding): Annotation => {
      const { rule, advice } = finding;
      const message = findingMessage(finding);
      return {
        level: isAtLeast(finding, threshold) ? 'error' : 'warning',
        at: placeOf(finding),
        title: rule,
        message: advice === '' ? message : `${message}\nfix: ${advice}`,
      };
    }),
    ...expectations.unmet.map((unmet): Annotation => ({
      level: 'error',
      at: unmet.expectation.ref.position,
      title: 'unmet-expectation',
      message: unmetText(unmet),
    })),
    ...diagnostics.map(annotationOf),
  ];
  return annotations.map(commandOf).join('\n');
}

function annotationOf({
  severity,
  code,
  message,
  expected,
  nearest,
  help,
  position,
}: Diagnostic): Annotation {
  const more = [
    ...(expected === undefined ? [] : [`expected ${expected}`]),
    ...(nearest === undefined ? [] : [`did you mean \`${nearest}\`?`]),
  ];
  return {
    level: severity === 'note' ? 'notice' : severity,
    at: position,
    title: code,
    message: [[message, ...more].join(', '), ...(help === undefined ? [] : [help])].join('\n'),
  };
}

function commandOf({ level, at, title, message }: Annotation): string {
  const place = at && at.file !== '-' ? { file: at.file, line: at.line, col: at.column } : {};
  const properties = Object.entries({ ...place, title }).map(
    ([key, value]) => `${key}=${escapeProperty(String(value))}`,
  );
  return `::${level} ${properties.join(',')}::${escapeData(message)}`;
}

/** @source actions/toolkit:packages/core/src/command.ts `escapeData` */
function escapeData(text: string): string {
  return text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
}

/** @source actions/toolkit:packages/core/src/command.ts `escapeProperty` */
function escapeProperty(text: string): string {
  return escapeData(text).replace(/:/g, '%3A').replace(/,/g, '%2C');
}
