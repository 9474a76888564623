import { createMachine, transition, type AnyStateMachine } from 'xstate';
import type { SdkBehaviour } from './behaviour.ts';
import type { Station, Target } from './station.ts';
import { stationsOf } from './stations.ts';

/** A statechart, as xstate builds it; for its tools only. */
export type ChainMachine = AnyStateMachine;

/** The statechart of one SDK behaviour: which station comes after which event. */
export interface Chart {
  readonly machine: ChainMachine;
  readonly start: string;
  /** The stations that can be reached, in the order of the chain. */
  readonly stations: ReadonlyMap<string, Station>;
  /** Gives the state after an event: the id of a station, or an end: `credentials`, `error`, `exhausted`. */
  readonly next: (state: string, event: string) => string;
}

const charts = new WeakMap<SdkBehaviour, Chart>();

/** Gives the statechart of a behaviour. Built once and kept as long as the behaviour is. */
export function chartOf(sdk: SdkBehaviour): Chart {
  const known = charts.get(sdk);
  if (known) return known;
  const chart = buildChart(sdk);
  charts.set(sdk, chart);
  return chart;
}

function buildChart(sdk: SdkBehaviour): Chart {
  const { start, stations } = connect(sdk);
  const states = [...stations.values()].map(({ station, on }) => [station.id, { on }] as const);
  const machine: ChainMachine = createMachine({
    id: sdk.family,
    initial: start,
    states: {
      ...Object.fromEntries(states),
      credentials: { type: 'final' },
      error: { type: 'final' },
      exhausted: { type: 'final' },
    },
  });
  return {
    machine,
    start,
    stations: new Map([...stations].map(([id, { station }]) => [id, station])),
    next: steppedBy(machine),
  };
}

/** A station with its events led to states. */
interface Connected {
  readonly station: Station;
  readonly on: Readonly<Record<string, string>>;
}

/** Joins the stations of all providers, and leaves out those that nothing leads to. */
function connect(sdk: SdkBehaviour): {
  readonly start: string;
  readonly stations: ReadonlyMap<string, Connected>;
} {
  const perProvider = sdk.providers.map((provider) => stationsOf(provider, sdk));
  const starts = perProvider.map(([first]) => first?.id ?? 'exhausted');
  const all = new Map<string, Connected>();
  perProvider.forEach((stations, at) => {
    const following = starts[at + 1] ?? 'exhausted';
    for (const station of stations) {
      const on = Object.entries(station.on).map(([event, to]) => [event, stateOf(to, following)] as const);
      all.set(station.id, { station, on: Object.fromEntries(on) });
    }
  });
  const start = starts[0] ?? 'exhausted';
  const reached = reachable(all, start);
  return { start, stations: new Map([...all].filter(([id]) => reached.has(id))) };
}

function stateOf(target: Target, following: string): string {
  switch (target.kind) {
    case 'station':
      return target.id;
    case 'nextProvider':
      return following;
    case 'stop':
      return 'error';
    case 'credentials':
      return 'credentials';
  }
}

function reachable(all: ReadonlyMap<string, Connected>, start: string): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [start];
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    if (reached.has(state)) continue;
    reached.add(state);
    open.push(...Object.values(all.get(state)?.on ?? {}));
  }
  return reached;
}

/**
 * Steps a machine by its pure transition function. A state has no context, so state and event say
 * all, and what was once worked out is kept.
 *
 * @throws Error when a state does not know an event: a station and its chart disagree
 */
function steppedBy(machine: ChainMachine): Chart['next'] {
  const known = new Map<string, string>();
  return (state, event) => {
    const key = `${state} ${event}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const snapshot = machine.resolveState({ value: state, context: {} });
    if (!snapshot.can({ type: event })) throw new Error(`\`${state}\` does not know \`${event}\``);
    const [after] = transition(machine, snapshot, { type: event });
    const next = String(after.value);
    known.set(key, next);
    return next;
  };
}
