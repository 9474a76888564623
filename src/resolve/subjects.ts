import type { Container } from '../model/pod.ts';
import { sdkFamilies, type SdkRef } from '../model/sdk.ts';
import type { Workload } from '../model/workload.ts';
import { indexOf, type World } from '../model/world.ts';
import type { AnswerSdk, Subject } from './answer.ts';

/** A container of a workload: the unit that has an identity. */
export interface ContainerOf {
  readonly workload: Workload;
  readonly container: Container;
}

/**
 * Lists every container of the world, init containers and sidecars too.
 *
 * A controller that another controller of the world owns (the ReplicaSet of a Deployment, the Job of a CronJob)
 * is left out: its template repeats its owner's. Pods are kept, since a running pod may differ from its template.
 */
export function containersOf(world: World): readonly ContainerOf[] {
  const { workload: find } = indexOf(world);
  return world.workloads
    .filter(({ kind, namespace, owner }) => {
      if (kind === 'Pod' || owner === undefined) return true;
      return find(owner.kind, namespace, owner.name) === undefined;
    })
    .flatMap((workload) => workload.template.containers.map((container) => ({ workload, container })));
}

/** Names whom an answer is about. */
export function subjectOf({ workload, container }: ContainerOf): Subject {
  return {
    namespace: workload.namespace,
    workload: { kind: workload.kind, name: workload.name },
    container: { name: container.name, kind: container.kind },
    at: workload.ref,
  };
}

/**
 * Says which SDKs to answer for: the one that was stated for the container, or every family.
 *
 * The last statement that matches wins.
 */
export function sdksOf(world: World, { workload, container }: ContainerOf): readonly AnswerSdk[] {
  const statement = world.sdkStatements.findLast(
    (candidate) =>
      (candidate.namespace === undefined || candidate.namespace === workload.namespace) &&
      (candidate.workload === undefined || candidate.workload === workload.name) &&
      (candidate.container === undefined || candidate.container === container.name),
  );
  return statement
    ? [statedSdk(statement.sdk)]
    : sdkFamilies.map((family) => ({ family, basis: 'notStated' }));
}

/** Marks an SDK as one that somebody stated. */
export function statedSdk(sdk: SdkRef): AnswerSdk {
  return { ...sdk, basis: 'stated' };
}
