import type { Chart } from '../sdkChain/chart.ts';

/**
 * Draws the chain of an SDK as a Mermaid state diagram; events that lead to the same place share an arrow.
 */
export function renderChainMermaid({ start, stations, next }: Chart): string {
  const ends = ['credentials', 'error', 'exhausted'];
  const idOf = (state: string): string => state.replaceAll(/\W/g, '_');
  const lines = [...stations].flatMap(([id, station]) => {
    const arrows = new Map<string, string[]>();
    for (const event of Object.keys(station.on)) {
      const to = next(id, event);
      arrows.set(to, [...(arrows.get(to) ?? []), event]);
    }
    return [...arrows].map(([to, events]) => `  ${idOf(id)} --> ${idOf(to)}: ${events.join(', ')}`);
  });
  return [
    'stateDiagram-v2',
    ...[...stations.keys()].map((id) => `  state "${id}" as ${idOf(id)}`),
    `  [*] --> ${idOf(start)}`,
    ...lines,
    ...ends.map((end) => `  ${end} --> [*]`),
  ].join('\n');
}
