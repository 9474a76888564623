import type { ObjectRef } from '../model/objectRef.ts';

/** Why the pod identity webhook gives a container nothing, or not all. */
export type NotInjectedReason =
  | 'podAlreadyAdmitted' // the webhook acts at creation only; this pod's spec is what it is
  | 'noAnnotation' // neither a role annotation nor an association
  | 'noSuchServiceAccount' // the API server refuses the pod
  | 'emptyAnnotation' // a role annotation without a value counts as none
  | 'skipLabel' // the pod carries the skip label, whatever its value
  | 'skipContainer' // the pod's skip-containers annotation names the container
  | 'userEnvPresent' // the container defines one variable of the pair itself
  | 'webhookMissed'; // the webhook did not see the pod, which was admitted all the same

/** What else is to be known about the way a container came to its environment. */
export type AdmissionNote =
  | 'associationWins' // the role annotation is there too and is not used
  | 'malformedRoleArn' // the webhook logs a warning and injects the value as it is
  | 'placeholder' // a template placeholder is injected as it is
  | 'serviceAccountNotShown' // the input has no such service account
  | 'skipContainersUnreadable' // the skip-containers annotation is no CSV and skips nothing
  | 'userVolume' // a volume of the injected name exists already and is kept
  | 'userMount' // a mount of the injected name exists already and is kept
  | 'fargatePodIdentityUnsupported' // Fargate nodes have no EKS Pod Identity agent
  | 'windowsByAffinity' // the webhook writes the path of Linux, as it looks at the node selector alone
  | 'tokenOwnedByRoot' // before Kubernetes 1.19 root alone can read the token file
  | 'tokenOwnedByUser' // the token file can only be read by the user id of the containers
  | 'envFromNotShown' // a Secret whose keys become variables is not in the input
  | 'valueNotShown' // a Secret or ConfigMap that a variable is taken from is not in the input
  | 'keyMissing'; // the Secret or ConfigMap is in the input and lacks the key

/**
 * One thing that admission found. `text` is the value it is about, as written.
 *
 * `at` is the object that decided: the service account, the association, the pod, one of its fields.
 */
export type AdmissionEvidence =
  | {
      readonly kind: 'injected';
      readonly pair: 'webIdentity' | 'containerCredentials';
      readonly variables: readonly string[];
      readonly at: ObjectRef;
      readonly source: string;
    }
  | {
      readonly kind: 'notInjected';
      readonly reason: NotInjectedReason;
      readonly text?: string;
      readonly at: ObjectRef;
      readonly source: string;
    }
  | {
      readonly kind: 'noted';
      readonly note: AdmissionNote;
      readonly text?: string;
      readonly at: ObjectRef;
      readonly source: string;
    };

/** Where the behaviour behind each reason and note was read. */
const sources: Readonly<Record<NotInjectedReason | AdmissionNote, string>> = {
  podAlreadyAdmitted: 'aws/amazon-eks-pod-identity-webhook:deploy/mutatingwebhook.yaml (operations: CREATE)',
  noAnnotation: 'aws/amazon-eks-pod-identity-webhook:pkg/handler/handler.go (buildPodPatchConfig)',
  noSuchServiceAccount:
    'kubernetes/kubernetes:plugin/pkg/admission/serviceaccount/admission.go (Admit: error looking up service account)',
  emptyAnnotation: 'aws/amazon-eks-pod-identity-webhook:pkg/handler/handler.go (buildPodPatchConfig)',
  skipLabel: 'aws/amazon-eks-pod-identity-webhook:deploy/mutatingwebhook.yaml (objectSelector)',
  skipContainer: 'aws/amazon-eks-pod-identity-webhook:pkg/handler/handler.go (getContainersToSkip)',
  userEnvPresent: 'aws/amazon-eks-pod-identity-webhook:pkg/handler/handler.go (addEnvToContainer)',
  webhookMissed: 'aws/amazon-eks-pod-identity-webhook:deploy/mutatingwebhook.yaml (failurePolicy: Ignore)',
  associationWins: 'aws/amazon-eks-pod-identity-webhook:pkg/handler/handler.go (buildPodPatchConfig)',
  malformedRoleArn: 'aws/amazon-eks-pod-identity-webhook:pkg/cache/cache.go (addSA)',
  placeholder: 'aws/amazon-eks-pod-identity-webhook:pkg/cache/cache.go (addSA)',
  serviceAccountNotShown: 'aws/amazon-eks-pod-identity-webhook:pkg/handler/handler.go (buildPodPatchConfig)',
  skipContainersUnreadable:
    'aws/amazon-eks-pod-identity-webhook:pkg/handler/handler.go (getContainersToSkip)',
  userVolume: 'aws/amazon-eks-pod-identity-webhook:pkg/handler/handler.go (getPodSpecPatch)',
  userMount: 'aws/amazon-eks-pod-identity-webhook:pkg/handler/handler.go (addEnvToContainer)',
  fargatePodIdentityUnsupported:
    'awsdocs/amazon-eks-user-guide:latest/ug/manage-access/aws-access/pod-identities.adoc (considerations)',
  windowsByAffinity: 'aws/amazon-eks-pod-identity-webhook:README.md (Usage with Windows container workloads)',
  tokenOwnedByRoot:
    'aws/amazon-eks-pod-identity-webhook#8, aws/amazon-eks-pod-identity-webhook:README.md (non-root)',
  tokenOwnedByUser: 'kubernetes/kubernetes:pkg/volume/projected/projected.go (mode 0600 with FsUser)',
  envFromNotShown: 'kubernetes/kubernetes:pkg/kubelet/kubelet_pods.go (makeEnvironmentVariables)',
  valueNotShown: 'kubernetes/kubernetes:pkg/kubelet/kubelet_pods.go (makeEnvironmentVariables)',
  keyMissing: 'kubernetes/kubernetes:pkg/kubelet/kubelet_pods.go (makeEnvironmentVariables)',
};

/** States why something was not injected. */
export function notInjected(reason: NotInjectedReason, at: ObjectRef, text?: string): AdmissionEvidence {
  const what = text === undefined ? {} : { text };
  return { kind: 'notInjected', reason, ...what, at, source: sources[reason] };
}

/** States something else that admission found. */
export function noted(note: AdmissionNote, at: ObjectRef, text?: string): AdmissionEvidence {
  const what = text === undefined ? {} : { text };
  return { kind: 'noted', note, ...what, at, source: sources[note] };
}
