import { policyComplaints } from '../findings/policyComplaints.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { StatedFact } from '../model/fact.ts';
import type { SdkStatement, World } from '../model/world.ts';
import { renderDiagnostics } from '../report/diagnosticsText.ts';
import type { Screen } from '../report/screen.ts';
import { parseAssumption } from './assumption.ts';
import type { Io } from './io.ts';
import { loadInput, type LoadedInput } from './loadInput.ts';
import type { InputOptions } from './options.ts';
import { screenOf } from './screen.ts';

/** How a command ends: 0 nothing is wrong, 1 something is, 2 it could not answer. */
export type ExitCode = 0 | 1 | 2;

/** What a command works on. */
export interface Session extends LoadedInput {
  readonly io: Io;
  readonly screen: Screen;
}

/**
 * Reads the input, prints what is wrong with it, and puts the assumptions of the command line on top.
 *
 * @returns nothing when an assumption is wrong; the reasons are printed then
 */
export async function openSession(
  paths: readonly string[],
  options: InputOptions,
  io: Io,
): Promise<Session | undefined> {
  const screen = screenOf(io, options.color ? 'auto' : 'never');
  const loaded = await loadInput(paths, options, io);
  const { world, wrong } = assume(loaded.world, options.assume ?? []);
  const diagnostics = [...loaded.diagnostics, ...policyComplaints(world)];
  const shown = [...diagnostics, ...wrong].filter(({ severity }) => severity !== 'note' || options.verbose);
  complain(io, shown);
  return wrong.length > 0 ? undefined : { ...loaded, diagnostics, world, io, screen };
}

/** Prints complaints on standard error. */
export function complain(io: Io, diagnostics: readonly Diagnostic[]): void {
  if (diagnostics.length > 0) io.stderr(`${renderDiagnostics(diagnostics)}\n`);
}

/** Prints a complaint about the command line; nothing was answered. */
export function refuse(io: Io, ...diagnostics: readonly Diagnostic[]): ExitCode {
  complain(io, diagnostics);
  return 2;
}

/** Tells how a command ends that answered something. */
export function exitCodeOf({ diagnostics }: Session, problems: number): ExitCode {
  return problems > 0 || diagnostics.some(({ severity }) => severity === 'error') ? 1 : 0;
}

function assume(
  world: World,
  texts: readonly string[],
): { readonly world: World; readonly wrong: readonly Diagnostic[] } {
  const facts: StatedFact[] = [];
  const sdkStatements: SdkStatement[] = [];
  const wrong: Diagnostic[] = [];
  for (const text of texts) {
    const assumption = parseAssumption(text, world);
    if (assumption.kind === 'wrong') wrong.push(assumption.diagnostic);
    else if (assumption.kind === 'sdk') sdkStatements.push(assumption.statement);
    else facts.push(assumption.fact);
  }
  const stated = {
    ...world,
    facts: [...world.facts, ...facts],
    sdkStatements: [...world.sdkStatements, ...sdkStatements],
  };
  return { world: stated, wrong };
}
