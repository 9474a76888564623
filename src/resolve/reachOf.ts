import type { World } from '../model/world.ts';
import { conditionText } from './condition.ts';
import { containerFootholds } from './containerFootholds.ts';
import { reachedText, type Reach } from './reach.ts';
import type { ContainerOf } from './subjects.ts';
import { walkChains, type ChainGoal } from './walkChains.ts';
import { findWorkload } from './whichRole.ts';
import type { Workload } from '../model/workload.ts';
import { nearestWord } from '../model/nearest.ts';

/**
 * Lists every identity that code in a pod can obtain on purpose, which is what an intruder in it has: by its
 * tokens, by EKS Pod Identity, by the metadata address and past kube2iam's rule, by keys, and by chains of
 * `sts:AssumeRole` from each.
 *
 * Tokens that the pod may ask the Kubernetes API for, and pods that it may create there, are not counted.
 *
 * @param name - `namespace/name` or `namespace/Kind/name` of a pod or controller
 * @throws Error when the world has no such workload; the message names the nearest that is
 * @example
 * const node = 'arn:aws:iam::111122223333:role/node';
 * const built = world().nodeDefaults({ roleArn: node }).pod('pay/api', { hostNetwork: true }).build();
 * reachOf(built, 'pay/api').map(({ identity, hops }) => [identity, hops.length])
 * // => [[{ kind: 'role', arn: 'arn:aws:iam::111122223333:role/node' }, 1]]
 */
export function reachOf(world: World, name: string): readonly Reach[] {
  const workload = findWorkload(world, name);
  if (workload) return reachOfWorkload(world, workload);
  const names = world.workloads.map((candidate) => `${candidate.namespace}/${candidate.name}`);
  const nearest = nearestWord(name, names);
  const hint = nearest === undefined ? '' : `, did you mean \`${nearest}\`?`;
  throw new Error(`no workload \`${name}\`${hint}`);
}

/** Lists what code in any container of a workload can obtain; with a goal, only the ways to that role. */
export function reachOfWorkload(world: World, workload: Workload, goal?: ChainGoal): readonly Reach[] {
  return withoutTwins(
    workload.template.containers.flatMap((container) =>
      reachOfContainer(world, { workload, container }, goal),
    ),
  );
}

function reachOfContainer(world: World, target: ContainerOf, goal?: ChainGoal): readonly Reach[] {
  return containerFootholds(world, target, goal?.sources).flatMap((start) => walkChains(world, start, goal));
}

/** Containers of one pod mostly reach the same in the same way: it is told once. */
function withoutTwins(reaches: readonly Reach[]): readonly Reach[] {
  const byWay = new Map<string, Reach>();
  for (const reach of reaches) {
    const hops = reach.hops.map(({ by, via, identity }) => `${by} ${via ?? ''} ${reachedText(identity)}`);
    const key = [...hops, conditionText(reach.when)].join('\n');
    if (!byWay.has(key)) byWay.set(key, reach);
  }
  return [...byWay.values()].toSorted((a, b) => a.hops.length - b.hops.length);
}
