import type { Palette, Style } from './palette.ts';

/** A piece of text in one style. */
export interface Span {
  readonly text: string;
  readonly style?: Style;
}

/** Text of which pieces have styles. */
export type StyledText = readonly Span[];

/** Makes a text of one style. */
export function styled(text: string, style?: Style): StyledText {
  return [style === undefined ? { text } : { text, style }];
}

/**
 * Breaks a text into lines of at most `width` letters, between words where possible.
 *
 * A word longer than a line (an ARN, a path) is broken after `/`, `:`, `,` or `-`, else anywhere.
 *
 * @example
 * wrapText([{ text: 'the trust policy refuses' }], 12).map(lineText) // => ['the trust', 'policy', 'refuses']
 */
export function wrapText(text: StyledText, width: number): readonly StyledText[] {
  const limit = Math.max(width, 8);
  const lines: Span[][] = [[]];
  let used = 0;
  const startLine = (): void => {
    lines.push([]);
    used = 0;
  };
  const put = (word: StyledText): void => {
    lines.at(-1)?.push(...word);
    used += textLength(word);
  };
  for (const word of wordsOf(text)) {
    let rest = word;
    if (used > 0 && used + 1 + textLength(rest) > limit) startLine();
    if (used > 0) put([{ text: ' ' }]);
    while (textLength(rest) > limit) {
      const at = breakingPoint(lineText(rest), limit);
      put(cutText(rest, 0, at));
      startLine();
      rest = cutText(rest, at);
    }
    put(rest);
  }
  return lines.map(joinSpans);
}

/** The letters of a text without its styles. */
export function lineText(text: StyledText): string {
  return text.map((span) => span.text).join('');
}

/** Applies the styles of a line. */
export function paint(line: StyledText, palette: Palette): string {
  return line.map(({ text, style }) => (style === undefined ? text : palette[style](text))).join('');
}

/** Fills a line with spaces up to a width. */
export function padText(line: StyledText, width: number): StyledText {
  const missing = width - textLength(line);
  return missing > 0 ? [...line, { text: ' '.repeat(missing) }] : line;
}

/** Counts the letters of a text. */
export function textLength(text: StyledText): number {
  return text.reduce((length, span) => length + span.text.length, 0);
}

/** Splits at spaces; pieces of different style with no space between them stay one word. */
function wordsOf(text: StyledText): readonly StyledText[] {
  const words: Span[][] = [[]];
  for (const { text: letters, ...style } of text) {
    letters.split(/\s+/).forEach((piece, at) => {
      if (at > 0) words.push([]);
      if (piece !== '') words.at(-1)?.push({ text: piece, ...style });
    });
  }
  return words.filter((word) => word.length > 0);
}

function breakingPoint(word: string, limit: number): number {
  const start = word.slice(0, limit);
  const at = Math.max(...['/', ':', ',', '-'].map((letter) => start.lastIndexOf(letter))) + 1;
  return at > limit / 3 ? at : limit;
}

function cutText(text: StyledText, from: number, to: number = Number.POSITIVE_INFINITY): StyledText {
  const pieces: Span[] = [];
  let start = 0;
  for (const span of text) {
    const piece = span.text.slice(Math.max(0, from - start), Math.max(0, to - start));
    if (piece !== '') pieces.push({ ...span, text: piece });
    start += span.text.length;
  }
  return pieces;
}

/** Puts neighbours of one style together, so that a terminal gets few colour codes. */
function joinSpans(line: StyledText): StyledText {
  const joined: Span[] = [];
  for (const span of line) {
    const last = joined.at(-1);
    if (last && (last.style === span.style || span.text === ' ')) {
      joined[joined.length - 1] = { ...last, text: last.text + span.text };
    } else joined.push(span);
  }
  return joined;
}
