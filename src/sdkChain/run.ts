import type { Environment } from '../model/environment.ts';
import type { Credentials } from '../model/identity.ts';
import type { ObjectRef } from '../model/objectRef.ts';
import type { Reply, Request } from '../model/exchange.ts';

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
}
