import { oncePer } from '../model/oncePer.ts';
import type { Ask } from '../model/fact.ts';
import { kube2iamDefaults, type Kube2iam } from '../model/kube2iam.ts';
import type { Labels } from '../model/labels.ts';
import type { ClusterNode, Taint } from '../model/node.ts';
import { describeRef } from '../model/objectRef.ts';
import { tolerates } from '../model/toleration.ts';
import type { World } from '../model/world.ts';

/**
 * The daemon that is taken when kube2iam is installed but no manifest of it was given.
 *
 * Its interface matches under every CNI; it has neither a base ARN nor a default role.
 */
export const kube2iamStandIn: Kube2iam = {
  ref: { kind: 'DaemonSet', namespace: 'kube-system', name: 'kube2iam' },
  namespace: 'kube-system',
  name: 'kube2iam',
  image: undefined,
  flags: { ...kube2iamDefaults, iptables: true, hostInterface: '+', hostIp: '$(HOST_IP)' },
  flagRefs: {},
  startupFaults: [],
  hostNetwork: true,
  nodeSelector: {},
  tolerations: [{ operator: 'Exists' }],
  serviceAccountName: 'kube2iam',
};

/**
 * Lists the kube2iam daemons that are to run on a node: of a DaemonSet the pod that is there already, where it
 * is shown to differ from the template.
 *
 * Without a manifest of kube2iam the question arises only when some pod carries its annotation, and no kiam, which
 * reads the same one, is shown.
 */
export function kube2iamOn(world: World, ask: Ask, node: ClusterNode): readonly Kube2iam[] {
  if (node.compute === 'fargate') return [];
  if (world.kube2iam.length > 0) {
    const outdated = world.kube2iam.filter((daemon) => daemon.outdated?.node === node.name);
    const replaced = new Set(
      outdated.map((daemon) => daemon.outdated && describeRef(daemon.outdated.template)),
    );
    return [
      ...outdated,
      ...world.kube2iam.filter(
        (daemon) => !daemon.outdated && !replaced.has(describeRef(daemon.ref)) && covers(daemon, node),
      ),
    ];
  }
  if (world.kiamAgents.length > 0) return [];
  return hintsAtKube2iam(world) && ask({ name: 'kube2iam' }) === 'installed' ? [kube2iamStandIn] : [];
}

const hintsAtKube2iam = oncePer(({ workloads }: World) =>
  workloads.some(({ template }) => kube2iamDefaults.iamRoleKey in template.annotations),
);

/**
 * Decides whether a DaemonSet puts a pod on a node: its nodeSelector fits and every taint is tolerated.
 *
 * @source Kubernetes documentation "DaemonSet", how daemon pods are scheduled
 */
export function covers(daemon: Pick<Kube2iam, 'nodeSelector' | 'tolerations'>, node: ClusterNode): boolean {
  if (node.compute === 'fargate') return false;
  const labels: Labels = { ...labelsOfEveryNode, 'kubernetes.io/hostname': node.name, ...node.labels };
  const selected = Object.entries(daemon.nodeSelector).every(([key, value]) => labels[key] === value);
  return selected && node.taints.every((taint) => isTolerated(taint, daemon));
}

/**
 * Labels that the kubelet sets on its node whatever the input shows of it.
 *
 * @source Kubernetes documentation "Well-Known Labels, Annotations and Taints"
 */
const labelsOfEveryNode: Labels = {
  'kubernetes.io/os': 'linux',
  'beta.kubernetes.io/os': 'linux',
};

/**
 * Taints that every pod of a DaemonSet tolerates.
 *
 * @source Kubernetes documentation "DaemonSet", taints and tolerations
 */
const alwaysTolerated: ReadonlySet<string> = new Set([
  'node.kubernetes.io/not-ready',
  'node.kubernetes.io/unreachable',
  'node.kubernetes.io/disk-pressure',
  'node.kubernetes.io/memory-pressure',
  'node.kubernetes.io/pid-pressure',
  'node.kubernetes.io/unschedulable',
  'node.kubernetes.io/network-unavailable',
]);

function isTolerated(taint: Taint, daemon: Pick<Kube2iam, 'tolerations'>): boolean {
  if (taint.effect === 'PreferNoSchedule' || alwaysTolerated.has(taint.key)) return true;
  return daemon.tolerations.some((toleration) => tolerates(toleration, taint));
}
