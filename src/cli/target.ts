import type { Diagnostic } from '../model/diagnostic.ts';
import { nearestWord } from '../model/nearest.ts';
import type { Container } from '../model/pod.ts';
import { workloadKinds, type Workload } from '../model/workload.ts';
import type { World } from '../model/world.ts';
import { longKind } from '../report/kindNames.ts';
import { usageError } from './usageError.ts';

/** The workload that was named, or why none was. */
export type WorkloadChoice =
  | { readonly kind: 'found'; readonly workload: Workload }
  | { readonly kind: 'wrong'; readonly diagnostic: Diagnostic };

/** The container that was named, or why none was. */
export type ContainerChoice =
  | { readonly kind: 'found'; readonly container: Container }
  | { readonly kind: 'wrong'; readonly diagnostic: Diagnostic };

/**
 * Finds a workload by `name`, `namespace/name`, or `namespace/kind/name`; with a namespace given, also by
 * `kind/name`.
 */
export function findTarget(world: World, text: string, namespace: string | undefined): WorkloadChoice {
  const wanted = readName(text, namespace);
  const found = world.workloads.find(
    (workload) =>
      workload.namespace === wanted.namespace &&
      workload.name === wanted.name &&
      (wanted.kind === undefined || workload.kind.toLowerCase() === wanted.kind),
  );
  if (found) return { kind: 'found', workload: found };
  const written = `${wanted.namespace}/${wanted.name}`;
  const names = world.workloads.map((workload) => `${workload.namespace}/${workload.name}`);
  const elsewhere = world.workloads.find(({ name }) => name === wanted.name);
  const nearest = elsewhere ? `${elsewhere.namespace}/${elsewhere.name}` : nearestWord(written, names);
  return {
    kind: 'wrong',
    diagnostic: usageError(`the input has no workload \`${text}\``, nearest === undefined ? {} : { nearest }),
  };
}

interface Name {
  readonly namespace: string;
  readonly kind?: string;
  readonly name: string;
}

const kinds: ReadonlySet<string> = new Set(workloadKinds.map((kind) => kind.toLowerCase()));

function readName(text: string, namespace: string | undefined): Name {
  const [first = '', second, third] = text.split('/');
  if (third !== undefined) return { namespace: first, kind: longKind(second ?? ''), name: third };
  if (second === undefined) return { namespace: namespace ?? 'default', name: first };
  const kind = longKind(first);
  if (namespace !== undefined && kinds.has(kind)) return { namespace, kind, name: second };
  return { namespace: first, name: second };
}

/** The annotation that names the container which kubectl takes when none is named. */
const defaultContainerAnnotation = 'kubectl.kubernetes.io/default-container';

/**
 * Finds a container by name; without one, the container that `kubectl exec` would take.
 *
 * @source kubernetes/kubernetes:staging/src/k8s.io/kubectl/pkg/cmd/util/podcmd/podcmd.go
 */
export function findContainer({ template }: Workload, name: string | undefined): ContainerChoice {
  const { containers, annotations } = template;
  const wanted = name ?? annotations[defaultContainerAnnotation];
  const usual = containers.find(({ kind }) => kind === 'app') ?? containers[0];
  const found =
    containers.find((container) => container.name === wanted) ?? (name === undefined ? usual : undefined);
  if (found) return { kind: 'found', container: found };
  const names = containers.map((container) => container.name);
  return {
    kind: 'wrong',
    diagnostic: usageError(`the pod has no container \`${name ?? ''}\``, {
      expected: `one of ${names.join(', ')}`,
    }),
  };
}
