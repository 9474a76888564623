import type { SdkComparison, SituationOutcome } from '../sdkChain/compare.ts';
import { mechanismNames } from './identityWords.ts';
import { padText, paint, styled, wrapText, type StyledText } from './layout.ts';
import type { Screen } from './screen.ts';

/** An SDK of a comparison, as it is shown: `go-v2@1.20.0`, and what had to be assumed of it. */
export interface ComparedSdk {
  readonly name: string;
  readonly assumed?: string;
}

/** Draws the situations that two SDKs end differently, a row each. */
export function renderSdkComparison(
  [first, second]: readonly [ComparedSdk, ComparedSdk],
  { differences, alike }: SdkComparison,
  { width, palette }: Screen,
): string {
  const columns = columnWidths(width);
  const rows = [
    [styled('SITUATION', 'bold'), styled(first.name, 'bold'), styled(second.name, 'bold')],
    ...differences.map((row) => [
      styled(row.situation.title),
      outcomeText(row.first),
      outcomeText(row.second),
    ]),
  ];
  const lines = rows.flatMap((row) => layRow(row, columns));
  const assumed = [first, second].flatMap(({ assumed: text }) =>
    text === undefined ? [] : [styled(text, 'dim')],
  );
  const total = differences.length + alike;
  const count = `${differences.length} of ${total} situations end differently`;
  return [...lines, [], styled(count, 'bold'), ...assumed.flatMap((text) => wrapText(text, width))]
    .map((line) => paint(line, palette).trimEnd())
    .join('\n');
}

function columnWidths(width: number): readonly number[] {
  const situation = Math.floor((width - 4) * 0.38);
  const outcome = Math.floor((width - 4 - situation) / 2);
  return [situation, outcome, outcome];
}

function layRow(cells: readonly StyledText[], columns: readonly number[]): readonly StyledText[] {
  const wrapped = cells.map((cell, at) => wrapText(cell, columns[at] ?? 8));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    wrapped.flatMap((lines, at) => [...padText(lines[line] ?? [], columns[at] ?? 8), { text: '  ' }]),
  );
}

function outcomeText(outcome: SituationOutcome): StyledText {
  switch (outcome.kind) {
    case 'gets': {
      const name = mechanismNames[outcome.mechanism];
      return outcome.passed.length === 0 ? styled(name, 'green') : styled(`goes on to ${name}`, 'yellow');
    }
    case 'servesOld':
      return styled(`keeps the old ones of ${mechanismNames[outcome.mechanism]}`, 'yellow');
    case 'stops': {
      const times = outcome.attempts > 1 ? ` after ${outcome.attempts} attempts` : '';
      return [{ text: `stops${times}`, style: 'red' }, { text: `: ${outcome.error}` }];
    }
    case 'findsNothing':
      return [
        { text: outcome.passed.length === 0 ? 'finds nothing' : 'goes on, finds nothing', style: 'red' },
        { text: `: ${outcome.error}` },
      ];
    case 'notKnown':
      return styled('not known', 'dim');
  }
}
