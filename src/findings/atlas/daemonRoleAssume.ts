import { roleArnAnnotation } from '../../model/builder.ts';
import type { Kube2iam } from '../../model/kube2iam.ts';
import { annotationRef, describeRef, type ObjectRef, isSameObject } from '../../model/objectRef.ts';
import type { Fix } from '../../model/patch.ts';
import { indexOf, type World } from '../../model/world.ts';
import type { Answer } from '../../resolve/answer.ts';
import type { Rule } from '../finding.ts';
import { causeRule, type ConflictRow, type Sighting } from '../law.ts';
import {
  daemonRepliesRule,
  daemonReplyOf,
  flagFix,
  flagPlace,
  weighed,
  type DaemonReply,
} from '../laws/daemonReplies.ts';
import { byGround } from '../laws/ground.ts';
import { isTurnedOver, trustCallers } from '../laws/trustCaller.ts';
import { roleName } from '../laws/trustPolicy.ts';
import { nameIdentity, workloadNames } from '../workloads.ts';

const iam = 'jtblin/kube2iam:iam/iam.go';

/** A role that STS did not let kube2iam assume. */
interface Denial {
  readonly roleArn: string;
  readonly by: string;
  /** The role as which kube2iam asks. */
  readonly caller: string;
}

function denialOf(reply: DaemonReply): Denial | undefined {
  const assumption = weighed(reply, 'assumption');
  const identity = weighed(reply, 'daemonIdentity')?.identity;
  if (assumption?.decision.kind !== 'denied' || identity?.kind !== 'role') return undefined;
  const { reason, by, because } = assumption.decision;
  const trusted = because.some(({ effect, principalMatches }) => effect === 'Allow' && principalMatches);
  return reason === 'implicitDeny' && !(by === 'trustPolicy' && trusted)
    ? { roleArn: assumption.roleArn, by, caller: identity.arn }
    : undefined;
}

function isNodeRole({ node }: DaemonReply, roleArn: string): boolean {
  return node?.roleArn === undefined || node.roleArn === roleArn;
}

/** On other nodes the same container has its role. */
function worksElsewhere({ outcomes }: Answer): boolean {
  return outcomes.some(({ mechanism, identity }) => mechanism === 'kube2iam' && identity.kind === 'role');
}

function isDefaultRole(reply: DaemonReply): boolean {
  return weighed(reply, 'roleChosen')?.by === 'defaultRole';
}

const severalNodeRoles: ConflictRow = {
  id: 'k2i-several-node-groups',
  title: 'the role trusts the role of some nodes only',
  severity: 'outage',
  expects: 'the same role on every node',
  gets: 'the role where the scheduler puts the pod on a node of a trusted group, an error with every SDK elsewhere',
  source: `${iam} (default chain), jtblin/kube2iam:README.md`,
  advice: 'let the role trust every node role',
};

/** Some nodes may assume the role, and others may not. */
const severalNodeGroups: Rule = causeRule(severalNodeRoles, ({ world, answers }) =>
  byGround(
    severalNodeRoles,
    answers.filter(worksElsewhere).flatMap((answer) => {
      const replies = answer.outcomes.flatMap((outcome) => daemonReplyOf(answer, outcome) ?? []);
      const denials = replies.flatMap((reply) => {
        const denial = denialOf(reply);
        return denial?.by === 'trustPolicy' && isNodeRole(reply, denial.caller) ? [denial] : [];
      });
      const [first] = denials;
      if (!first) return [];
      const callers = [...new Set(denials.map(({ caller }) => caller))];
      return [
        {
          answer,
          ground: {
            at: { kind: 'TrustPolicy', name: first.roleArn },
            why: `${roleName(first.roleArn)} trusts some node roles, and not ${callers.map(roleName).join(', ')}`,
            fixes: trustCallers(world, first.roleArn, callers),
            severity: 'outage' as const,
          },
        },
      ];
    }),
  ),
);

