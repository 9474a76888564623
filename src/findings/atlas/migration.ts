import { roleArnAnnotation } from '../../model/builder.ts';
import { parseRoleArn } from '../../model/arn.ts';
import { annotationRef, describeRef, type ObjectRef } from '../../model/objectRef.ts';
import { kube2iamDefaults } from '../../model/kube2iam.ts';
import type { Fix, Patch } from '../../model/patch.ts';
import { indexOf, type World } from '../../model/world.ts';
import type { Workload } from '../../model/workload.ts';
import type { Outcome } from '../../resolve/answer.ts';
import type { Rule } from '../finding.ts';
import { causeRule, eachContainer, exchangesOf, whereUsually, type Sighting } from '../law.ts';
import { daemonRepliesRule, weighed } from '../laws/daemonReplies.ts';
import { consequences } from '../laws/consequences.ts';
import { exactTrustFixes } from '../laws/exactTrust.ts';
import { giveRole } from '../laws/giveRole.ts';
import { objectOf } from '../laws/notInjected.ts';
import { isTurnedOver, trustCallers } from '../laws/trustCaller.ts';
import { roleName } from '../laws/trustPolicy.ts';
import { byContainer, mechanismWords, withSdks, type ContainerAnswers } from '../workloads.ts';

/** Pods of one controller that were made before and after a role was given are two identities. */
const halfRolled: Rule = causeRule(
  {
    id: 'mig-half-rolled',
    title: 'pods of one controller have different identities',
    severity: 'wrongIdentity',
    expects: 'the workload to be switched over',
    gets: 'the old role in pods of before, the new one in pods that were made since, with every SDK that knows both',
    source: 'aws/amazon-eks-pod-identity-webhook:deploy/mutatingwebhook.yaml (operations: CREATE)',
    advice: 'complete the rollout',
  },
  ({ world, answers }) => {
    const groups = new Map<string, { readonly at: ObjectRef; readonly pods: ContainerAnswers[] }>();
    for (const container of byContainer(world, answers)) {
      const owner = topOwner(world, container.workload);
      if (!owner || container.workload.template.status === undefined) continue;
      const key = `${describeRef(owner)} ${container.answers[0]?.subject.container.name ?? ''}`;
      const known = groups.get(key);
      if (known) known.pods.push(container);
      else groups.set(key, { at: owner, pods: [container] });
    }
    return [...groups.values()].flatMap(({ at, pods }): readonly Sighting[] => {
      const mechanisms = new Set(pods.flatMap((pod) => usualMechanisms(pod)));
      const meant = pods[0]?.intentions[0]?.mechanism;
      if (mechanisms.size < 2 || meant === undefined || !mechanisms.has(meant)) return [];
      const old = pods.filter((pod) => !usualMechanisms(pod).includes(meant));
      if (old.length === 0) return [];
      const held = old.flatMap((pod) => pod.answers);
      return [
        {
          at,
          message: `${describeRef(at)} is half rolled: ${old.map(({ name }) => name).join(', ')} ${consequences(held)}, and the other pods have their role by ${mechanismWords[meant]}`,
          answers: held,
          fixes: [
            {
              title: `recreate ${old.map(({ name }) => name).join(', ')}`,
              patches: old.map(({ workload }) => ({ kind: 'recreate', object: objectOf(workload) })),
            },
          ],
        },
      ];
    });
  },
);

function usualMechanisms({ answers }: ContainerAnswers): readonly Outcome['mechanism'][] {
  return answers.flatMap(({ outcomes: [usual] }) =>
    usual === undefined || usual.identity.kind === 'none' ? [] : usual.mechanism,
  );
}

/** The controller at the top, as far as the input shows it: of a ReplicaSet mostly a Deployment. */
function topOwner(world: World, { namespace, owner }: Workload): ObjectRef | undefined {
  if (!owner) return undefined;
  const shown = indexOf(world).workload(owner.kind, namespace, owner.name);
  return (shown && topOwner(world, shown)) ?? shown?.ref ?? { kind: owner.kind, namespace, name: owner.name };
}

/** The role was turned over to IRSA while pods still come by kube2iam. */
const trustSwapped: Rule = daemonRepliesRule(
  {
    id: 'mig-trust-swapped-first',
    title: 'a role trusts web identity already, and the node role of its kube2iam pods no longer',
    severity: 'outage',
    expects: 'a change that shows at once',
    gets: 'the session that kube2iam holds until it expires, then an error, with every SDK',
    source: 'jtblin/kube2iam:iam/iam.go (cache), jtblin/kube2iam:README.md',
    advice: 'let the role trust both, the node role and the OIDC provider, until the last pod has moved',
  },
  (reply, { world }) => {
    const assumption = weighed(reply, 'assumption');
    if (assumption?.decision.kind !== 'denied' || assumption.decision.by !== 'trustPolicy') return undefined;
    const { roleArn } = assumption;
    const identity = weighed(reply, 'daemonIdentity')?.identity;
    if (identity?.kind !== 'role' || !isTurnedOver(world, roleArn)) return undefined;
    const caller = identity.arn;
    return {
      at: { kind: 'TrustPolicy', name: roleArn },
      why: `${roleName(roleArn)} is turned over to web identity and no longer trusts ${roleName(caller)}, as which kube2iam assumes it; what kube2iam holds lasts until it expires`,
      fixes: trustCallers(world, roleArn, [caller]),
    };
  },
);

