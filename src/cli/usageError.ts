import type { Diagnostic } from '../model/diagnostic.ts';

/** Makes the diagnostic for something that was typed wrong on the command line. */
export function usageError(message: string, details: Partial<Diagnostic> = {}): Diagnostic {
  return { code: 'usage', severity: 'error', message, ...details };
}
