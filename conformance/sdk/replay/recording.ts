import { readdirSync, readFileSync } from 'node:fs';
import type { SdkFamily } from '../../../src/model/sdk.ts';

/** What a program ended up with. */
export type RecordedOutcome =
  | { readonly kind: 'credentials'; readonly source: string }
  | { readonly kind: 'error'; readonly error: string }
  /** Nothing within the time limit. */
  | { readonly kind: 'noAnswer' };

/** Requests that a program sent, equal ones in a row counted. Those that reached nobody leave no trace. */
export interface RecordedRequest {
  readonly call: string;
  readonly status: number | 'hang';
  readonly withToken?: boolean;
  readonly host?: string;
  readonly path?: string;
  readonly sessionName?: string;
  readonly durationSeconds?: number;
  readonly count: number;
}

/** One real program in one scenario. */
export interface Recording {
  readonly scenario: string;
  readonly outcome: RecordedOutcome;
  readonly requests: readonly RecordedRequest[];
  /** The same process asked again after the world has changed. */
  readonly later?: { readonly outcome: RecordedOutcome; readonly requests: readonly RecordedRequest[] };
}

/** All recordings of one version of an SDK. */
export interface RecordedSdk {
  readonly sdk: {
    readonly family: SdkFamily;
    readonly version: string;
    /** The program walks the chain more than once: the first walk comes first, then parts of it again. */
    readonly asksAgain?: true;
  };
  readonly recordings: readonly Recording[];
}

const folder = new URL('../recordings/', import.meta.url);

/** Reads all recordings, by family and version. */
export function readRecordedSdks(): readonly RecordedSdk[] {
  return readdirSync(folder)
    .toSorted()
    .flatMap((family) => {
      const versions = new URL(`${family}/`, folder);
      return readdirSync(versions)
        .filter((name) => name.endsWith('.json'))
        .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
        .map((name) => JSON.parse(readFileSync(new URL(name, versions), 'utf8')) as RecordedSdk);
    });
}
