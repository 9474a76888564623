import { sameIdentity, type Credentials } from '../model/identity.ts';
import type { SdkBehaviour } from './behaviour.ts';
import type { Provider } from './entry.ts';
import { phaseAt, renewalOf } from './renewal.ts';
import { askProvider, runChain, type ChainInput, type ChainRun } from './run.ts';

/** Credentials in the memory of a process. Times are seconds on a clock that only goes forward. */
export interface HeldCredentials {
  readonly credentials: Credentials;
  readonly provider: string;
  readonly kind: Provider['kind'];
  readonly obtainedAt: number;
}

/** What an SDK remembers between two calls of one process. */
export interface ProcessMemory {
  readonly held?: HeldCredentials;
  /** The provider that worked last, where the SDK remembers it. */
  readonly worked?: string;
  /** A run that ended in an error, where the SDK remembers errors. */
  readonly failed?: ChainRun;
}

/** A process that has not called AWS yet. */
export const newProcess: ProcessMemory = {};

/**
 * What one call for credentials came to.
 *
 * - `held`: the old ones were given out, nobody was asked.
 * - `obtained`: there were none, or none that could be used on; now there are.
 * - `renewed`: the old ones were replaced.
 * - `renewalUnseen`: a renewal failed before it had to succeed; the old ones were given out.
 * - `servedOld`: a renewal that had to succeed failed; the old ones were given out all the same.
 * - `failed`: no credentials.
 * - `notKnown`: asking now would give something else, and nobody knows whether this SDK asks now.
 */
export type CallOutcome =
  'held' | 'obtained' | 'renewed' | 'renewalUnseen' | 'servedOld' | 'failed' | 'notKnown';

/** One call for credentials. */
export interface CredentialsCall {
  readonly outcome: CallOutcome;
  readonly memory: ProcessMemory;
  /** Absent when nobody was asked. */
  readonly run?: ChainRun;
}

/**
 * Lets a process call for credentials once: what it holds, what has expired, and what this SDK does about it.
 *
 * @param at - seconds, never less than at the call before
 */
export function callForCredentials(
  sdk: SdkBehaviour,
  memory: ProcessMemory,
  at: number,
  input: ChainInput,
): CredentialsCall {
  const { held, failed } = memory;
  if (failed) return { outcome: 'failed', memory, run: failed };
  if (!held) return keep(sdk, memory, ask(sdk, memory, input), at);
  const { expiresInSeconds } = held.credentials;
  if (expiresInSeconds === undefined) return { outcome: 'held', memory };
  const renewal = renewalOf(sdk, held.kind);
  if (!renewal) return askUnknown(sdk, memory, held, at, input);
  const phase = phaseAt(renewal, expiresInSeconds, at - held.obtainedAt);
  if (phase === 'fresh') return { outcome: 'held', memory };
  const run = ask(sdk, memory, input);
  if (run.end.kind === 'credentials') return keep(sdk, memory, run, at);
  if (phase === 'dueSoon') return { outcome: 'renewalUnseen', memory, run };
  if (servesOld(sdk, held, run)) return { outcome: 'servedOld', memory, run };
  return keep(sdk, memory, run, at);
}

function keep(sdk: SdkBehaviour, memory: ProcessMemory, run: ChainRun, at: number): CredentialsCall {
  const { worked } = memory;
  if (run.end.kind === 'error') {
    const remembered = sdk.refresh.remembersErrors ? { failed: run } : {};
    return { outcome: 'failed', memory: { ...(worked === undefined ? {} : { worked }), ...remembered }, run };
  }
  const { provider, credentials } = run.end;
  const kind = sdk.providers.find(({ id }) => id === provider)?.kind;
  if (!kind) throw new Error(`\`${provider}\` is no provider of ${sdk.family}`);
  return {
    outcome: memory.held ? 'renewed' : 'obtained',
    memory: { held: { credentials, provider, kind, obtainedAt: at }, worked: provider },
    run,
  };
}

/** Asks as this SDK does once it needs credentials: one provider, or the chain from its beginning. */
function ask(sdk: SdkBehaviour, { held, worked }: ProcessMemory, input: ChainInput): ChainRun {
  if (worked === undefined || sdk.refresh.chain === 'walksAgain') return runChain(sdk, input);
  const alone = askProvider(sdk, worked, input);
  if (sdk.refresh.chain === 'pinned' || alone.end.kind === 'credentials') return alone;
  return held && servesOld(sdk, held, alone) ? alone : runChain(sdk, input);
}

/** Tells whether the provider of the old credentials is where a run failed, in a way that it sits out. */
function servesOld(sdk: SdkBehaviour, held: HeldCredentials, { steps }: ChainRun): boolean {
  const last = steps.findLast((step) => step.kind === 'failed');
  const sitsOut: readonly string[] = renewalOf(sdk, held.kind)?.servesOldAfter ?? [];
  return last !== undefined && last.provider === held.provider && sitsOut.includes(last.failure);
}

/** Where nobody knows when an SDK asks again, that matters only if asking gives something else. */
function askUnknown(
  sdk: SdkBehaviour,
  memory: ProcessMemory,
  held: HeldCredentials,
  at: number,
  input: ChainInput,
): CredentialsCall {
  const run = ask(sdk, memory, input);
  const { end } = run;
  const same =
    end.kind === 'credentials' &&
    end.credentials.mechanism === held.credentials.mechanism &&
    sameIdentity(end.credentials.identity, held.credentials.identity);
  return same ? keep(sdk, memory, run, at) : { outcome: 'notKnown', memory, run };
}
