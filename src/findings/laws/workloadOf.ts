import type { Workload } from '../../model/workload.ts';
import type { World } from '../../model/world.ts';
import type { Answer } from '../../resolve/answer.ts';
import { findWorkload } from '../../resolve/whichRole.ts';

/** Finds the workload that an answer is about. */
export function workloadOf(world: World, { subject }: Answer): Workload | undefined {
  const { namespace, workload } = subject;
  return findWorkload(world, `${namespace}/${workload.kind}/${workload.name}`);
}
