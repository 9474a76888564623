import { factKey, lookUpFact, type Ask } from '../model/fact.ts';
import { sameIdentity } from '../model/identity.ts';
import type { SdkRef } from '../model/sdk.ts';
import type { World } from '../model/world.ts';
import type { SdkBehaviour } from '../sdkChain/behaviour.ts';
import {
  callForCredentials,
  newProcess,
  type CredentialsCall,
  type HeldCredentials,
  type ProcessMemory,
} from '../sdkChain/process.ts';
import { sdkBehaviour } from '../sdkChain/registry.ts';
import { nextPhaseAt, phaseAt, renewalOf } from '../sdkChain/renewal.ts';
import type { ConsultedFact } from './explore.ts';
import {
  chainAccess,
  continueIn,
  enterContainer,
  readEnd,
  stepsBefore,
  type ChainAccess,
} from './resolveOnce.ts';
import type { ContainerOf } from './subjects.ts';
import type { HoldReason, Moment, TimelineEntry } from './timeline.ts';
import type { Step } from './trace.ts';

/** A process is taken to call AWS once a minute, so that what is due happens within one. */
const callEverySeconds = 60;

/** One life of a process, with every fact decided. */
export interface Life {
  readonly entries: readonly TimelineEntry[];
  readonly consulted: readonly ConsultedFact[];
}

/** A world and the second from which it is so. */
interface Era {
  readonly from: number;
  readonly world: World;
  /** The change that began it; absent for the first. */
  readonly title?: string;
}

/**
 * Lets one process live through changes of the world, and tells what it holds when.
 *
 * Only calls at which something can differ are played: at a change, and when credentials come into their
 * next phase. While nothing changes, renewals repeat themselves and are skipped.
 *
 * @param open - decides the facts that nothing states
 */
export function liveThrough(
  world: World,
  open: Ask,
  target: ContainerOf,
  sdk: SdkRef,
  moments: readonly Moment[],
): Life {
  const { behaviour } = sdkBehaviour(sdk);
  const consulted = new Map<string, ConsultedFact>();
  const eras = erasOf(world, moments);
  const entered = enterContainer(world, askIn(world, open, consulted), target);
  const accessIn = (current: World): ChainAccess => {
    const ask = askIn(current, open, consulted);
    const caller = current === world ? entered.caller : continueIn(current, ask, entered.caller);
    return chainAccess(current, ask, caller, target.container);
  };
  const entries: TimelineEntry[] = [];
  let memory: ProcessMemory = newProcess;
  let told = -1;
  for (let at: number | undefined = 0; at !== undefined;) {
    const era = eras.findLastIndex(({ from }) => from <= (at ?? 0));
    const access = accessIn(eras[era]?.world ?? world);
    const call = callForCredentials(behaviour, memory, at, access.input);
    const after = eras.slice(told + 1, era + 1).flatMap(({ title }) => title ?? []);
    const before = entries.length === 0 ? stepsBefore(entered) : [];
    const entry = entryOf({ behaviour, memory, call, at, after, access, before }, entries.at(-1));
    if (entry) {
      entries.push(entry);
      told = era;
    }
    if (call.outcome === 'notKnown') break;
    const nextEra = eras[era + 1]?.from;
    const settled = settle(memory, call, at, nextEra);
    memory = settled.memory;
    at = settled.repeats && nextEra === undefined ? undefined : nextCallAt(behaviour, call, settled, nextEra);
  }
  return { entries, consulted: [...consulted.values()] };
}

function erasOf(world: World, moments: readonly Moment[]): readonly Era[] {
  const eras: Era[] = [{ from: 0, world }];
  for (const { minute, change } of moments.toSorted((a, b) => a.minute - b.minute)) {
    const current = eras.at(-1)?.world ?? world;
    eras.push({ from: toCall(minute * 60), world: change.apply(current), title: change.title });
  }
  return eras;
}

/** Answers from what the world of the day states, shows or lets assume; what is open stays so for ever. */
function askIn(world: World, open: Ask, consulted: Map<string, ConsultedFact>): Ask {
  return (question) => {
    const { value, basis } = lookUpFact(world, question);
    if (value === undefined) return open(question);
    const key = factKey(question);
    if (!consulted.has(key)) consulted.set(key, { question, value, basis });
    return value;
  };
}

/** The first call at or after a second. */
function toCall(second: number): number {
  return Math.ceil(second / callEverySeconds) * callEverySeconds;
}

interface Told {
  readonly behaviour: SdkBehaviour;
  readonly memory: ProcessMemory;
  readonly call: CredentialsCall;
  readonly at: number;
  readonly after: readonly string[];
  readonly access: ChainAccess;
  readonly before: readonly Step[];
}

