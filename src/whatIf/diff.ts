import type { World } from '../model/world.ts';
import { conditionText } from '../resolve/condition.ts';
import { answerKey, type Answer, type Outcome } from '../resolve/answer.ts';
import { resolveAll, type ResolveOptions } from '../resolve/resolve.ts';

/** How the answer for one container and one SDK differs between two worlds. */
export type AnswerChange =
  | { readonly kind: 'added'; readonly after: Answer }
  | { readonly kind: 'removed'; readonly before: Answer }
  /** The container gets another identity when nothing goes wrong. */
  | { readonly kind: 'identityChanged'; readonly before: Answer; readonly after: Answer }
  /** The first identity is the same; what else it could get, or when, is not. */
  | { readonly kind: 'alternativesChanged'; readonly before: Answer; readonly after: Answer };

/**
 * Says whose identity differs between two worlds.
 *
 * @example
 * diffAnswers(emptyWorld, emptyWorld) // => []
 */
export function diffAnswers(
  before: World,
  after: World,
  options: ResolveOptions = {},
): readonly AnswerChange[] {
  return compareAnswers(resolveAll(before, options), resolveAll(after, options));
}

/** Says whose identity differs between two lists of answers. */
export function compareAnswers(before: readonly Answer[], after: readonly Answer[]): readonly AnswerChange[] {
  const earlier = new Map(before.map((answer) => [answerKey(answer), answer]));
  const later = new Map(after.map((answer) => [answerKey(answer), answer]));
  const changes: AnswerChange[] = [];
  for (const [key, answer] of earlier) {
    const counterpart = later.get(key);
    if (!counterpart) changes.push({ kind: 'removed', before: answer });
    else changes.push(...compareTwo(answer, counterpart));
  }
  for (const [key, answer] of later) if (!earlier.has(key)) changes.push({ kind: 'added', after: answer });
  return changes;
}

function compareTwo(before: Answer, after: Answer): readonly AnswerChange[] {
  const [first] = before.outcomes;
  const [second] = after.outcomes;
  const sameFirst = first && second ? identityText(first) === identityText(second) : first === second;
  if (!sameFirst) return [{ kind: 'identityChanged', before, after }];
  const outcomes = (answer: Answer): string =>
    answer.outcomes
      .map((outcome) => `${identityText(outcome)} when ${conditionText(outcome.when)}`)
      .join('\n');
  return outcomes(before) === outcomes(after) ? [] : [{ kind: 'alternativesChanged', before, after }];
}

function identityText({ identity, mechanism }: Outcome): string {
  return `${JSON.stringify(identity.kind === 'static' ? { ...identity, from: undefined } : identity)} ${mechanism}`;
}
