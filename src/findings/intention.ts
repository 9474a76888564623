import { webhookConfigEntry } from '../admission/webhookConfigMap.ts';
import { roleArnAnnotation } from '../model/builder.ts';
import { annotationRef, type ObjectRef } from '../model/objectRef.ts';
import type { Mechanism } from '../model/identity.ts';
import { kube2iamDefaults } from '../model/kube2iam.ts';
import { indexOf, type World } from '../model/world.ts';
import type { Workload } from '../model/workload.ts';

/** What the author of a workload asked for, in one of the ways in which it can be asked. */
export interface Intention {
  readonly mechanism: Extract<Mechanism, 'irsa' | 'podIdentity' | 'kube2iam' | 'kiam'>;
  /** As written: an ARN, or a short name under kube2iam and kiam. */
  readonly role: string;
  readonly at: ObjectRef;
}

/**
 * Lists what a workload's objects ask for: an association, an annotated service account, a pod annotation.
 *
 * What comes first is what the pod gets when nothing fails: an association takes the place of the service
 * account's annotation, and web identity comes before the metadata service.
 *
 * @source aws/amazon-eks-pod-identity-webhook:pkg/handler/handler.go, jtblin/kube2iam:mappings/mapper.go
 */
export function intentionsOf(world: World, workload: Workload): readonly Intention[] {
  const { template } = workload;
  const index = indexOf(world);
  const association = index.association(workload.namespace, template.serviceAccountName);
  const account = index.serviceAccount(workload.namespace, template.serviceAccountName);
  const annotated = account?.annotations[roleArnAnnotation];
  const configured = annotated
    ? undefined
    : webhookConfigEntry(world, workload.namespace, template.serviceAccountName);
  const key = world.kube2iam[0]?.flags.iamRoleKey ?? kube2iamDefaults.iamRoleKey;
  const kube2iamRole = template.annotations[key];
  const intentions: Intention[] = [];
  if (association) {
    intentions.push({ mechanism: 'podIdentity', role: association.roleArn ?? '', at: association.ref });
  }
  if (account && annotated !== undefined) {
    intentions.push({
      mechanism: 'irsa',
      role: annotated,
      at: annotationRef(account, roleArnAnnotation),
    });
  }
  if (configured) intentions.push({ mechanism: 'irsa', role: configured.roleArn, at: configured.at });
  if (kube2iamRole !== undefined && kube2iamRole !== '') {
    const at = annotationRef(template, key);
    // Both read the same annotation; where only kiam runs, it is meant.
    const mechanism = world.kube2iam.length === 0 && world.kiamAgents.length > 0 ? 'kiam' : 'kube2iam';
    intentions.push({ mechanism, role: kube2iamRole, at });
  }
  return intentions;
}
