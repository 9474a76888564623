/** A piece of Go's syntax and what it is in JavaScript; nothing where Go refuses it. */
type Token = readonly [shape: RegExp, translate: (match: RegExpExecArray) => string | undefined];

/** Character classes of POSIX, which JavaScript does not have. */
const posixClasses: ReadonlyMap<string, string> = new Map([
  ['alnum', '0-9A-Za-z'],
  ['alpha', 'A-Za-z'],
  ['digit', '0-9'],
  ['lower', 'a-z'],
  ['upper', 'A-Z'],
  ['word', '0-9A-Za-z_'],
  ['xdigit', '0-9A-Fa-f'],
  ['space', '\\t\\n\\v\\f\\r '],
]);

const syntaxCharacter = /[\\^$.*+?()[\]{}|/]/g;

const asIs = ([whole]: RegExpExecArray): string => whole;
const refused = (): undefined => undefined;
const escaped = (text: string): string => text.replaceAll(syntaxCharacter, '\\$&');

const escapes: readonly Token[] = [
  [/\\a/y, () => '\\x07'],
  [/\\x\{([0-9A-Fa-f]+)\}/y, ([, digits = '']) => `\\u{${digits}}`],
  [/\\x[0-9A-Fa-f]{2}/y, asIs],
  [/\\[fnrtv]/y, asIs],
  [/\\([^A-Za-z0-9])/sy, ([, mark = '']) => escaped(mark)],
];

/**
 * The syntax outside brackets; the first shape that fits wins, and what none fits stands for itself.
 *
 * Of flags in the middle of a pattern only `(?i)` has a translation; the others count as refused.
 *
 * @source golang/go:src/regexp/syntax/parse.go; checked against Go 1.26, pattern by pattern
 */
const outside: readonly Token[] = [
  [/\\Q(.*?)(?:\\E|$)/sy, ([, text = '']) => escaped(text)],
  [/\\A/y, () => '^'],
  [/\\z/y, () => '$'],
  ...escapes,
  [/\\[bBdDsSwW]/y, asIs],
  [/\\[pP](?:\{\^?\w+\}|[A-Z])/y, ([whole]) => whole.replace(/([pP])([A-Z])$/, '$1{$2}')],
  [/\\/y, refused],
  [/\(\?P?<([A-Za-z_]\w*)>/y, ([, name = '']) => `(?<${name}>`],
  [/\[\^?\]?(?:\[:\w*:\]|\\.|[^\\\]])*\]/sy, ([whole]) => translateBrackets(whole)],
  [/\(\?:/y, asIs],
  [/\(\?/y, refused],
  [
    /\{(\d+)(?:,(\d*))?\}/y,
    ([whole, from, to]) => (Math.max(Number(from), Number(to ?? 0)) > 1000 ? undefined : whole),
  ],
  [/[{}\]]/y, ([whole]) => `\\${whole}`],
];

/** The syntax inside brackets. A hyphen behind a class of characters is a hyphen. */
const inside: readonly Token[] = [
  [/\\[dDsSwW]-(?!\])/y, ([whole]) => whole.replace('-', '\\-')],
  [/\\[dDsSwW]/y, asIs],
  [/\\-/y, asIs],
  ...escapes,
  [/\\/y, refused],
  [/\[:(\w+):\]/y, ([, name = '']) => posixClasses.get(name)],
  [/\[/y, () => '\\['],
];

/**
 * Compiles a regular expression as Go understands it, or gives nothing when Go refuses it.
 *
 * JavaScript may take long over a pattern that Go would search in linear time.
 *
 * @source golang/go:src/regexp/syntax/parse.go
 * @example
 * goRegexp('dev')?.test('developer') // => true
 * goRegexp('^(?!prod)') // => undefined
 */
export function goRegexp(pattern: string): RegExp | undefined {
  const leading = /^\(\?([imsU]+)\)/.exec(pattern);
  const flags = new Set(leading?.[1]?.replaceAll('U', ''));
  const rest = pattern.slice(leading?.[0].length ?? 0);
  const [, before, after] = caseFlagInside.exec(rest) ?? [];
  const source = translate(after === undefined ? rest : `${before}${eitherCase(after)}`, outside);
  if (source === undefined) return undefined;
  try {
    return new RegExp(source, `u${[...flags].join('')}`);
  } catch {
    return undefined;
  }
}

/** A flag `(?i)` behind other things, in no group. */
const caseFlagInside = /^((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))+)\(\?i\)(.*)$/s;

/** Writes each letter of a pattern, and each range of letters in brackets, in both cases. */
function eitherCase(pattern: string): string {
  return pattern.replaceAll(
    /\\[pP](?:\{\^?\w+\}|.)|\\.|\(\?P?<\w+>|\[(?:\\.|[^\]])*\]|[A-Za-z]/gs,
    (part) => {
      if (/^[A-Za-z]$/.test(part)) return `[${part.toLowerCase()}${part.toUpperCase()}]`;
      if (!part.startsWith('[')) return part;
      return part.replaceAll(/\\.|\[:\w*:\]|[A-Za-z](?:-[A-Za-z])?/g, (inner) =>
        /^[\\[]/.test(inner) ? inner : `${inner.toLowerCase()}${inner.toUpperCase()}`,
      );
    },
  );
}

function translate(pattern: string, tokens: readonly Token[]): string | undefined {
  let source = '';
  for (let at = 0; at < pattern.length;) {
    const token = tokenAt(tokens, pattern, at) ?? {
      text: pattern.charAt(at),
      translation: pattern.charAt(at),
    };
    if (token.translation === undefined) return undefined;
    source += token.translation;
    at += token.text.length;
  }
  return source;
}

/** A bracket that comes first in brackets stands for itself. */
function translateBrackets(whole: string): string | undefined {
  const [head = ''] = /^\[\^?\]?/.exec(whole) ?? [];
  const body = translate(whole.slice(head.length, -1), inside);
  return body === undefined ? undefined : `${head.replace(']', '\\]')}${body}]`;
}

function tokenAt(
  tokens: readonly Token[],
  pattern: string,
  at: number,
): { readonly text: string; readonly translation: string | undefined } | undefined {
  for (const [shape, toJavaScript] of tokens) {
    shape.lastIndex = at;
    const match = shape.exec(pattern);
    if (match) return { text: match[0], translation: toJavaScript(match) };
  }
  return undefined;
}
