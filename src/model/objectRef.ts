/**
 * Where something was read.
 *
 * Lines and columns count from 1, as editors count them.
 */
export interface SourcePosition {
  /** The path as the user gave it, or `-` for standard input. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Names one object of the input, so that a reason can point at it.
 *
 * `position` is there when the object was read from text, and absent when a builder made it.
 */
export interface ObjectRef {
  /** The Kubernetes kind, or `Role`, `TrustPolicy`, `Instance` … for objects of AWS. */
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  /** A path inside the object, as `spec.template.spec.containers[0].env[2]`. */
  readonly field?: string;
  readonly position?: SourcePosition;
}

/** Points at a field inside an object, at its own position when that is known. */
export function fieldOf(ref: ObjectRef, field: string, position?: SourcePosition): ObjectRef {
  return { ...ref, field, ...(position ? { position } : {}) };
}

/**
 * Writes a reference the way `kubectl` does.
 *
 * @example
 * describeRef({ kind: 'ServiceAccount', namespace: 'pay', name: 'api' }) // => 'ServiceAccount pay/api'
 */
export function describeRef(ref: ObjectRef): string {
  const name = ref.namespace === undefined ? ref.name : `${ref.namespace}/${ref.name}`;
  return `${ref.kind} ${name}`;
}

/** Tells whether two references are to one object, wherever inside it. */
export function isSameObject(
  one: Pick<ObjectRef, 'kind' | 'namespace' | 'name'>,
  other: Pick<ObjectRef, 'kind' | 'namespace' | 'name'>,
): boolean {
  return one.kind === other.kind && one.namespace === other.namespace && one.name === other.name;
}

/** Writes a position as `file:line`, the form that terminals and editors turn into a link. */
export function describePosition(position: SourcePosition): string {
  return `${position.file}:${position.line}`;
}

/** Points at one annotation of an object, at its own position when that is known. */
export function annotationRef(
  object: { readonly ref: ObjectRef; readonly annotationRefs: Readonly<Record<string, ObjectRef>> },
  key: string,
): ObjectRef {
  return object.annotationRefs[key] ?? fieldOf(object.ref, `metadata.annotations["${key}"]`);
}
