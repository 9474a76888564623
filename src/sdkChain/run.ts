import type { Environment } from '../model/environment.ts';
import type { Credentials } from '../model/identity.ts';
import type { ObjectRef } from '../model/objectRef.ts';
import type { Reply, Request } from '../model/exchange.ts';
import type { SdkBehaviour } from './behaviour.ts';
import { chartOf } from './chart.ts';
import type { Station } from './station.ts';
import { startWalk, type Walk } from './walk.ts';

/** What the chain did at one point. The steps of a run, in order, are its trace. */
export type ChainStep =
  /** The provider is not configured; `missing` names the variables or files that would switch it on. */
  | {
      readonly kind: 'notConfigured';
      readonly provider: string;
      readonly missing: readonly string[];
      readonly source: string;
    }
  /** The provider is switched on, by these variables or files. */
  | {
      readonly kind: 'selected';
      readonly provider: string;
      readonly by: readonly string[];
      readonly refs: readonly ObjectRef[];
      readonly source: string;
    }
  /** A request and what came back; `attempts` counts retries of the same request. */
  | {
      readonly kind: 'exchange';
      readonly provider: string;
      readonly request: Request;
      readonly reply: Reply;
      readonly attempts: number;
    }
  /** The provider failed; what this SDK then does. */
  | {
      readonly kind: 'failed';
      readonly provider: string;
      readonly failure: string;
      readonly then: 'stop' | 'continue';
      readonly error: string;
      readonly source: string;
    }
  | { readonly kind: 'succeeded'; readonly provider: string; readonly credentials: Credentials };

/** One resolution of the default chain. */
export interface ChainRun {
  readonly end:
    | { readonly kind: 'credentials'; readonly provider: string; readonly credentials: Credentials }
    /** `error`: what the application sees. `provider` is absent when the chain came to its end. */
    | { readonly kind: 'error'; readonly provider?: string; readonly error: string };
  readonly steps: readonly ChainStep[];
}

/** Asks the world: reads a file, sends a request. */
export type Exchange = (request: Request) => Reply;

/** What {@link ChainRun} is made from. */
export interface ChainInput {
  readonly environment: Environment;
  readonly exchange: Exchange;
  /**
   * Tells whether the application lacks the STS module. Called only when web identity is configured
   * and the SDK needs the module for it.
   */
  readonly moduleMissing: () => boolean;
  /**
   * Tells whether the program that a profile names prints keys with a session token. Called only when a
   * program is asked and the SDK wants such a token; absent: it does.
   */
  readonly processKeys?: () => 'temporary' | 'lasting';
}

/**
 * Runs the default chain of an SDK once.
 *
 * The statechart says at which station the chain is; the station asks and names what came of it.
 *
 * @throws Error when chart and station disagree, which a test excludes for every entry of the catalogue
 */
export function runChain(sdk: SdkBehaviour, input: ChainInput): ChainRun {
  return runFrom(sdk, chartOf(sdk).start, input, () => true);
}

/**
 * Asks one provider of an SDK alone, as an SDK does that remembers which one worked.
 *
 * Where the chain would go on to the next provider, there is an error instead.
 *
 * @throws Error when the SDK has no such provider
 */
export function askProvider(sdk: SdkBehaviour, provider: string, input: ChainInput): ChainRun {
  // The first station of a provider bears the provider's own id.
  if (!chartOf(sdk).stations.has(provider)) throw new Error(`${sdk.family} has no provider \`${provider}\``);
  return runFrom(sdk, provider, input, (station) => station.provider === provider);
}

function runFrom(
  sdk: SdkBehaviour,
  start: string,
  input: ChainInput,
  within: (station: Station) => boolean,
): ChainRun {
  const chart = chartOf(sdk);
  const walk = startWalk(sdk, input);
  let provider = '';
  let state = start;
  for (let station = chart.stations.get(state); station; station = chart.stations.get(state)) {
    if (!within(station)) break;
    provider = station.provider;
    state = chart.next(state, station.act(walk));
  }
  return { end: endOf(walk, state, provider), steps: walk.steps };
}

function endOf(walk: Walk, state: string, provider: string): ChainRun['end'] {
  if (state === 'credentials') {
    const { credentials } = walk.held;
    if (!credentials) throw new Error(`\`${provider}\` ends with credentials but holds none`);
    walk.steps.push({ kind: 'succeeded', provider, credentials });
    return { kind: 'credentials', provider, credentials };
  }
  if (state === 'error') {
    const last = walk.steps.at(-1);
    if (last?.kind !== 'failed') throw new Error(`\`${provider}\` stops without a failure`);
    return { kind: 'error', provider, error: last.error };
  }
  if (state === 'exhausted') return { kind: 'error', error: walk.sdk.exhausted };
  // One provider was asked alone, and would have left the matter to the next.
  const last = walk.steps.findLast((step) => step.kind === 'failed');
  return { kind: 'error', provider, error: last?.error || walk.sdk.exhausted };
}
