import type { Finding, Rule } from '../finding.ts';
import { byContainer } from '../workloads.ts';

/** A pod on the host's network asks kube2iam for a role, and its packets never meet kube2iam's rule. */
export const hostNetworkAnnotated: Rule = {
  id: 'host-network-annotated',
  title: 'a hostNetwork pod is annotated for kube2iam, which never sees its requests',
  severity: 'privilegeEscalation',
  expects: 'the annotated role',
  gets: 'the node role with every SDK: packets of the host network never meet the rule',
  level: 'cause',
  source: 'jtblin/kube2iam#266, uswitch/kiam#119',
  find: ({ world, answers }) =>
    byContainer(world, answers).flatMap(
      ({ workload, intentions, answers: affected, name }): readonly Finding[] => {
        const intention = intentions.find(({ mechanism }) => mechanism === 'kube2iam');
        if (!intention || !workload.template.hostNetwork) return [];
        return [
          {
            rule: hostNetworkAnnotated.id,
            severity: 'privilegeEscalation',
            at: intention.at,
            message: `${name} runs on the host network, so its annotation \`${intention.role}\` is inert and the metadata service answers it with the node role`,
            answers: affected,
            advice: 'take the pod off the host network, or give it a role by IRSA',
            fixes: [],
          },
        ];
      },
    ),
};
