import { LineCounter, parseAllDocuments, type Document, type YAMLParseError } from 'yaml';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { ObjectRef, SourcePosition } from '../../model/objectRef.ts';
import { locate, positionIn, type Chunk } from './locate.ts';
import type { Located } from './located.ts';
import { readJson } from './json.ts';

/** A text to read, and the name under which complaints refer to it. */
export interface InputText {
  readonly file: string;
  readonly text: string;
}

/** What a text held: its documents, and complaints about those that could not be read. */
export interface ReadText {
  readonly documents: readonly Located[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads every document of a text. A document that cannot be read gives a diagnostic and stops no other.
 *
 * JSON is read as the YAML that it is, so that its values have positions too.
 *
 * @example
 * readDocuments({ file: 'a.yaml', text: 'a: 1\n---\n# nothing\n---\n{"b": 2}' }).documents.length // => 2
 */
export function readDocuments(input: InputText): ReadText {
  const parts = chunksOf(input).map(readChunk);
  return {
    documents: parts.flatMap((part) => part.documents),
    diagnostics: parts.flatMap((part) => part.diagnostics),
  };
}

/**
 * Cuts a text at its `---` lines, so that a broken document cannot swallow the next.
 *
 * A line that begins with `---` is a document marker wherever it stands, also inside quotes.
 *
 * @source YAML 1.2.2, 9.1.2 "Document Markers"
 */
function chunksOf(input: InputText): readonly Chunk[] {
  const text = input.text.replace(/^\uFEFF/, '');
  const starts = [0];
  for (const match of text.matchAll(/\n---(?=\s|$)/g)) starts.push(match.index + 1);
  const pieces = starts.map((start, at) => text.slice(start, starts[at + 1]));
  const chunks: Chunk[] = [];
  let linesBefore = 0;
  let directives = '';
  for (const piece of pieces) {
    // `%YAML 1.1` belongs to the document after it.
    if (isDirectives(piece) && piece !== pieces.at(-1)) {
      directives += piece;
      continue;
    }
    chunks.push({ file: input.file, text: directives + piece, linesBefore });
    linesBefore += countLines(directives + piece);
    directives = '';
  }
  return chunks;
}

function isDirectives(text: string): boolean {
  return text.startsWith('%') && text.split('\n').every((line) => /^\s*$|^[%#]/.test(line));
}

function countLines(text: string): number {
  return text.split('\n').length - 1;
}

/** A chunk as it was parsed in the end. */
interface ParsedChunk {
  readonly chunk: Chunk;
  readonly lines: LineCounter;
  readonly documents: readonly Document.Parsed[];
}

function readChunk(whole: Chunk): ReadText {
  const obstacle = obstacleIn(whole);
  if (obstacle) return { documents: [], diagnostics: [obstacle] };
  let parsed: ParsedChunk;
  try {
    const json = readJson(whole);
    if (json) return { documents: [json.value], diagnostics: json.diagnostics };
    parsed = parseLeniently(whole);
  } catch (error) {
    // Absurd nesting is refused, or exhausts the stack of the YAML library.
    const message = error instanceof Error ? error.message : String(error);
    return { documents: [], diagnostics: [syntaxComplaint(whole, startOf(whole), message)] };
  }
  const { chunk, lines } = parsed;
  const documents: Located[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const document of parsed.documents) {
    const [error] = document.errors;
    if (error) {
      diagnostics.push(brokenDocument(chunk, lines, error));
      continue;
    }
    if (!document.contents || isEmpty(document)) continue;
    const located = locate(document.contents, chunk, lines);
    diagnostics.push(...located.diagnostics);
    documents.push(located.value);
  }
  const sloppy = documents.length > 0 ? sloppyJson(chunk) : undefined;
  if (!sloppy) return { documents, diagnostics };
  return { documents: sloppy.severity === 'error' ? [] : documents, diagnostics: [...diagnostics, sloppy] };
}

/**
 * Parses a chunk as leniently as kubectl does.
 *
 * libyaml minds no indentation inside brackets and quotes; the library at hand minds that of a line that
 * closes them, and tabs. So a chunk with an error is tried again with closing lines moved by one column,
 * and without tabs before the lines that end in a comma.
 */
function parseLeniently(chunk: Chunk): ParsedChunk {
  const first = parseStrictly(chunk);
  if (isSound(first)) return first;
  const moved = chunk.text
    .replaceAll(/(?<=\n[ \t]*)(?=[\]}]+['"]?,?[ \t]*\r?\n)/g, ' ')
    .replaceAll(/(?<=\n)[ \t]*\t[ \t]*(?=\S[^\n]*,[ \t]*\r?\n)/g, (indent) => ' '.repeat(indent.length));
  if (moved === chunk.text) return first;
  const second = parseStrictly({ ...chunk, text: moved });
  return isSound(second) ? second : first;
}

function parseStrictly(chunk: Chunk): ParsedChunk {
  const lines = new LineCounter();
  const documents = parseAllDocuments(chunk.text, {
    lineCounter: lines,
    schema: 'failsafe',
    uniqueKeys: false,
    strict: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  return { chunk, lines, documents };
}

function isSound({ documents }: ParsedChunk): boolean {
  return documents.every((document) => document.errors.length === 0);
}

/** An empty or comment-only document: its one scalar is empty and plain. */
function isEmpty(document: Document.Parsed): boolean {
  const { contents } = document;
  return contents !== null && 'value' in contents && contents.value === '' && contents.source === '';
}

/** Finds what makes a chunk unreadable from the start. */
function obstacleIn(chunk: Chunk): Diagnostic | undefined {
  const marker = /(?:^|\n)(<{7}|={7}|>{7}|\|{7})(?=[ \r\n]|$)/.exec(chunk.text);
  if (marker) {
    return {
      code: 'conflict-marker',
      severity: 'error',
      message: `the line \`${marker[1]}\` is the marker of an unresolved git merge`,
      position: linePosition(chunk, marker.index + marker[0].indexOf(marker[1] ?? '')),
      ...objectGuess(chunk.text),
    };
  }
  const deep = /(?:^|\n)[ \t?:-]{2000}/.exec(chunk.text);
  if (!deep) return undefined;
  const position = linePosition(chunk, deep.index + 1);
  return { code: 'too-deep', severity: 'error', message: 'nested deeper than any real document', position };
}

function linePosition(chunk: Chunk, offset: number): SourcePosition {
  return { ...startOf(chunk), line: chunk.linesBefore + 1 + countLines(chunk.text.slice(0, offset)) };
}

function startOf(chunk: Chunk): SourcePosition {
  return { file: chunk.file, line: chunk.linesBefore + 1, column: 1 };
}

function brokenDocument(chunk: Chunk, lines: LineCounter, error: YAMLParseError): Diagnostic {
  const template = /\{\{-?/.exec(chunk.text);
  if (template) {
    return {
      code: 'unrendered-template',
      severity: 'error',
      message: 'looks like an unrendered Helm template',
      position: positionIn(chunk, lines, template.index),
      ...objectGuess(chunk.text),
      help: 'run `helm template` and read its output',
    };
  }
  return syntaxComplaint(chunk, positionIn(chunk, lines, error.pos[0]), error.message);
}

/** Complains, as an error only when the text looks like something that whichrole would have read. */
function syntaxComplaint(chunk: Chunk, position: SourcePosition, reason: string): Diagnostic {
  const matters = /\bkind\b|\bStatement\b|\barn:aws/.test(chunk.text);
  const message = reason.charAt(0).toLowerCase() + reason.slice(1).replace(/\.$/, '');
  return {
    code: 'yaml-syntax',
    severity: matters ? 'error' : 'warning',
    message,
    position,
    ...objectGuess(chunk.text),
  };
}

/** Names the object of a broken document by its first `kind:` and its first `name:` under `metadata:`. */
function objectGuess(text: string): { readonly object: ObjectRef } | object {
  const kind = /^ *"?kind"?: *["']?([A-Za-z]+)/m.exec(text)?.[1];
  const name = /^ *"?metadata"?:[^]*?^ +"?name"?: *["']?([^\s"',{}]+)/m.exec(text)?.[1];
  return kind === undefined || name === undefined ? {} : { object: { kind, name } };
}

/**
 * Complains about what is nearly JSON. A trailing comma does no harm, but YAML takes a `//` comment
 * for a part of the key or value beside it.
 */
function sloppyJson(chunk: Chunk): Diagnostic | undefined {
  const meantAsJson = chunk.file.endsWith('.json') || /^\s*(\{\s*"|\[\s*\{)/.test(chunk.text);
  if (!meantAsJson || !/^\s*[{[]/.test(chunk.text)) return undefined;
  const comment = /(?:^|[\s,{}[\]])\/\//.exec(chunk.text);
  return {
    code: 'not-strict-json',
    severity: comment ? 'error' : 'warning',
    message: comment ? 'JSON has no comments; the document was not read' : 'this is no strict JSON',
    position: comment ? linePosition(chunk, comment.index + comment[0].length) : startOf(chunk),
    ...objectGuess(chunk.text),
  };
}