/** What the real program does without a region is known; where the region comes from no manifest may show. */
const regionNotShown: Rule = causeRule(
  {
    id: 'k2i-region-missing',
    title: 'no manifest shows kube2iam its region',
    severity: 'latent',
    expects: 'the annotated role',
    gets: 'from 0.12.0 on, unless AWS_REGION comes from elsewhere, HTTP 500 for each role: no credentials with every SDK',
    source: `${iam} (getRegions before AssumeRole); seen in recordings of kube2iam 0.15.0`,
    advice: 'set `AWS_REGION` in the container of kube2iam',
  },
  ({ world, answers }) =>
    world.kube2iam.flatMap((daemon): readonly Sighting[] => {
      const affected = answers.filter(({ consulted }) =>
        consulted.some(
          ({ question, basis }) =>
            question.name === 'kube2iam.region' &&
            basis.kind === 'assumed' &&
            question.about !== undefined &&
            isSameObject(question.about, daemon.ref),
        ),
      );
      if (affected.length === 0) return [];
      return [
        {
          at: daemon.ref,
          message: `${describeRef(daemon.ref)} shows no \`AWS_REGION\`; unless it comes from elsewhere, ${workloadNames(affected).join(', ')} get no credentials`,
          answers: affected,
          fixes: regionFixes(world, daemon),
        },
      ];
    }),
);

function regionFixes(world: World, { ref, namespace, name, image }: Kube2iam): readonly Fix[] {
  const { region } = world.cluster;
  const workload = indexOf(world).workload(ref.kind, namespace, name);
  const container = workload?.template.containers.find((one) => one.image === image);
  if (region === undefined || !container) return [];
  const object = { kind: ref.kind, namespace, name };
  const patch = {
    kind: 'env',
    object,
    container: container.name,
    name: 'AWS_REGION',
    value: region,
  } as const;
  return [{ title: `set AWS_REGION of ${namespace}/${name} to ${region}`, patches: [patch] }];
}

