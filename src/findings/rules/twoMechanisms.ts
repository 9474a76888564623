import type { Finding, Rule } from '../finding.ts';
import type { Workload } from '../../model/workload.ts';
import { byContainer, mechanismWords, type ContainerAnswers } from '../workloads.ts';

/** One pod asks for a role in two ways; which of them wins depends on the SDK and on what fails. */
export const twoMechanisms: Rule = {
  id: 'two-mechanisms',
  title: 'one pod asks for a role by two mechanisms',
  severity: 'latent',
  expects: 'the newer of the two mechanisms',
  gets: 'whichever the SDK tries first; the other takes over when the first fails and the SDK goes on',
  level: 'cause',
  source: 'external-secrets/kubernetes-external-secrets#240',
  find: ({ world, answers }) => {
    const groups = new Map<Workload, ContainerAnswers[]>();
    for (const container of byContainer(world, answers)) {
      if (container.intentions.length < 2) continue;
      groups.set(container.workload, [...(groups.get(container.workload) ?? []), container]);
    }
    return [...groups.values()].flatMap(findFor);
  },
};

function findFor(containers: readonly ContainerAnswers[]): readonly Finding[] {
  const [container] = containers;
  const [first, second] = container?.intentions ?? [];
  if (!container || !first || !second) return [];
  const { namespace, name } = container.workload;
  return [
    {
      rule: twoMechanisms.id,
      severity: 'latent',
      at: second.at,
      message: `${namespace}/${name} asks for \`${first.role}\` by ${mechanismWords[first.mechanism]} and for \`${second.role}\` by ${mechanismWords[second.mechanism]}`,
      answers: containers.flatMap(({ answers }) => answers),
      advice: `remove the request for ${mechanismWords[second.mechanism]} in the rollout that brings ${mechanismWords[first.mechanism]}`,
      fixes: [],
    },
  ];
}
