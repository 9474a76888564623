import { parseInput, type Parsed } from '../../src/ingest/parse.ts';

/** Reads one text. */
export function read(text: string, file: string = 'a.yaml'): Parsed {
  return parseInput([{ file, text }]);
}

/** Reads several files, each under its name. */
export function readFiles(files: Readonly<Record<string, unknown>>): Parsed {
  return parseInput(
    Object.entries(files).map(([file, content]) => ({
      file,
      text: typeof content === 'string' ? content : JSON.stringify(content, null, 2),
    })),
  );
}

/** Writes the diagnostics as `line severity code field nearest`, as far as there is each. */
export function complaints(parsed: Parsed): readonly string[] {
  return parsed.diagnostics.map(({ position, severity, code, field, nearest }) =>
    [position?.line ?? '-', severity, code, field ?? '', nearest ? `→ ${nearest}` : ''].join(' ').trim(),
  );
}

/** A pod with one container; the lines that follow it are indented as they are to stand. */
export function podWith(...lines: readonly string[]): string {
  return [
    'apiVersion: v1',
    'kind: Pod',
    'metadata:',
    '  name: p',
    'spec:',
    '  containers:',
    '    - name: app',
    '      image: app:1',
    ...lines,
  ].join('\n');
}
