import type { Answer, Outcome } from '../../resolve/answer.ts';
import type { Finding, Rule } from '../finding.ts';
import { byContainer, mechanismWords, nameIdentity, withSdks, type ContainerAnswers } from '../workloads.ts';

/** The asked-for identity is right today, but one refusal or outage silently turns it into another. */
export const fallsBack: Rule = {
  id: 'falls-back',
  title: 'a failure silently becomes another identity',
  severity: 'latent',
  expects: 'an error when the role cannot be had',
  gets: 'another identity, without a word, with SDKs that go on to the next provider',
  level: 'symptom',
  source:
    'aws/aws-sdk-java-v2#1915, metarank/metarank#1511, external-secrets/kubernetes-external-secrets#240',
  find: ({ world, answers }) => byContainer(world, answers).flatMap(findFor),
};

function findFor({ intentions, answers, name }: ContainerAnswers): readonly Finding[] {
  const [intention] = intentions;
  if (!intention) return [];
  const affected = answers.filter((answer) => fallbackOf(answer) !== undefined);
  const [first] = affected;
  const fallback = first && fallbackOf(first);
  if (!fallback) return [];
  return [
    {
      rule: fallsBack.id,
      severity: 'latent',
      at: intention.at,
      message: `${name} goes on to ${nameIdentity(fallback.identity)} by ${mechanismWords[fallback.mechanism]} when ${mechanismWords[intention.mechanism]} fails${withSdks(affected, answers)}`,
      answers: affected,
      advice:
        'close the metadata service for these pods (hop limit 1 with tokens required, or an egress policy that the CNI enforces before DNAT), so that a failure is an error',
      fixes: [],
    },
  ];
}

/** The first outcome with another identity than the one that comes without surprises. */
function fallbackOf({ outcomes }: Answer): Outcome | undefined {
  const [usual, ...others] = outcomes;
  if (!usual || usual.identity.kind === 'none') return undefined;
  return others.find(({ identity, mechanism }) => identity.kind !== 'none' && mechanism !== usual.mechanism);
}
