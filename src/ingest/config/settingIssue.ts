import type { BaseIssue } from 'valibot';
import type { JsonValue } from '../../model/aws.ts';
import { nearestWord } from '../../model/nearest.ts';
import { child, complain, items, type Field } from '../field.ts';
import { settingsSchema } from './settings.ts';

/** The parts of a schema by which one can walk down from a value to its members. */
interface Walkable {
  readonly entries?: Readonly<Record<string, Walkable>>;
  readonly wrapped?: Walkable;
  readonly item?: Walkable;
  readonly options?: readonly unknown[];
}

/**
 * Complains of every key that the schema does not know, with the nearest right word, and gives the rest.
 *
 * The schema itself would tell only of the first in each section.
 */
export function withoutUnknownKeys(root: Field, written: JsonValue): JsonValue {
  const visit = (field: Field, value: JsonValue, schema: Walkable | undefined): JsonValue => {
    if (Array.isArray(value)) {
      const fields = items(field);
      return value.map((item: JsonValue, at) => visit(fields[at] ?? field, item, inner(schema, at)));
    }
    if (typeof value !== 'object' || value === null || !schema?.entries) return value;
    const known = Object.keys(schema.entries);
    const kept = Object.entries(value).filter(([key]) => {
      if (!known.includes(key)) complainOfKey(child(field, key), key, known);
      return known.includes(key);
    });
    return Object.fromEntries(
      kept.map(([key, one]) => [key, visit(child(field, key), one, inner(schema, key))]),
    );
  };
  return visit(root, written, schemaAt([]));
}

function complainOfKey(field: Field, key: string, known: readonly string[]): void {
  const nearest = nearestWord(key, known);
  const expected = nearest === undefined ? `one of ${known.join(', ')}` : undefined;
  const message = `there is no setting \`${key}\``;
  complain(field, { code: 'bad-setting', severity: 'error', message, expected, nearest });
}

/** Turns an issue of the schema into a complaint at the line of the entry. */
export function complainOfIssue(root: Field, issue: BaseIssue<unknown>): void {
  const path = (issue.path ?? []).map((part) => part.key as string | number);
  if (issue.received === 'undefined') {
    const message = `\`${String(path.at(-1))}\` is missing`;
    complain(fieldAt(root, path.slice(0, -1)), { code: 'bad-setting', severity: 'error', message });
    return;
  }
  const options = (schemaAt(path)?.options ?? []).filter((option) => typeof option === 'string');
  const reason = issue.kind === 'validation' && issue.message.startsWith('not ') ? `, ${issue.message}` : '';
  complain(fieldAt(root, path), {
    code: 'bad-setting',
    severity: 'error',
    message: `\`${issue.received.replace(/^"|"$/g, '')}\` cannot stand here${reason}`,
    expected: expectation(issue, options),
    nearest: typeof issue.input === 'string' ? nearestWord(issue.input, options) : undefined,
  });
}

function expectation(issue: BaseIssue<unknown>, options: readonly string[]): string | undefined {
  if (options.length > 0) return `one of ${options.join(', ')}`;
  return issue.type === 'regex' || issue.expected === null ? undefined : issue.expected.toLowerCase();
}

function fieldAt(root: Field, path: readonly (string | number)[]): Field {
  return path.reduce<Field>(
    (field, key) => (typeof key === 'number' ? (items(field)[key] ?? field) : child(field, key)),
    root,
  );
}

function schemaAt(path: readonly (string | number)[]): Walkable | undefined {
  return path.reduce<Walkable | undefined>(inner, settingsSchema as unknown as Walkable);
}

/** The schema of a member. `optional` is taken off; a piped schema has the members of what it pipes. */
function inner(schema: Walkable | undefined, key: string | number): Walkable | undefined {
  let member = typeof key === 'number' ? schema?.item : schema?.entries?.[key];
  while (member?.wrapped) member = member.wrapped;
  return member;
}
