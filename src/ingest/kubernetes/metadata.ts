import type { Labels } from '../../model/labels.ts';
import type { Workload } from '../../model/workload.ts';
import type { ObjectRef } from '../../model/objectRef.ts';
import { child, descend, items, notePlaceholder, refOf, text, textMap, type Field } from '../field.ts';
import { textAt, valueAt } from '../yaml/located.ts';

/** The annotations whose values decide about identities, by their prefixes. */
const identityPrefixes = ['eks.amazonaws.com/', 'iam.amazonaws.com/', 'sts.amazonaws.com/'];

/** Reads annotations, and notes placeholders in those that decide about identities. */
export function readAnnotations(metadata: Field): Labels {
  const field = child(metadata, 'annotations');
  const annotations = textMap(field);
  for (const [key, value] of Object.entries(annotations)) {
    if (identityPrefixes.some((prefix) => key.startsWith(prefix))) notePlaceholder(child(field, key), value);
  }
  return annotations;
}

/** Finds the place of each annotation. */
export function annotationPlaces(metadata: Field, annotations: Labels): Readonly<Record<string, ObjectRef>> {
  const field = child(metadata, 'annotations');
  return Object.fromEntries(Object.keys(annotations).map((key) => [key, refOf(child(field, key))]));
}

/** Reads labels. */
export function readLabels(metadata: Field): Labels {
  return textMap(child(metadata, 'labels'));
}

/**
 * Finds the object that controls this one, as an export from a cluster names it.
 *
 * @source kubernetes/apimachinery:pkg/apis/meta/v1/controller_ref.go `GetControllerOf`
 */
export function readOwner(object: Field): Workload['owner'] {
  for (const { value } of items(descend(object, 'metadata', 'ownerReferences'))) {
    const isController = valueAt(value, 'controller');
    if (isController?.kind !== 'scalar' || isController.value !== true) continue;
    const kind = textAt(value, 'kind');
    const name = textAt(value, 'name');
    if (kind !== undefined && name !== undefined) return { kind, name };
  }
  return undefined;
}

/** Complains when the object's own name or namespace is not a string, or was never filled in. */
export function checkNames(object: Field): void {
  for (const key of ['name', 'namespace']) {
    const field = descend(object, 'metadata', key);
    notePlaceholder(field, text(field));
  }
}