/** Makes the entry of a call, or nothing when the process goes on holding what it held. */
function entryOf(told: Told, last: TimelineEntry | undefined): TimelineEntry | undefined {
  const { behaviour, memory, call, at, after, access, before } = told;
  const { held } = memory;
  const renewal = held && renewalOf(behaviour, held.kind);
  const { source } = last ? (renewal ?? behaviour.refresh) : behaviour;
  const minute = at / 60;
  if (call.outcome === 'notKnown') return { kind: 'notKnown', minute, after, source };
  const why = reasonOf(told, last);
  if (!why || !call.run) return undefined;
  const now = call.memory.held;
  const { identity, mechanism } = now ? now.credentials : readEnd(call.run.end);
  const trace = [...before, ...access.stepsOf(call.run)];
  return { kind: 'holds', minute, identity, mechanism, why, after, source, trace };
}

function reasonOf({ memory, call, at }: Told, last: TimelineEntry | undefined): HoldReason | undefined {
  const was = last?.kind === 'holds' ? last.why : undefined;
  switch (call.outcome) {
    case 'held':
    case 'renewalUnseen':
    case 'notKnown':
      return undefined;
    case 'obtained':
      return last ? 'recovered' : 'started';
    case 'failed':
      if (!last) return 'started';
      return memory.held ? 'failed' : undefined;
    case 'servedOld':
      return memory.held && isExpired(memory.held, at) && was !== 'servedExpired'
        ? 'servedExpired'
        : undefined;
    case 'renewed': {
      if (memory.held?.provider !== call.memory.held?.provider) return 'changedProvider';
      if (was === 'servedExpired') return 'recovered';
      return sameCredentials(memory.held, call.memory.held) ? undefined : 'renewed';
    }
  }
}

function isExpired({ credentials, obtainedAt }: HeldCredentials, at: number): boolean {
  const { expiresInSeconds } = credentials;
  return expiresInSeconds !== undefined && at >= obtainedAt + expiresInSeconds;
}

function sameCredentials(a: HeldCredentials | undefined, b: HeldCredentials | undefined): boolean {
  return (
    a !== undefined &&
    b !== undefined &&
    a.provider === b.provider &&
    a.credentials.mechanism === b.credentials.mechanism &&
    sameIdentity(a.credentials.identity, b.credentials.identity)
  );
}

interface Settled {
  readonly memory: ProcessMemory;
  readonly at: number;
  /** The call gave what the process had: until the world changes, so will every later one. */
  readonly repeats: boolean;
}

/** Skips renewals that repeat themselves, up to the last before the world changes. */
function settle(
  before: ProcessMemory,
  { outcome, memory }: CredentialsCall,
  at: number,
  nextEra: number | undefined,
): Settled {
  const { held } = memory;
  if (outcome !== 'renewed' || !held || !before.held || !sameCredentials(before.held, held)) {
    return { memory, at, repeats: false };
  }
  const period = at - before.held.obtainedAt;
  const room = (nextEra ?? at) - callEverySeconds - at;
  const skipped = room > 0 ? Math.floor(room / period) * period : 0;
  return {
    memory: { ...memory, held: { ...held, obtainedAt: held.obtainedAt + skipped } },
    at: at + skipped,
    repeats: true,
  };
}

/** Gives the next call at which something can differ, or nothing when there is none. */
function nextCallAt(
  behaviour: SdkBehaviour,
  { outcome }: CredentialsCall,
  { memory: { held }, at }: Settled,
  nextEra: number | undefined,
): number | undefined {
  const due = held && dueAt(behaviour, held, outcome, at);
  const calls = [due === undefined ? undefined : toCall(due), nextEra].filter((call) => call !== undefined);
  return calls.length === 0 ? undefined : Math.max(Math.min(...calls), at + callEverySeconds);
}

function dueAt(
  behaviour: SdkBehaviour,
  held: HeldCredentials,
  outcome: CredentialsCall['outcome'],
  at: number,
): number | undefined {
  const life = held.credentials.expiresInSeconds;
  const renewal = renewalOf(behaviour, held.kind);
  if (life === undefined || !renewal) return undefined;
  const age = at - held.obtainedAt;
  if (outcome === 'servedOld') return age < life ? held.obtainedAt + life : undefined;
  const next = nextPhaseAt(renewal, life, age);
  // Credentials that are due from the beginning are asked for at every call.
  if (outcome !== 'renewalUnseen' && phaseAt(renewal, life, age) !== 'fresh') return at + callEverySeconds;
  return next === undefined ? undefined : held.obtainedAt + next;
}
