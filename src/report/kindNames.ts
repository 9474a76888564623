import type { WorkloadKind } from '../model/workload.ts';

/**
 * Short names of kinds, as kubectl takes them.
 *
 * @source kubernetes/kubernetes:pkg/registry/apps, pkg/registry/batch and pkg/registry/core (ShortNames)
 */
const shortNames: Readonly<Partial<Record<WorkloadKind, string>>> = {
  Pod: 'po',
  Deployment: 'deploy',
  StatefulSet: 'sts',
  DaemonSet: 'ds',
  ReplicaSet: 'rs',
  ReplicationController: 'rc',
  CronJob: 'cj',
};

const longNames: ReadonlyMap<string, string> = new Map(
  Object.entries(shortNames).map(([kind, short]) => [short, kind.toLowerCase()]),
);

/**
 * Shortens a kind the way kubectl users write it.
 *
 * @example
 * shortKind('Deployment') // => 'deploy'
 * shortKind('Job') // => 'job'
 */
export function shortKind(kind: string): string {
  const known = Object.entries(shortNames).find(([long]) => long === kind);
  return known ? known[1] : kind.toLowerCase();
}

/**
 * Reads a kind as kubectl users write it, in lower case and singular.
 *
 * @example
 * longKind('deploy') // => 'deployment'
 * longKind('Jobs') // => 'job'
 */
export function longKind(written: string): string {
  const word = written.toLowerCase();
  return longNames.get(word) ?? word.replace(/s$/, '');
}
