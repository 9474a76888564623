/** A fenced code block of a Markdown text. */
export interface Fence {
  readonly language: string;
  /** Without the line break before the closing fence. */
  readonly body: string;
  /** Where the body begins and ends in the text. */
  readonly from: number;
  readonly to: number;
  /** Line of the opening fence, from 1. */
  readonly line: number;
}

/**
 * Finds the fenced code blocks of a Markdown text.
 *
 * @example
 * fencesOf('```ts\na\n```\n').map((fence) => fence.body) // => ['a']
 */
export function fencesOf(markdown: string): readonly Fence[] {
  return [...markdown.matchAll(/^```(\w+)[^\n]*\n([\s\S]*?)^```$/gm)].map((match) => {
    const [whole, language = '', body = ''] = match;
    const from = match.index + whole.indexOf('\n') + 1;
    return {
      language,
      body: body.replace(/\n$/, ''),
      from,
      to: from + Math.max(0, body.length - 1),
      line: markdown.slice(0, match.index).split('\n').length,
    };
  });
}

/**
 * Puts new bodies in the place of old ones.
 *
 * @param bodies - the new body of a fence; absent fences stay
 */
export function withBodies(markdown: string, bodies: ReadonlyMap<Fence, string>): string {
  return [...bodies]
    .toSorted(([a], [b]) => b.from - a.from)
    .reduce((text, [fence, body]) => text.slice(0, fence.from) + body + text.slice(fence.to), markdown);
}

/**
 * Splits a command line as a shell does, as far as documents need it: spaces, quotes, no expansion.
 *
 * @example
 * shellWords("a 'b c' --d=\"e\"") // => ['a', 'b c', '--d=e']
 */
export function shellWords(line: string): readonly string[] {
  const words = line.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  return words.map((word) =>
    word.replace(/'([^']*)'|"([^"]*)"/g, (_whole, single, double) => single ?? double ?? ''),
  );
}
