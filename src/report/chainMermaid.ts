import type { SdkBehaviour } from '../sdkChain/behaviour.ts';
import { chartOf, type Chart } from '../sdkChain/chart.ts';
import type { Station } from '../sdkChain/station.ts';

/**
 * Draws the statechart of an SDK as a Mermaid state diagram, a box for each provider.
 *
 * Events that lead from one station to the same next one share an arrow.
 *
 * @source Mermaid state diagrams: https://mermaid.js.org/syntax/stateDiagram.html
 */
export function renderChainMermaid(sdk: SdkBehaviour): string {
  const chart = chartOf(sdk);
  return [
    'stateDiagram-v2',
    `  [*] --> ${diagramId(chart.start)}`,
    ...sdk.providers.flatMap(({ id }) => boxOf(chart, id)),
    ...[...chart.stations.values()].flatMap((station) => arrowsOf(chart, station)),
    '  credentials --> [*]',
    '  error --> [*]',
    '  exhausted --> [*]',
  ].join('\n');
}

function boxOf(chart: Chart, provider: string): readonly string[] {
  const inside = [...chart.stations.values()].filter((station) => station.provider === provider);
  if (inside.length < 2) return [];
  return [
    `  state "${provider}" as box_${diagramId(provider)} {`,
    ...inside.map(({ id }) => `    ${diagramId(id)}`),
    '  }',
  ];
}

function arrowsOf(chart: Chart, station: Station): readonly string[] {
  const events = new Map<string, string[]>();
  for (const event of Object.keys(station.on)) {
    const to = chart.next(station.id, event);
    events.set(to, [...(events.get(to) ?? []), event]);
  }
  return [...events].map(
    ([to, names]) => `  ${diagramId(station.id)} --> ${diagramId(to)} : ${names.join(', ')}`,
  );
}

/** Mermaid takes letters, digits and `_` in the id of a state. */
function diagramId(id: string): string {
  return id.replaceAll(/[^A-Za-z0-9]/g, '_');
}
