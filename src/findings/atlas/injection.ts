import { skippedContainers } from '../../admission/skippedContainers.ts';
import { containerCredentialsPair, webhookKeys, webIdentityPair } from '../../admission/webhookFacts.ts';
import type { Rule } from '../finding.ts';
import { notInjectedRule, objectOf, recreateFixes } from '../laws/notInjected.ts';

const handler = 'aws/amazon-eks-pod-identity-webhook:pkg/handler/handler.go';

const pairVariables: ReadonlySet<string> = new Set([
  ...webIdentityPair.variables,
  ...containerCredentialsPair.variables,
]);

/** Conflicts in which the webhook gives a container nothing. */
export const injectionRules: readonly Rule[] = [
  notInjectedRule(
    {
      id: 'irsa-user-env-blocks-injection',
      title: 'a variable that the container sets itself keeps the webhook from injecting the other',
      severity: 'wrongIdentity',
      expects: 'the role of the service account',
      gets: 'one variable of the pair is set in the manifest, so the webhook injects neither, and half a pair counts as none or is an error',
      source: 'aws/amazon-eks-pod-identity-webhook#82, aws-controllers-k8s/community#782',
      advice: 'remove the variable from the container; the webhook sets both',
    },
    'userEnvPresent',
    ({ workload, answers: [first] }) => {
      const container = first?.subject.container.name ?? '';
      const { containers } = workload.template;
      const own = (containers.find(({ name }) => name === container)?.env ?? [])
        .map(({ name }) => name)
        .filter((name) => pairVariables.has(name));
      return [
        {
          title: `remove ${own.join(', ')} from container ${container} of ${workload.namespace}/${workload.name}`,
          patches: own.map((name) => ({ kind: 'env', object: objectOf(workload), container, name })),
        },
      ];
    },
  ),
  notInjectedRule(
    {
      id: 'irsa-skip-label',
      title: 'the label that skips the webhook works whatever its value',
      severity: 'wrongIdentity',
      expects: '`"false"` to mean that the pod is not skipped',
      gets: 'the pod carries the skip label, so the webhook never sees it',
      source:
        'aws/amazon-eks-pod-identity-webhook:deploy/mutatingwebhook.yaml (objectSelector: DoesNotExist)',
      advice: 'remove the label from the pod template',
    },
    'skipLabel',
    ({ workload }) => [
      {
        title: `remove the label ${webhookKeys.skipLabel} from ${workload.namespace}/${workload.name}`,
        patches: [{ kind: 'label', object: objectOf(workload), on: 'template', key: webhookKeys.skipLabel }],
      },
    ],
  ),
  notInjectedRule(
    {
      id: 'irsa-skip-containers',
      title: 'one container of the pod is skipped and goes by another identity',
      severity: 'wrongIdentity',
      expects: 'one role for the whole pod',
      gets: 'the skip-containers annotation names this container, so it stays bare beside containers that have the role',
      source: `aws/amazon-eks-pod-identity-webhook:README.md, ${handler} (getContainersToSkip)`,
      advice: 'take the name out of the list, or give the container its own means',
    },
    'skipContainer',
    ({ workload, answers: [first] }) => {
      const container = first?.subject.container.name ?? '';
      const annotation = workload.template.annotations[webhookKeys.skipContainers] ?? '';
      const left = (skippedContainers(annotation) ?? []).filter((name) => name !== container);
      const key = webhookKeys.skipContainers;
      const value = left.length === 0 ? {} : { value: left.join(',') };
      return [
        {
          title: `do not skip container ${container} of ${workload.namespace}/${workload.name}`,
          patches: [{ kind: 'annotation', object: objectOf(workload), on: 'template', key, ...value }],
        },
      ];
    },
  ),
  notInjectedRule(
    {
      id: 'irsa-webhook-down-ignore',
      title: 'the webhook did not answer when the pod was made, and the pod was let in bare',
      severity: 'wrongIdentity',
      expects: 'the role of the service account',
      gets: 'the webhook missed the pod, and its failurePolicy `Ignore` lets a pod in without a word',
      source:
        'aws/amazon-eks-pod-identity-webhook#108, aws/amazon-eks-pod-identity-webhook#194, aws/eks-pod-identity-agent#153',
      advice: 'close the metadata service for pods, so that a miss is an error, and make the pod anew',
    },
    'webhookMissed',
    () => [],
  ),
  notInjectedRule(
    {
      id: 'irsa-pod-older-than-annotation',
      title: 'the pod is older than the role of its service account',
      severity: 'wrongIdentity',
      expects: 'the annotation of the service account to be enough',
      gets: 'the pod was made without the variables, and the webhook acts at creation only',
      source: `${handler}, external-secrets/kubernetes-external-secrets#419`,
      advice: 'roll the workload, so that its pods are made anew',
    },
    'podAlreadyAdmitted',
    recreateFixes,
  ),
  notInjectedRule(
    {
      id: 'irsa-webhook-cache-race',
      title: 'service account and pod were made together, and the webhook knew only the pod',
      severity: 'wrongIdentity',
      expects: 'both to be applied together',
      gets: 'the pod was made seconds after its service account, before the webhook knew of it',
      source:
        'aws/amazon-eks-pod-identity-webhook#174, aws/amazon-eks-pod-identity-webhook#83, aws/amazon-eks-pod-identity-webhook:pkg/cache/cache.go',
      advice: 'make the service account earlier, or let the webhook wait for it, and make the pod anew',
    },
    'cacheRace',
    recreateFixes,
  ),
  notInjectedRule(
    {
      id: 'irsa-late-sidecar',
      title: 'a container that was added after the webhook had run has nothing injected',
      severity: 'wrongIdentity',
      expects: 'all containers of the pod to be alike',
      gets: 'other containers of the pod have the variables and this one does not, as if another webhook had added it later',
      source:
        'aws/amazon-eks-pod-identity-webhook:deploy/mutatingwebhook.yaml (no reinvocationPolicy), aws/eks-pod-identity-agent#153',
      advice: 'set `reinvocationPolicy: IfNeeded` on the webhook of IRSA, or let it run last',
    },
    'lateSidecar',
    () => [],
  ),
];
