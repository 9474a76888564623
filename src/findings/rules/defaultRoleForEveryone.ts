import { fieldOf } from '../../model/objectRef.ts';
import type { Finding, Rule } from '../finding.ts';
import { byContainer, workloadNames } from '../workloads.ts';

/** kube2iam hands its default role to containers that asked for nothing. */
export const defaultRoleForEveryone: Rule = {
  id: 'default-role-for-everyone',
  title: 'kube2iam gives its default role to pods that ask for none',
  severity: 'privilegeEscalation',
  expects: 'no role without an annotation',
  gets: 'the default role',
  level: 'cause',
  source: 'jtblin/kube2iam:mappings/mapper.go, jtblin/kube2iam#46',
  find: ({ world, answers }) => {
    const affected = byContainer(world, answers)
      .filter(({ intentions }) => !intentions.some(({ mechanism }) => mechanism === 'kube2iam'))
      .flatMap((container) => container.answers)
      .filter(({ outcomes }) => outcomes.some(({ mechanism }) => mechanism === 'kube2iam'));
    if (affected.length === 0) return [];
    return world.kube2iam
      .filter(({ flags }) => flags.defaultRole !== '' || flags.autoDiscoverDefaultRole)
      .map((daemon): Finding => {
        const flag = daemon.flags.autoDiscoverDefaultRole ? 'auto-discover-default-role' : 'default-role';
        const names = workloadNames(affected);
        return {
          rule: defaultRoleForEveryone.id,
          severity: 'privilegeEscalation',
          at: daemon.flagRefs[flag] ?? fieldOf(daemon.ref, `--${flag}`),
          message: `\`--${flag}\` gives a role to workloads that ask for none: ${names.join(', ')}`,
          answers: affected,
          advice: 'remove the default role, or make it one without permissions',
          fixes: [],
        };
      });
  },
};
