import type { AdmissionEvidence, AdmissionNote, NotInjectedReason } from '../admission/evidence.ts';
import type { Placement } from '../resolve/placement.ts';
import { listOf } from './lists.ts';
import { say, type Sentence } from './sentence.ts';

const placements: Readonly<Record<Placement['how'], string>> = {
  nodeName: 'the pod is bound to this node',
  onlyNodeClass: 'all nodes that can take the pod are alike',
  chosen: 'the pod may run on different nodes; here on this one',
  noNodesGiven: 'the input shows no node; any node is meant',
  noNodeFits: 'no node of the input can take the pod; some other node is meant',
};

/** Says where the pod runs. */
export function placementSentence({ node, how }: Placement): Sentence {
  const shown = how !== 'noNodesGiven' && how !== 'noNodeFits';
  const role = node.roleArn === undefined ? 'its role is not stated' : `its role is ${node.roleArn}`;
  return say('plain', `placement: ${placements[how]}; ${role}`, { at: shown ? node.ref : undefined });
}

const pairs: Readonly<Record<Extract<AdmissionEvidence, { kind: 'injected' }>['pair'], string>> = {
  webIdentity: 'IRSA',
  containerCredentials: 'EKS Pod Identity',
};

/** `{text}` is the value that the evidence is about. */
const reasons: Readonly<Record<NotInjectedReason, string>> = {
  podAlreadyAdmitted: 'the webhook acts at creation only; this pod exists, so its spec is what it has',
  noAnnotation: 'the service account has no role annotation and no Pod Identity association',
  noSuchServiceAccount: 'there is no service account `{text}`, so the API server refuses the pod',
  emptyAnnotation: 'the role annotation is empty, which counts as none',
  skipLabel: 'the pod carries the label `eks.amazonaws.com/skip-pod-identity-webhook`',
  skipContainer: 'the annotation `eks.amazonaws.com/skip-containers` names this container: `{text}`',
  userEnvPresent: 'the container sets {text} itself, so the webhook adds neither variable of the pair',
  webhookMissed: 'the webhook did not see the pod, and its failurePolicy `Ignore` let the pod in',
};

const notes: Readonly<Record<AdmissionNote, string>> = {
  associationWins: 'the Pod Identity association puts the role annotation `{text}` out of use',
  malformedRoleArn: '`{text}` is no role ARN; the webhook warns in its log and injects it as it is',
  placeholder: '`{text}` holds a placeholder that nobody filled in; it is injected as it is',
  serviceAccountNotShown: 'the input does not show this service account',
  skipContainersUnreadable: 'the skip-containers annotation `{text}` is no CSV, so it skips nothing',
  userVolume: 'a volume `{text}` exists already and is kept instead of the injected one',
  userMount: 'something is mounted at `{text}` already and is kept instead of the token',
  fargatePodIdentityUnsupported: 'Fargate nodes have no EKS Pod Identity agent',
  windowsByAffinity: 'the pod runs on Windows by its affinity, and the injected path is one of Linux',
  tokenOwnedByRoot:
    'before Kubernetes 1.19 only root can read the token file, and this process is user {text}',
  tokenOwnedByUser: 'only user {text} can read the token file, since there is no fsGroup',
  envFromNotShown: 'variables come from `{text}`, which the input does not show',
  valueNotShown: 'a value comes from `{text}`, which the input does not show',
  keyMissing: 'the key `{text}` is missing from the Secret or ConfigMap',
};

/** Says what admission found. */
export function admissionSentence(evidence: AdmissionEvidence): Sentence {
  const fill = (words: string, text: string = ''): string => words.replace('{text}', text);
  switch (evidence.kind) {
    case 'injected': {
      const variables = listOf(evidence.variables, 'and');
      return say('good', `admission: the webhook injects ${variables} (${pairs[evidence.pair]})`, evidence);
    }
    case 'notInjected':
      return say('aside', `admission: ${fill(reasons[evidence.reason], evidence.text)}`, evidence);
    case 'noted':
      return say('plain', `admission: ${fill(notes[evidence.note], evidence.text)}`, evidence);
  }
}
