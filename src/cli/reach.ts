import { describeRef } from '../model/objectRef.ts';
import { reachesToJson } from '../report/reachJson.ts';
import { renderReach } from '../report/reachText.ts';
import { reachOfWorkload } from '../resolve/reachOf.ts';
import { inputPaths } from './answersOf.ts';
import type { Io } from './io.ts';
import type { ReportOptions } from './options.ts';
import { exitCodeOf, openSession, refuse, type ExitCode } from './session.ts';
import { findTarget } from './target.ts';

/** `whichrole reach ns/pod [PATH…]`: what code in the pod can obtain on purpose. */
export async function reach(
  pod: string,
  paths: readonly string[],
  options: ReportOptions,
  io: Io,
): Promise<ExitCode> {
  const session = await openSession(inputPaths(paths, options), options, io);
  if (!session) return 2;
  const { world, screen, diagnostics } = session;
  const target = findTarget(world, pod, options.namespace);
  if (target.kind === 'wrong') return refuse(io, target.diagnostic);
  const { workload } = target;
  const reaches = reachOfWorkload(world, workload);
  const text =
    options.output === 'json'
      ? JSON.stringify(reachesToJson(reaches, diagnostics), undefined, 2)
      : renderReach(describeRef(workload.ref), reaches, screen);
  io.stdout(`${text}\n`);
  return exitCodeOf(session, 0);
}
