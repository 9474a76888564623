import { describePosition, describeRef, type ObjectRef } from '../model/objectRef.ts';
import { paint, wrapText, type Span, type StyledText } from './layout.ts';
import type { Screen } from './screen.ts';
import type { Sentence, Tone, TraceNode } from './sentence.ts';
import type { Style } from './palette.ts';

/** Sources of rules in the order in which they are first named; a tree names them by number. */
export interface Footnotes {
  readonly sources: string[];
}

const marks: Readonly<Record<Tone, Span>> = {
  good: { text: '✓ ', style: 'green' },
  bad: { text: '✗ ', style: 'red' },
  plain: { text: '· ' },
  aside: { text: '- ', style: 'dim' },
};

/**
 * Draws a trace as a tree that fits the screen: each line with its object and `file:line`, and the number of
 * the source of its rule. New sources are added to the footnotes.
 */
export function renderTree(nodes: readonly TraceNode[], screen: Screen, footnotes: Footnotes): string {
  return drawLevel(nodes, '', screen.width, footnotes)
    .map((line) => paint(line, screen.palette).trimEnd())
    .join('\n');
}

/** Lists the sources that trees have named by number. */
export function renderFootnotes({ sources }: Footnotes, { width, palette }: Screen): string {
  return sources
    .flatMap((source, at) => {
      const number = `[${at + 1}] `;
      return wrapText([{ text: source, style: 'dim' }], width - number.length).map(
        (line, row): StyledText => [
          { text: row === 0 ? number : ' '.repeat(number.length), style: 'dim' },
          ...line,
        ],
      );
    })
    .map((line) => paint(line, palette).trimEnd())
    .join('\n');
}

function drawLevel(
  nodes: readonly TraceNode[],
  indent: string,
  width: number,
  footnotes: Footnotes,
): readonly StyledText[] {
  return nodes.flatMap((one, at) => {
    const last = at === nodes.length - 1;
    const below = `${indent}${last ? '   ' : '│  '}`;
    const hanging = `${below}${one.inside.length > 0 ? '│ ' : '  '}`;
    const lines = wrapText(contentOf(one, footnotes), width - hanging.length);
    return [
      ...lines.map((line, row): StyledText =>
        row === 0
          ? [{ text: `${indent}${last ? '└─ ' : '├─ '}`, style: 'dim' }, marks[one.tone], ...line]
          : [{ text: hanging, style: 'dim' }, ...line],
      ),
      ...drawLevel(one.inside, below, width, footnotes),
    ];
  });
}

const styles: Readonly<Partial<Record<Tone, Style>>> = { aside: 'dim', bad: 'red' };

function contentOf({ text, tone, at, source }: Sentence, footnotes: Footnotes): StyledText {
  const style = styles[tone];
  return [
    { text, ...(style === undefined ? {} : { style }) },
    ...(at === undefined || isStandIn(at)
      ? []
      : [{ text: ` — ${describeObject(at)}`, style: 'cyan' } as const]),
    ...(source === undefined ? [] : [{ text: ` [${numberOf(source, footnotes)}]`, style: 'dim' } as const]),
  ];
}

/** Tells whether an object is none of the input, as the node `(any node)`. */
function isStandIn({ name }: ObjectRef): boolean {
  return name.startsWith('(');
}

/** Names an object: without an ARN, which the sentence holds, and with its field where no line is known. */
function describeObject(at: ObjectRef): string {
  const name = at.name.startsWith('arn:') ? at.kind : describeRef(at);
  if (at.position) return `${name} (${describePosition(at.position)})`;
  return at.field === undefined ? describeRef(at) : `${describeRef(at)} ${at.field}`;
}

function numberOf(source: string, { sources }: Footnotes): number {
  const known = sources.indexOf(source);
  return known >= 0 ? known + 1 : sources.push(source);
}
