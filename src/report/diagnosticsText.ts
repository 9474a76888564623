import { describeDiagnostic, type Diagnostic } from '../model/diagnostic.ts';

/** Lists complaints about the input, one a line the way compilers do, each with its advice below. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[]): string {
  return diagnostics
    .flatMap((diagnostic) => [
      describeDiagnostic(diagnostic),
      ...(diagnostic.help === undefined ? [] : [`  help: ${diagnostic.help}`]),
    ])
    .join('\n');
}

/** Lists the kinds of objects that were not used. */
export function renderIgnored(ignored: readonly { readonly kind: string; readonly count: number }[]): string {
  return ignored.length === 0
    ? ''
    : `not used: ${ignored.map(({ kind, count }) => `${kind} (${count})`).join(', ')}`;
}
