import { factKey } from '../model/fact.ts';
import { isAlways, type Condition, type Conjunction, type FactCondition } from '../resolve/condition.ts';
import { factWords } from './factWords.ts';
import type { RoleNamer } from './identityWords.ts';
import { listOf } from './lists.ts';

/** How a condition is worded. */
export interface ConditionOptions {
  readonly name?: RoleNamer;
  /** How many alternatives are written out before the rest is only counted. */
  readonly alternatives?: number;
  /** How many values of one fact are written out before `…`. */
  readonly values?: number;
}

/**
 * Says in words when an outcome comes about; nothing when it always does.
 *
 * The simplest alternative comes first, and what is common to all is said once. A fault that did not happen
 * is not mentioned.
 *
 * @example
 * conditionWords([[{ question: { name: 'sts' }, values: ['timeout'], options: ['timeout'], why: 'open' }]])
 * // => 'if STS times out'
 */
export function conditionWords(condition: Condition, options: ConditionOptions = {}): string | undefined {
  const alternatives = withoutDuplicates(simplify(condition)).toSorted((a, b) => a.length - b.length);
  if (alternatives.length === 0 || isAlways(alternatives)) return undefined;
  const common = commonFacts(alternatives);
  const keys = new Set(common.map(factText));
  const rests = alternatives.map((conjunction) => conjunction.filter((fact) => !keys.has(factText(fact))));
  const say = (facts: Conjunction): string => facts.map((fact) => clause(fact, options)).join(' and ');
  if (rests.some((rest) => rest.length === 0)) return `if ${say(common)}`;
  const shown = rests.slice(0, options.alternatives ?? rests.length).map(say);
  const others = rests.length - shown.length;
  const tail = others > 0 ? ` (or in ${others} more ${others === 1 ? 'way' : 'ways'})` : '';
  if (common.length === 0) return `if ${shown.join(', or if ')}${tail}`;
  if (shown.length === 1) return `if ${say(common)} and ${shown.join('')}${tail}`;
  return `if ${say(common)} and either ${shown.join(', or ')}${tail}`;
}

/** Writes one fact and its values: "the SDK is java-v2 or php", "the CNI is any but cilium". */
export function clause(fact: FactCondition, options: ConditionOptions = {}): string {
  const { subject, verb, says } = factWords(fact.question, options.name ?? ((arn) => arn));
  const complement = fact.options.filter((option) => !fact.values.includes(option));
  const plain = fact.values.filter((value) => says[value] === undefined);
  if (plain.length > 2 && complement.length < plain.length && plain.length === fact.values.length) {
    return `${subject} ${verb} any but ${shortList(complement, 'and', options.values)}`;
  }
  const predicates = fact.values.flatMap((value) => says[value] ?? []);
  const listed = plain.length === 0 ? [] : [`${verb} ${shortList(plain, 'or', options.values)}`];
  return `${subject} ${listOf([...predicates, ...listed], 'or')}`;
}

function shortList(
  values: readonly string[],
  conjunction: 'and' | 'or',
  longest: number = values.length,
): string {
  // One value more costs no more room than saying that there is one more.
  if (values.length <= longest + 1) return listOf(values, conjunction);
  return `${values.slice(0, longest).join(', ')} … (${values.length - longest} more)`;
}

/** Leaves out faults that may as well not have happened, and the same alternative said twice. */
function simplify(condition: Condition): Condition {
  return condition.map((conjunction) =>
    conjunction.filter(({ why, values, options }) => why === 'open' || !values.includes(options[0] ?? '')),
  );
}

function withoutDuplicates(condition: Condition): Condition {
  return [...new Map(condition.map((conjunction) => [conjunctionText(conjunction), conjunction])).values()];
}

function commonFacts([first = [], ...others]: Condition): Conjunction {
  return first.filter((fact) =>
    others.every((conjunction) => conjunction.some((other) => factText(other) === factText(fact))),
  );
}

function conjunctionText(conjunction: Conjunction): string {
  return conjunction.map(factText).join('&');
}

function factText({ question, values }: FactCondition): string {
  return `${factKey(question)}=${values.join('|')}`;
}
