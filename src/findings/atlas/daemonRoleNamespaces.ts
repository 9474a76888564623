import { fieldOf, type ObjectRef } from '../../model/objectRef.ts';
import { parseRoleArn } from '../../model/arn.ts';
import type { Kube2iam } from '../../model/kube2iam.ts';
import type { World } from '../../model/world.ts';
import { namespaceRestriction } from '../../services/namespaceRestriction.ts';
import { roleSettings } from '../../services/kube2iamRole.ts';
import type { Rule } from '../finding.ts';
import { causeRule, type ConflictRow } from '../law.ts';
import { allowRoles, listedRoles, listRoles } from '../laws/allowedRoles.ts';
import {
  daemonReplies,
  daemonRepliesRule,
  flagFix,
  flagPlace,
  weighed,
  type DaemonReply,
} from '../laws/daemonReplies.ts';
import { roleName } from '../laws/trustPolicy.ts';
import { workloadNames } from '../workloads.ts';

const mapper = 'jtblin/kube2iam:mappings/mapper.go';

/** Nothing ties a role to a namespace, so that whoever may write a pod may name any role. */
const unrestricted: Rule = causeRule(
  {
    id: 'k2i-annotation-edit-is-live',
    title: 'kube2iam gives any pod any role that it names, at any time',
    severity: 'latent',
    expects: 'the role of a pod to be settled, and its namespace to use its own roles',
    gets: 'the role that the annotation names at the moment, for whoever may make or change a pod, with every SDK',
    source:
      'jtblin/kube2iam:server/server.go, jtblin/kube2iam:README.md (namespace restrictions), aws/aws-eks-best-practices:policies/kyverno/cluster-policies/4-dep-valid-role.yaml',
    advice: 'set `--namespace-restrictions` and list the roles of each namespace',
  },
  ({ world, answers }) =>
    world.kube2iam
      .filter(({ flags }) => !flags.namespaceRestrictions)
      .map((daemon) => {
        const named = daemonReplies(answers).filter(
          (reply) =>
            reply.daemon.ref.name === daemon.ref.name && weighed(reply, 'roleChosen')?.by === 'annotation',
        );
        const namespaces = [...new Set(named.map(({ answer }) => answer.subject.namespace))];
        const lists = namespaces.flatMap(
          (namespace) => allowRoles(world, daemon, namespace, textsIn(named, namespace)).patches,
        );
        const fix = flagFix(daemon, 'restrict the roles by namespace', { namespaceRestrictions: true });
        const names = workloadNames(named.map(({ answer }) => answer));
        const which = names.length === 0 ? 'any role that trusts it' : `the roles of ${names.join(', ')}`;
        return {
          at: flagPlace(daemon, 'namespace-restrictions'),
          message: `${daemon.namespace}/${daemon.name} runs without \`--namespace-restrictions\`, so that whoever makes or changes pods in any namespace can take ${which}`,
          answers: [],
          fixes: [{ ...fix, patches: [...fix.patches, ...lists] }],
        };
      }),
);

/** The roles as the pods of a namespace write them. */
function textsIn(replies: readonly DaemonReply[], namespace: string): readonly string[] {
  const own = replies.filter(({ answer }) => answer.subject.namespace === namespace);
  return [...new Set(own.map((reply) => weighed(reply, 'roleChosen')?.text ?? ''))].toSorted();
}

/** A role that kube2iam did not let a namespace have, and the list of the namespace as written. */
interface Refused {
  readonly roleArn: string;
  readonly text: string;
  readonly list: string | undefined;
}

function refusedIn(reply: DaemonReply, world: World): Refused | undefined {
  const chosen = weighed(reply, 'roleChosen');
  const restriction = weighed(reply, 'namespaceRestriction');
  if (!chosen || chosen.text === '' || restriction?.allowed !== false) return undefined;
  const found = world.namespaces.find(({ name }) => name === reply.answer.subject.namespace);
  return { ...chosen, list: found?.annotations[reply.daemon.flags.namespaceKey] };
}

