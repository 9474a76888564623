import type { Container, ContainerPort, EnvFrom, EnvSource, EnvVar, VolumeMount } from '../../model/pod.ts';
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
  truth,
  type Field,
} from '../field.ts';
import { textAt } from '../yaml/located.ts';
import { withoutUndefined } from '../withoutUndefined.ts';
import { checkFields } from './checkFields.ts';
import { containerFields, envVarFields } from './fieldNames.ts';

/** The lists of a pod's spec that hold containers. */
const containerLists = [
  { key: 'initContainers', kind: 'init' },
  { key: 'containers', kind: 'app' },
  { key: 'ephemeralContainers', kind: 'ephemeral' },
] as const;

/** Gives every container of a pod's spec with its place, init containers first. */
export function containersOf(
  spec: Field,
): readonly { readonly container: Container; readonly field: Field }[] {
  return containerLists.flatMap(({ key, kind }) =>
    items(child(spec, key)).map((field) => ({ container: readContainer(field, kind), field })),
  );
}

function readContainer(field: Field, list: (typeof containerLists)[number]['kind']): Container {
  checkFields(field, containerFields);
  // An init container that restarts is a sidecar: it runs beside the others.
  const restarts = list === 'init' && textAt(field.value, 'restartPolicy') === 'Always';
  const name = text(child(field, 'name'));
  if (name === undefined) {
    complain(field, { code: 'missing-field', severity: 'error', message: 'a container needs a `name`' });
  }
  const image = text(child(field, 'image'));
  if (image === undefined && list === 'app') {
    const help = 'if this is a patch, merge it first, as with `kubectl kustomize`';
    complain(field, {
      code: 'missing-field',
      severity: 'note',
      message: 'the container has no `image`',
      help,
    });
  }
  const runAsUser = integer(descend(field, 'securityContext', 'runAsUser'));
  const words = ['command', 'args'].flatMap((key) => textList(child(field, key)));
  return {
    name: name ?? '',
    kind: restarts ? 'sidecar' : list,
    env: items(child(field, 'env')).flatMap((item) => readEnvVar(item) ?? []),
    envFrom: items(child(field, 'envFrom')).flatMap((item) => readEnvFrom(item) ?? []),
    volumeMounts: items(child(field, 'volumeMounts')).map(readVolumeMount),
    ports: items(child(field, 'ports')).flatMap((item) => readPort(item) ?? []),
    image,
    ...(words.length === 0 ? {} : { words }),
    ...(runAsUser === undefined ? {} : { runAsUser }),
    ref: refOf(field),
  };
}

function readEnvVar(field: Field): EnvVar | undefined {
  checkFields(field, envVarFields);
  const name = text(child(field, 'name'));
  if (name === undefined) {
    complain(field, { code: 'missing-field', severity: 'error', message: 'a variable needs a `name`' });
    return undefined;
  }
  const source = readEnvSource(field);
  if (!source) return undefined;
  if (source.kind === 'value' && name.startsWith('AWS_')) {
    notePlaceholder(child(field, 'value'), withoutReferences(source.value));
  }
  return { name, source, ref: refOf(field) };
}

/** Takes out `$(NAME)`: in a variable's value it is Kubernetes' own reference to another variable. */
function withoutReferences(value: string): string {
  return value.replaceAll(/\$\([A-Za-z_][\w.-]*\)/g, '');
}

function readEnvSource(field: Field): EnvSource | undefined {
  const from = child(field, 'valueFrom');
  if (from.value === undefined) return { kind: 'value', value: text(child(field, 'value')) ?? '' };
  for (const kind of ['secretKeyRef', 'configMapKeyRef'] as const) {
    const ref = child(from, kind);
    if (ref.value === undefined) continue;
    const name = text(child(ref, 'name')) ?? '';
    const key = text(child(ref, 'key')) ?? '';
    return { kind, name, key, optional: truth(child(ref, 'optional')) ?? false };
  }
  const path = text(descend(from, 'fieldRef', 'fieldPath'));
  if (path !== undefined) return { kind: 'fieldRef', path };
  const resource = text(descend(from, 'resourceFieldRef', 'resource'));
  if (resource !== undefined) return { kind: 'resourceFieldRef', resource };
  complain(from, {
    code: 'invalid-value',
    severity: 'error',
    message: 'the variable has no source that is understood; it was left out',
    expected: 'one of secretKeyRef, configMapKeyRef, fieldRef, resourceFieldRef',
  });
  return undefined;
}

function readEnvFrom(field: Field): EnvFrom | undefined {
  for (const kind of ['secretRef', 'configMapRef'] as const) {
    const ref = child(field, kind);
    const name = text(child(ref, 'name'));
    if (name === undefined) continue;
    const prefix = text(child(field, 'prefix')) ?? '';
    return { kind, name, prefix, optional: truth(child(ref, 'optional')) ?? false, ref: refOf(field) };
  }
  return undefined;
}

function readVolumeMount(field: Field): VolumeMount {
  return withoutUndefined({
    name: text(child(field, 'name')) ?? '',
    mountPath: text(child(field, 'mountPath')) ?? '',
    subPath: text(child(field, 'subPath')),
  });
}

function readPort(field: Field): ContainerPort | undefined {
  const port = integer(child(field, 'containerPort'));
  if (port === undefined) return undefined;
  const written = text(child(field, 'protocol')) ?? 'TCP';
  const protocol = (['TCP', 'UDP', 'SCTP'] as const).find((known) => known === written);
  if (protocol === undefined) return undefined;
  return withoutUndefined({ port, protocol, name: text(child(field, 'name')) });
}
