import { factKey, type Question } from '../model/fact.ts';
import type { Exploration, ExplorationBranch } from './explore.ts';

/** One fact that must have one of these values. */
export interface FactCondition {
  readonly question: Question;
  readonly values: readonly string[];
  /** Every value that was explored, so that a reader can say "any but". */
  readonly options: readonly string[];
  /** `fault`: the input states otherwise, and something broke. */
  readonly why: 'open' | 'fault';
}

/** All of these must hold. */
export type Conjunction = readonly FactCondition[];

/** One of these must hold; a single empty conjunction means always. */
export type Condition = readonly Conjunction[];

/** Tells whether a condition holds whatever the unknown facts are. */
export function isAlways(condition: Condition): boolean {
  return condition.some((conjunction) => conjunction.length === 0);
}

/** One outcome of an exploration: which leaves have it, and when. */
export interface Grouped<Result> {
  /** The first leaf with this outcome. */
  readonly representative: Result;
  readonly when: Condition;
}

/**
 * Groups the leaves of an exploration by outcome and says under which condition each comes about.
 *
 * Values of one fact that lead to the same outcomes are put together, and a fact that makes no
 * difference is left out. The outcome with the first option at every choice comes first, then the others,
 * fewest conditions first.
 */
export function groupOutcomes<Result>(
  exploration: Exploration<Result>,
  keyOf: (result: Result) => string,
): readonly Grouped<Result>[] {
  const conditions = conditionsOf(exploration, keyOf);
  const representatives = new Map<string, Result>();
  collectRepresentatives(exploration, keyOf, representatives);
  const [first, ...others] = [...representatives].map(([key, representative]) => ({
    representative,
    when: conditions.get(key) ?? [],
  }));
  if (!first) return [];
  return [first, ...others.toSorted((a, b) => weight(a.when) - weight(b.when))];
}

function weight(condition: Condition): number {
  return Math.min(...condition.map((conjunction) => conjunction.length));
}

function collectRepresentatives<Result>(
  exploration: Exploration<Result>,
  keyOf: (result: Result) => string,
  into: Map<string, Result>,
): void {
  if (exploration.kind === 'leaf') {
    const key = keyOf(exploration.result);
    if (!into.has(key)) into.set(key, exploration.result);
  } else if (exploration.kind === 'choice') {
    for (const branch of exploration.branches) collectRepresentatives(branch.next, keyOf, into);
  }
}

function conditionsOf<Result>(
  exploration: Exploration<Result>,
  keyOf: (result: Result) => string,
): ReadonlyMap<string, Condition> {
  if (exploration.kind === 'notExplored') return new Map();
  if (exploration.kind === 'leaf') return new Map([[keyOf(exploration.result), [[]]]]);
  const options = exploration.branches.map((branch) => branch.value);
  const byBranch = exploration.branches.map((branch) => ({
    value: branch.value,
    conditions: conditionsOf(branch.next, keyOf),
  }));
  const keys = new Set(byBranch.flatMap(({ conditions }) => [...conditions.keys()]));
  const merged = new Map<string, Condition>();
  for (const key of keys) {
    const groups = new Map<string, { condition: Condition; values: string[] }>();
    for (const { value, conditions } of byBranch) {
      const condition = conditions.get(key);
      if (!condition) continue;
      const text = conditionText(condition);
      const group = groups.get(text);
      if (group) group.values.push(value);
      else groups.set(text, { condition, values: [value] });
    }
    merged.set(
      key,
      [...groups.values()].flatMap(({ condition, values }) =>
        values.length === options.length
          ? condition
          : condition.map((conjunction): Conjunction => [
              { question: exploration.question, values, options, why: exploration.why },
              ...conjunction,
            ]),
      ),
    );
  }
  return merged;
}

/** Writes a condition as one comparable line, as `trust:arn…=refuses&cni=flannel|kubenet`; alternatives are split by `;`. */
export function conditionText(condition: Condition): string {
  return condition
    .map((conjunction) =>
      conjunction.map(({ question, values }) => `${factKey(question)}=${values.join('|')}`).join('&'),
    )
    .join(';');
}

/**
 * Puts several explorations under one choice, as the SDKs that a container may use.
 */
export function chooseBetween<Result>(
  question: Question,
  branches: readonly ExplorationBranch<Result>[],
): Exploration<Result> {
  const [only] = branches;
  return branches.length === 1 && only ? only.next : { kind: 'choice', question, why: 'open', branches };
}
