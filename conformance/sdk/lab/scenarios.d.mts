/** A reply: an HTTP status, no reply at all, or a reply with something special in it. */
export type ScenarioReply =
  | number
  | 'refused'
  | 'dropped'
  | 'hang'
  | { readonly status?: number; readonly code?: string; readonly body?: unknown };

/** The metadata service: how it answers each of the three calls, and those that come without a token. */
export interface ScenarioImds {
  readonly token: ScenarioReply;
  readonly roleList: ScenarioReply;
  readonly roleCredentials: ScenarioReply;
  readonly withoutToken?: ScenarioReply;
}

/** The services in front of which a program is put. */
export interface ScenarioWorld {
  readonly sts: ScenarioReply;
  readonly assumeRole?: ScenarioReply;
  readonly container: ScenarioReply;
  readonly imds: ScenarioImds | 'refused' | 'dropped' | 'hang';
}

/** A scenario with its named parts put in. */
export interface Scenario extends ScenarioWorld {
  readonly id: string;
  readonly about: string;
  readonly basic: boolean;
  readonly slow: boolean;
  readonly env: Readonly<Record<string, string>>;
  /** By path, in which `~` is the home directory. */
  readonly files: Readonly<Record<string, string | null | { readonly directory: true }>>;
  readonly lifeSeconds: number;
  readonly later?: {
    readonly afterSeconds: number;
    readonly files: Scenario['files'];
    readonly world: Partial<ScenarioWorld>;
  };
}

/** Reads all scenarios, in the order of their files' names. */
export function readScenarios(): readonly Scenario[];
