import type { Finding, Rule } from '../finding.ts';
import { byContainer } from '../workloads.ts';

/** One pod asks for a role in two ways; which of them wins depends on the SDK and on what fails. */
export const twoMechanisms: Rule = {
  id: 'two-mechanisms',
  title: 'one pod asks for a role by two mechanisms',
  source: 'external-secrets/kubernetes-external-secrets#240',
  find: ({ world, answers }) =>
    byContainer(world, answers).flatMap(({ intentions, answers: affected, name }): readonly Finding[] => {
      const [first, second] = intentions;
      if (!first || !second) return [];
      return [
        {
          rule: twoMechanisms.id,
          severity: 'latent',
          at: second.at,
          message: `${name} asks for \`${first.role}\` by ${first.mechanism} and for \`${second.role}\` by ${second.mechanism}`,
          answers: affected,
          advice: `remove the request for ${second.mechanism} in the rollout that brings ${first.mechanism}`,
        },
      ];
    }),
};
