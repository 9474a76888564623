import type { Finding, Rule } from '../finding.ts';
import { workloadNames } from '../workloads.ts';

/** Any pod can name any role that kube2iam may assume: nothing ties a role to a namespace. */
export const kube2iamUnrestricted: Rule = {
  id: 'kube2iam-unrestricted',
  title: 'kube2iam gives any pod any role that it names',
  severity: 'latent',
  expects: 'each namespace to use its own roles',
  gets: 'any role that the daemon may assume, for whoever annotates a pod',
  level: 'cause',
  source: 'jtblin/kube2iam:README.md (namespace restrictions), jtblin/kube2iam:mappings/mapper.go',
  find: ({ world, answers }) =>
    world.kube2iam
      .filter(({ flags, startupFaults }) => !flags.namespaceRestrictions && startupFaults.length === 0)
      .flatMap((daemon): readonly Finding[] => {
        const served = answers.filter(({ outcomes: [first] }) => first?.mechanism === 'kube2iam');
        if (served.length === 0) return [];
        return [
          {
            rule: kube2iamUnrestricted.id,
            severity: 'latent',
            at: daemon.flagRefs['namespace-restrictions'] ?? daemon.ref,
            message: `${daemon.namespace}/${daemon.name} runs without \`--namespace-restrictions\`, so that whoever creates pods in any namespace can take the roles of ${workloadNames(served).join(', ')}`,
            answers: served,
            advice: `set \`--namespace-restrictions=true\` and list the roles of each namespace in \`${daemon.flags.namespaceKey}\``,
            fixes: [],
          },
        ];
      }),
};
