import type { Walk } from './walk.ts';

/**
 * Where an event leads: to another station, to the next provider, or to an end.
 */
export type Target =
  | { readonly kind: 'station'; readonly id: string }
  | { readonly kind: 'nextProvider' }
  | { readonly kind: 'stop' }
  | { readonly kind: 'credentials' };

/** Leads to the next provider, or to the end of the chain when there is none. */
export const nextProvider: Target = { kind: 'nextProvider' };

/** Ends the chain with an error. */
export const stop: Target = { kind: 'stop' };

/** Ends the chain with credentials. */
export const credentials: Target = { kind: 'credentials' };

/** Leads to another station of the same provider. */
export function station(id: string): Target {
  return { kind: 'station', id };
}

/** One point of a chain: something is looked up or asked, and what comes of it is an event. */
export interface Station {
  /** `webIdentity`, `imds/token`: the provider, then what it is at. */
  readonly id: string;
  /** Id of the provider. */
  readonly provider: string;
  /** Does what is to be done here and names the event. Whatever it learns goes into the walk. */
  readonly act: (walk: Walk) => string;
  /** Every event that can come up, and where it leads. */
  readonly on: Readonly<Record<string, Target>>;
}
