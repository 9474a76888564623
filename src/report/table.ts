import type { Finding } from '../findings/finding.ts';
import type { World } from '../model/world.ts';
import type { Overview } from '../resolve/resolve.ts';
import { assumptionLines } from './assumptions.ts';
import { roleNamer } from './identityWords.ts';
import { padText, paint, styled, textLength, wrapText, type Span, type StyledText } from './layout.ts';
import { countOf } from './lists.ts';
import { findingLines } from './findingsText.ts';
import { shortKind } from './kindNames.ts';
import type { Screen } from './screen.ts';
import { tableRows, type RowState, type TableRow } from './tableRows.ts';

/**
 * Draws the answer table: who gets which identity, what else it could be, what was assumed.
 */
export function renderTable(
  world: World,
  overviews: readonly Overview[],
  screen: Screen,
  findings: readonly Finding[] = [],
): string {
  if (overviews.length === 0) return 'no workload in the input';
  const { name, account } = roleNamer(rolesOf(overviews));
  const rows = tableRows(world, overviews, name, findings);
  const lines: StyledText[] = [
    ...(account === undefined ? [] : [styled(`account ${account}`, 'dim'), []]),
    ...body(rows, screen.width),
    ...findingLines(findings, screen.width),
    [],
    ...summary(rows, findings, screen.width),
    ...incompleteLines(overviews, screen.width),
    ...assumptionLines(overviews, screen.width),
  ];
  return lines.map((line) => paint(line, screen.palette).trimEnd()).join('\n');
}

function rolesOf(overviews: readonly Overview[]): readonly string[] {
  return overviews.flatMap(({ outcomes }) =>
    outcomes.flatMap(({ identity }) => (identity.kind === 'role' ? [identity.arn] : [])),
  );
}

const marks: Readonly<Record<RowState, Span>> = {
  settled: { text: ' ' },
  open: { text: '?', style: 'yellow' },
  wrong: { text: '!', style: 'red' },
};

function body(rows: readonly TableRow[], width: number): readonly StyledText[] {
  const notes = sharedNotes(rows);
  const header = ['NAMESPACE', 'WORKLOAD', 'IDENTITY', 'VIA'].map((title) => styled(title, 'bold'));
  const cells = rows.map((row) => cellsOf(row, notes));
  const widths = columnWidths([header, ...cells], width - 2);
  const indent = 2 + (widths[0] ?? 0) + 2;
  return [
    ...layRow({ text: ' ' }, header, widths),
    ...rows.flatMap((row, at) => [
      ...layRow(marks[row.state], cells[at] ?? [], widths),
      ...(notes.has(noteOf(row)) ? [] : row.but.flatMap((text) => hang('but ', text, indent, width))),
    ]),
    ...(notes.size === 0 ? [] : [[]]),
    ...[...notes].flatMap(([note, mark]) =>
      note.split('\n').flatMap((text, at) => hang(at === 0 ? `${mark} but ` : '    but ', text, 2, width)),
    ),
  ];
}

/** What so many rows share is written once, below the table. */
const leastSharing = 3;

function noteOf({ but }: TableRow): string {
  return but.join('\n');
}

/** Numbers what several rows could be else, as `[1]`. */
function sharedNotes(rows: readonly TableRow[]): ReadonlyMap<string, string> {
  const texts = rows.map(noteOf).filter((text) => text !== '');
  const shared = [...new Set(texts)].filter(
    (text) => texts.filter((other) => other === text).length >= leastSharing,
  );
  return new Map(shared.map((text, at) => [text, `[${at + 1}]`]));
}

function cellsOf(row: TableRow, notes: ReadonlyMap<string, string>): StyledText[] {
  const { namespace, workload, containers, pods, identity, via, state } = row;
  const which: Span[] = [
    ...(containers.length === 0 ? [] : [{ text: ` [${containers.join(', ')}]`, style: 'cyan' } as const]),
    ...(pods === 0 ? [] : [{ text: ` (${countOf(pods, 'pod')})`, style: 'dim' } as const]),
  ];
  const note = notes.get(noteOf(row));
  return [
    styled(namespace),
    [{ text: `${shortKind(workload.kind)}/`, style: 'dim' }, { text: workload.name }, ...which],
    styled(identity, state === 'wrong' ? 'red' : 'green'),
    note === undefined ? styled(via) : [{ text: `${via} ` }, { text: note, style: 'yellow' }],
  ];
}

/** Gives each column what it needs; when that is too much, the widest give way. */
function columnWidths(rows: readonly (readonly StyledText[])[], width: number): readonly number[] {
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => textLength(row[column] ?? []))));
  const available = width - 2 * (widths.length - 1);
  while (widths.reduce((sum, one) => sum + one, 0) > available) {
    const widest = Math.max(...widths);
    if (widest <= 8) break;
    widths[widths.lastIndexOf(widest)] = widest - 1;
  }
  return widths;
}

function layRow(mark: Span, cells: readonly StyledText[], widths: readonly number[]): readonly StyledText[] {
  const columns = cells.map((cell, at) => wrapText(cell, widths[at] ?? 8));
  const height = Math.max(...columns.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => [
    line === 0 ? mark : { text: ' ' },
    { text: ' ' },
    ...columns.flatMap((lines, at) => [
      ...padText(lines[line] ?? [], widths[at] ?? 8),
      { text: at === columns.length - 1 ? '' : '  ' },
    ]),
  ]);
}

/** Lays a text under a row; what does not fit the line hangs below its second word. */
function hang(start: string, text: string, indent: number, width: number): readonly StyledText[] {
  return wrapText([{ text: start, style: 'yellow' }, { text }], width - indent - 4).map((line, at) => [
    { text: ' '.repeat(at === 0 ? indent : indent + 4) },
    ...line,
  ]);
}

function summary(
  rows: readonly TableRow[],
  findings: readonly Finding[],
  width: number,
): readonly StyledText[] {
  const count = (state: RowState): number => rows.filter((row) => row.state === state).length;
  const parts = [
    ...(count('settled') > 0 ? [`${count('settled')} settled`] : []),
    ...(count('open') > 0 ? [`${count('open')} open (?)`] : []),
    ...(count('wrong') > 0 ? [`${count('wrong')} not as meant (!)`] : []),
    ...(findings.length > 0 ? [countOf(findings.length, 'finding')] : []),
  ];
  const text = `${countOf(rows.length, 'row')}: ${parts.join(', ')}`;
  return wrapText(styled(text, 'bold'), width);
}

function incompleteLines(overviews: readonly Overview[], width: number): readonly StyledText[] {
  const names = overviews
    .filter(({ incomplete }) => incomplete)
    .map(({ subject }) => `${subject.namespace}/${subject.workload.name}`);
  if (names.length === 0) return [];
  const text = `not all looked at, there are too many combinations: ${[...new Set(names)].join(', ')}`;
  return wrapText(styled(text, 'yellow'), width);
}
