import type { Workload } from '../model/workload.ts';
import type { World } from '../model/world.ts';
import { packetPath } from '../network/packetPath.ts';
import type { Destination, PacketPath } from '../network/path.ts';
import { groupOutcomes, type Condition } from './condition.ts';
import { explore, isIncomplete, type ConsultedFact, type ExploreOptions } from './explore.ts';
import { placePod, type Placement } from './placement.ts';
import { consultedOf } from './resolve.ts';

/** Where the packets of a pod go that it sends to one destination: every way, and when. */
export interface PacketTrace {
  readonly workload: Workload;
  readonly to: Destination;
  readonly outcomes: readonly PacketOutcome[];
  readonly consulted: readonly ConsultedFact[];
  readonly incomplete: boolean;
}

/** One way of a packet. */
export interface PacketOutcome {
  readonly placement: Placement;
  readonly path: PacketPath;
  readonly when: Condition;
}

/** Follows the first packet of a connection from a pod, over everything that the input leaves open. */
export function tracePacket(
  world: World,
  workload: Workload,
  to: Destination,
  options: ExploreOptions = {},
): PacketTrace {
  const { namespace, name, template } = workload;
  const exploration = explore(
    world,
    (ask) => {
      const placement = placePod(world, ask, template, `${namespace}/${name}`);
      const path = packetPath(world, ask, { pod: template, node: placement.node }, to);
      return { placement, path };
    },
    options,
  );
  const outcomes = groupOutcomes(exploration, ({ path }) => decisionOf(path));
  return {
    workload,
    to,
    outcomes: outcomes.map(({ representative, when }) => ({ ...representative, when })),
    consulted: consultedOf(exploration),
    incomplete: isIncomplete(exploration),
  };
}

/** Two ways are one when they end alike and the same stations turned or stopped the packet. */
function decisionOf({ steps, end }: PacketPath): string {
  const deciding = steps
    .filter(({ action }) => action !== 'passes' && action !== 'skipped')
    .map(({ hook, station, reason, rule, at }) => [hook, station, reason, rule, at?.name]);
  const receiver =
    end.kind === 'arrives' ? [end.at.kind, end.at.kind === 'kube2iam' && end.at.sourceAddress] : [];
  return JSON.stringify([end.kind, receiver, deciding]);
}
