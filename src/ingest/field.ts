import type { Diagnostic } from '../model/diagnostic.ts';
import type { Labels } from '../model/labels.ts';
import type { ObjectRef, SourcePosition } from '../model/objectRef.ts';
import { placeholderIn } from '../model/placeholder.ts';
import type { DiagnosticCode } from './diagnosticCodes.ts';
import { memberPath, type Located } from './yaml/located.ts';

/** Takes a diagnostic. */
export type Report = (diagnostic: Diagnostic) => void;

/**
 * A place in an object: the value there, or nothing when the place is empty, and how to name it.
 *
 * `null` counts as nothing, as it does to the API server.
 */
export interface Field {
  readonly value: Located | undefined;
  /** As `spec.containers[0].env`; empty for the object itself. */
  readonly path: string;
  readonly position: SourcePosition;
  readonly ref: ObjectRef;
  readonly report: Report;
}

/** Starts at the object itself. */
export function rootField(value: Located, ref: ObjectRef, report: Report): Field {
  return { value: present(value), path: '', position: value.position, ref, report };
}

/** Goes to a member of a mapping. */
export function child(field: Field, key: string): Field {
  const entry = field.value?.kind === 'map' ? field.value.entries.get(key) : undefined;
  const position = entry?.position ?? field.position;
  return { ...field, value: present(entry?.value), path: memberPath(field.path, key), position };
}

/** Goes down along several keys. */
export function descend(field: Field, ...keys: readonly string[]): Field {
  return keys.reduce(child, field);
}

/** Goes to each item of a list; an item that is `null` is an empty place. */
export function items(field: Field): readonly Field[] {
  if (!expectKind(field, 'list', 'a list') || field.value?.kind !== 'list') return [];
  return field.value.items.map((item, at) => ({
    ...field,
    value: present(item),
    path: memberPath(field.path, at),
    position: item.position,
  }));
}

/** Goes to each member of a mapping, with its key. */
export function members(field: Field): readonly (readonly [string, Field])[] {
  if (!expectKind(field, 'map', 'a mapping') || field.value?.kind !== 'map') return [];
  return [...field.value.entries.keys()].map((key) => [key, child(field, key)]);
}

/** Reads a string. A number or a boolean is complained of, as the API server does, and used as written. */
export function text(field: Field): string | undefined {
  const { value } = field;
  if (!expectKind(field, 'scalar', 'a string') || value?.kind !== 'scalar') return undefined;
  if (typeof value.value !== 'string') {
    complain(field, {
      code: 'wrong-type',
      severity: 'error',
      message: `\`${value.text}\` is a ${typeof value.value}`,
      expected: 'a string (put it in quotes)',
    });
  }
  return value.text;
}

/** Reads a boolean; a quoted one is complained of and used as meant. */
export function truth(field: Field): boolean | undefined {
  const { value } = field;
  if (!expectKind(field, 'scalar', 'true or false') || value?.kind !== 'scalar') return undefined;
  if (typeof value.value === 'boolean') return value.value;
  complain(field, {
    code: 'wrong-type',
    severity: 'error',
    message: `\`${value.text}\` is a ${typeof value.value}`,
    expected: 'true or false',
  });
  return value.text === 'true' ? true : value.text === 'false' ? false : undefined;
}

/** Reads a whole number; a quoted one is complained of and used as meant. */
export function integer(field: Field): number | undefined {
  const { value } = field;
  if (!expectKind(field, 'scalar', 'a whole number') || value?.kind !== 'scalar') return undefined;
  if (typeof value.value === 'number' && Number.isSafeInteger(value.value)) return value.value;
  complain(field, {
    code: 'wrong-type',
    severity: 'error',
    message: `\`${value.text}\` is no whole number`,
    expected: 'a whole number',
  });
  return /^\d{1,15}$/.test(value.text) ? Number(value.text) : undefined;
}

/** Reads a mapping of strings, as labels and annotations are. An entry that is `null` is an empty string. */
export function textMap(field: Field): Labels {
  return Object.fromEntries(members(field).map(([key, member]) => [key, text(member) ?? '']));
}

/** Reads a list of strings. */
export function textList(field: Field): readonly string[] {
  return items(field).flatMap((item) => text(item) ?? []);
}

/** Points at the field. */
export function refOf(field: Field): ObjectRef {
  return {
    ...field.ref,
    ...(field.path === '' ? {} : { field: field.path }),
    position: field.position,
  };
}

/** A complaint about a field: what is not yet known from the field itself. */
export interface Complaint {
  readonly code: DiagnosticCode;
  readonly severity: Diagnostic['severity'];
  readonly message: string;
  readonly expected?: string | undefined;
  readonly nearest?: string | undefined;
  readonly help?: string | undefined;
}

/** Reports a complaint about a field. */
export function complain(field: Field, complaint: Complaint): void {
  const { code, severity, message, expected, nearest, help } = complaint;
  field.report({
    code,
    severity,
    message,
    position: field.position,
    object: field.ref,
    ...(field.path === '' ? {} : { field: field.path }),
    ...(expected === undefined ? {} : { expected }),
    ...(nearest === undefined ? {} : { nearest }),
    ...(help === undefined ? {} : { help }),
  });
}

/** Notes a template placeholder that was left in a value that matters. The value is kept as it is. */
export function notePlaceholder(field: Field, value: string | undefined): void {
  const placeholder = value === undefined ? undefined : placeholderIn(value);
  if (placeholder === undefined) return;
  complain(field, {
    code: 'placeholder',
    severity: 'note',
    message: `the placeholder \`${placeholder}\` was not filled in`,
  });
}

function present(value: Located | undefined): Located | undefined {
  return value?.kind === 'scalar' && value.value === null ? undefined : value;
}

/** Complains when a value is there and has another shape. */
function expectKind(field: Field, kind: Located['kind'], expected: string): boolean {
  if (field.value === undefined || field.value.kind === kind) return field.value !== undefined;
  const found = { map: 'a mapping', list: 'a list', scalar: 'a plain value' }[field.value.kind];
  complain(field, { code: 'wrong-type', severity: 'error', message: `this is ${found}`, expected });
  return false;
}
