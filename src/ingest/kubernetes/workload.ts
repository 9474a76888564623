import type { Workload, WorkloadKind } from '../../model/workload.ts';
import { descend, textMap, type Field } from '../field.ts';
import { withoutUndefined } from '../withoutUndefined.ts';
import { checkMisplacedMetadata } from './checkFields.ts';
import { readOwner } from './metadata.ts';
import { readPodTemplate, type ReadPodTemplate } from './podTemplate.ts';

/** Where a kind keeps the template of its pods. */
export const templatePaths: Readonly<Record<WorkloadKind, readonly string[]>> = {
  Pod: [],
  PodTemplate: ['template'],
  Deployment: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  ReplicationController: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
};

/** Reads a pod, or a controller with the template of its pods. */
export function readWorkload(
  object: Field,
  kind: WorkloadKind,
  name: string,
  namespace: string,
): { readonly workload: Workload; readonly pod: ReadPodTemplate } {
  const place = descend(object, ...templatePaths[kind]);
  if (kind !== 'Pod') checkMisplacedMetadata(object);
  const pod = readPodTemplate(place, namespace);
  const workload: Workload = withoutUndefined({
    ref: object.ref,
    kind,
    namespace,
    name,
    // A pod's annotations are its template's; a controller's own are read by no credential mechanism.
    annotations: kind === 'Pod' ? {} : textMap(descend(object, 'metadata', 'annotations')),
    template: pod.template,
    owner: readOwner(object),
  });
  return { workload, pod };
}
