import type { ObjectRef } from '../../model/objectRef.ts';
import { nearestWord } from '../../model/nearest.ts';
import { complain, descend, items, child, rootField, type Field, type Report } from '../field.ts';
import type { Found } from '../found.ts';
import { textAt, valueAt, type Located, type LocatedScalar } from '../yaml/located.ts';
import { kindReaders, type KindReader } from './kinds.ts';
import { readIgnoreAnnotation } from './ignoreAnnotation.ts';
import { checkNames } from './metadata.ts';

/** What became of one object: it was read, or it is of a kind that nobody asks about. */
export type ReadObject =
  | { readonly kind: 'read'; readonly what: string; readonly found: Partial<Found> }
  | { readonly kind: 'ignored'; readonly what: string }
  | { readonly kind: 'unusable' };

/** Tells whether a document is, or wants to be, an object of the Kubernetes API. */
export function looksLikeKubernetes(root: Located): boolean {
  if (root.kind !== 'map') return false;
  return root.entries.has('kind') || valueAt(root, 'metadata', 'name') !== undefined;
}

/** Reads one object of the Kubernetes API, or every item of a list of them. */
export function readObjects(root: Located, report: Report): readonly ReadObject[] {
  const kind = scalarText(root, 'kind');
  const list = valueAt(root, 'items');
  // `PodList`, `List`; items may stand before the kind, and the kinds of items may be left out.
  if (kind !== undefined && kind.endsWith('List') && (list?.kind === 'list' || kind === 'List')) {
    const itemKind = kind.replace(/List$/, '');
    const listField = child(rootField(root, { kind, name: '' }, report), 'items');
    const version = textAt(root, 'apiVersion');
    return items(listField).flatMap(({ value }) => {
      if (value?.kind !== 'map') return { kind: 'unusable' as const };
      return value.entries.has('kind') || itemKind === ''
        ? readObjects(value, report)
        : [readObject(value, { kind: itemKind, apiVersion: version }, report)];
    });
  }
  return [readObject(root, { kind, apiVersion: textAt(root, 'apiVersion') }, report)];
}

function readObject(
  root: Located,
  type: { readonly kind: string | undefined; readonly apiVersion: string | undefined },
  report: Report,
): ReadObject {
  const name = scalarText(root, 'metadata', 'name') ?? scalarText(root, 'metadata', 'generateName');
  if (type.kind === undefined) {
    const ref = { kind: 'object', name: name ?? '', position: root.position };
    complain(rootField(root, ref, report), {
      code: 'missing-field',
      severity: 'error',
      message: 'the object has no `kind`',
    });
    return { kind: 'unusable' };
  }
  const reader = kindReaders.get(type.kind);
  const group = groupOf(type.apiVersion);
  if (!reader || (group !== undefined && !reader.groups.includes(group))) {
    const written = scalarText(root, 'metadata', 'namespace');
    const namespace = written === undefined ? {} : { namespace: written };
    const ref: ObjectRef = { kind: type.kind, ...namespace, name: name ?? '', position: root.position };
    complainOfNearKind(rootField(root, ref, report), type.kind, group, reader);
    return { kind: 'ignored', what: reader ? `${type.kind}.${group}` : type.kind };
  }
  const namespace = scalarText(root, 'metadata', 'namespace') || 'default';
  const ref: ObjectRef = {
    kind: type.kind,
    ...(reader.scope === 'namespaced' ? { namespace } : {}),
    name: name ?? '',
    position: root.position,
  };
  const object = rootField(root, ref, report);
  if (group === undefined) {
    complain(object, { code: 'missing-field', severity: 'error', message: 'the object has no `apiVersion`' });
  }
  if (name === undefined || name === '') {
    complain(object, { code: 'missing-field', severity: 'error', message: 'the object has no name' });
    return { kind: 'unusable' };
  }
  checkNames(object);
  const found = reader.read(object, name, namespace);
  const own = readIgnoreAnnotation(descend(object, 'metadata', 'annotations'));
  const suppressions = [...own, ...(found.suppressions ?? [])];
  return { kind: 'read', what: type.kind, found: { ...found, suppressions } };
}

/** The group in an `apiVersion`: empty for `v1`, `apps` for `apps/v1`. */
function groupOf(apiVersion: string | undefined): string | undefined {
  if (apiVersion === undefined) return undefined;
  const parts = apiVersion.split('/');
  return parts.length === 1 ? '' : parts[0];
}

/** Warns when a kind, or its group, is one letter away from one that would have been read. */
function complainOfNearKind(
  object: Field,
  kind: string,
  group: string | undefined,
  reader: KindReader | undefined,
): void {
  if (reader && group !== undefined) {
    const nearest = nearestWord(
      group,
      reader.groups.filter((known) => known !== ''),
    );
    if (nearest === undefined) return;
    const message = `\`${group}\` is no API group of a ${kind}; the object was not read`;
    complain(descend(object, 'apiVersion'), { code: 'unknown-kind', severity: 'warning', message, nearest });
    return;
  }
  // Other groups have kinds of their own, whose names may well resemble these.
  if (group !== undefined && group.includes('.')) return;
  const nearest = nearestWord(kind, kindReaders.keys());
  if (nearest === undefined || Math.abs(nearest.length - kind.length) > 2) return;
  const message = `\`${kind}\` is no kind that is known; the object was not read`;
  complain(descend(object, 'kind'), { code: 'unknown-kind', severity: 'warning', message, nearest });
}

/** Reads a scalar as it is written, without complaining of its type. */
function scalarText(root: Located, ...keys: readonly string[]): string | undefined {
  const found = valueAt(root, ...keys);
  return isFilled(found) ? found.text : undefined;
}

function isFilled(located: Located | undefined): located is LocatedScalar {
  return located?.kind === 'scalar' && located.value !== null;
}