/** kube2iam is gone, and what asked for its roles is left. */
const removedFirst: Rule = causeRule(
  {
    id: 'mig-kube2iam-removed-first',
    title: 'kube2iam is gone, and pods still ask it for roles',
    severity: 'privilegeEscalation',
    expects: 'nobody to use kube2iam any more',
    gets: 'the node role for every annotated pod, with every SDK',
    source: 'jtblin/kube2iam#370, jtblin/kube2iam:charts/kube2iam/values.yaml',
    advice: 'close the metadata service before kube2iam is removed, and give the pods their roles by IRSA',
  },
  eachContainer((container, { world }): Sighting | undefined => {
    const { intentions, answers, name, workload } = container;
    const [meant] = intentions;
    if (meant?.mechanism !== 'kube2iam' || workload.template.hostNetwork) return undefined;
    if (world.kube2iam.length > 0 || world.kiamAgents.length > 0) return undefined;
    const affected = whereUsually(answers, ({ mechanism }) => mechanism === 'imds');
    if (affected.length === 0) return undefined;
    return {
      at: annotationRef(workload.template, kube2iamDefaults.iamRoleKey),
      message: `${name} asks kube2iam for \`${meant.role}\`, and there is no kube2iam; it gets ${consequences(affected)}`,
      answers: affected,
      fixes: irsaInstead(world, workload, meant.role),
    };
  }),
);

/** Proposes the same role by IRSA, where the input shows the role and the pod has a service account of its own. */
function irsaInstead(world: World, workload: Workload, text: string): readonly Fix[] {
  const role = world.roles.find(({ arn, name }) => arn === text || name === text);
  const { namespace, serviceAccountName } = workload.template;
  const account = indexOf(world).serviceAccount(namespace, serviceAccountName);
  if (!role || !account || serviceAccountName === 'default') return [];
  const annotated = {
    ...world,
    serviceAccounts: world.serviceAccounts.map((each) =>
      each === account
        ? { ...each, annotations: { ...each.annotations, [roleArnAnnotation]: role.arn } }
        : each,
    ),
  };
  const trust = exactTrustFixes(annotated, role.arn, undefined, 'beside')[0]?.patches ?? [];
  const key = kube2iamDefaults.iamRoleKey;
  const patches: readonly Patch[] = [
    ...trust,
    giveRole(world, namespace, serviceAccountName, role.arn),
    { kind: 'annotation', object: objectOf(workload), on: 'template', key },
  ];
  return [{ title: `give ${namespace}/${serviceAccountName} role ${role.name} by IRSA`, patches }];
}

/** kube2iam stands in where IRSA fails, so that nobody notices. */
const maskedFault: Rule = causeRule(
  {
    id: 'mig-masked-irsa-fault',
    title: 'kube2iam hides that IRSA does not work',
    severity: 'wrongIdentity',
    expects: 'IRSA to work, as nobody complains',
    gets: 'the role of the pod annotation with SDKs that go on (java-v1, java-v2, js-v2, cpp), until kube2iam is removed',
    source: 'aws/aws-sdk-java-v2#1915, external-secrets/kubernetes-external-secrets#240',
    advice: 'mend what STS refuses, and try the pod with the metadata service closed, before kube2iam goes',
  },
  eachContainer(({ intentions, answers, name }, { world }): Sighting | undefined => {
    const irsa = intentions.find(({ mechanism }) => mechanism === 'irsa');
    const old = intentions.find(({ mechanism }) => mechanism === 'kube2iam');
    const affected = whereUsually(answers, isMasked);
    if (!irsa || !old || affected.length === 0) return undefined;
    return {
      at: irsa.at,
      message: `IRSA fails for ${name}, and kube2iam gives it \`${old.role}\` in the place of \`${parseRoleArn(irsa.role)?.name ?? irsa.role}\`${withSdks(affected, answers)}, so that nothing seems wrong`,
      answers: affected,
      fixes: exactTrustFixes(world, irsa.role, undefined),
    };
  }),
);

function isMasked(outcome: Outcome): boolean {
  const exchanges = exchangesOf(outcome);
  return (
    outcome.mechanism === 'kube2iam' &&
    exchanges.some(({ request, reply }) => request.kind === 'sts' && reply.kind !== 'ok') &&
    exchanges.some(({ evidence }) =>
      evidence.some((found) => found.kind === 'roleChosen' && found.by === 'annotation'),
    )
  );
}

/** Conflicts on the way from kube2iam to IRSA. */
export const migrationRules: readonly Rule[] = [halfRolled, trustSwapped, removedFirst, maskedFault];
