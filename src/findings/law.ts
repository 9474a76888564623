import { lookUpFact } from '../model/fact.ts';
import type { FactName } from '../model/factDefinitions.ts';
import type { ObjectRef } from '../model/objectRef.ts';
import type { Fix } from '../model/patch.ts';
import type { Answer, Outcome } from '../resolve/answer.ts';
import { isAlways, type Condition } from '../resolve/condition.ts';
import type { ExchangeStep, Step } from '../resolve/trace.ts';
import type { Conflict, Examined, Finding, Rule } from './finding.ts';
import { byContainer, type ContainerAnswers } from './workloads.ts';

/** A conflict as one rule tells it: its row in the atlas, with what to do. */
export interface ConflictRow extends Conflict {
  /** What to do, in words. */
  readonly advice: string;
  /** Facts without which nothing is said: what is only tried out is nobody's fault. */
  readonly needs?: readonly FactName[];
}

/** One place where a conflict was seen; what is left out is as the row says. */
export interface Sighting {
  readonly at: ObjectRef;
  /** One sentence without a full stop. */
  readonly message: string;
  readonly answers: readonly Answer[];
  readonly severity?: Finding['severity'];
  readonly advice?: string;
  readonly fixes?: readonly Fix[];
}

/** Makes a rule of a row and of what sees the conflict. */
export function causeRule(row: ConflictRow, see: (examined: Examined) => readonly Sighting[]): Rule {
  return ruleOf('cause', row, see);
}

/** Makes a rule that tells only that something is wrong; it gives way to a rule that tells why. */
export function symptomRule(row: ConflictRow, see: (examined: Examined) => readonly Sighting[]): Rule {
  return ruleOf('symptom', row, see);
}

function ruleOf(
  level: Rule['level'],
  { advice, needs = [], ...conflict }: ConflictRow,
  see: (examined: Examined) => readonly Sighting[],
): Rule {
  return {
    ...conflict,
    level,
    find: (examined) => {
      if (needs.some((name) => lookUpFact(examined.world, { name }).value === undefined)) return [];
      return see(examined).map((sighting): Finding => {
        const severity = sighting.severity ?? conflict.severity;
        const when = severity === 'latent' ? undefined : conditionOf(sighting.answers);
        return {
          rule: conflict.id,
          severity,
          advice,
          fixes: [],
          ...sighting,
          ...(when ? { when } : {}),
        };
      });
    },
  };
}

/** When the usual outcomes of all these answers come about; nothing where one of them always does. */
function conditionOf(answers: readonly Answer[]): Condition | undefined {
  const conditions = answers.flatMap(({ outcomes: [usual] }) => (usual ? [usual.when] : []));
  return conditions.some(isAlways) ? undefined : conditions[0];
}

/** Looks at each container for itself. */
export function eachContainer(
  see: (container: ContainerAnswers, examined: Examined) => Sighting | readonly Sighting[] | undefined,
): (examined: Examined) => readonly Sighting[] {
  return (examined) =>
    byContainer(examined.world, examined.answers).flatMap((container) => see(container, examined) ?? []);
}

/** The answers whose outcome without surprises is so. */
export function whereUsually(
  answers: readonly Answer[],
  holds: (outcome: Outcome) => boolean,
): readonly Answer[] {
  return answers.filter(({ outcomes: [usual] }) => usual !== undefined && holds(usual));
}

/** The answers of which any outcome is so, whatever it takes to come about. */
export function wherePossibly(
  answers: readonly Answer[],
  holds: (outcome: Outcome) => boolean,
): readonly Answer[] {
  return answers.filter(({ outcomes }) => outcomes.some(holds));
}

/** Tells whether a step of a trace is so. */
export function hasStep(outcome: Outcome, holds: (step: Step) => boolean): boolean {
  return outcome.trace.some(holds);
}

/** The requests on the way to an outcome. */
export function exchangesOf(outcome: Outcome): readonly ExchangeStep[] {
  return outcome.trace.filter((step) => step.kind === 'exchange');
}
