import type { Answer, Outcome } from '../../resolve/answer.ts';
import type { Finding, Rule } from '../finding.ts';
import {
  byContainer,
  mechanismWords,
  nameIdentity,
  stepAdvice,
  withSdks,
  type ContainerAnswers,
} from '../workloads.ts';

/** A container runs as somebody else than its objects ask for, although nothing has failed. */
export const wrongIdentity: Rule = {
  id: 'wrong-identity',
  title: 'the container gets another identity than the one asked for',
  severity: 'wrongIdentity',
  expects: 'the role that its objects ask for',
  gets: 'another identity, although nothing has failed',
  level: 'symptom',
  source: 'aws/aws-sdk-java-v2#1915, external-secrets/kubernetes-external-secrets#419',
  find: ({ world, answers }) => byContainer(world, answers).flatMap(findFor),
};

function findFor({ intentions, answers, name }: ContainerAnswers): readonly Finding[] {
  const [intention] = intentions;
  if (!intention) return [];
  const wrong = new Map<string, Answer[]>();
  for (const answer of answers) {
    const [outcome] = answer.outcomes;
    if (!outcome || outcome.identity.kind === 'none') continue;
    if (outcome.mechanism === intention.mechanism) continue;
    const key = `${nameIdentity(outcome.identity)} by ${mechanismWords[outcome.mechanism]}`;
    wrong.set(key, [...(wrong.get(key) ?? []), answer]);
  }
  return [...wrong].map(([got, affected]): Finding => ({
    rule: wrongIdentity.id,
    severity: isNodeRole(affected[0]?.outcomes[0]) ? 'privilegeEscalation' : 'wrongIdentity',
    at: intention.at,
    message: `${name} asks for \`${intention.role}\` by ${mechanismWords[intention.mechanism]} and gets ${got}${withSdks(affected, answers)}`,
    answers: affected,
    advice: stepAdvice,
    fixes: [],
  }));
}

function isNodeRole(outcome: Outcome | undefined): boolean {
  return outcome?.mechanism === 'imds';
}
