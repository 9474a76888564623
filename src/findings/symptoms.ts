import type { Answer, Outcome } from '../resolve/answer.ts';
import type { Rule } from './finding.ts';
import { eachContainer, symptomRule, whereUsually, type Sighting } from './law.ts';
import { mechanismWords, nameIdentity, stepAdvice, withSdks, type ContainerAnswers } from './workloads.ts';

/** What can be said of an answer without knowing why it is so. */
export const symptoms: readonly Rule[] = [
  symptomRule(
    {
      id: 'wrong-identity',
      title: 'the container gets another identity than the one asked for',
      severity: 'wrongIdentity',
      expects: 'the role that its objects ask for',
      gets: 'another identity, although nothing has failed',
      source: 'aws/aws-sdk-java-v2#1915, external-secrets/kubernetes-external-secrets#419',
      advice: stepAdvice,
    },
    eachContainer(wrongIdentities),
  ),
  symptomRule(
    {
      id: 'no-credentials',
      title: 'the container gets no credentials',
      severity: 'outage',
      expects: 'the role that its objects ask for',
      gets: 'no credentials at all, although nothing has failed',
      source: 'terraform-aws-modules/terraform-aws-iam#486, jtblin/kube2iam:README.md',
      advice: stepAdvice,
    },
    eachContainer(noCredentials),
  ),
  symptomRule(
    {
      id: 'falls-back',
      title: 'a failure silently becomes another identity',
      severity: 'latent',
      expects: 'an error when the role cannot be had',
      gets: 'another identity, without a word, with SDKs that go on to the next provider',
      source:
        'aws/aws-sdk-java-v2#1915, metarank/metarank#1511, external-secrets/kubernetes-external-secrets#240',
      advice:
        'close the metadata service for these pods (hop limit 1 with tokens required, or an egress policy that the CNI enforces before DNAT), so that a failure is an error',
    },
    eachContainer(fallsBack),
  ),
];

function wrongIdentities({ intentions, answers, name }: ContainerAnswers): readonly Sighting[] {
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
  return [...wrong].map(([got, affected]): Sighting => ({
    severity: affected[0]?.outcomes[0]?.mechanism === 'imds' ? 'privilegeEscalation' : 'wrongIdentity',
    at: intention.at,
    message: `${name} asks for \`${intention.role}\` by ${mechanismWords[intention.mechanism]} and gets ${got}${withSdks(affected, answers)}`,
    answers: affected,
  }));
}

function noCredentials({ intentions, answers, name }: ContainerAnswers): readonly Sighting[] {
  const [intention] = intentions;
  const affected = whereUsually(answers, ({ identity }) => identity.kind === 'none');
  if (!intention || affected.length === 0) return [];
  return [
    {
      at: intention.at,
      message: `${name} asks for \`${intention.role}\` by ${mechanismWords[intention.mechanism]} and gets no credentials${withSdks(affected, answers)}${errorOf(affected)}`,
      answers: affected,
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

function fallsBack({ intentions, answers, name }: ContainerAnswers): readonly Sighting[] {
  const [intention] = intentions;
  const affected = answers.filter((answer) => fallbackOf(answer) !== undefined);
  const fallback = affected[0] && fallbackOf(affected[0]);
  if (!intention || !fallback) return [];
  return [
    {
      at: intention.at,
      message: `${name} goes on to ${nameIdentity(fallback.identity)} by ${mechanismWords[fallback.mechanism]} when ${mechanismWords[intention.mechanism]} fails${withSdks(affected, answers)}`,
      answers: affected,
    },
  ];
}

/** The first outcome with another identity than the one that comes without surprises. */
function fallbackOf({ outcomes }: Answer): Outcome | undefined {
  const [usual, ...others] = outcomes;
  if (!usual || usual.identity.kind === 'none') return undefined;
  return others.find(({ identity, mechanism }) => identity.kind !== 'none' && mechanism !== usual.mechanism);
}
