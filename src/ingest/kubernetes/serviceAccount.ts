import type { Namespace, ServiceAccount } from '../../model/kubernetes.ts';
import { child, text, type Field } from '../field.ts';
import { withoutUndefined } from '../withoutUndefined.ts';
import { checkFields, checkMisplacedMetadata } from './checkFields.ts';
import { serviceAccountFields } from './fieldNames.ts';
import { annotationPlaces, readAnnotations, readLabels } from './metadata.ts';

/** Reads a ServiceAccount, with the place of each annotation. */
export function readServiceAccount(object: Field, name: string, namespace: string): ServiceAccount {
  checkMisplacedMetadata(object);
  checkFields(object, serviceAccountFields);
  const metadata = child(object, 'metadata');
  const annotations = readAnnotations(metadata);
  const annotationRefs = annotationPlaces(metadata, annotations);
  const createdAt = text(child(metadata, 'creationTimestamp'));
  const labels = readLabels(metadata);
  return withoutUndefined({
    ref: object.ref,
    namespace,
    name,
    labels,
    annotations,
    annotationRefs,
    createdAt,
  });
}

/** Reads a Namespace. A namespace inside a namespace, as some manifests have it, means nothing. */
export function readNamespace(object: Field, name: string): Namespace {
  checkMisplacedMetadata(object);
  const metadata = child(object, 'metadata');
  return { ref: object.ref, name, labels: readLabels(metadata), annotations: readAnnotations(metadata) };
}
