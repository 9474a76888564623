import type { JsonObject } from '../model/jsonObject.ts';
import type { PolicyDocument } from '../model/aws.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { nearestWord } from '../model/nearest.ts';
import type { ObjectRef, SourcePosition } from '../model/objectRef.ts';

/** A diagnostic about a field of a policy document, before it is known where that field was read. */
export type Complaint = Omit<Diagnostic, 'position' | 'object'> & { readonly field: string };

/** A part of a document that was read, and what is to be said about it. */
export interface Reading<Part> {
  /** Absent: it could not be read. */
  readonly value?: Part;
  readonly complaints: readonly Complaint[];
}

/** Makes the complaint about something that IAM refuses with `MalformedPolicyDocument`. */
export function refusal(
  code: string,
  field: string,
  message: string,
  hints: Pick<Diagnostic, 'expected' | 'nearest' | 'help'> = {},
): Complaint {
  return { code, severity: 'error', message, field, ...hints };
}

/** Makes the complaint about something that IAM accepts and its author cannot mean. */
export function doubt(
  code: string,
  field: string,
  message: string,
  hints: Pick<Diagnostic, 'expected' | 'nearest' | 'help'> = {},
): Complaint {
  return { code, severity: 'warning', message, field, ...hints };
}

/** Gives the hint that a known word is near to what was written. */
export function nearestHint(written: string, known: Iterable<string>): Pick<Diagnostic, 'nearest'> {
  const nearest = nearestWord(written, known);
  return nearest === undefined ? {} : { nearest };
}

/** Complains of every element that the grammar does not know; their names are case-sensitive. */
export function unknownElements(
  value: JsonObject,
  known: readonly string[],
  path: string,
): readonly Complaint[] {
  return Object.keys(value)
    .filter((key) => !known.includes(key))
    .map((key) =>
      refusal(
        'policy-element-unknown',
        path === '' ? key : `${path}.${key}`,
        `IAM knows no element \`${key}\` here`,
        nearestHint(key, known),
      ),
    );
}

/**
 * Completes a complaint with its object and position: that of the field itself, or of the nearest field
 * around it that has one.
 */
export function diagnosticOf(document: PolicyDocument, complaint: Complaint): Diagnostic {
  const position = positionOf(document, complaint.field);
  return { ...complaint, object: document.ref, ...(position ? { position } : {}) };
}

/** Points at a field of a policy document. */
export function refTo(document: PolicyDocument, field: string): ObjectRef {
  const position = positionOf(document, field);
  return { ...document.ref, field, ...(position ? { position } : {}) };
}

/**
 * The longest path that has a position and leads to the field. Keys of conditions hold dots themselves, so a
 * path is compared as text and not cut at its dots.
 */
function positionOf(document: PolicyDocument, field: string): SourcePosition | undefined {
  const wanted = plainPath(field);
  const around = Object.entries(document.positions ?? {})
    .map(([path, position]) => ({ path: plainPath(path), position }))
    .filter(({ path }) => wanted === path || wanted.startsWith(`${path}.`))
    .toSorted((a, b) => b.path.length - a.path.length);
  const [nearest] = around;
  return nearest?.position ?? document.ref.position;
}

/** Writes `Condition[ForAnyValue:StringLike]` and `Condition.ForAnyValue:StringLike` alike. */
function plainPath(path: string): string {
  return path.replace(/\[([^\]]*)\]/g, '.$1');
}
