import { describeRef, type ObjectRef } from '../../model/objectRef.ts';
import type { Fix, Patch } from '../../model/patch.ts';
import type { Container, EnvFrom } from '../../model/pod.ts';
import type { Answer } from '../../resolve/answer.ts';
import { exchangesOf } from '../law.ts';
import type { ContainerAnswers } from '../workloads.ts';
import { objectOf } from './notInjected.ts';

/** Finds the container that answers are about. */
export function containerOf({ workload, answers: [first] }: ContainerAnswers): Container | undefined {
  return workload.template.containers.find(({ name }) => name === first?.subject.container.name);
}

function isOf(from: ObjectRef, kind: EnvFrom['kind'], name: string): boolean {
  return from.kind === (kind === 'secretRef' ? 'Secret' : 'ConfigMap') && from.name === name;
}

/**
 * Proposes to take variables out of a container: out of its list, or with the Secret or ConfigMap that brings
 * them along.
 *
 * @param brings - objects from which variables were seen to come
 */
export function withoutVariables(
  container: ContainerAnswers,
  names: readonly string[],
  brings: readonly ObjectRef[] = [],
): readonly Fix[] {
  const found = containerOf(container);
  if (!found) return [];
  const object = objectOf(container.workload);
  const own = found.env.map(({ name }) => name).filter((name) => names.includes(name));
  const sources = found.envFrom.filter(({ kind, name }) => brings.some((from) => isOf(from, kind, name)));
  const patches: readonly Patch[] = [
    ...own.map((name): Patch => ({ kind: 'env', object, container: found.name, name })),
    ...sources.map((source): Patch => ({
      kind: 'withoutEnvFrom',
      object,
      container: found.name,
      from: source.name,
    })),
  ];
  if (patches.length === 0) return [];
  const what = [...own, ...sources.map(({ name }) => `the variables of ${name}`)].join(', ');
  return [
    {
      title: `remove ${what} from container ${found.name} of ${describeRef(container.workload.ref)}`,
      patches,
    },
  ];
}

/** Lists the files from which a profile was read on the way to the usual outcomes. */
export function profileFilesOf(answers: readonly Answer[]): readonly string[] {
  return [
    ...new Set(
      answers.flatMap(({ outcomes: [usual] }) =>
        (usual ? exchangesOf(usual) : []).flatMap(({ request, reply }) =>
          request.kind === 'readFile' && request.purpose === 'profile' && reply.kind === 'file'
            ? request.path
            : [],
        ),
      ),
    ),
  ];
}

/** Proposes to unmount the volumes that hold a profile file. */
export function withoutProfileFiles(container: ContainerAnswers, paths: readonly string[]): readonly Fix[] {
  const found = containerOf(container);
  const mounts = (found?.volumeMounts ?? []).filter(({ mountPath }) =>
    paths.some((path) => path === mountPath || path.includes(`${mountPath.replace(/\/$/, '')}/`)),
  );
  const { namespace, name } = container.workload;
  const object = objectOf(container.workload);
  const volumes = [...new Set(mounts.map((mount) => mount.name))];
  if (volumes.length === 0) return [];
  return [
    {
      title: `unmount ${volumes.join(', ')} from ${namespace}/${name}`,
      patches: volumes.map((volume) => ({ kind: 'withoutVolume', object, volume })),
    },
  ];
}
