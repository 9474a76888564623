import type { ObjectRef } from '../../model/objectRef.ts';
import type { DiagnosticCode } from '../diagnosticCodes.ts';
import type { Report } from '../field.ts';

/** Reports a complaint about an object as a whole. */
export function complainOf(
  report: Report,
  severity: 'error' | 'warning' | 'note',
  code: DiagnosticCode,
  object: ObjectRef,
  message: string,
  help?: string,
): void {
  const position = object.position ? { position: object.position } : {};
  report({ code, severity, message, ...position, object, ...(help === undefined ? {} : { help }) });
}
