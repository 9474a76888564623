import type { CalicoSelector } from '../../model/calicoSelector.ts';

/**
 * Parses a selector in Calico's language, or says what is wrong with it.
 *
 * @source projectcalico/calico:libcalico-go/lib/selector/tokenizer/tokenizer.go, parser/parser.go
 * @example
 * parseCalicoSelector("app == 'web'")
 * // => { kind: 'compare', key: 'app', operator: '==', value: 'web' }
 * parseCalicoSelector('app == web') // => { wrong: '`web` is no text in quotes' }
 */
export function parseCalicoSelector(text: string): CalicoSelector | { readonly wrong: string } {
  if (text.trim() === '') return { kind: 'all' };
  try {
    const reader = { rest: text.trim() };
    const selector = readOr(reader);
    if (reader.rest !== '') return { wrong: `\`${reader.rest}\` is not understood` };
    return selector;
  } catch (error) {
    if (error instanceof SelectorError) return { wrong: error.message };
    throw error;
  }
}

class SelectorError extends Error {}

/** What is left to read. */
interface Reader {
  rest: string;
}

/** Takes what stands next when it looks like this, with the white space after it. */
function take(reader: Reader, pattern: RegExp): readonly string[] | undefined {
  const found = new RegExp(`^(?:${pattern.source})\\s*`).exec(reader.rest);
  if (!found) return undefined;
  reader.rest = reader.rest.slice(found[0].length);
  return found;
}

function readOr(reader: Reader): CalicoSelector {
  return readChain(reader, 'or', /\|\|/, readAnd);
}

function readAnd(reader: Reader): CalicoSelector {
  return readChain(reader, 'and', /&&/, readOperand);
}

function readChain(
  reader: Reader,
  kind: 'and' | 'or',
  between: RegExp,
  readOne: (reader: Reader) => CalicoSelector,
): CalicoSelector {
  const first = readOne(reader);
  const operands = [first];
  while (take(reader, between)) operands.push(readOne(reader));
  return operands.length === 1 ? first : { kind, operands };
}

const key = /[a-zA-Z0-9_./-]+/;

function readOperand(reader: Reader): CalicoSelector {
  if (take(reader, /!(?!=)/)) return { kind: 'not', operand: readOperand(reader) };
  if (take(reader, /\(/)) {
    const inner = readOr(reader);
    if (!take(reader, /\)/)) throw new SelectorError('a `)` is missing');
    return inner;
  }
  if (take(reader, /all\(\s*\)/)) return { kind: 'all' };
  if (take(reader, /global\(\s*\)/)) return { kind: 'global' };
  const has = take(reader, new RegExp(`has\\(\\s*(${key.source})\\s*\\)`));
  if (has) return { kind: 'has', key: has[1] ?? '' };
  const label = take(reader, key)?.[0]?.trim();
  if (label === undefined) throw new SelectorError(`\`${reader.rest}\` does not begin with a label`);
  return readComparison(reader, label);
}

const comparisons = [
  ['==', /==/],
  ['!=', /!=/],
  ['contains', /contains/],
  ['starts with', /starts\s*with/],
  ['ends with', /ends\s*with/],
] as const;

function readComparison(reader: Reader, label: string): CalicoSelector {
  for (const [operator, pattern] of comparisons) {
    if (take(reader, pattern)) return { kind: 'compare', key: label, operator, value: readText(reader) };
  }
  if (take(reader, /not\s*in/)) return { kind: 'not in', key: label, values: readSet(reader) };
  if (take(reader, /in/)) return { kind: 'in', key: label, values: readSet(reader) };
  throw new SelectorError(`\`${label}\` is not followed by an operator`);
}

function readText(reader: Reader): string {
  const found = take(reader, /"([^"]*)"|'([^']*)'/);
  if (!found) throw new SelectorError(`\`${reader.rest}\` is no text in quotes`);
  return found[1] ?? found[2] ?? '';
}

function readSet(reader: Reader): readonly string[] {
  if (!take(reader, /\{/)) throw new SelectorError('a set must stand in `{}`');
  const values: string[] = [];
  while (!take(reader, /\}/)) {
    values.push(readText(reader));
    if (!take(reader, /,/) && !reader.rest.startsWith('}')) throw new SelectorError('a `}` is missing');
  }
  return values;
}
