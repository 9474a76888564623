import type { EnvValue } from '../model/environment.ts';
import type { Ask } from '../model/fact.ts';
import type { DataObject } from '../model/kubernetes.ts';
import type { ObjectRef } from '../model/objectRef.ts';
import type { EnvFrom, EnvSource, PodTemplate } from '../model/pod.ts';
import { indexOf, type World } from '../model/world.ts';
import { noted, type AdmissionEvidence } from './evidence.ts';
import type { AdmittedContainer, AdmittedVariable } from './podIdentityWebhook.ts';

/** The keys that an envFrom Secret which the input does not show is asked for: the first one stands for both. */
const staticKeyVariables = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const;

/** A variable that an SDK can read when it looks for credentials; only these are worth a question. */
const sdkVariable = /^AWS_/;

/** Variables of a container, and what the input did not show of them. */
export interface ContainerVariables {
  readonly variables: ReadonlyMap<string, EnvValue>;
  readonly evidence: readonly AdmissionEvidence[];
}

/** What one variable comes to: a value, a value that is not known, or nothing at all. */
type Found = { readonly kind: 'set'; readonly value?: string } | { readonly kind: 'unset' };

interface Scope {
  readonly world: World;
  readonly ask: Ask;
  readonly template: PodTemplate;
  readonly evidence: AdmissionEvidence[];
}

/**
 * Finds the environment variables that the kubelet gives to the process of a container.
 *
 * `envFrom` first, each entry over the one before; then `env` in order, over all of `envFrom`. `$(NAME)` in a
 * literal value stands for what was set until then.
 *
 * @source kubernetes/kubernetes:pkg/kubelet/kubelet_pods.go (makeEnvironmentVariables)
 */
export function containerVariables(
  world: World,
  ask: Ask,
  template: PodTemplate,
  admitted: AdmittedContainer,
): ContainerVariables {
  const scope: Scope = { world, ask, template, evidence: [] };
  const variables = new Map<string, EnvValue>();
  const defined = new Set(admitted.env.map(({ name }) => name));
  for (const entry of admitted.envFrom) {
    for (const [name, value] of entryVariables(scope, entry, defined)) variables.set(name, value);
  }
  for (const variable of admitted.env) {
    const found = findValue(scope, variable, variables);
    if (found.kind === 'unset') continue;
    const value = found.value === undefined ? {} : { value: found.value };
    variables.set(variable.name, { ...value, from: variable.ref, by: variable.by });
  }
  return { variables, evidence: scope.evidence };
}

function entryVariables(
  { world, ask, template, evidence }: Scope,
  entry: EnvFrom,
  defined: ReadonlySet<string>,
): readonly (readonly [string, EnvValue])[] {
  const kind = entry.kind === 'secretRef' ? 'Secret' : 'ConfigMap';
  const object = indexOf(world).dataObject(kind, template.namespace, entry.name);
  if (object) {
    return Object.entries(object.data).map(([key, text]) => [
      `${entry.prefix}${key}`,
      { ...(text === undefined ? {} : { value: text }), from: object.ref, by: 'manifest' },
    ]);
  }
  const about: ObjectRef = { kind, namespace: template.namespace, name: entry.name };
  evidence.push(noted('envFromNotShown', entry.ref, entry.name));
  const [first] = staticKeyVariables;
  const canHoldKeys = kind === 'Secret' && first.startsWith(entry.prefix) && !defined.has(first);
  if (!canHoldKeys || !isThere(ask, about, first.slice(entry.prefix.length))) return [];
  return staticKeyVariables.map((name) => [name, { from: entry.ref, by: 'manifest' }]);
}

function findValue(
  scope: Scope,
  { name, source, ref }: AdmittedVariable,
  before: ReadonlyMap<string, EnvValue>,
): Found {
  switch (source.kind) {
    case 'value':
      return expand(source.value, before);
    case 'secretKeyRef':
      return findKey(scope, 'Secret', source, name, ref);
    case 'configMapKeyRef':
      return findKey(scope, 'ConfigMap', source, name, ref);
    case 'fieldRef':
      return findField(scope.template, source.path);
    case 'resourceFieldRef':
      return { kind: 'set' };
  }
}

function findKey(
  { world, ask, template, evidence }: Scope,
  kind: DataObject['kind'],
  source: Extract<EnvSource, { kind: 'secretKeyRef' | 'configMapKeyRef' }>,
  variable: string,
  ref: ObjectRef,
): Found {
  const object = indexOf(world).dataObject(kind, template.namespace, source.name);
  const about: ObjectRef = { kind, namespace: template.namespace, name: source.name };
  if (object && Object.hasOwn(object.data, source.key)) {
    const value = object.data[source.key];
    return { kind: 'set', ...(value === undefined ? {} : { value }) };
  }
  if (object) {
    if (!source.optional) evidence.push(noted('keyMissing', ref, source.key));
    return { kind: 'unset' };
  }
  // A required object that is missing keeps the container from starting: where it runs, the object is there.
  if (!source.optional) {
    evidence.push(noted('valueNotShown', ref, `${kind} ${source.name}`));
    return { kind: 'set' };
  }
  if (!sdkVariable.test(variable)) return { kind: 'unset' };
  return isThere(ask, about, source.key) ? { kind: 'set' } : { kind: 'unset' };
}

function isThere(ask: Ask, about: ObjectRef, key: string): boolean {
  const scope = `${about.kind} ${about.namespace}/${about.name} ${key}`;
  return ask({ name: 'secretValue', scope, about }) === 'set';
}

/** Fields of the pod that a manifest already settles; the others are set and not known. */
function findField(template: PodTemplate, path: string): Found {
  const keyed = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
  if (keyed) {
    const from = keyed[1] === 'labels' ? template.labels : template.annotations;
    const key = keyed[2] ?? '';
    return { kind: 'set', value: (Object.hasOwn(from, key) ? from[key] : undefined) ?? '' };
  }
  const value = fieldValue(template, path);
  return { kind: 'set', ...(value === undefined ? {} : { value }) };
}

function fieldValue(template: PodTemplate, path: string): string | undefined {
  switch (path) {
    case 'metadata.namespace':
      return template.namespace;
    case 'spec.serviceAccountName':
      return template.serviceAccountName;
    case 'spec.nodeName':
      return template.nodeName;
    case 'metadata.name':
      return template.status ? template.ref.name : undefined;
    case 'status.podIP':
      return template.status?.podIP;
    case 'status.hostIP':
      return template.status?.hostIP;
    default:
      return undefined;
  }
}

/**
 * Puts variables for `$(NAME)` in a literal value; `$$` stands for a dollar sign.
 *
 * @source kubernetes/kubernetes:third_party/forked/golang/expansion/expand.go
 */
function expand(text: string, before: ReadonlyMap<string, EnvValue>): Found {
  let known = true;
  const value = text.replaceAll(/\$\$|\$\(([^)]*)\)/g, (whole, name: string | undefined) => {
    if (name === undefined) return '$';
    const variable = before.get(name);
    if (!variable) return whole;
    if (variable.value === undefined) known = false;
    return variable.value ?? '';
  });
  return { kind: 'set', ...(known ? { value } : {}) };
}
