import { workloadOf } from '../workloads.ts';
import { kube2iamDefaults } from '../../model/kube2iam.ts';
import type { World } from '../../model/world.ts';
import type { Answer } from '../../resolve/answer.ts';
import type { Examined, Rule } from '../finding.ts';
import { intentionsOf, type Intention } from '../intention.ts';
import { causeRule, type ConflictRow } from '../law.ts';
import {
  daemonRepliesRule,
  daemonReplies,
  daemonReplyOf,
  flagFix,
  flagPlace,
  weighed,
  type DaemonReply,
} from '../laws/daemonReplies.ts';
import { byGround, type Ground } from '../laws/ground.ts';
import { withoutDefaultRole } from '../laws/defaultRole.ts';
import { allowRoles } from '../laws/allowedRoles.ts';
import { roleName } from '../laws/trustPolicy.ts';

const mapper = 'jtblin/kube2iam:mappings/mapper.go';

/** What the objects of the workload of an answer ask for. */
function asked({ world }: Examined, answer: Answer): readonly Intention[] {
  const found = workloadOf(world, answer);
  return found ? intentionsOf(world, found) : [];
}

/** The law: a default role goes to every container that asks for nothing. */
function givesDefaultRule(
  row: ConflictRow,
  groundOf: (reply: DaemonReply, world: World) => Ground | undefined,
): Rule {
  return causeRule(row, (examined) =>
    byGround(
      row,
      examined.answers
        .filter((answer) => asked(examined, answer).length === 0)
        .flatMap((answer) => {
          const replies = answer.outcomes.flatMap((outcome) => daemonReplyOf(answer, outcome) ?? []);
          const ground = replies
            .filter((reply) => weighed(reply, 'roleChosen')?.by === 'defaultRole')
            .flatMap((reply) => groundOf(reply, examined.world) ?? [])[0];
          return ground ? [{ ground, answer }] : [];
        }),
    ),
  );
}

const givesToEveryone: Rule = givesDefaultRule(
  {
    id: 'k2i-default-role',
    title: 'kube2iam gives its default role to pods that ask for none',
    severity: 'privilegeEscalation',
    expects: 'no role without an annotation',
    gets: 'the default role, with every SDK',
    source: `${mapper}, jtblin/kube2iam#46`,
    advice: 'remove the default role, or make it one without permissions',
  },
  ({ daemon, outcome }) =>
    daemon.flags.autoDiscoverDefaultRole ||
    daemon.flags.defaultRole === '' ||
    outcome.identity.kind === 'none'
      ? undefined
      : {
          at: flagPlace(daemon, 'default-role'),
          why: '`--default-role` gives a role to workloads that ask for none',
          fixes: [withoutDefaultRole(daemon)],
        },
);

const defaultIsTheNode: Rule = givesDefaultRule(
  {
    id: 'k2i-auto-default-is-the-node',
    title: 'the discovered default role is the node role, which has to assume itself',
    severity: 'privilegeEscalation',
    expects: 'pods without an annotation to go on as without kube2iam',
    gets: 'the node role assumed by itself where its trust policy admits that, else an error with every SDK',
    source: 'jtblin/kube2iam:cmd/main.go',
    advice: 'drop `--auto-discover-default-role`, and give each pod that needs AWS a role of its own',
  },
  ({ daemon, outcome }) =>
    daemon.flags.autoDiscoverDefaultRole
      ? {
          at: flagPlace(daemon, 'auto-discover-default-role'),
          why: '`--auto-discover-default-role` makes the node role the default, and the node role has to assume itself',
          fixes: [withoutDefaultRole(daemon)],
          severity: outcome.identity.kind === 'none' ? 'outage' : 'privilegeEscalation',
        }
      : undefined,
);

