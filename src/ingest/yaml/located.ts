import type { JsonValue } from '../../model/aws.ts';
import type { SourcePosition } from '../../model/objectRef.ts';

/** A value of a YAML or JSON document that still knows where it stood. */
export type Located = LocatedMap | LocatedList | LocatedScalar;

/** A mapping; keys are unique. */
export interface LocatedMap {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, LocatedEntry>;
  readonly position: SourcePosition;
}

/** One entry of a mapping; `position` is that of its key. */
export interface LocatedEntry {
  readonly value: Located;
  readonly position: SourcePosition;
}

/** A sequence. */
export interface LocatedList {
  readonly kind: 'list';
  readonly items: readonly Located[];
  readonly position: SourcePosition;
}

/** A scalar; `text` is its content as written, without quotes. */
export interface LocatedScalar {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  readonly text: string;
  readonly position: SourcePosition;
}

/** Finds the value under a key of a mapping. Anything but a mapping has no keys. */
export function valueAt(located: Located | undefined, ...keys: readonly string[]): Located | undefined {
  let current = located;
  for (const key of keys) {
    if (current?.kind !== 'map') return undefined;
    current = current.entries.get(key)?.value;
  }
  return current;
}

/** Gives the text under a key, and nothing for anything but a string. */
export function textAt(located: Located | undefined, ...keys: readonly string[]): string | undefined {
  const found = valueAt(located, ...keys);
  return found?.kind === 'scalar' && typeof found.value === 'string' ? found.value : undefined;
}

/** Drops the positions. */
export function toJson(located: Located): JsonValue {
  switch (located.kind) {
    case 'map':
      return Object.fromEntries([...located.entries].map(([key, entry]) => [key, toJson(entry.value)]));
    case 'list':
      return located.items.map(toJson);
    case 'scalar':
      return located.value;
  }
}

/**
 * Writes the path of a member the way the API server does: `spec.containers[0]`, `annotations[a/b]`.
 *
 * @source kubernetes/kubernetes:staging/src/k8s.io/apimachinery/pkg/util/validation/field/path.go
 */
export function memberPath(path: string, key: string | number): string {
  if (typeof key === 'string' && /^[A-Za-z_$][\w$-]*$/.test(key)) return path === '' ? key : `${path}.${key}`;
  return `${path}[${key}]`;
}

/** Lists the position of every value below a value by its path, as `Statement[0].Condition`. */
export function positionsWithin(located: Located): Readonly<Record<string, SourcePosition>> {
  const positions: [string, SourcePosition][] = [];
  const visit = (value: Located, path: string, position: SourcePosition): void => {
    if (path !== '') positions.push([path, position]);
    if (value.kind === 'map') {
      for (const [key, entry] of value.entries) visit(entry.value, memberPath(path, key), entry.position);
    } else if (value.kind === 'list') {
      value.items.forEach((item, at) => visit(item, memberPath(path, at), item.position));
    }
  };
  visit(located, '', located.position);
  return Object.fromEntries(positions);
}
