import { shownMechanism } from '../../admission/configuredMechanism.ts';
import type { AdmissionEvidence, AdmissionNote } from '../../admission/evidence.ts';
import { webIdentityPair } from '../../admission/webhookFacts.ts';
import { describeRef, type ObjectRef } from '../../model/objectRef.ts';
import type { Fix } from '../../model/patch.ts';
import type { Answer } from '../../resolve/answer.ts';
import type { Rule } from '../finding.ts';
import { causeRule, eachContainer, whereUsually, type ConflictRow, type Sighting } from '../law.ts';
import { consequences, severityOf } from '../laws/consequences.ts';
import { objectOf, recreateFixes } from '../laws/notInjected.ts';
import type { ContainerAnswers } from '../workloads.ts';

type Note = Extract<AdmissionEvidence, { kind: 'noted' }>;

/**
 * The law: the variables are injected and name a token file that the process cannot read as meant; SDKs that stop
 * fail, the others go on.
 *
 * @param note - what admission says of the file
 */
function unusableTokenRule(
  row: ConflictRow,
  note: AdmissionNote,
  fixesFor: (container: ContainerAnswers, found: Note) => readonly Fix[],
): Rule {
  return causeRule(
    row,
    eachContainer((container): Sighting | undefined => {
      const { answers, name } = container;
      const affected = whereUsually(answers, ({ mechanism }) => mechanism !== 'irsa').filter(
        (answer) => noteOf(answer, note) !== undefined,
      );
      const found = affected[0] && noteOf(affected[0], note);
      if (!found) return undefined;
      return {
        at: found.at,
        message: `${name}: ${row.gets}; it gets ${consequences(affected)}`,
        severity: severityOf(affected),
        answers: affected,
        fixes: fixesFor(container, found),
      };
    }),
  );
}

function noteOf({ outcomes: [usual] }: Answer, note: AdmissionNote): Note | undefined {
  for (const step of usual?.trace ?? []) {
    if (step.kind === 'admission' && step.evidence.kind === 'noted' && step.evidence.note === note) {
      return step.evidence;
    }
  }
  return undefined;
}

/** A pod keeps the role of its creation. */
const roleEdit: Rule = causeRule(
  {
    id: 'irsa-role-edit-not-live',
    title: 'the pod keeps the role that was annotated when it was made',
    severity: 'wrongIdentity',
    expects: 'the role that is annotated now',
    gets: 'the role that was annotated then, until the pod is made anew',
    source: 'aws/amazon-eks-pod-identity-webhook:pkg/handler/handler.go',
    advice: 'roll the workload, so that its pods are made anew',
  },
  eachContainer((container, { world }): Sighting | undefined => {
    const { workload, answers, name } = container;
    const { template } = workload;
    const mechanism = shownMechanism(world, template);
    const injected = template.volumes.some(
      ({ name: volume, source }) => volume === webIdentityPair.volumeName && source.kind === 'projected',
    );
    if (!template.status || mechanism.kind !== 'irsa' || !injected) return undefined;
    const [roleVariable] = webIdentityPair.variables;
    const held = roleHeldBy(container, roleVariable);
    if (held === undefined || held.role === mechanism.roleArn) return undefined;
    return {
      at: held.at,
      message: `${name} was made with \`${held.role}\`, and ${describeRef(mechanism.at)} says \`${mechanism.roleArn}\` now`,
      answers,
      fixes: recreateFixes(container),
    };
  }),
);

function roleHeldBy(
  { workload, answers: [first] }: ContainerAnswers,
  variable: string,
): { readonly role: string; readonly at: ObjectRef } | undefined {
  const container = workload.template.containers.find(({ name }) => name === first?.subject.container.name);
  const found = container?.env.find(({ name }) => name === variable);
  return found?.source.kind === 'value' ? { role: found.source.value, at: found.ref } : undefined;
}

/** Conflicts in which the role was injected and its token, or its time, is not as meant. */
export const injectionPodRules: readonly Rule[] = [
  roleEdit,
  unusableTokenRule(
    {
      id: 'irsa-user-volume-named-aws-iam-token',
      title: 'the pod has a volume of its own under the name of the injected one',
      severity: 'outage',
      expects: 'the role of the service account',
      gets: 'a volume `aws-iam-token` is there already and is kept, so the variable names a file that is not the token',
      source: 'aws/amazon-eks-pod-identity-webhook:pkg/handler/testdata/rawPodHasVolumeMount.pod.yaml',
      advice: 'give the volume another name',
    },
    'userVolume',
    ({ workload }, { text }) => [
      {
        title: `remove volume ${text ?? ''} from ${workload.namespace}/${workload.name}`,
        patches: [{ kind: 'withoutVolume', object: objectOf(workload), volume: text ?? '' }],
      },
    ],
  ),
  unusableTokenRule(
    {
      id: 'irsa-windows-affinity',
      title: 'a Windows pod is placed by affinity, and the webhook writes a path of Linux',
      severity: 'outage',
      expects: 'the role of the service account',
      gets: 'the webhook looks at the node selector alone, so the variable names a file that Windows does not have',
      source: 'aws/amazon-eks-pod-identity-webhook:README.md (Usage with Windows container workloads)',
      advice: 'choose Windows by `nodeSelector`',
    },
    'windowsByAffinity',
    ({ workload }) => [
      {
        title: `choose Windows for ${workload.namespace}/${workload.name} by nodeSelector`,
        patches: [
          {
            kind: 'podSpec',
            object: objectOf(workload),
            set: { nodeSelector: { ...workload.template.nodeSelector, 'kubernetes.io/os': 'windows' } },
          },
        ],
      },
    ],
  ),
  unusableTokenRule(
    {
      id: 'token-unreadable-nonroot',
      title: 'the process may not read its token file',
      severity: 'outage',
      expects: 'the role of the service account, also for a process that is not root',
      gets: 'before Kubernetes 1.19 only root can read the token file, unless the pod has an fsGroup',
      source:
        'aws/amazon-eks-pod-identity-webhook#8, kubernetes-sigs/external-dns#1185, fluxcd/source-controller#284, jenkinsci/helm-charts#252, aws/aws-eks-best-practices#27',
      advice: 'set `fsGroup` in the security context of the pod',
    },
    'tokenOwnedByRoot',
    ({ workload }) => [
      {
        title: `set fsGroup 65534 for ${workload.namespace}/${workload.name}`,
        patches: [{ kind: 'podSpec', object: objectOf(workload), set: { fsGroup: 65534 } }],
      },
    ],
  ),
];
