import { workloadOf } from '../workloads.ts';
import { parseRoleArn } from '../../model/arn.ts';
import type { Fix } from '../../model/patch.ts';
import { indexOf, type World } from '../../model/world.ts';
import type { Rule } from '../finding.ts';
import { daemonRepliesRule, flagFix, flagPlace, weighed, type DaemonReply } from '../laws/daemonReplies.ts';
import { givesDefaultRole } from '../laws/defaultRole.ts';
import { inertAnnotationRule } from '../laws/inertAnnotation.ts';
import { objectOf } from '../laws/notInjected.ts';

const arn = 'jtblin/kube2iam:iam/arn.go';

/** Conflicts in which kube2iam makes another ARN of what is written than its author means. */
export const daemonRoleNameRules: readonly Rule[] = [
  daemonRepliesRule(
    {
      id: 'k2i-auto-discovery-drops-path',
      title: 'a discovered base ARN has no path',
      severity: 'outage',
      expects: 'a short name to be found under the path of the roles',
      gets: 'the base is the account alone, so the ARN has no path and names no role: an error with every SDK',
      source: `${arn} (GetBaseArn), jtblin/kube2iam:cmd/main.go`,
      advice: 'give the path in `--base-role-arn` or in the annotation',
    },
    (reply, { world }) => {
      const chosen = weighed(reply, 'roleChosen');
      if (!weighed(reply, 'baseArnDiscovered') || !chosen?.at) return undefined;
      const meant = underAPath(world, chosen.roleArn);
      if (!meant) return undefined;
      const name = `${meant.path}${meant.name}`.slice(1);
      return {
        at: chosen.at,
        why: `kube2iam discovers a base ARN without a path and makes \`${chosen.roleArn}\` of \`${chosen.text}\`; the role is \`${meant.arn}\``,
        fixes:
          chosen.by === 'annotation'
            ? annotate(world, reply, name)
            : [
                flagFix(reply.daemon, `name ${name} as the default role`, {
                  autoDiscoverBaseArn: true,
                  autoDiscoverDefaultRole: false,
                  defaultRole: name,
                }),
              ],
      };
    },
  ),
  daemonRepliesRule(
    {
      id: 'k2i-base-arn-wrong',
      title: 'the base ARN is of another account, or ends in a role',
      severity: 'outage',
      expects: 'a short name to be a role of the own account',
      gets: 'the name is put behind the base ARN as it stands, which names no role: an error with every SDK; full ARNs are not concerned',
      source: `${arn} (the expression of the base ARN), jtblin/kube2iam:cmd/main.go`,
      advice: 'write `arn:aws:iam::<account>:role/`',
    },
    (reply, { world }) => {
      const { daemon } = reply;
      const chosen = weighed(reply, 'roleChosen');
      const { partition, accountId } = world.cluster;
      if (!chosen || daemon.flags.baseRoleArn === '' || weighed(reply, 'baseArnDiscovered')) return undefined;
      if (!chosen.roleArn.startsWith(daemon.flags.baseRoleArn) || accountId === undefined) return undefined;
      const base = `arn:${partition}:iam::${accountId}:role/`;
      const meant = `${base}${chosen.text}`;
      if (indexOf(world).role(chosen.roleArn) || !indexOf(world).role(meant)) return undefined;
      return {
        at: flagPlace(daemon, 'base-role-arn'),
        why: `\`--base-role-arn=${daemon.flags.baseRoleArn}\` makes \`${chosen.roleArn}\` of \`${chosen.text}\`; the role is \`${meant}\``,
        fixes: [flagFix(daemon, `write ${base} as the base ARN`, { baseRoleArn: base })],
      };
    },
  ),
  daemonRepliesRule(
    {
      id: 'k2i-base-arn-missing',
      title: 'a short name stands without a base ARN',
      severity: 'outage',
      expects: 'the role of that name',
      gets: 'STS is asked for the bare name, which is no ARN: an error with every SDK',
      source: `${arn} (RoleARN)`,
      advice: 'give `--base-role-arn`, or write the full ARN',
    },
    (reply, { world }) => {
      const { daemon } = reply;
      const chosen = weighed(reply, 'roleChosen');
      const { partition, accountId } = world.cluster;
      if (!chosen || chosen.text === '' || !weighed(reply, 'malformedRoleArn')) return undefined;
      if (daemon.flags.baseRoleArn !== '' || weighed(reply, 'baseArnDiscovered')) return undefined;
      const base = accountId === undefined ? undefined : `arn:${partition}:iam::${accountId}:role/`;
      return {
        at: flagPlace(daemon, 'base-role-arn'),
        why: `kube2iam has no base ARN, so it asks STS for \`${chosen.text}\` as it stands`,
        fixes:
          base === undefined ? [] : [flagFix(daemon, `write ${base} as the base ARN`, { baseRoleArn: base })],
      };
    },
  ),
  daemonRepliesRule(
    {
      id: 'k2i-empty-annotation',
      title: 'an annotation that is there and empty is a role without a name',
      severity: 'outage',
      expects: 'the default role',
      gets: 'the base ARN and nothing behind it, which is no role: no credentials with every SDK',
      source: 'jtblin/kube2iam:mappings/mapper.go (extractRoleARN)',
      advice: 'leave the annotation out where it has no value',
    },
    (reply, { world }) => {
      const chosen = weighed(reply, 'roleChosen');
      if (chosen?.by !== 'annotation' || chosen.text !== '' || !chosen.at) return undefined;
      const { namespace, workload } = reply.answer.subject;
      return {
        at: chosen.at,
        why: `the annotation of ${namespace}/${workload.name} is empty, which kube2iam takes for the name of a role`,
        // Without the annotation it would be the default role, which is another conflict.
        fixes: givesDefaultRole(reply.daemon) ? [] : annotate(world, reply, undefined),
      };
    },
  ),
  inertAnnotationRule(
    {
      id: 'k2i-annotation-on-controller',
      title: 'the role for kube2iam stands on the controller instead of its pods',
      severity: 'wrongIdentity',
      expects: 'the annotated role',
      gets: 'the pods have no annotation: with every SDK the default role of kube2iam, or nothing',
      source: 'jtblin/kube2iam:README.md',
      advice: 'move it into the metadata of the pod template',
    },
    ({ code, object }, key) =>
      code === 'annotation-on-wrong-object' &&
      object?.kind !== 'ServiceAccount' &&
      !key.startsWith('eks.amazonaws.com/'),
    (world, { object }, key) => {
      if (!object) return [];
      const workload = indexOf(world).workload(object.kind, object.namespace ?? '', object.name);
      const value = workload?.annotations[key];
      if (!workload || value === undefined) return [];
      const name = objectOf(workload);
      return [
        {
          title: `move ${key} into the pod template of ${workload.namespace}/${workload.name}`,
          patches: [
            { kind: 'annotation', object: name, on: 'metadata', key },
            { kind: 'annotation', object: name, on: 'template', key, value },
          ],
        },
      ];
    },
  ),
];

/** A role of the same account and name that is known, where the one without a path is not. */
function underAPath(
  world: World,
  roleArn: string,
): { readonly arn: string; readonly path: string; readonly name: string } | undefined {
  const role = parseRoleArn(roleArn);
  if (!role || role.path !== '/' || indexOf(world).role(roleArn)) return undefined;
  return world.roles
    .flatMap((known) => parseRoleArn(known.arn) ?? [])
    .find(({ name, accountId, path }) => name === role.name && accountId === role.accountId && path !== '/');
}

function annotate(world: World, { answer, daemon }: DaemonReply, value: string | undefined): readonly Fix[] {
  const { namespace, workload } = answer.subject;
  const found = workloadOf(world, answer);
  if (!found) return [];
  const key = daemon.flags.iamRoleKey;
  const title =
    value === undefined
      ? `remove ${key} from ${namespace}/${workload.name}`
      : `write ${value} as ${key} of ${namespace}/${workload.name}`;
  const patch = { kind: 'annotation', object: objectOf(found), on: 'template', key } as const;
  return [{ title, patches: [value === undefined ? patch : { ...patch, value }] }];
}
