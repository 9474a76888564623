import type { NotInjectedReason } from '../../admission/evidence.ts';
import type { Fix } from '../../model/patch.ts';
import type { Rule } from '../finding.ts';
import { causeRule, eachContainer, hasStep, whereUsually, type ConflictRow, type Sighting } from '../law.ts';
import { withSdks, type ContainerAnswers } from '../workloads.ts';

/**
 * The law: what the webhook did not inject, no SDK can use; the container falls to whatever is next.
 *
 * @param why - the reason that admission gives
 * @param fixesFor - the changes that let the webhook inject
 */
function notInjectedRule(
  row: ConflictRow,
  why: NotInjectedReason,
  fixesFor: (container: ContainerAnswers) => readonly Fix[],
): Rule {
  return causeRule(
    row,
    eachContainer((container): Sighting | undefined => {
      const { name, answers, workload } = container;
      const affected = whereUsually(answers, (outcome) =>
        hasStep(
          outcome,
          (step) =>
            step.kind === 'admission' && step.evidence.kind === 'notInjected' && step.evidence.reason === why,
        ),
      );
      if (affected.length === 0) return undefined;
      return {
        at: workload.ref,
        message: `${name}: ${row.gets}${withSdks(affected, answers)}`,
        answers: affected,
        fixes: fixesFor(container),
      };
    }),
  );
}

/** Conflicts in which the role never reaches the pod. */
export const injectionRules: readonly Rule[] = [
  notInjectedRule(
    {
      id: 'irsa-user-env-blocks-injection',
      title: 'a variable that the container sets itself keeps the webhook from injecting the other',
      severity: 'wrongIdentity',
      expects: 'the role of the service account',
      gets: 'one variable of the web identity pair is set in the manifest, so the webhook injects neither, and half a pair counts as none',
      source: 'aws/amazon-eks-pod-identity-webhook#82, aws-controllers-k8s/community#782',
      advice: 'remove the variable from the container; the webhook sets both',
    },
    'userEnvPresent',
    ({ workload, answers: [first] }) => {
      const container = first?.subject.container.name ?? '';
      const { kind, namespace, name } = workload;
      return ['AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE'].map((variable) => ({
        title: `remove ${variable} from container ${container} of ${namespace}/${name}`,
        patches: [{ kind: 'env', object: { kind, namespace, name }, container, name: variable }],
      }));
    },
  ),
];
