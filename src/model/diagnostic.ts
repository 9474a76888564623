import type { ObjectRef, SourcePosition } from './objectRef.ts';

/**
 * A complaint about the input.
 *
 * `error`: a part of the input could not be used, or the real system would refuse it.
 * `warning`: it is used, but it cannot mean what its author hopes.
 * `note`: something that a reader should know, such as a template placeholder that was left in.
 */
export interface Diagnostic {
  /** Stable identifier, kebab-case, as `unknown-flag`. */
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'note';
  /** One sentence without a capital and without a full stop; what the user wrote stands in backticks. */
  readonly message: string;
  readonly position?: SourcePosition;
  /** The object that the complaint is about, when it was far enough read to have a name. */
  readonly object?: ObjectRef;
  /** Path of the field inside the object. */
  readonly field?: string;
  /** What would have been right, as `one of ClusterFirst, Default`. */
  readonly expected?: string;
  /** The nearest right word, when one is near. */
  readonly nearest?: string;
  /** Advice, apart from the complaint itself. */
  readonly help?: string;
}

/**
 * Writes a diagnostic on one line, the way compilers do.
 *
 * @example
 * describeDiagnostic({ code: 'x', severity: 'error', message: 'unknown flag `--foo`', position: { file: 'a.yaml', line: 3, column: 1 } })
 * // => 'a.yaml:3:1: error: unknown flag `--foo`'
 */
export function describeDiagnostic(diagnostic: Diagnostic): string {
  const { position, object, field } = diagnostic;
  const where = position ? `${position.file}:${position.line}:${position.column}: ` : '';
  const owner = object
    ? `${object.kind} ${object.namespace === undefined ? '' : `${object.namespace}/`}${object.name}: `
    : '';
  const path = field === undefined ? '' : `${field}: `;
  const expected = diagnostic.expected === undefined ? '' : `, expected ${diagnostic.expected}`;
  const nearest = diagnostic.nearest === undefined ? '' : `, did you mean \`${diagnostic.nearest}\`?`;
  return `${where}${diagnostic.severity}: ${owner}${path}${diagnostic.message}${expected}${nearest}`;
}
