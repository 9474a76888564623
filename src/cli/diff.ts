import type { Diagnostic } from '../model/diagnostic.ts';
import { renderChanges } from '../report/changes.ts';
import { diffAnswers } from '../whatIf/diff.ts';
import { resolveOptions } from './answersOf.ts';
import type { Io } from './io.ts';
import type { AnswerOptions } from './options.ts';
import { exitCodeOf, openSession, type ExitCode } from './session.ts';

/** `whichrole diff BEFORE AFTER`: whose identity changes. */
export async function diff(before: string, after: string, options: AnswerOptions, io: Io): Promise<ExitCode> {
  const first = await openSession([before], options, io);
  const second = await openSession([after], options, io);
  if (!first || !second) return 2;
  const changes = diffAnswers(first.world, second.world, resolveOptions(options));
  const diagnostics: readonly Diagnostic[] = [...first.diagnostics, ...second.diagnostics];
  io.stdout(`${renderChanges(changes, first.screen)}\n`);
  return exitCodeOf({ ...first, diagnostics }, changes.length);
}
