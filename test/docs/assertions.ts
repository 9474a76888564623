import ts from 'typescript';

/** A piece of TypeScript from a document, made executable. */
export interface Example {
  /** Where it stands, as `README.md:12`. */
  readonly name: string;
  /** The text with every `// =>` made a call of `expectEqual`. */
  readonly code: string;
  /** The text as written. */
  readonly source: string;
  readonly assertions: number;
}

/**
 * Turns each `expression // => value` into an assertion.
 *
 * The comment stands behind the expression or on the lines after it; its value is an expression, too.
 *
 * @example
 * toExample('x', '1 + 1 // => 2').code // => 'expectEqual(1 + 1, (2)) // => 2'
 */
export function toExample(name: string, source: string): Example {
  const file = ts.createSourceFile('example.ts', source, ts.ScriptTarget.ES2023, true, ts.ScriptKind.TS);
  const edits: { readonly from: number; readonly to: number; readonly text: string }[] = [];
  for (const statement of file.statements) {
    if (!ts.isExpressionStatement(statement)) continue;
    const expected = expectedAfter(source, statement.end);
    if (expected === undefined) continue;
    const from = statement.getStart(file);
    const { expression } = statement;
    edits.push({ from, to: statement.end, text: `expectEqual(${expression.getText(file)}, (${expected}))` });
  }
  const code = edits
    .toReversed()
    .reduce((text, edit) => text.slice(0, edit.from) + edit.text + text.slice(edit.to), source);
  return { name, code, source, assertions: edits.length };
}

/** The text behind `// =>`, with the comment lines that carry it on. */
function expectedAfter(source: string, end: number): string | undefined {
  const match = /^;?[ \t]*\n?[ \t]*\/\/ =>[ \t]*([^\n]*(?:\n[ \t]*\/\/ {3,}[^\n]*)*)/.exec(source.slice(end));
  return match?.[1]?.replace(/\n[ \t]*\/\//g, '\n');
}

/** The `@example` blocks in the docstrings of a source file, with their lines. */
export function docstringExamples(
  source: string,
): readonly { readonly text: string; readonly line: number }[] {
  return [...source.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap((comment) => {
    const lines = comment[0].split('\n').map((line) => line.replace(/^\s*\*\/?( |$)/, ''));
    const start = source.slice(0, comment.index).split('\n').length;
    const at = lines.findIndex((line) => line.startsWith('@example'));
    if (at < 0) return [];
    const end = lines.findIndex((line, index) => index > at && /^@\w/.test(line));
    const body = lines.slice(at + 1, end < 0 ? -1 : end).join('\n');
    return [{ text: body, line: start + at + 1 }];
  });
}