function refusedRule(
  row: ConflictRow,
  why: (
    refused: Refused,
    reply: DaemonReply,
    world: World,
  ) => { readonly why: string; readonly entry: string } | undefined,
): Rule {
  return daemonRepliesRule(row, (reply, { world }) => {
    const refused = refusedIn(reply, world);
    const found = refused && why(refused, reply, world);
    if (!found) return undefined;
    const { namespace } = reply.answer.subject;
    return {
      at: listPlace(reply, namespace),
      why: found.why,
      fixes: [allowRoles(world, reply.daemon, namespace, [found.entry])],
    };
  });
}

function listPlace(reply: DaemonReply, namespace: string): ObjectRef {
  const ref = weighed(reply, 'namespaceRestriction')?.at ?? { kind: 'Namespace', name: namespace };
  return fieldOf(ref, `metadata.annotations["${reply.daemon.flags.namespaceKey}"]`);
}

/**
 * The law: an entry admits a language of roles, and the namespace may name any of them.
 *
 * The role that nobody means is another that the input shows, or else one that could be made.
 */
function admitsTooManyRoles(row: ConflictRow, format: 'glob' | 'regexp'): Rule {
  return daemonRepliesRule(row, (reply, { world, answers }) => {
    const { daemon, node } = reply;
    const chosen = weighed(reply, 'roleChosen');
    const restriction = weighed(reply, 'namespaceRestriction');
    const isRegexp = daemon.flags.namespaceRestrictionFormat.toLowerCase() === 'regexp';
    if (restriction?.by !== 'entry' || !chosen || !node || isRegexp !== (format === 'regexp'))
      return undefined;
    const { entry = '' } = restriction;
    const { namespace } = reply.answer.subject;
    const used = daemonReplies(answers).filter(({ answer }) => answer.subject.namespace === namespace);
    const meant = new Set(used.map((each) => weighed(each, 'roleChosen')?.roleArn));
    const settings = roleSettings(world, node, daemon.flags);
    const witness = [...world.roles.map(({ arn }) => arn), `${chosen.roleArn}-admin`]
      .filter((roleArn) => !meant.has(roleArn) && roleArn !== node.roleArn)
      .find((roleArn) => {
        const judged = namespaceRestriction(world, daemon.flags, settings, { roleArn, namespace });
        return judged.by === 'entry' && judged.entry === entry;
      });
    if (witness === undefined) return undefined;
    const exact = textsIn(used, namespace).map((text) => (isRegexp ? `${text}$` : text));
    const others = listedRoles(world, daemon, namespace).filter((each) => each !== entry);
    return {
      at: listPlace(reply, namespace),
      why: `the entry \`${entry}\` of namespace ${namespace} also admits \`${witness}\``,
      fixes: [listRoles(daemon, namespace, [...new Set([...others, ...exact])])],
    };
  });
}

/**
 * A switch that stands alone is on, and no namespace lists a role: who wrote the values of the chart meant `false`.
 *
 * @source jtblin/kube2iam:charts/kube2iam/templates/daemonset.yaml
 */
function switchedOnByAccident({ namespaces }: World, { flags, bareSwitches = [] }: Kube2iam): boolean {
  return (
    bareSwitches.includes('namespace-restrictions') &&
    namespaces.every(({ annotations }) => annotations[flags.namespaceKey] === undefined)
  );
}