/** Conflicts in which kube2iam may not have the role that it chose. */
export const daemonRoleAssumeRules: readonly Rule[] = [
  severalNodeGroups,
  daemonRepliesRule(
    {
      id: 'k2i-trust-without-node',
      title: 'the role does not trust the node role',
      severity: 'outage',
      expects: 'the annotated role',
      gets: 'STS refuses kube2iam, which answers with an error: no credentials with every SDK',
      source: 'jtblin/kube2iam:README.md',
      advice: 'let the role trust the node role',
    },
    (reply, { world }) => {
      const denial = denialOf(reply);
      if (denial?.by !== 'trustPolicy' || !isNodeRole(reply, denial.caller)) return undefined;
      if (isDefaultRole(reply) || worksElsewhere(reply.answer)) return undefined;
      if (isTurnedOver(world, denial.roleArn)) return undefined;
      return {
        at: { kind: 'TrustPolicy', name: denial.roleArn },
        why: `${roleName(denial.roleArn)} does not trust ${roleName(denial.caller)}, as which kube2iam assumes it`,
        fixes: trustCallers(world, denial.roleArn, [denial.caller]),
      };
    },
  ),
  daemonRepliesRule(
    {
      id: 'k2i-node-may-not-assume',
      title: 'the node role has no permission to assume the role',
      severity: 'outage',
      expects: 'the annotated role',
      gets: 'a trust policy that names the account leaves it to the policies of the node role, which do not allow it: no credentials with every SDK',
      source:
        'jtblin/kube2iam:README.md, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html',
      advice: 'allow `sts:AssumeRole` on the role in a policy of the node role',
    },
    (reply, { world }) => {
      const denial = denialOf(reply);
      if (denial?.by !== 'identityPolicy' || isDefaultRole(reply)) return undefined;
      return {
        at: indexOf(world).role(denial.caller)?.ref ?? { kind: 'Role', name: denial.caller },
        why: `no policy of ${roleName(denial.caller)} allows it to assume ${roleName(denial.roleArn)}`,
        fixes: [],
      };
    },
  ),
  daemonRepliesRule(
    {
      id: 'k2i-describe-regions',
      title: 'newer versions of kube2iam list the regions of EC2 first',
      severity: 'outage',
      expects: 'the annotated role, as before the upgrade',
      gets: 'without `ec2:DescribeRegions` on the node role each request for credentials fails, with every SDK',
      source: `${iam} (getRegions before AssumeRole), jtblin/kube2iam:README.md`,
      advice: 'allow `ec2:DescribeRegions` in a policy of the node role',
    },
    (reply) => {
      const denied = weighed(reply, 'describeRegionsDenied');
      return denied?.at
        ? {
            at: denied.at,
            why: `${reply.daemon.image ?? 'kube2iam'} lists the regions of EC2 first, which ${roleName(denied.at.name)} may not`,
            fixes: [],
          }
        : undefined;
    },
  ),
  regionNotShown,
  daemonRepliesRule(
    {
      id: 'k2i-own-irsa',
      title: 'kube2iam itself is not the node role',
      severity: 'outage',
      expects: 'kube2iam to assume roles as the node role',
      gets: 'it assumes them as what its own pod has, which roles that trust the node role refuse: no credentials with every SDK',
      source: `${iam} (default chain), jtblin/kube2iam:charts/kube2iam/templates/daemonset.yaml`,
      advice: 'take the role or the keys away from kube2iam, or let the roles trust what it is',
    },
    (reply, { world }) => {
      const { daemon, node } = reply;
      const identity = weighed(reply, 'daemonIdentity')?.identity;
      if (reply.reply.kind === 'ok' || !identity || node?.roleArn === undefined) return undefined;
      if (identity.kind === 'none' || (identity.kind === 'role' && identity.arn === node.roleArn))
        return undefined;
      return {
        ...ownIdentity(world, daemon),
        why: `${describeRef(daemon.ref)} assumes roles as ${nameIdentity(identity)} and not as the node role`,
      };
    },
  ),
  daemonRepliesRule(
    {
      id: 'k2i-ttl-over-half-hour',
      title: 'kube2iam asks for sessions that are too long',
      severity: 'outage',
      expects: 'longer sessions',
      gets: 'kube2iam asks for twice the time that is set, more than STS gives to who is a role already: no credentials with every SDK',
      source: `${iam} (AssumeRole), aws/eks-anywhere#9485`,
      advice: 'set `--iam-role-session-ttl` to 30m or less',
    },
    (reply) => {
      const tooLong = weighed(reply, 'sessionTooLong');
      if (!tooLong) return undefined;
      const { requestedSeconds, limitSeconds } = tooLong;
      return {
        at: flagPlace(reply.daemon, 'iam-role-session-ttl'),
        why: `kube2iam asks for sessions of ${requestedSeconds} s, twice its \`--iam-role-session-ttl\`, and STS gives ${limitSeconds} s at most`,
        fixes: [
          flagFix(reply.daemon, 'halve the session time', {
            iamRoleSessionTtlSeconds: Math.floor(limitSeconds / 2),
          }),
        ],
      };
    },
  ),
];

/** What gives the daemon an identity of its own: the annotation of its service account, or else its own pod. */
function ownIdentity(
  world: World,
  { ref, namespace, serviceAccountName }: DaemonReply['daemon'],
): { readonly at: ObjectRef; readonly fixes: readonly Fix[] } {
  const account = indexOf(world).serviceAccount(namespace, serviceAccountName);
  if (account?.annotations[roleArnAnnotation] === undefined) return { at: ref, fixes: [] };
  const object = { kind: 'ServiceAccount', namespace, name: serviceAccountName };
  return {
    at: annotationRef(account, roleArnAnnotation),
    fixes: [
      {
        title: `remove ${roleArnAnnotation} from service account ${namespace}/${serviceAccountName}`,
        patches: [{ kind: 'annotation', object, on: 'metadata', key: roleArnAnnotation }],
      },
    ],
  };
}
