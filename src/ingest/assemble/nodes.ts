import type { InstanceProfile } from '../../model/aws.ts';
import type { Labels } from '../../model/labels.ts';
import type { ClusterNode } from '../../model/node.ts';
import type { Settings } from '../config/settings.ts';
import type { Found, Instance, NodeGroup } from '../found.ts';
import { withoutUndefined } from '../withoutUndefined.ts';

/** The label that names a node's group. @source awsdocs/amazon-eks-user-guide: managed node groups */
const nodeGroupLabel = 'eks.amazonaws.com/nodegroup';

/** Tags by which an instance says that it is a node of a cluster. */
const clusterTags = /^(kubernetes\.io\/cluster\/|eks:(cluster|nodegroup)-name$|aws:eks:cluster-name$)/;

/**
 * Joins nodes with the instances under them, their node groups, and what the settings state of them.
 *
 * What is stated on purpose wins over what an export shows.
 */
export function assembleNodes(
  found: Found,
  profiles: readonly InstanceProfile[],
  settings: readonly Settings[],
): readonly ClusterNode[] {
  const withInstances = joinInstances(found.nodes, found.instances, profiles);
  const withGroups = joinNodeGroups(withInstances, found.nodeGroups);
  const stated = settings.flatMap((one) => one.nodes);
  return stated.reduce<readonly ClusterNode[]>(applyStatement, withGroups);
}

function joinInstances(
  nodes: readonly ClusterNode[],
  instances: readonly Instance[],
  profiles: readonly InstanceProfile[],
): readonly ClusterNode[] {
  const isUnder = (node: ClusterNode, instance: Instance): boolean =>
    node.instanceId === undefined
      ? instance.privateDnsName !== '' && instance.privateDnsName === node.name
      : node.instanceId === instance.instanceId;
  const joined = nodes.map((node) => {
    const instance = instances.find((one) => isUnder(node, one));
    return instance ? { ...node, ...instanceFacts(instance, profiles) } : node;
  });
  const extra = instances
    .filter((instance) => !nodes.some((node) => isUnder(node, instance)))
    .filter((instance) => Object.keys(instance.tags).some((tag) => clusterTags.test(tag)))
    .map((instance) => nodeOfInstance(instance, profiles));
  return [...joined, ...extra];
}

/** An instance that no Node object shows, but whose tags say that it is one. */
function nodeOfInstance(instance: Instance, profiles: readonly InstanceProfile[]): ClusterNode {
  const group = instance.tags['eks:nodegroup-name'];
  const name = instance.privateDnsName === '' ? instance.instanceId : instance.privateDnsName;
  return {
    ref: { ...instance.ref, kind: 'Node', name },
    name,
    labels: group === undefined ? {} : { [nodeGroupLabel]: group },
    taints: [],
    compute: 'ec2',
    addresses: instance.addresses,
    ...instanceFacts(instance, profiles),
  };
}

/** An instance profile and the role in it may bear different names, so the role is never guessed. */
function instanceFacts(
  instance: Instance,
  profiles: readonly InstanceProfile[],
): Pick<ClusterNode, 'imds' | 'instanceId' | 'roleArn' | 'roleRef'> {
  const profile = profiles.find((one) => one.arn === instance.instanceProfileArn);
  const roleArn = profile?.roleArn;
  return withoutUndefined({
    imds: instance.imds,
    instanceId: instance.instanceId,
    roleArn,
    roleRef: roleArn === undefined ? undefined : profile?.ref,
  });
}

/** Gives the nodes of a group its role; a group of which no node is shown stands for its nodes itself. */
function joinNodeGroups(nodes: readonly ClusterNode[], groups: readonly NodeGroup[]): readonly ClusterNode[] {
  const isOf = (node: ClusterNode, group: NodeGroup): boolean => node.labels[nodeGroupLabel] === group.name;
  const joined = nodes.map((node) => {
    const group = groups.find((one) => isOf(node, one));
    if (node.roleArn !== undefined || group?.roleArn === undefined) return node;
    return { ...node, roleArn: group.roleArn, roleRef: group.ref };
  });
  const unseen = groups.filter((group) => !nodes.some((node) => isOf(node, group)));
  return [...joined, ...unseen.map(nodeOfGroup)];
}

function nodeOfGroup(group: NodeGroup): ClusterNode {
  return withoutUndefined({
    ref: group.ref,
    name: group.name,
    labels: { ...group.labels, [nodeGroupLabel]: group.name },
    taints: [],
    compute: 'ec2' as const,
    addresses: [],
    roleArn: group.roleArn,
    roleRef: group.roleArn === undefined ? undefined : group.ref,
    imds: {},
  });
}

/** Applies one entry of `nodes`: to the nodes it means, or as a new node when there are none. */
function applyStatement(
  nodes: readonly ClusterNode[],
  statement: Settings['nodes'][number],
): readonly ClusterNode[] {
  const isMeant = (node: ClusterNode): boolean =>
    (statement.name === undefined || statement.name === node.name) &&
    Object.entries(statement.matchLabels ?? {}).every(([key, value]) => node.labels[key] === value);
  const apply = (node: ClusterNode): ClusterNode => ({
    ...node,
    ...(statement.compute === undefined ? {} : { compute: statement.compute }),
    ...(statement.role === undefined ? {} : { roleArn: statement.role, roleRef: statement.ref }),
    imds: statement.imds ? { ...node.imds, ...statement.imds, ref: statement.ref } : node.imds,
  });
  if (nodes.some(isMeant)) return nodes.map((node) => (isMeant(node) ? apply(node) : node));
  const labels = statement.matchLabels ?? {};
  return [...nodes, apply(newNode(statement, labels))];
}

function newNode({ name, ref }: Settings['nodes'][number], labels: Labels): ClusterNode {
  const described = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return {
    ref,
    name: name ?? (described.length > 0 ? described.join(',') : 'any'),
    labels,
    taints: [],
    compute: 'ec2',
    addresses: [],
    imds: {},
  };
}
