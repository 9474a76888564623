import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { baselineText, readBaseline, type Baseline } from '../findings/baseline.ts';
import type { Finding } from '../findings/finding.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Io } from './io.ts';
import { usageError } from './usageError.ts';

/** A baseline, or why there is none. */
export type LoadedBaseline =
  | { readonly kind: 'baseline'; readonly baseline: Baseline }
  | { readonly kind: 'wrong'; readonly diagnostic: Diagnostic };

/** Reads a baseline file. */
export async function loadBaseline(file: string, io: Io): Promise<LoadedBaseline> {
  try {
    const text = await readFile(resolve(io.cwd, file), 'utf8');
    return { kind: 'baseline', baseline: readBaseline({ file, text }) };
  } catch (error) {
    const help = 'write one with `--write-baseline`';
    return { kind: 'wrong', diagnostic: usageError(`cannot read \`${file}\`: ${reasonOf(error)}`, { help }) };
  }
}

/**
 * Writes findings as a baseline, and reads them back.
 */
export async function saveBaseline(
  file: string,
  findings: readonly Finding[],
  io: Io,
): Promise<LoadedBaseline> {
  const text = baselineText(findings);
  try {
    await writeFile(resolve(io.cwd, file), text);
    return { kind: 'baseline', baseline: readBaseline({ file, text }) };
  } catch (error) {
    return { kind: 'wrong', diagnostic: usageError(`cannot write \`${file}\`: ${reasonOf(error)}`) };
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const known: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file',
    EISDIR: 'it is a folder',
    EACCES: 'permission denied',
  };
  return known[code] ?? (code === '' ? String(error) : code);
}
