import type { Answer } from '../../resolve/answer.ts';
import type { Finding, Rule } from '../finding.ts';
import { byContainer, mechanismWords, stepAdvice, withSdks, type ContainerAnswers } from '../workloads.ts';

/** A container whose objects ask for a role gets no credentials at all, although nothing has failed. */
export const noCredentials: Rule = {
  id: 'no-credentials',
  title: 'the container gets no credentials',
  severity: 'outage',
  expects: 'the role that its objects ask for',
  gets: 'no credentials at all',
  level: 'symptom',
  source: 'terraform-aws-modules/terraform-aws-iam#486, jtblin/kube2iam:README.md',
  find: ({ world, answers }) => byContainer(world, answers).flatMap(findFor),
};

function findFor({ intentions, answers, name }: ContainerAnswers): readonly Finding[] {
  const [intention] = intentions;
  const affected = answers.filter(({ outcomes: [first] }) => first?.identity.kind === 'none');
  if (!intention || affected.length === 0) return [];
  return [
    {
      rule: noCredentials.id,
      severity: 'outage',
      at: intention.at,
      message: `${name} asks for \`${intention.role}\` by ${mechanismWords[intention.mechanism]} and gets no credentials${withSdks(affected, answers)}${errorOf(affected)}`,
      answers: affected,
      advice: stepAdvice,
      fixes: [],
    },
  ];
}

/** The error that the application sees, unless each SDK words it in its own way. */
function errorOf(answers: readonly Answer[]): string {
  const errors = new Set(
    answers.map(({ outcomes: [first] }) => (first?.identity.kind === 'none' ? first.identity.error : '')),
  );
  const [only] = errors;
  return errors.size === 1 && only ? `: ${only}` : '';
}