/** A container that asks for a role in another way, and meets the empty default of kube2iam. */
const emptyDefault: Rule = daemonRepliesRule(
  {
    id: 'k2i-no-default-empty-200',
    title: 'without a default role kube2iam answers with an empty list instead of 404',
    severity: 'outage',
    expects: 'a 404 for a pod without an annotation',
    gets: 'the empty default behind the base ARN counts as a role, so the list is answered with 200 and nothing in it, which SDKs report as a broken answer',
    source: `${mapper} (NewRoleMapper, extractRoleARN), jtblin/kube2iam:iam/arn.go, jtblin/kube2iam:server/server.go`,
    advice: 'mend what the pod asks for in the first place; an empty list means that it has no annotation',
  },
  (reply, examined) => {
    const chosen = weighed(reply, 'roleChosen');
    const [intention] = asked(examined, reply.answer);
    if (chosen?.by !== 'defaultRole' || chosen.text !== '' || !weighed(reply, 'emptyRoleListed'))
      return undefined;
    if (reply.outcome.identity.kind !== 'none' || !intention) return undefined;
    return {
      at: flagPlace(reply.daemon, 'base-role-arn'),
      why: `kube2iam has no default role and answers pods without an annotation with an empty list, as if there were a role \`${chosen.roleArn}\``,
      fixes: [],
    };
  },
);

/** The default role is allowed in every namespace, also to who names it. */
const defaultPassesRestrictions: Rule = daemonRepliesRule(
  {
    id: 'k2i-restriction-bypass-by-default',
    title: 'the default role is allowed in every namespace, whatever the namespace lists',
    severity: 'privilegeEscalation',
    expects: 'the restrictions of the namespace to bind',
    gets: 'the default role, with every SDK',
    source: `${mapper} (checkRoleForNamespace)`,
    advice: 'let kube2iam have no default role, and list the role for the namespaces that need it',
  },
  (reply, { world }) => {
    const { daemon } = reply;
    const chosen = weighed(reply, 'roleChosen');
    if (chosen?.by !== 'annotation' || !chosen.at) return undefined;
    if (weighed(reply, 'namespaceRestriction')?.by !== 'defaultRole') return undefined;
    const { namespace } = reply.answer.subject;
    const listed = allowRoles(world, daemon, namespace, [chosen.text]);
    return {
      at: chosen.at,
      why: `namespace ${namespace} does not list ${roleName(chosen.roleArn)}, and as the default role it is allowed all the same`,
      fixes: [
        {
          title: `remove the default role of kube2iam and list ${chosen.text} for namespace ${namespace}`,
          patches: [...withoutDefaultRole(daemon).patches, ...listed.patches],
        },
      ],
    };
  },
);

/** A value of the chart that is empty is written as a flag alone, which takes the next argument as its value. */
const flagAsDefault: Rule = causeRule(
  {
    id: 'k2i-helm-empty-arg-swallows-next',
    title: 'a flag without a value takes the next argument as its value',
    severity: 'outage',
    expects: 'no default role',
    gets: 'a default role that is named like the next flag, and that flag lost: with every SDK an error instead of what was meant',
    source: 'jtblin/kube2iam:charts/kube2iam/templates/daemonset.yaml, spf13/pflag:flag.go (parseLongArg)',
    advice: 'delete the key from the values of the chart instead of giving it an empty value',
  },
  ({ world, answers }) =>
    world.kube2iam.flatMap((daemon) => {
      const { defaultRole } = daemon.flags;
      if (!defaultRole.startsWith('--')) return [];
      const asking = daemonReplies(answers).filter(
        (reply) => weighed(reply, 'roleChosen')?.by === 'defaultRole',
      );
      return [
        {
          at: flagPlace(daemon, 'default-role'),
          message: `\`--default-role\` has no value of its own and takes \`${defaultRole}\` as the name of a role; that flag is lost`,
          answers: asking.map(({ answer }) => answer),
          fixes: [
            flagFix(daemon, 'remove the empty default role', { defaultRole: kube2iamDefaults.defaultRole }),
          ],
        },
      ];
    }),
);

/** Conflicts about the default role of kube2iam. */
export const daemonRoleDefaultRules: readonly Rule[] = [
  givesToEveryone,
  defaultIsTheNode,
  emptyDefault,
  defaultPassesRestrictions,
  flagAsDefault,
];
