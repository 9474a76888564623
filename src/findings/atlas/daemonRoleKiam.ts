import { goRegexp } from '../../model/goRegexp.ts';
import { kiamKeys } from '../../model/kiam.ts';
import { kube2iamDefaults } from '../../model/kube2iam.ts';
import { fieldOf } from '../../model/objectRef.ts';
import { indexOf } from '../../model/world.ts';
import type { Answer } from '../../resolve/answer.ts';
import type { Examined, Rule } from '../finding.ts';
import { causeRule, exchangesOf, type ConflictRow } from '../law.ts';
import { weighed } from '../laws/daemonReplies.ts';
import { byGround, type Ground } from '../laws/ground.ts';
import { roleName } from '../laws/trustPolicy.ts';

const permittedRow: ConflictRow = {
  id: 'kiam-permitted-missing',
  title: 'the namespace does not tell kiam which roles it may have, or allows all',
  severity: 'outage',
  expects: 'the annotation of the pod to be enough, and each namespace to have its own roles',
  gets: 'kiam refuses every role of a namespace without its annotation, so no credentials with every SDK, while `.*` lets whoever may write a pod there have any role; the list of kube2iam is not read',
  source:
    'uswitch/kiam:README.md, uswitch/kiam:pkg/server/policy.go, cloudposse/helmfiles:deprecated/kiam.yaml',
  advice: 'annotate the namespace with an expression that fits its roles and no others',
};

/** An ARN that nobody means. */
const anybody = 'arn:aws:iam::000000000000:role/any';

function groundOf(answer: Answer, { world }: Examined): Ground | undefined {
  const [usual] = answer.outcomes;
  const evidence = usual ? exchangesOf(usual).flatMap((exchange) => exchange.evidence) : [];
  const permitted = weighed({ evidence }, 'kiamPermitted');
  const role = weighed({ evidence }, 'kiamRole');
  if (!permitted || !role) return undefined;
  const { namespace } = answer.subject;
  const found = indexOf(world).namespace(namespace);
  const fixes = [
    {
      title: `let namespace ${namespace} permit ${role.roleArn}`,
      patches: [
        {
          kind: 'annotation' as const,
          object: { kind: 'Namespace', name: namespace },
          on: 'metadata' as const,
          key: kiamKeys.permitted,
          value: role.roleArn,
        },
      ],
    },
  ];
  const ref = found?.ref ?? { kind: 'Namespace', name: namespace };
  const at = fieldOf(ref, `metadata.annotations["${kiamKeys.permitted}"]`);
  if (permitted.allowed) {
    if (!goRegexp(permitted.expression)?.test(anybody)) return undefined;
    const why = `\`${permitted.expression}\` on namespace ${namespace} permits every role there is`;
    return { at, why, fixes, severity: 'privilegeEscalation' };
  }
  if (permitted.by !== 'absent') return undefined;
  const listed = found?.annotations[kube2iamDefaults.namespaceKey] !== undefined;
  const instead = listed ? `, only \`${kube2iamDefaults.namespaceKey}\`, which is for kube2iam` : '';
  return {
    at,
    why: `namespace ${namespace} has no \`${kiamKeys.permitted}\` for ${roleName(role.roleArn)}${instead}`,
    fixes,
  };
}

/** Conflicts about which roles kiam lets a namespace have. */
export const daemonRoleKiamRules: readonly Rule[] = [
  causeRule(permittedRow, (examined) =>
    byGround(
      permittedRow,
      examined.answers.flatMap((answer) => {
        const ground = groundOf(answer, examined);
        return ground ? [{ ground, answer }] : [];
      }),
    ),
  ),
];
