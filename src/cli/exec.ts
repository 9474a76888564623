import type { SdkRef } from '../model/sdk.ts';
import { commandOutput } from '../report/commandOutput.ts';
import { conditionWords } from '../report/conditions.ts';
import { groupOutcomes } from '../resolve/condition.ts';
import { explore } from '../resolve/explore.ts';
import { runCommand } from '../resolve/runCommand.ts';
import { inputPaths } from './answersOf.ts';
import type { Io } from './io.ts';
import type { InputOptions } from './options.ts';
import { exitCodeOf, openSession, refuse, type ExitCode } from './session.ts';
import { parseShellCommand } from './shellCommand.ts';
import { findContainer, findTarget } from './target.ts';

/** The options of `whichrole exec`. */
export interface ExecOptions extends InputOptions {
  readonly container?: string;
  readonly sdk?: SdkRef;
}

/** The `aws` program of a container, unless another SDK is named. */
const usualSdk: SdkRef = { family: 'aws-cli-v2' };

const environmentNote = '# without what the image and Kubernetes itself set';

/** `whichrole exec ns/pod -- COMMAND…`: what the command would print in that pod. */
export async function exec(
  pod: string,
  argv: readonly string[],
  options: ExecOptions,
  io: Io,
): Promise<ExitCode> {
  const parsed = parseShellCommand(argv, options.sdk ?? usualSdk);
  if (parsed.kind === 'wrong') return refuse(io, parsed.diagnostic);
  const session = await openSession(inputPaths([], options), options, io);
  if (!session) return 2;
  const { world, screen } = session;
  const target = findTarget(world, pod, options.namespace);
  if (target.kind === 'wrong') return refuse(io, target.diagnostic);
  const choice = findContainer(target.workload, options.container);
  if (choice.kind === 'wrong') return refuse(io, choice.diagnostic);
  const where = { workload: target.workload, container: choice.container };
  if (parsed.command.kind === 'environment') io.stderr(`${screen.palette.dim(environmentNote)}\n`);
  const exploration = explore(world, (ask) =>
    commandOutput(world, runCommand(world, ask, where, parsed.command)),
  );
  const outputs = groupOutcomes(exploration, (output) => output);
  for (const { representative, when } of outputs) {
    const condition = conditionWords(when);
    if (condition !== undefined) io.stdout(`${screen.palette.yellow(`# ${condition}`)}\n`);
    if (representative !== '') io.stdout(`${representative}\n`);
  }
  return exitCodeOf(session, 0);
}
