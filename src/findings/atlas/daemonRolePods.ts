import { annotationRef, describeRef } from '../../model/objectRef.ts';
import type { Workload } from '../../model/workload.ts';
import { behavesSo, knowsStrangers } from '../../services/kube2iamVersion.ts';
import type { Rule } from '../finding.ts';
import { causeRule, type Sighting } from '../law.ts';
import {
  daemonReplies,
  daemonRepliesRule,
  flagPlace,
  weighed,
  type DaemonReply,
} from '../laws/daemonReplies.ts';
import { withoutDefaultRole } from '../laws/defaultRole.ts';
import { objectOf } from '../laws/notInjected.ts';
import { roleName } from '../laws/trustPolicy.ts';
import { workloadNames, workloadOf } from '../workloads.ts';

/** One role is asked for with different external ids, and the cache of kube2iam does not know them. */
const sharedExternalId: Rule = causeRule(
  {
    id: 'k2i-external-id-shared',
    title: 'an external id does not keep others from a role that kube2iam holds',
    severity: 'privilegeEscalation',
    expects: 'the role only with the right external id',
    gets: 'credentials are cached by the role alone: once a pod has them, each pod on the node that names the role has them too, with every SDK',
    source: 'jtblin/kube2iam:iam/iam.go (AssumeRole: the key of the cache)',
    advice: 'use a role for each of them; the external id guards nothing here',
  },
  ({ world, answers }) => {
    const byRole = new Map<string, { readonly reply: DaemonReply; readonly externalId: string }[]>();
    for (const reply of daemonReplies(answers)) {
      const chosen = weighed(reply, 'roleChosen');
      const found = workloadOf(world, reply.answer);
      if (chosen?.by !== 'annotation' || !found) continue;
      const externalId = found.template.annotations[reply.daemon.flags.iamExternalIdKey] ?? '';
      byRole.set(chosen.roleArn, [...(byRole.get(chosen.roleArn) ?? []), { reply, externalId }]);
    }
    return [...byRole].flatMap(([roleArn, users]): readonly Sighting[] => {
      const ids = new Set(users.map(({ externalId }) => externalId));
      const [first] = users;
      if (ids.size < 2 || !first) return [];
      const affected = users.map(({ reply }) => reply.answer);
      const { daemon, answer } = first.reply;
      const found = workloadOf(world, answer);
      return [
        {
          at: found ? annotationRef(found.template, daemon.flags.iamExternalIdKey) : daemon.ref,
          message: `${workloadNames(affected).join(', ')} ask for ${roleName(roleArn)} with different external ids, and kube2iam gives each what it holds for the first`,
          answers: affected,
        },
      ];
    });
  },
);

/** Before the daemon has heard of a pod, it takes the pod for one without an annotation. */
const raceAtStart: Rule = causeRule(
  {
    id: 'k2i-start-race-default',
    title: 'an old kube2iam gives a pod that it does not know yet the default role',
    severity: 'latent',
    expects: 'the annotated role from the start',
    gets: 'the default role for what is asked in the first moments, and SDKs keep it as long as it lasts; later versions wait a little and answer 404',
    source:
      'jtblin/kube2iam#80, jtblin/kube2iam#46, jtblin/kube2iam#136, zalando-incubator/kubernetes-on-aws:docs/postmortems/jun-2019-kubelet-qps.md',
    advice: 'run 0.8.0 or later, without a default role',
  },
  ({ answers }) => {
    const served = daemonReplies(answers).filter(
      (reply) =>
        behavesSo(reply.daemon.image, knowsStrangers) === false &&
        reply.daemon.flags.defaultRole !== '' &&
        weighed(reply, 'roleChosen')?.by === 'annotation',
    );
    const [first] = served;
    if (!first) return [];
    const affected = served.map(({ answer }) => answer);
    const { daemon } = first;
    return [
      {
        at: flagPlace(daemon, 'default-role'),
        message: `${daemon.image ?? ''} gives its default role \`${daemon.flags.defaultRole}\` to ${workloadNames(affected).join(', ')} until it has heard of the pod`,
        answers: affected,
        fixes: [withoutDefaultRole(daemon)],
      },
    ];
  },
);

/** A pod that has ended asks for nothing. */
function hasEnded({ template }: Workload): boolean {
  return template.status?.phase === 'Succeeded' || template.status?.phase === 'Failed';
}

/** Conflicts about which pod kube2iam takes a caller for. */
export const daemonRolePodRules: readonly Rule[] = [
  sharedExternalId,
  raceAtStart,
  daemonRepliesRule(
    {
      id: 'k2i-ip-reuse',
      title: 'kube2iam knows several pods by one address',
      severity: 'outage',
      expects: 'the role of the pod',
      gets: 'a 404 while the cache holds two pods with the address, so no credentials with every SDK; or the role of the other pod',
      source:
        'jtblin/kube2iam#17, jtblin/kube2iam#95, jtblin/kube2iam#92, jtblin/kube2iam#215, jtblin/kube2iam#252',
      advice: 'run 0.8.0 or later with `--node` and `--resolve-duplicate-cache-ips`',
    },
    (reply, { world }) => {
      const source = weighed(reply, 'podBySourceAddress');
      const own = workloadOf(world, reply.answer);
      const address = own?.template.status?.podIP;
      if (!own || !source?.at || address === undefined || hasEnded(own)) return undefined;
      const another = source.found === 'pod' && source.at.name !== own.template.ref.name;
      if (source.found !== 'several' && !another) return undefined;
      const others = world.workloads.filter(
        ({ ref, template }) => ref !== own.ref && template.status?.podIP === address,
      );
      return {
        at: own.ref,
        why: another
          ? `kube2iam takes ${describeRef(own.ref)} for ${describeRef(source.at)}, which has the same address ${address}`
          : `kube2iam knows ${describeRef(own.ref)} and ${others.map(({ ref }) => describeRef(ref)).join(', ')} by the address ${address}, and takes the caller for none of them`,
        fixes: others.map((other) => ({
          title: `recreate ${describeRef(other.ref)}`,
          patches: [{ kind: 'recreate', object: objectOf(other) }],
        })),
      };
    },
  ),
];
