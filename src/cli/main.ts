import { CommanderError } from 'commander';
import type { Io } from './io.ts';
import { buildProgram } from './program.ts';

/**
 * Runs the command line and gives its exit code: 0 nothing is wrong, 1 something is, 2 nothing was answered.
 *
 * @param argv - the arguments alone, without node and the script
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  let exitCode = 0;
  try {
    const program = buildProgram(io, (code) => {
      exitCode = code;
    });
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const message = error instanceof Error ? error.message : String(error);
    io.stderr(`whichrole: ${message.split('\n')[0] ?? ''} (a fault of whichrole: please report it)\n`);
    return 2;
  }
}