/** Conflicts about which roles kube2iam lets a namespace have. */
export const daemonRoleNamespaceRules: readonly Rule[] = [
  unrestricted,
  refusedRule(
    {
      id: 'k2i-namespace-annotation-missing',
      title: 'roles are restricted by namespace, and the namespace lists none',
      severity: 'outage',
      expects: 'the annotated role',
      gets: 'a 404 for pods that name a role, so no credentials with every SDK; pods that name none still get the default role',
      source: `${mapper} (checkRoleForNamespace)`,
      advice: 'list the roles on the namespace',
    },
    ({ list, text, roleArn }, { daemon, answer }, world) =>
      list === undefined && !switchedOnByAccident(world, daemon)
        ? {
            why: `kube2iam restricts roles by namespace, and namespace ${answer.subject.namespace} has no \`${daemon.flags.namespaceKey}\` for ${roleName(roleArn)}`,
            entry: text,
          }
        : undefined,
  ),
  refusedRule(
    {
      id: 'k2i-allowed-roles-not-a-json-array',
      title: 'the list of allowed roles is no JSON array',
      severity: 'outage',
      expects: 'the listed roles',
      gets: 'the list cannot be read, so nothing is allowed: no credentials with every SDK',
      source: 'jtblin/kube2iam:namespace.go',
      advice: 'write a JSON array of strings',
    },
    ({ list, text }, reply) =>
      weighed(reply, 'namespaceRestriction')?.by === 'unreadableList'
        ? {
            why: `\`${list ?? ''}\` on namespace ${reply.answer.subject.namespace} is no JSON array, so nothing is allowed`,
            entry: text,
          }
        : undefined,
  ),
  refusedRule(
    {
      id: 'k2i-cross-account-under-restrictions',
      title: 'a short entry does not stand for a role of another account',
      severity: 'outage',
      expects: 'the short entry to be enough',
      gets: 'the entry is put behind the base ARN of the own account, so the role is not allowed: no credentials with every SDK',
      source: 'jtblin/kube2iam:README.md',
      advice: 'list the full ARN',
    },
    ({ roleArn }, { daemon, answer }, world) => {
      const role = parseRoleArn(roleArn);
      const { namespace } = answer.subject;
      if (!role || !listedRoles(world, daemon, namespace).includes(`${role.path}${role.name}`.slice(1)))
        return undefined;
      return {
        why: `namespace ${namespace} lists \`${role.name}\`, which is not the role of that name in account ${role.accountId}`,
        entry: roleArn,
      };
    },
  ),
  daemonRepliesRule(
    {
      id: 'k2i-helm-false-enables',
      title: 'a value `false` in the chart switches the restrictions on',
      severity: 'outage',
      expects: 'no restrictions',
      gets: 'the chart writes the flag without its value, which means true, and no namespace lists a role: no credentials with every SDK',
      source: 'jtblin/kube2iam:charts/kube2iam/templates/daemonset.yaml, spf13/pflag:flag.go',
      advice: 'delete the key from the values of the chart, or list the roles of each namespace',
    },
    (reply, { world }) => {
      const { daemon, answer } = reply;
      const refused = refusedIn(reply, world);
      if (!refused || !switchedOnByAccident(world, daemon)) return undefined;
      return {
        at: flagPlace(daemon, 'namespace-restrictions'),
        why: '`--namespace-restrictions` stands alone, which switches it on, and no namespace lists a role',
        fixes: [
          allowRoles(world, daemon, answer.subject.namespace, [refused.text]),
          flagFix(daemon, 'switch off the restrictions by namespace', { namespaceRestrictions: false }),
        ],
      };
    },
  ),
  admitsTooManyRoles(
    {
      id: 'k2i-glob-too-broad',
      title: 'an entry with * allows more roles than meant',
      severity: 'privilegeEscalation',
      expects: 'a few roles',
      gets: 'every role that the pattern fits, for whoever may write a pod in the namespace, with every SDK',
      source: `${mapper} (entries pass through the same expansion before they are matched)`,
      advice: 'list the roles by their exact names',
    },
    'glob',
  ),
  admitsTooManyRoles(
    {
      id: 'k2i-regexp-unanchored',
      title: 'an entry that is a regular expression fits any part of an ARN',
      severity: 'privilegeEscalation',
      expects: 'the one role of that name',
      gets: 'also each role whose name goes on, with every SDK',
      source: `${mapper} (checkRoleForNamespace)`,
      advice: 'end each entry with `$`',
    },
    'regexp',
  ),
];
