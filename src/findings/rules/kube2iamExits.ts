import type { Finding, Rule } from '../finding.ts';

/** kube2iam's arguments make the process end before it adds its rule. */
export const kube2iamExits: Rule = {
  id: 'kube2iam-exits',
  title: 'kube2iam exits at start because of its arguments',
  severity: 'outage',
  expects: 'kube2iam to run with these arguments',
  gets: 'an exit at start: no rule is added',
  level: 'cause',
  source: 'jtblin/kube2iam:cmd/main.go',
  find: ({ world, answers }) =>
    world.kube2iam.flatMap((daemon): readonly Finding[] => {
      const [fault] = daemon.startupFaults;
      if (!fault) return [];
      const asking = answers.filter(({ outcomes }) => outcomes.some(({ trace }) => asksKube2iam(trace)));
      const others = daemon.startupFaults.length - 1;
      const more = others === 0 ? '' : ` (and ${others} more)`;
      return [
        {
          rule: kube2iamExits.id,
          severity: 'outage',
          at: fault.ref,
          message: `${daemon.namespace}/${daemon.name} exits at start: ${fault.message}${more}; no rule is ever added, so metadata requests reach the node role, or a dead port where an older rule is left`,
          answers: asking,
          advice: fault.nearest === undefined ? 'remove the argument' : `write \`${fault.nearest}\``,
          fixes: [],
        },
      ];
    }),
};

function asksKube2iam(trace: Finding['answers'][number]['outcomes'][number]['trace']): boolean {
  return trace.some((step) => step.kind === 'exchange' && step.request.kind === 'imds');
}
