import type { Diagnostic } from '../model/diagnostic.ts';
import type { Destination } from '../network/path.ts';
import { packetTraceToJson, renderPacketTrace } from '../report/packetTrace.ts';
import { tracePacket } from '../resolve/tracePacket.ts';
import { inputPaths } from './answersOf.ts';
import { parseDestination } from './destination.ts';
import type { Io } from './io.ts';
import type { ReportOptions } from './options.ts';
import { exitCodeOf, openSession, refuse, type ExitCode } from './session.ts';
import { findContainer, findTarget } from './target.ts';

/** The options of `whichrole trace`. */
export interface TraceOptions extends ReportOptions {
  readonly to: string;
  readonly container?: string;
  readonly udp?: true;
}

/** `whichrole trace ns/pod --to DESTINATION [PATH…]`: where the packet goes, and which rule decided. */
export async function trace(
  pod: string,
  paths: readonly string[],
  options: TraceOptions,
  io: Io,
): Promise<ExitCode> {
  const to = parseDestination(options.to, options.udp ? 'UDP' : 'TCP');
  if (isDiagnostic(to)) return refuse(io, to);
  const session = await openSession(inputPaths(paths, options), options, io);
  if (!session) return 2;
  const { world, screen, diagnostics } = session;
  const target = findTarget(world, pod, options.namespace);
  if (target.kind === 'wrong') return refuse(io, target.diagnostic);
  // Every container of a pod sends from the same network namespace; a name that is wrong is told all the same.
  const choice = findContainer(target.workload, options.container);
  if (choice.kind === 'wrong') return refuse(io, choice.diagnostic);
  const traced = tracePacket(world, target.workload, to);
  const text =
    options.output === 'json'
      ? JSON.stringify(packetTraceToJson(traced, diagnostics), undefined, 2)
      : renderPacketTrace(traced, screen);
  io.stdout(`${text}\n`);
  return exitCodeOf(session, 0);
}

function isDiagnostic(read: Destination | Diagnostic): read is Diagnostic {
  return 'severity' in read;
}
