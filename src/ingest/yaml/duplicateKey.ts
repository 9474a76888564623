import type { Diagnostic } from '../../model/diagnostic.ts';
import type { SourcePosition } from '../../model/objectRef.ts';

/** Complains of a key that stands twice; the last one counts. */
export function duplicateKey(key: string, position: SourcePosition, earlier: SourcePosition): Diagnostic {
  return {
    code: 'duplicate-key',
    severity: 'error',
    message: `the key \`${key}\` stands already on line ${earlier.line}`,
    position,
  };
}
