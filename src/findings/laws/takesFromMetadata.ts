import type { Workload } from '../../model/workload.ts';
import { oncePer } from '../../model/oncePer.ts';
import type { World } from '../../model/world.ts';
import { reachOfWorkload } from '../../resolve/reachOf.ts';

/** Tells whether code in a pod can take a role from the metadata service, whatever else is not known. */
export function takesFromMetadata(world: World, workload: Workload, roleArn: string): boolean {
  const known = knownIn(world);
  const key = `${workload.namespace}/${workload.kind}/${workload.name} ${roleArn}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const taken = reachOfWorkload(world, workload, { roleArn, sources: new Set([roleArn]) }).some(
    ({ hops, when }) => hops.length === 1 && hops[0].by === 'imds' && when.some((all) => all.length === 0),
  );
  known.set(key, taken);
  return taken;
}

/** Several rules ask, and each for many pods. */
const knownIn = oncePer((_world: World) => new Map<string, boolean>());
