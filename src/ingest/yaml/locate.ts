import { isAlias, isMap, isScalar, isSeq, Scalar, type LineCounter, type Node, type YAMLMap } from 'yaml';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { SourcePosition } from '../../model/objectRef.ts';
import type { DiagnosticCode } from '../diagnosticCodes.ts';
import type { Located, LocatedEntry } from './located.ts';
import { duplicateKey } from './duplicateKey.ts';
import { plainScalar } from './plainScalar.ts';

/** No manifest is nested this deep; a deeper one would only exhaust the stack. */
export const depthLimit = 200;

/** How many values a document may have once its aliases are expanded. */
const sizeLimit = 1_000_000;

/** A piece of a file, and the number of lines before it. */
export interface Chunk {
  readonly file: string;
  readonly text: string;
  readonly linesBefore: number;
}

/** Tells the position of an offset inside a chunk. */
export function positionIn(chunk: Chunk, lines: LineCounter, offset: number): SourcePosition {
  const { line, col } = lines.linePos(offset);
  return { file: chunk.file, line: Math.max(1, line) + chunk.linesBefore, column: Math.max(1, col) };
}

/**
 * Turns a parsed document into values with positions: aliases and merge keys followed, scalars typed as
 * Kubernetes types them.
 */
export function locate(
  root: Node,
  chunk: Chunk,
  lines: LineCounter,
): { readonly value: Located; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const anchors = new Map<string, Located>();
  const sizes = new Map<Located, number>();
  const at = (node: Node | null | undefined): SourcePosition =>
    positionIn(chunk, lines, node?.range?.[0] ?? 0);
  const complain = (code: DiagnosticCode, position: SourcePosition, message: string, help?: string): void => {
    diagnostics.push({ code, severity: 'error', message, position, ...(help ? { help } : {}) });
  };
  const nothing = (position: SourcePosition): Located => ({
    kind: 'scalar',
    value: null,
    text: '',
    position,
  });

  const visit = (node: Node | null | undefined, depth: number): Located => {
    const position = at(node);
    if (depth > depthLimit) {
      complain('too-deep', position, `nested deeper than ${depthLimit} levels`);
      return nothing(position);
    }
    const located = build(node, depth, position);
    if (node && !isAlias(node) && 'anchor' in node && typeof node.anchor === 'string') {
      anchors.set(node.anchor, located);
    }
    return located;
  };

  const build = (node: Node | null | undefined, depth: number, position: SourcePosition): Located => {
    if (isScalar(node)) return scalarOf(node, position);
    if (isSeq(node)) {
      const items = node.items.map((item) => visit(item as Node | null, depth + 1));
      return sized({ kind: 'list', items, position }, items);
    }
    if (isMap(node)) return mapOf(node, depth, position);
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target && (sizes.get(target) ?? 1) <= sizeLimit) return target;
      complain('bad-alias', position, `the alias \`*${node.source}\` cannot be followed`);
    }
    return nothing(position);
  };

  const sized = (located: Located, parts: readonly Located[]): Located => {
    sizes.set(
      located,
      parts.reduce((sum, part) => sum + (sizes.get(part) ?? 1), 1),
    );
    return located;
  };

  const mapOf = (node: YAMLMap, depth: number, position: SourcePosition): Located => {
    const [start = 0, end = start] = node.range ?? [];
    // `key: {{ x }}` is a mapping inside a mapping to YAML; its author meant a template.
    if (chunk.text.startsWith('{{', start)) {
      const text = chunk.text.slice(start, end);
      const help = 'render the template first, as with `helm template`';
      complain('unrendered-template', position, `\`${text}\` is a template, not a value`, help);
      return { kind: 'scalar', value: text, text, position };
    }
    const entries = new Map<string, LocatedEntry>();
    const merged: Located[] = [];
    for (const { key, value } of node.items) {
      const keyNode = key as Node;
      const keyPosition = at(keyNode);
      if (!isScalar(keyNode)) {
        complain('bad-key', keyPosition, 'a key must be a string');
        continue;
      }
      const name = scalarOf(keyNode, keyPosition).text;
      const located = visit(value as Node | null, depth + 1);
      if (name === '<<' && keyNode.type === Scalar.PLAIN) {
        merged.push(...(located.kind === 'list' ? located.items : [located]));
        continue;
      }
      const earlier = entries.get(name);
      if (earlier) diagnostics.push(duplicateKey(name, keyPosition, earlier.position));
      entries.set(name, { value: located, position: keyPosition });
    }
    // What the mapping says itself wins over what it merges in; of several merged ones the first wins.
    for (const from of merged) {
      if (from.kind !== 'map') continue;
      for (const [name, entry] of from.entries) if (!entries.has(name)) entries.set(name, entry);
    }
    const located: Located = { kind: 'map', entries, position };
    return sized(
      located,
      [...entries.values()].map((entry) => entry.value),
    );
  };

  return { value: visit(root, 0), diagnostics };
}

function scalarOf(node: Scalar, position: SourcePosition): Located & { readonly kind: 'scalar' } {
  const text = String(node.value ?? '');
  // With the failsafe schema every value is a string; the style and the tag say whether it is meant so.
  const isText = node.type !== Scalar.PLAIN || node.tag === 'tag:yaml.org,2002:str';
  return { kind: 'scalar', value: isText ? text : plainScalar(text), text, position };
}
