import { isSet } from '../model/environment.ts';
import type { Credentials } from '../model/identity.ts';
import type { ObjectRef } from '../model/objectRef.ts';
import type { Reply, Request } from '../model/exchange.ts';
import type { SdkBehaviour } from './behaviour.ts';
import type { Rule, SetWhen } from './providerRow.ts';
import type { ChainInput, ChainStep } from './run.ts';

/** A role that a profile wants to be assumed on top of its source. */
export interface RoleStep {
  readonly roleArn: string;
  readonly sessionName?: string;
  readonly externalId?: string;
}

/** The two values that web identity needs, and the session name. */
export interface WebIdentityValues {
  readonly roleArn: string;
  readonly tokenFile: string;
  readonly sessionName: string;
}

/** What a walk through a chain has learnt so far; the machine itself holds none of it. */
export interface Held {
  credentials?: Credentials;
  webIdentity?: WebIdentityValues;
  region?: string;
  regionRounds: number;
  /** Attempts that failed, of those that begin earlier than with the request that fails. */
  failedRounds: number;
  /** How often a profile has been gone through to its end. */
  profilePasses: number;
  container?: { readonly url: string; readonly relative: boolean; readonly tokenFile?: string };
  roleName?: string;
  /** Roles still to be assumed, the next one first. */
  roles: readonly RoleStep[];
}

/** One run through a chain while it goes on. */
export interface Walk {
  readonly sdk: SdkBehaviour;
  readonly input: ChainInput;
  readonly steps: ChainStep[];
  /** Files already read in this run: no SDK's trace is told twice of one file. */
  readonly files: Map<string, Reply>;
  readonly held: Held;
}

/** Starts a walk. */
export function startWalk(sdk: SdkBehaviour, input: ChainInput): Walk {
  return {
    sdk,
    input,
    steps: [],
    files: new Map(),
    held: { regionRounds: 0, failedRounds: 0, profilePasses: 0, roles: [] },
  };
}

/** Tells whether a variable counts as set, the way this provider reads it. A hidden value is not empty. */
export function isSetAs({ input }: Walk, name: string, when: SetWhen): boolean {
  const variable = input.environment.variables.get(name);
  if (!variable) return false;
  const { value } = variable;
  switch (when) {
    case 'present':
      return true;
    case 'nonEmpty':
      return value !== '';
    case 'nonBlank':
      return value === undefined || value.trim() !== '';
    case 'truthy':
      return value !== '' && value !== '0';
  }
}

/**
 * Gives the text of a variable, or of a hidden one the reference that Kubernetes would write for it:
 * a placeholder, which nobody takes for a real value.
 */
export function textOf({ input }: Walk, name: string): string | undefined {
  const variable = input.environment.variables.get(name);
  return variable && (variable.value ?? `$(${name})`);
}

/** Gives the text of the first of several variables that is set and not empty. */
export function firstText(walk: Walk, names: readonly string[]): string | undefined {
  const name = names.find((candidate) => isSet(walk.input.environment, candidate));
  return name === undefined ? undefined : textOf(walk, name);
}

/** Points at the objects from which variables come. */
export function refsOf({ input }: Walk, names: readonly string[]): readonly ObjectRef[] {
  return names.flatMap((name) => input.environment.variables.get(name)?.from ?? []);
}

/** Records that a provider is not configured. */
export function notConfigured(
  walk: Walk,
  provider: { readonly id: string; readonly source: string },
  missing: readonly string[],
): void {
  walk.steps.push({ kind: 'notConfigured', provider: provider.id, missing, source: provider.source });
}

/** Records that variables switch a provider on. */
export function selected(
  walk: Walk,
  provider: { readonly id: string; readonly source: string },
  by: readonly string[],
  refs: readonly ObjectRef[] = refsOf(walk, by),
): void {
  walk.steps.push({ kind: 'selected', provider: provider.id, by, refs, source: provider.source });
}

/** Records a request and its reply. */
export function exchanged(
  walk: Walk,
  provider: string,
  request: Request,
  reply: Reply,
  attempts: number,
): void {
  walk.steps.push({ kind: 'exchange', provider, request, reply, attempts });
}

/** Records a failure and what the SDK then does. */
export function failed(
  walk: Walk,
  provider: string,
  failure: string,
  rule: Pick<Rule<string>, 'next' | 'error' | 'source'>,
  code: string = failure,
): void {
  const error = rule.error.replace('{code}', code);
  const { next, source } = rule;
  walk.steps.push({ kind: 'failed', provider, failure, then: next, error, source });
}
