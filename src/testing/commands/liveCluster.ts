import { roleArnAnnotation } from '../../model/builder.ts';
import { lookUpFact } from '../../model/fact.ts';
import type { Workload } from '../../model/workload.ts';
import { indexOf, type World } from '../../model/world.ts';

/**
 * What has to be so of the pods that run: for each the role that was injected when it was created.
 *
 * fast-check's commands change it in place.
 */
export interface ClusterModel {
  readonly injected: Map<string, string>;
}

/** A cluster that changes: what is applied to it, and the pods that run, each as it was created. */
export interface LiveCluster {
  /** Templates, service accounts, policies and facts as they are now. */
  applied: World;
  pods: readonly Workload[];
}

/** Starts a cluster in which nothing runs yet. */
export function startCluster(world: World): { readonly model: ClusterModel; readonly real: LiveCluster } {
  return { model: { injected: new Map() }, real: { applied: world, pods: [] } };
}

/** Gives the world as an export shows it: the pods that run, and everything else that is applied. */
export function runningWorld({ applied, pods }: LiveCluster): World {
  return { ...applied, workloads: pods };
}

/**
 * Says briefly what the webhook injects into a pod that is created now: the role of the service account, Pod
 * Identity, or nothing.
 *
 * It is said anew here, apart from the rules that it is held against.
 */
export function injectedToday(world: World, { namespace, name, template }: Workload): string {
  const { serviceAccountName: account, labels } = template;
  const webhook = lookUpFact(world, { name: 'webhook', scope: `${namespace}/${name}` }).value;
  if (webhook === 'missed' || labels['eks.amazonaws.com/skip-pod-identity-webhook'] !== undefined) return '';
  if (indexOf(world).association(namespace, account)) return 'podIdentity';
  return indexOf(world).serviceAccount(namespace, account)?.annotations[roleArnAnnotation] ?? '';
}

/** Reads off a running pod what was injected into it. */
export function injectedInto({ template }: Workload, applied: Workload | undefined): string {
  const own = new Set(applied?.template.containers.flatMap(({ env }) => env.map(({ name }) => name)));
  const variables = template.containers.flatMap(({ env }) => env).filter(({ name }) => !own.has(name));
  const valueOf = (wanted: string): string | undefined => {
    const source = variables.find(({ name }) => name === wanted)?.source;
    return source?.kind === 'value' ? source.value : undefined;
  };
  return valueOf('AWS_CONTAINER_CREDENTIALS_FULL_URI') === undefined
    ? (valueOf('AWS_ROLE_ARN') ?? '')
    : 'podIdentity';
}
