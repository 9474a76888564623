import type { Change } from '../model/change.ts';
import type { SdkRef } from '../model/sdk.ts';
import type { World } from '../model/world.ts';
import { renderTimelines, timelinesToJson } from '../report/timeline.ts';
import { timelineFor } from '../resolve/resolveOverTime.ts';
import { sdksOf, statedSdk } from '../resolve/subjects.ts';
import type { Moment } from '../resolve/timeline.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { inputPaths } from './answersOf.ts';
import { parseAssumption } from './assumption.ts';
import type { Io } from './io.ts';
import type { InputOptions } from './options.ts';
import { exitCodeOf, openSession, refuse, type ExitCode } from './session.ts';
import { findContainer, findTarget } from './target.ts';
import { usageError } from './usageError.ts';

/** The options of `whichrole timeline`. */
export interface TimelineOptions extends InputOptions {
  readonly sdk?: SdkRef;
  readonly output: 'text' | 'json';
  readonly container?: string;
  /** `60 sts=timeout 120 sts=answers`: a number begins a moment. */
  readonly at?: readonly string[];
}

/** `whichrole timeline ns/pod --at 60 sts=timeout`: what the process holds while the world changes. */
export async function timeline(name: string, options: TimelineOptions, io: Io): Promise<ExitCode> {
  const session = await openSession(inputPaths([], options), options, io);
  if (!session) return 2;
  const { world, screen } = session;
  const choice = findTarget(world, name, options.namespace);
  if (choice.kind === 'wrong') return refuse(io, choice.diagnostic);
  const container = findContainer(choice.workload, options.container);
  if (container.kind === 'wrong') return refuse(io, container.diagnostic);
  const { moments, wrong } = parseMoments(options.at ?? [], world);
  if (wrong.length > 0) return refuse(io, ...wrong);
  const target = { workload: choice.workload, container: container.container };
  const sdks = options.sdk ? [statedSdk(options.sdk)] : sdksOf(world, target);
  const timelines = sdks.map((sdk) => timelineFor(world, target, sdk, moments));
  const text =
    options.output === 'json'
      ? JSON.stringify(timelinesToJson(timelines), undefined, 2)
      : renderTimelines(timelines, screen);
  io.stdout(`${text}\n`);
  return exitCodeOf(session, 0);
}

/** Reads `60 sts=timeout 120 sts=answers`: a number of minutes, then what becomes so. */
export function parseMoments(
  words: readonly string[],
  world: World,
): { readonly moments: readonly Moment[]; readonly wrong: readonly Diagnostic[] } {
  const moments: Moment[] = [];
  const wrong: Diagnostic[] = [];
  let minute: number | undefined;
  for (const word of words) {
    if (/^\d+(\.\d+)?$/.test(word)) {
      minute = Number(word);
      continue;
    }
    const assumption = parseAssumption(word, world);
    if (minute === undefined) {
      wrong.push(usageError(`\`${word}\` has no minute before it`, { expected: '`--at 60 sts=timeout`' }));
    } else if (assumption.kind === 'wrong') wrong.push(assumption.diagnostic);
    else if (assumption.kind === 'sdk') {
      wrong.push(usageError('a process does not change its SDK while it runs', { help: 'use --sdk' }));
    } else moments.push({ minute, change: stating(word, assumption.fact) });
  }
  return { moments, wrong };
}

function stating(title: string, fact: World['facts'][number]): Change {
  return { title, apply: (world) => ({ ...world, facts: [...world.facts, fact] }) };
}
