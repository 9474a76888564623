/** How well a fact about an SDK is backed: seen in a recording, read in its source, or documented. */
export type EvidenceStrength = 'recorded' | 'source' | 'docs';

/** Where a fact is known from. */
export interface Evidence {
  /** A public place, as `owner/repo:path`. */
  readonly source: string;
  readonly strength: EvidenceStrength;
}

/** The versions for which a row holds: from `since` on, before `until`. */
export interface VersionRange {
  readonly since?: string;
  readonly until?: string;
}

/** A value that holds for some versions only. */
export interface Ranged<Value> extends VersionRange {
  readonly value: Value;
}

/** What an SDK does after some failures. */
export interface Rule<Failure extends string, Next extends string = never> extends Evidence {
  readonly on: readonly Failure[];
  /** Attempts of the request in all; 1 when absent. */
  readonly attempts?: number;
  /**
   * Where the metadata service is asked and each further attempt begins earlier than with the request that
   * failed. `token`: with the token, unless one is held; `newToken`: with the token in any case; `openToken`:
   * with the token where it was asked for and may yet come; `roleList`: with the list of roles.
   */
  readonly attemptsFrom?: 'token' | 'newToken' | 'openToken' | 'roleList';
  /** `stop`: the error surfaces and nothing later is tried. `continue`: the next provider is tried. */
  readonly next: 'stop' | 'continue' | Next;
  /** What the application sees; `{code}` stands for the error code of the service. */
  readonly error: string;
}

/** When a variable counts as set. `truthy` is PHP's: neither empty nor `0`. */
export type SetWhen = 'nonEmpty' | 'nonBlank' | 'truthy' | 'present';

/** What every provider row has. `id` is unique within an SDK. */
export interface ProviderRow extends VersionRange, Evidence {
  readonly id: string;
}
