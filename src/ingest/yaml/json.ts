import { LineCounter } from 'yaml';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { SourcePosition } from '../../model/objectRef.ts';
import { duplicateKey } from './duplicateKey.ts';
import { depthLimit, positionIn, type Chunk } from './locate.ts';
import type { Located, LocatedEntry } from './located.ts';

/**
 * Reads a text that is strict JSON, or gives nothing when it is not.
 *
 * JSON is YAML too; this way is ten times as fast, which an export of a whole account needs.
 */
export function readJson(
  chunk: Chunk,
): { readonly value: Located; readonly diagnostics: readonly Diagnostic[] } | undefined {
  if (!/^\s*[{[]/.test(chunk.text) || !isJson(chunk.text)) return undefined;
  const { text } = chunk;
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (const match of text.matchAll(/\n/g)) lines.addNewLine(match.index + 1);
  const diagnostics: Diagnostic[] = [];
  let offset = 0;

  // The text is known to be JSON, so that each step may take for granted what comes next.
  const take = (token: RegExp): string => {
    token.lastIndex = offset;
    const [found = ''] = token.exec(text) ?? [];
    offset += found.length;
    return found;
  };
  const skip = (): void => void take(/[\s,:]*/y);
  const here = (): SourcePosition => positionIn(chunk, lines, offset);

  const value = (depth: number): Located => {
    const position = here();
    if (depth > depthLimit) throw new RangeError(`nested deeper than ${depthLimit} levels`);
    const first = text[offset];
    if (first === '{') return map(depth, position);
    if (first === '[') return list(depth, position);
    const written = take(first === '"' ? /"(?:[^"\\]|\\.)*"/y : /[^\s,\]}]+/y);
    const scalar = JSON.parse(written) as string | number | boolean | null;
    return {
      kind: 'scalar',
      value: scalar,
      text: typeof scalar === 'string' ? scalar : scalar === null ? '' : written,
      position,
    };
  };

  const list = (depth: number, position: SourcePosition): Located => {
    const items: Located[] = [];
    offset += 1;
    for (skip(); text[offset] !== ']'; skip()) items.push(value(depth + 1));
    offset += 1;
    return { kind: 'list', items, position };
  };

  const map = (depth: number, position: SourcePosition): Located => {
    const entries = new Map<string, LocatedEntry>();
    offset += 1;
    for (skip(); text[offset] !== '}'; skip()) {
      const at = here();
      const key = JSON.parse(take(/"(?:[^"\\]|\\.)*"/y)) as string;
      skip();
      const earlier = entries.get(key);
      if (earlier) diagnostics.push(duplicateKey(key, at, earlier.position));
      entries.set(key, { value: value(depth + 1), position: at });
    }
    offset += 1;
    return { kind: 'map', entries, position };
  };

  skip();
  return { value: value(0), diagnostics };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
