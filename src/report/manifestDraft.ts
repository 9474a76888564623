import type { JsonValue } from '../model/aws.ts';
import type { Labels } from '../model/labels.ts';

/** A manifest as it is being written: what is `undefined` is left out. */
export interface Draft {
  readonly [key: string]: JsonValue | undefined;
}

/** A manifest, ready to be printed. */
export type Manifest = { readonly [key: string]: JsonValue };

/** Leaves out the keys without a value. */
export function written(draft: Draft): Manifest {
  const entries = Object.entries(draft).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const],
  );
  return Object.fromEntries(entries);
}

/** Gives a list, or nothing when it is empty. */
export function someOf(list: readonly JsonValue[]): JsonValue | undefined {
  return list.length === 0 ? undefined : list;
}

/** Gives labels or annotations, or nothing when there are none. */
export function someLabels(labels: Labels): Labels | undefined {
  return Object.keys(labels).length === 0 ? undefined : labels;
}
