import { findConflicts } from '../findings/examine.ts';
import type { Finding } from '../findings/finding.ts';
import type { World } from '../model/world.ts';
import type { Answer } from '../resolve/answer.ts';
import { answersFor, type ResolveOptions } from '../resolve/resolve.ts';
import { containersOf, type ContainerOf } from '../resolve/subjects.ts';
import type { AnswerOptions, InputOptions } from './options.ts';

/** Lists the containers that are asked about: those of one namespace, or all. */
export function targetsOf(world: World, { namespace }: InputOptions): readonly ContainerOf[] {
  return containersOf(world).filter(
    ({ workload }) => namespace === undefined || workload.namespace === namespace,
  );
}

/** Answers for one container, once for each SDK that it may use. */
export function answersOf(
  world: World,
  target: ContainerOf,
  options: Omit<AnswerOptions, 'output'>,
): readonly Answer[] {
  return answersFor(world, target, resolveOptions(options));
}

/** Finds the conflicts; of one namespace those that concern it, when only that one is asked about. */
export function findingsOf(
  world: World,
  answers: readonly Answer[],
  { namespace }: InputOptions,
): readonly Finding[] {
  return findConflicts(world, answers).filter(
    ({ at, answers: concerned }) =>
      namespace === undefined || concerned.length > 0 || at.namespace === namespace,
  );
}

/** Takes what concerns the resolver from the options. */
export function resolveOptions({ sdk, faults }: Omit<AnswerOptions, 'output'>): ResolveOptions {
  return { ...(sdk === undefined ? {} : { sdk }), ...(faults === undefined ? {} : { faults }) };
}

/** Lists where to read: the paths of both forms, else the current folder. */
export function inputPaths(paths: readonly string[], { filename = [] }: InputOptions): readonly string[] {
  const all = [...paths, ...filename];
  return all.length === 0 ? ['.'] : all;
}
