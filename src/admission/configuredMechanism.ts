import type { PodIdentityAssociation } from '../model/aws.ts';
import type { Ask } from '../model/fact.ts';
import type { Labels } from '../model/labels.ts';
import { annotationRef, type ObjectRef } from '../model/objectRef.ts';
import type { PodTemplate } from '../model/pod.ts';
import { indexOf, type World } from '../model/world.ts';
import { webhookConfigEntry } from './webhookConfigMap.ts';
import { webhookKeys } from './webhookFacts.ts';

/**
 * What the cluster configures for pods of a service account that are created now.
 *
 * It is what the authors meant the pod to have; whether this container has it is another question.
 */
export type ConfiguredMechanism =
  | {
      readonly kind: 'podIdentity';
      readonly association: PodIdentityAssociation;
      /** The role annotation that the association puts out of use. */
      readonly unusedRoleArn?: string;
      readonly at: ObjectRef;
      /** Of the service account; the webhook reads its options there. */
      readonly options: Labels;
    }
  | { readonly kind: 'irsa'; readonly roleArn: string; readonly at: ObjectRef; readonly options: Labels }
  | {
      readonly kind: 'none';
      readonly reason: 'noAnnotation' | 'emptyAnnotation' | 'noSuchServiceAccount';
      readonly at: ObjectRef;
    }
  /** The input has no such service account, and nothing says whether it is annotated. */
  | { readonly kind: 'notShown'; readonly at: ObjectRef };

/**
 * Reads off the input which mechanism a pod's service account is given: association before annotation.
 *
 * The service account `default` exists in every namespace; when no manifest shows it, it has no annotation.
 *
 * @source aws/amazon-eks-pod-identity-webhook:pkg/handler/handler.go (buildPodPatchConfig)
 */
export function shownMechanism(world: World, template: PodTemplate): ConfiguredMechanism {
  const { namespace, serviceAccountName } = template;
  const index = indexOf(world);
  const account = index.serviceAccount(namespace, serviceAccountName);
  const association = index.association(namespace, serviceAccountName);
  const roleArn = account?.annotations[webhookKeys.roleArn];
  const options = account?.annotations ?? {};
  if (association) {
    const unused = roleArn === undefined || roleArn === '' ? {} : { unusedRoleArn: roleArn };
    return { kind: 'podIdentity', association, ...unused, at: association.ref, options };
  }
  const at = account ? annotationRef(account, webhookKeys.roleArn) : accountRef(template);
  const entry = roleArn ? undefined : webhookConfigEntry(world, namespace, serviceAccountName);
  if (entry) return { kind: 'irsa', ...entry };
  if (roleArn === '') return { kind: 'none', reason: 'emptyAnnotation', at };
  if (roleArn !== undefined) return { kind: 'irsa', roleArn, at, options };
  if (account || serviceAccountName === 'default') return { kind: 'none', reason: 'noAnnotation', at };
  return { kind: 'notShown', at };
}

/** A mechanism about which nothing is left open. */
export type SettledMechanism = Exclude<ConfiguredMechanism, { kind: 'notShown' }>;

/** Settles by the fact `serviceAccount` what a service account that no manifest shows is given. */
export function askedMechanism(ask: Ask, shown: ConfiguredMechanism): SettledMechanism {
  if (shown.kind !== 'notShown') return shown;
  const { at } = shown;
  const value = ask({ name: 'serviceAccount', scope: `${at.namespace}/${at.name}`, about: at });
  if (value === 'absent') return { kind: 'none', reason: 'noSuchServiceAccount', at };
  return value === 'notAnnotated'
    ? { kind: 'none', reason: 'noAnnotation', at }
    : { kind: 'irsa', roleArn: value, at, options: {} };
}

function accountRef({ namespace, serviceAccountName }: PodTemplate): ObjectRef {
  return { kind: 'ServiceAccount', namespace, name: serviceAccountName };
}
