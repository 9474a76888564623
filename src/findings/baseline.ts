import { child, integer, items, rootField, text, textList, type Field } from '../ingest/field.ts';
import { readDocuments, type InputText } from '../ingest/yaml/documents.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { SourcePosition } from '../model/objectRef.ts';
import { essenceKey, essenceOf, type Essence } from './fingerprint.ts';
import type { Finding } from './finding.ts';

/** A finding that was there when the baseline was written; `count` of them say the same of one object. */
export interface BaselineEntry extends Essence {
  readonly count: number;
  readonly position?: SourcePosition;
}

/** The version of the baseline's shape. */
const baselineVersion = 1;

/**
 * Writes findings as a baseline: sorted, one entry a line of thought, so that two of them compare well.
 */
export function baselineText(findings: readonly Finding[]): string {
  const entries = new Map<string, BaselineEntry>();
  for (const finding of findings) {
    const essence = essenceOf(finding);
    const key = essenceKey(essence);
    entries.set(key, { ...essence, count: (entries.get(key)?.count ?? 0) + 1 });
  }
  const sorted = [...entries]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { count, ...essence }]) => (count === 1 ? essence : { ...essence, count }));
  return `${JSON.stringify({ schemaVersion: baselineVersion, findings: sorted }, undefined, 2)}\n`;
}

/** A baseline as it was read. What is malformed is told, and the rest is used. */
export interface Baseline {
  readonly entries: readonly BaselineEntry[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads a baseline, with the line of each entry. */
export function readBaseline(input: InputText): Baseline {
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic): void => void diagnostics.push(diagnostic);
  const { documents, diagnostics: syntax } = readDocuments(input);
  const [document] = documents;
  const start: SourcePosition = { file: input.file, line: 1, column: 1 };
  if (syntax.length > 0 || !document) {
    const [first] = syntax;
    const message = first?.message ?? 'the file is empty';
    const position = first?.position ?? start;
    return { entries: [], diagnostics: [{ code: 'bad-baseline', severity: 'error', message, position }] };
  }
  const root = rootField(document, { kind: 'Baseline', name: input.file }, report);
  const version = child(root, 'schemaVersion');
  const written = version.value?.kind === 'scalar' ? version.value.text : undefined;
  if (written !== String(baselineVersion)) {
    bad(
      version,
      `\`${written ?? ''}\` is no version of a baseline`,
      `\`"schemaVersion": ${baselineVersion}\``,
    );
    return { entries: [], diagnostics };
  }
  const list = child(root, 'findings');
  if (list.value === undefined) bad(root, '`findings` is missing');
  return { entries: items(list).flatMap(readEntry), diagnostics };
}

function readEntry(field: Field): readonly BaselineEntry[] {
  if (field.value?.kind !== 'map') {
    bad(field, 'an entry is a mapping of rule, object and about');
    return [];
  }
  const absent = ['rule', 'object', 'about'].filter((key) => child(field, key).value === undefined);
  for (const key of absent) bad(field, `\`${key}\` is missing`);
  const [rule, object] = [text(child(field, 'rule')), text(child(field, 'object'))];
  const count = integer(child(field, 'count')) ?? 1;
  if (count < 1) bad(child(field, 'count'), `\`${count}\` findings are none`);
  if (absent.length > 0 || rule === undefined || object === undefined) return [];
  const about = textList(child(field, 'about'));
  return [{ rule, object, about, count, position: field.position }];
}

function bad(field: Field, message: string, expected?: string): void {
  const { position, ref: object, path } = field;
  field.report({
    code: 'bad-baseline',
    severity: 'error',
    message,
    position,
    object,
    ...(path === '' ? {} : { field: path }),
    ...(expected === undefined ? {} : { expected }),
  });
}

/** Findings, told apart by whether a baseline holds them. */
export interface Compared {
  readonly fresh: readonly Finding[];
  readonly known: readonly Finding[];
  /** Entries of which some finding is gone, with how many are. */
  readonly gone: readonly BaselineEntry[];
}

/** Tells new findings from those that a baseline holds, and lists what is left of the baseline. */
export function compareWithBaseline(
  findings: readonly Finding[],
  entries: readonly BaselineEntry[],
): Compared {
  const left = new Map<string, number>();
  for (const entry of entries) left.set(essenceKey(entry), (left.get(essenceKey(entry)) ?? 0) + entry.count);
  const fresh: Finding[] = [];
  const known: Finding[] = [];
  for (const finding of findings) {
    const key = essenceKey(essenceOf(finding));
    const count = left.get(key) ?? 0;
    if (count > 0) known.push(finding);
    else fresh.push(finding);
    left.set(key, Math.max(0, count - 1));
  }
  const gone = entries.flatMap((entry): readonly BaselineEntry[] => {
    const count = Math.min(entry.count, left.get(essenceKey(entry)) ?? 0);
    left.set(essenceKey(entry), (left.get(essenceKey(entry)) ?? 0) - count);
    return count === 0 ? [] : [{ ...entry, count }];
  });
  return { fresh, known, gone };
}

/** Notes an entry of a baseline that no finding answers to any more. */
export function goneNote({ rule, object, about, count, position }: BaselineEntry): Diagnostic {
  const times = count === 1 ? '' : ` (${count} times)`;
  const what = [object, ...about].join(', ');
  return {
    code: 'fixed-finding',
    severity: 'note',
    message: `fixed, and may be removed from the baseline${times}: ${what} [${rule}]`,
    ...(position ? { position } : {}),
  };
}
