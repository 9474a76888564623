import { factKey, lookUpFact, type Ask, type FactBasis, type Question } from '../model/fact.ts';
import { factDefinitions } from '../model/factDefinitions.ts';
import type { World } from '../model/world.ts';

/** A fact that a run consulted without a choice: it was stated, read from the input, or assumed. */
export interface ConsultedFact {
  readonly question: Question;
  readonly value: string;
  readonly basis: FactBasis;
}

/**
 * All runs of one function, as a tree: at each choice an unknown was consulted, and each option leads on.
 *
 * `fault`: the options after the first turn a fact that is known, and count against the fault budget.
 */
export type Exploration<Result> =
  | { readonly kind: 'leaf'; readonly result: Result; readonly consulted: readonly ConsultedFact[] }
  | {
      readonly kind: 'choice';
      readonly question: Question;
      readonly why: 'open' | 'fault';
      readonly branches: readonly ExplorationBranch<Result>[];
    }
  /** The budget of runs was used up before this part was looked at. */
  | { readonly kind: 'notExplored' };

/** What follows when a fact has one value. */
export interface ExplorationBranch<Result> {
  readonly value: string;
  readonly next: Exploration<Result>;
}

/** How far to explore. */
export interface ExploreOptions {
  /** How many known facts may be turned into faults in one run. */
  readonly faults?: number;
  /** How many runs at the most; what is beyond stays `notExplored`. */
  readonly maxRuns?: number;
}

interface Choice {
  readonly question: Question;
  readonly why: 'open' | 'fault';
  readonly options: readonly string[];
}

/**
 * Runs a function once for every way in which the facts that it consults can turn out.
 *
 * A run that consults an unknown fact is repeated with each of the fact's options; a fact that no run
 * consults is never enumerated. Within a run the same question always has the same answer.
 *
 * INVARIANT: `run` must be deterministic in what `ask` returns, else the replay would lose its way.
 */
export function explore<Result>(
  world: Pick<World, 'facts'>,
  run: (ask: Ask) => Result,
  options: ExploreOptions = {},
): Exploration<Result> {
  const budget = { runs: options.maxRuns ?? 4096 };
  return exploreFrom(world, run, options.faults ?? 0, [], budget);
}

function exploreFrom<Result>(
  world: Pick<World, 'facts'>,
  run: (ask: Ask) => Result,
  faults: number,
  prefix: readonly string[],
  budget: { runs: number },
): Exploration<Result> {
  if (budget.runs <= 0) return { kind: 'notExplored' };
  budget.runs -= 1;
  const replay = replayWith(world, faults, prefix);
  const result = run(replay.ask);
  let tree: Exploration<Result> = { kind: 'leaf', result, consulted: replay.consulted };
  // The run took the first option at each choice beyond the prefix; the other options of the deepest come first.
  for (let depth = replay.choices.length - 1; depth >= prefix.length; depth -= 1) {
    const choice = replay.choices[depth];
    if (!choice) continue;
    const taken = [
      ...prefix,
      ...replay.choices.slice(prefix.length, depth).map(({ options }) => options[0] ?? ''),
    ];
    const [first = '', ...others] = choice.options;
    const branches = others.map((value) => ({
      value,
      next: exploreFrom(world, run, faults, [...taken, value], budget),
    }));
    tree = {
      kind: 'choice',
      question: choice.question,
      why: choice.why,
      branches: [{ value: first, next: tree }, ...branches],
    };
  }
  return tree;
}

interface Replay {
  readonly ask: Ask;
  readonly choices: readonly Choice[];
  readonly consulted: readonly ConsultedFact[];
}

/** Answers facts: the first choices as `prefix` says, every later one with its first option. */
function replayWith(world: Pick<World, 'facts'>, faults: number, prefix: readonly string[]): Replay {
  const answered = new Map<string, string>();
  const consulted: ConsultedFact[] = [];
  const choices: Choice[] = [];
  let faultsUsed = 0;
  const ask: Ask = (question) => {
    const key = questionKey(question);
    const before = answered.get(key);
    if (before !== undefined) return before;
    const { value: known, basis } = lookUpFact(world, question);
    const choice = choiceOf(question, known, faultsUsed < faults);
    if (choice) choices.push(choice);
    const value = choice ? (prefix[choices.length - 1] ?? choice.options[0]) : known;
    if (value === undefined) throw new Error(`\`${factKey(question)}\` is open and has no options`);
    if (value === known) consulted.push({ question, value, basis });
    else if (choice?.why === 'fault') faultsUsed += 1;
    answered.set(key, value);
    return value;
  };
  return { ask, choices, consulted };
}

/** One role may admit one caller and refuse another: what the input shows of a fact is a part of the question. */
function questionKey(question: Question): string {
  const key = factKey(question);
  return question.known === undefined ? key : `${key} known ${question.known}`;
}

function choiceOf(question: Question, known: string | undefined, faultsLeft: boolean): Choice | undefined {
  const definition = factDefinitions.get(question.name);
  if (known === undefined) {
    const options = question.options ?? definition?.options ?? [];
    return options.length === 0 ? undefined : { question, why: 'open', options };
  }
  const faults = (definition?.faults ?? []).filter((fault) => fault !== known);
  if (!faultsLeft || faults.length === 0) return undefined;
  return { question, why: 'fault', options: [known, ...faults] };
}

/** Lists the leaves of an exploration, the one with the first option at every choice first. */
export function leavesOf<Result>(
  exploration: Exploration<Result>,
): readonly Extract<Exploration<Result>, { kind: 'leaf' }>[] {
  switch (exploration.kind) {
    case 'leaf':
      return [exploration];
    case 'choice':
      return exploration.branches.flatMap((branch) => leavesOf(branch.next));
    case 'notExplored':
      return [];
  }
}

/** Tells whether some part was left out because the budget of runs was used up. */
export function isIncomplete<Result>(exploration: Exploration<Result>): boolean {
  switch (exploration.kind) {
    case 'leaf':
      return false;
    case 'choice':
      return exploration.branches.some((branch) => isIncomplete(branch.next));
    case 'notExplored':
      return true;
  }
}
