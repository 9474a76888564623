import type { ObjectRef } from './objectRef.ts';
import type { World } from './world.ts';
import { factDefinitions, type FactName } from './factDefinitions.ts';

/**
 * A fact that some rule consults.
 *
 * `known` is what the input itself states (an instance's metadata options); it gives way only to
 * what the user states on purpose.
 */
export interface Question {
  readonly name: FactName;
  /** A node, a role ARN, an account, `ns/pod` …; absent for facts of the whole cluster. */
  readonly scope?: string;
  readonly known?: string;
  /** Replaces the options of the definition, as for `node`. */
  readonly options?: readonly string[];
  /** The object that the fact is about. */
  readonly about?: ObjectRef;
}

/** Gives the value of a fact. Whoever calls need not know whether it was stated, assumed or is being explored. */
export type Ask = (question: Question) => string;

/** A fact that the user stated: in `whichrole.yaml`, on the command line, or through the builder. */
export interface StatedFact {
  readonly name: FactName;
  /** Absent: wherever the fact is consulted. */
  readonly scope?: string;
  readonly value: string;
  readonly ref?: ObjectRef;
}

/** Writes a question as `--assume` takes it: `name` or `name:scope`. */
export function factKey(question: { readonly name: FactName; readonly scope?: string }): string {
  return question.scope === undefined ? question.name : `${question.name}:${question.scope}`;
}

/** Where the value of a fact came from. */
export type FactBasis =
  | { readonly kind: 'stated'; readonly ref?: ObjectRef }
  | { readonly kind: 'input' }
  | { readonly kind: 'assumed' }
  | { readonly kind: 'open' };

/**
 * Looks a question up without exploring: what the user stated, what the input shows, what is assumed.
 *
 * The most narrowly scoped statement wins; among equals the last.
 *
 * @returns the value and its basis; `value` is absent when the fact is open
 */
export function lookUpFact(
  world: Pick<World, 'facts'>,
  question: Question,
): { readonly value?: string; readonly basis: FactBasis } {
  const stated =
    world.facts.findLast(
      (fact) => fact.name === question.name && fact.scope !== undefined && fact.scope === question.scope,
    ) ?? world.facts.findLast((fact) => fact.name === question.name && fact.scope === undefined);
  if (stated)
    return { value: stated.value, basis: { kind: 'stated', ...(stated.ref ? { ref: stated.ref } : {}) } };
  if (question.known !== undefined) return { value: question.known, basis: { kind: 'input' } };
  const definition = factDefinitions.get(question.name);
  if (definition?.assumed !== undefined) return { value: definition.assumed, basis: { kind: 'assumed' } };
  return { basis: { kind: 'open' } };
}

/**
 * Answers facts without exploring; for tests and for callers that know everything.
 *
 * @throws Error when an open fact is consulted: the caller promised that there is none
 */
export function askStated(world: Pick<World, 'facts'>): Ask {
  return (question) => {
    const { value } = lookUpFact(world, question);
    if (value === undefined) throw new Error(`nothing states \`${factKey(question)}\``);
    return value;
  };
}
