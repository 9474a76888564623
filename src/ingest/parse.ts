import type { Diagnostic } from '../model/diagnostic.ts';
import type { World } from '../model/world.ts';
import { assemble } from './assemble/assemble.ts';
import { awsShapes } from './aws/shapes.ts';
import { isSettings, readSettings } from './config/readSettings.ts';
import { rootField, type Report } from './field.ts';
import { combine, type Found } from './found.ts';
import { looksLikeKubernetes, readObjects, type ReadObject } from './kubernetes/readObject.ts';
import { readDocuments, type InputText } from './yaml/documents.ts';
import type { Located } from './yaml/located.ts';

/** How many objects of one kind there were. */
export interface KindCount {
  readonly kind: string;
  readonly count: number;
}

/** What the input holds, and what is to be said of it. */
export interface Parsed {
  readonly world: World;
  /** In the order of the input; those that arise from comparing objects come last. */
  readonly diagnostics: readonly Diagnostic[];
  /** What was read, by kind. */
  readonly read: readonly KindCount[];
  /** What decides nothing about identities and was passed over, by kind. */
  readonly ignored: readonly KindCount[];
  readonly documents: number;
}

/**
 * Reads any mix of manifests, AWS exports and settings into a world.
 *
 * Nothing is fatal: what cannot be read is told in a diagnostic, and everything else is used.
 *
 * @example
 * const text = 'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: api, namespace: pay}';
 * parseInput([{ file: 'sa.yaml', text }]).world.serviceAccounts[0]?.ref.position?.line // => 1
 */
export function parseInput(texts: readonly InputText[]): Parsed {
  const diagnostics: Diagnostic[] = [];
  const report: Report = (diagnostic) => void diagnostics.push(diagnostic);
  const outcomes: ReadObject[] = [];
  let documents = 0;
  for (const text of texts) {
    const read = readDocuments(text);
    diagnostics.push(...read.diagnostics);
    documents += read.documents.length;
    for (const document of read.documents) outcomes.push(...readDocument(document, report));
  }
  const parts = outcomes.flatMap((outcome): Partial<Found>[] =>
    outcome.kind === 'read' ? [outcome.found] : [],
  );
  return {
    world: assemble(combine(parts), report),
    diagnostics,
    read: countKinds(outcomes, 'read'),
    ignored: countKinds(outcomes, 'ignored'),
    documents,
  };
}

/** Tells by its shape what a document is, and reads it. */
function readDocument(root: Located, report: Report): readonly ReadObject[] {
  if (root.kind === 'list') return root.items.flatMap((item) => readDocument(item, report));
  if (root.kind === 'scalar') return [{ kind: 'ignored', what: 'plain text' }];
  const { file } = root.position;
  if (isSettings(root)) {
    const field = rootField(root, { kind: 'Settings', name: file, position: root.position }, report);
    return [{ kind: 'read', what: 'whichrole settings', found: { settings: [readSettings(field)] } }];
  }
  if (looksLikeKubernetes(root)) return readObjects(root, report);
  const keys = new Set(root.entries.keys());
  const field = rootField(root, { kind: 'document', name: file, position: root.position }, report);
  const shape = awsShapes.find((one) => one.matches(keys, field));
  if (!shape) return [{ kind: 'ignored', what: 'other document' }];
  if (!shape.read) return [{ kind: 'ignored', what: shape.what }];
  return [{ kind: 'read', what: shape.what, found: shape.read(field) }];
}

function countKinds(outcomes: readonly ReadObject[], kind: 'read' | 'ignored'): readonly KindCount[] {
  const counts = new Map<string, number>();
  for (const outcome of outcomes) {
    if (outcome.kind === kind) counts.set(outcome.what, (counts.get(outcome.what) ?? 0) + 1);
  }
  return [...counts]
    .map(([what, count]) => ({ kind: what, count }))
    .toSorted((a, b) => (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0));
}
