import { oncePer } from '../model/oncePer.ts';
import type { Ask } from '../model/fact.ts';
import type { Kube2iam } from '../model/kube2iam.ts';
import type { ClusterNode, Taint } from '../model/node.ts';
import type { PodTemplate, Toleration } from '../model/pod.ts';
import { tolerates } from '../model/toleration.ts';
import type { World } from '../model/world.ts';

/** Where a pod runs, and how that was found. */
export interface Placement {
  readonly node: ClusterNode;
  readonly how:
    | 'nodeName' // the pod names its node
    | 'onlyNodeClass' // all nodes that can take it are alike
    | 'chosen' // nodes differ; a fact decides
    | 'noNodesGiven' // the input shows no node
    | 'noNodeFits'; // no node of the input can take the pod
}

/** The label by which EKS marks Fargate nodes and the pods meant for them. */
const computeTypeLabel = 'eks.amazonaws.com/compute-type';
const fargateProfileLabel = 'eks.amazonaws.com/fargate-profile';

/**
 * Finds the node that a pod runs on.
 *
 * Nodes that cannot be told apart by anything that decides an identity are one class: the fact `node` is
 * only consulted where classes differ.
 */
export function placePod(world: World, ask: Ask, template: PodTemplate, podKey: string): Placement {
  if (template.labels[fargateProfileLabel] !== undefined) {
    return { node: withDefaults(world, anyNode('fargate')), how: 'nodeName' };
  }
  const named = world.nodes.find((node) => node.name === template.nodeName);
  if (named) return { node: withDefaults(world, named), how: 'nodeName' };
  if (world.nodes.length === 0) return { node: withDefaults(world, anyNode('ec2')), how: 'noNodesGiven' };
  const classes = nodeClasses(world).filter((node) => canTake(node, template));
  const [first] = classes;
  if (!first) return { node: withDefaults(world, anyNode('ec2')), how: 'noNodeFits' };
  if (classes.length === 1) return { node: withDefaults(world, first), how: 'onlyNodeClass' };
  const chosen = ask({
    name: 'node',
    scope: podKey,
    options: classes.map((node) => node.name),
    about: template.ref,
  });
  const node = world.nodes.find((candidate) => candidate.name === chosen) ?? first;
  return { node: withDefaults(world, node), how: 'chosen' };
}

/** Makes a node that stands for "some node", when the input shows none. */
export function anyNode(compute: ClusterNode['compute']): ClusterNode {
  const name = compute === 'fargate' ? '(Fargate)' : '(any node)';
  return { ref: { kind: 'Node', name }, name, labels: {}, taints: [], compute, addresses: [], imds: {} };
}

function withDefaults(world: World, node: ClusterNode): ClusterNode {
  if (node.compute === 'fargate') return node;
  const { roleArn, roleRef, imds } = world.nodeDefaults;
  return {
    ...(roleArn === undefined ? {} : { roleArn }),
    ...(roleRef === undefined ? {} : { roleRef }),
    ...node,
    imds: { ...imds, ...node.imds },
  };
}

/** One node for each class of nodes that differ in something that can decide an identity. */
const nodeClasses = oncePer((world: World): readonly ClusterNode[] => {
  const selected = new Set(
    [
      ...world.kube2iam.map((daemon) => daemon.nodeSelector),
      ...world.kiamAgents.map((agent) => agent.nodeSelector),
      ...world.workloads.map((workload) => workload.template.nodeSelector),
    ].flatMap((selector) => Object.keys(selector)),
  );
  const classes = new Map<string, ClusterNode>();
  for (const node of world.nodes) {
    const stated = world.facts.some((fact) => fact.scope === node.name);
    const has = ({ outdated }: Kube2iam): boolean => outdated?.node === node.name;
    const shown = world.iptables.some((rules) => rules.node === node.name) || world.kube2iam.some(has);
    const named = stated || shown ? node.name : '';
    const labels = [...selected].map((key) => `${key}=${node.labels[key] ?? ''}`).toSorted();
    const { ref: _where, ...imds } = node.imds;
    const key = JSON.stringify([named, node.compute, node.roleArn, imds, node.taints, labels]);
    if (!classes.has(key)) classes.set(key, node);
  }
  return [...classes.values()];
});

/**
 * Tells whether the scheduler could put the pod on the node: node selector and taints.
 *
 * @source Kubernetes scheduler: nodeSelector, NoSchedule and NoExecute taints
 */
function canTake(node: ClusterNode, template: PodTemplate): boolean {
  const selected = Object.entries(template.nodeSelector).every(([key, value]) => node.labels[key] === value);
  const wantsFargate = template.nodeSelector[computeTypeLabel] === 'fargate';
  if (node.compute === 'fargate' && !wantsFargate) return false;
  return selected && node.taints.every((taint) => isTolerated(taint, template.tolerations));
}

function isTolerated(taint: Taint, tolerations: readonly Toleration[]): boolean {
  if (taint.effect === 'PreferNoSchedule') return true;
  return tolerations.some((toleration) => tolerates(toleration, taint));
}
