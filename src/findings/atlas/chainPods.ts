import { roleArnAnnotation } from '../../model/builder.ts';
import { annotationRef } from '../../model/objectRef.ts';
import { describeSdk } from '../../model/sdk.ts';
import { indexOf } from '../../model/world.ts';
import type { Workload } from '../../model/workload.ts';
import type { Rule } from '../finding.ts';
import { causeRule, type Sighting } from '../law.ts';
import { closeMetadataForPods } from '../laws/closeMetadata.ts';
import { consequences } from '../laws/consequences.ts';
import { exactTrustFixes } from '../laws/exactTrust.ts';
import { injectedPair } from '../laws/injectedPair.ts';
import { objectOf } from '../laws/notInjected.ts';
import { refusalsOf, type Refusal } from '../laws/stsRefuses.ts';
import { byContainer, nameIdentity, workloadNames, type ContainerAnswers, workloadOf } from '../workloads.ts';

/** One refusal hits several workloads, and some of them do not notice. */
const unlikeWorkloads: Rule = causeRule(
  {
    id: 'java-falls-where-go-stops',
    title: 'workloads of one service account meet one refusal and end with different identities',
    severity: 'wrongIdentity',
    expects: 'one service account to be one identity',
    gets: 'an error in the workloads whose SDK stops (go, botocore, js-v3), another identity without a word in those whose SDK goes on (java-v1, java-v2, js-v2, cpp)',
    source: 'aws/aws-sdk-java-v2#1915, aws/aws-sdk-go-v2:config/resolve_credentials.go',
    advice: 'mend the trust policy, and close the metadata service, so that all fail alike',
  },
  ({ world, answers }) => {
    const byAccount = new Map<string, Refusal[]>();
    for (const refusal of refusalsOf(answers.filter(({ sdk }) => sdk.basis === 'stated'))) {
      const template = workloadOf(world, refusal.answer)?.template;
      const key = `${template?.namespace ?? ''}/${template?.serviceAccountName ?? ''}`;
      byAccount.set(key, [...(byAccount.get(key) ?? []), refusal]);
    }
    return [...byAccount].flatMap(([key, refusals]): readonly Sighting[] => {
      const isNone = ({ answer }: Refusal): boolean => answer.outcomes[0]?.identity.kind === 'none';
      const stopped = workloadNames(refusals.filter(isNone).map(({ answer }) => answer));
      const wentOn = refusals.filter((refusal) => !isNone(refusal)).map(({ answer }) => answer);
      const others = workloadNames(wentOn).filter((name) => !stopped.includes(name));
      const [namespace = '', name = ''] = key.split('/');
      const account = indexOf(world).serviceAccount(namespace, name);
      if (!account || stopped.length === 0 || others.length === 0) return [];
      const roleArn = refusals[0]?.request.roleArn ?? '';
      return [
        {
          at: annotationRef(account, roleArnAnnotation),
          message: `STS refuses \`${roleArn}\` to ${key}: ${stopped.join(', ')} gets no credentials, and ${others.join(', ')} goes on to ${consequences(wentOn)}`,
          answers: refusals.map(({ answer }) => answer),
          fixes: [...exactTrustFixes(world, roleArn, undefined), closeMetadataForPods],
        },
      ];
    });
  },
);

/** The containers of one pod are not one identity. */
const unlikeContainers: Rule = causeRule(
  {
    id: 'two-workloads-one-pod',
    title: 'containers of one pod end with different identities',
    severity: 'wrongIdentity',
    expects: 'one identity for the pod',
    gets: 'the role in the container whose SDK can use it, and what comes next in the one whose SDK cannot',
    source: 'aws/aws-sdk-java-v2#1915, aws/aws-sdk-go-v2:config/resolve_credentials.go',
    advice: 'let the containers use one SDK, and close the metadata service',
  },
  ({ world, answers }) => {
    const stated = answers.filter(({ sdk }) => sdk.basis === 'stated');
    const byPod = new Map<Workload, ContainerAnswers[]>();
    for (const container of byContainer(world, stated)) {
      byPod.set(container.workload, [...(byPod.get(container.workload) ?? []), container]);
    }
    return [...byPod].flatMap(([workload, containers]): readonly Sighting[] => {
      const asMeant = containers.find(
        ({ intentions: [meant], answers: own }) =>
          meant !== undefined && own.every(({ outcomes: [usual] }) => usual?.mechanism === meant.mechanism),
      );
      const sdk = asMeant?.answers[0]?.sdk;
      if (!asMeant || !sdk || asMeant.intentions[0]?.mechanism === 'kube2iam') return [];
      return containers.flatMap((container): readonly Sighting[] => {
        const [answer] = container.answers;
        const usual = answer?.outcomes[0];
        if (!answer || !usual || container.intentions.length === 0 || usual.identity.kind === 'none')
          return [];
        // The webhook gave it what it gave its neighbours: it is the SDK that makes the difference.
        if (usual.mechanism === asMeant.intentions[0]?.mechanism || !injectedPair(usual)) return [];
        const name = answer.subject.container.name;
        return [
          {
            at: workload.template.ref,
            message: `${asMeant.name} gets \`${asMeant.intentions[0]?.role ?? ''}\`, and ${container.name} of the same pod ${nameIdentity(usual.identity)} with ${describeSdk(answer.sdk)}`,
            answers: container.answers,
            fixes: [
              {
                title: `let container ${name} of ${workload.namespace}/${workload.name} use ${describeSdk(sdk)} too`,
                patches: [
                  {
                    kind: 'sdk',
                    object: objectOf(workload),
                    container: name,
                    sdk: {
                      family: sdk.family,
                      ...(sdk.version === undefined ? {} : { version: sdk.version }),
                    },
                  },
                ],
              },
            ],
          },
        ];
      });
    });
  },
);

/** Conflicts between pods, or containers, that are meant to be one identity. */
export const chainPodRules: readonly Rule[] = [unlikeWorkloads, unlikeContainers];
