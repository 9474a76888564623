import type { Container, PodStatus, PodTemplate, Toleration } from '../../model/pod.ts';
import {
  child,
  complain,
  descend,
  integer,
  items,
  notePlaceholder,
  refOf,
  text,
  textList,
  textMap,
  truth,
  type Field,
} from '../field.ts';
import { withoutUndefined } from '../withoutUndefined.ts';
import { checkFields, checkMisplacedMetadata } from './checkFields.ts';
import { containersOf } from './container.ts';
import { podSpecFields } from './fieldNames.ts';
import { annotationPlaces, readAnnotations, readLabels } from './metadata.ts';
import { readVolume } from './volume.ts';

/** A pod template together with the places of its containers, for readers that want their arguments. */
export interface ReadPodTemplate {
  readonly template: PodTemplate;
  readonly containers: readonly { readonly container: Container; readonly field: Field }[];
}

/** Reads whatever has `metadata` and `spec` of a pod: a pod itself, or the template in a controller. */
export function readPodTemplate(pod: Field, namespace: string): ReadPodTemplate {
  const metadata = child(pod, 'metadata');
  const spec = child(pod, 'spec');
  checkMisplacedMetadata(pod);
  checkFields(spec, podSpecFields);
  const containers = containersOf(spec);
  if (!containers.some(({ container }) => container.kind === 'app')) {
    complain(spec, { code: 'missing-field', severity: 'error', message: 'a pod needs `containers`' });
  }
  const annotations = readAnnotations(metadata);
  const template: PodTemplate = withoutUndefined({
    ref: refOf(pod),
    namespace,
    labels: readLabels(metadata),
    annotations,
    annotationRefs: annotationPlaces(metadata, annotations),
    serviceAccountName: readServiceAccountName(spec),
    hostNetwork: truth(child(spec, 'hostNetwork')) ?? false,
    nodeName: text(child(spec, 'nodeName')),
    nodeSelector: textMap(child(spec, 'nodeSelector')),
    affinityOs: readAffinityOs(spec),
    tolerations: readTolerations(spec),
    containers: containers.map(({ container }) => container),
    volumes: items(child(spec, 'volumes')).map(readVolume),
    fsGroup: integer(descend(spec, 'securityContext', 'fsGroup')),
    runAsUser: integer(descend(spec, 'securityContext', 'runAsUser')),
    status: readStatus(pod),
  });
  return { template, containers };
}

/**
 * Reads the service account's name. Its deprecated alias counts when it stands alone.
 *
 * @source kubernetes/kubernetes:pkg/apis/core/v1/conversion.go `Convert_v1_PodSpec_To_core_PodSpec`
 */
function readServiceAccountName(spec: Field): string {
  const field = child(spec, 'serviceAccountName');
  const name = text(field);
  notePlaceholder(field, name);
  return name || text(child(spec, 'serviceAccount')) || 'default';
}

/**
 * Finds the operating system that every alternative of the required node affinity names.
 *
 * @source kubernetes/api:core/v1/types.go NodeSelector: terms are alternatives, expressions of one hold together
 */
function readAffinityOs(spec: Field): string | undefined {
  const required = descend(
    spec,
    'affinity',
    'nodeAffinity',
    'requiredDuringSchedulingIgnoredDuringExecution',
  );
  const systems = items(child(required, 'nodeSelectorTerms')).map((term) => {
    const expressions = items(child(term, 'matchExpressions')).filter(
      (expression) =>
        /^(beta\.)?kubernetes\.io\/os$/.test(text(child(expression, 'key')) ?? '') &&
        text(child(expression, 'operator')) === 'In',
    );
    const [only, ...others] = expressions.flatMap((expression) => textList(child(expression, 'values')));
    return others.length === 0 ? only : undefined;
  });
  const [first, ...others] = new Set(systems);
  return others.length === 0 ? first : undefined;
}

/** Reads `tolerations`. @source kubernetes/api:core/v1/types.go Toleration: the operator defaults to Equal */
function readTolerations(spec: Field): readonly Toleration[] {
  return items(child(spec, 'tolerations')).map((field) =>
    withoutUndefined({
      key: text(child(field, 'key')),
      operator: text(child(field, 'operator')) === 'Exists' ? ('Exists' as const) : ('Equal' as const),
      value: text(child(field, 'value')),
      effect: text(child(field, 'effect')),
    }),
  );
}

/** Reads what an export from a cluster knows of a pod; a manifest that nobody applied has no phase. */
function readStatus(pod: Field): PodStatus | undefined {
  const phase = text(descend(pod, 'status', 'phase'));
  const known = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'] as const;
  const found = known.find((name) => name === phase);
  if (found === undefined) return undefined;
  return withoutUndefined({
    phase: found,
    podIP: text(descend(pod, 'status', 'podIP')),
    hostIP: text(descend(pod, 'status', 'hostIP')),
    createdAt: text(descend(pod, 'metadata', 'creationTimestamp')),
  });
}
