import type { KiamAgent } from '../model/kiam.ts';
import type { ClusterNode } from '../model/node.ts';
import type { World } from '../model/world.ts';
import { covers } from './kube2iamDaemon.ts';

/** Lists the kiam agents that are to run on a node. */
export function kiamOn({ kiamAgents }: World, node: ClusterNode): readonly KiamAgent[] {
  return kiamAgents.filter((agent) => covers(agent, node));
}
