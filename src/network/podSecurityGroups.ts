import { matchesSelector, type LabelSelector, type Labels } from '../model/labels.ts';
import type { PodTemplate } from '../model/pod.ts';
import type { SecurityGroup, SecurityGroupPolicy } from '../model/securityGroup.ts';
import { indexOf, type World } from '../model/world.ts';
import type { PacketPath } from './path.ts';
import { pathStep } from './pathStep.ts';

/**
 * Says of a packet that left the node for STS whether the security groups of its pod let it go.
 *
 * Only what is certain stops it: every group of the pod is shown, and none lets HTTPS out to anybody. With
 * `standard` enforcement packets that leave the VPC are those of the node and its groups.
 *
 * @source aws/amazon-vpc-resource-controller-k8s:pkg/utils/helper.go (filterPodSecurityGroups);
 * aws/amazon-vpc-cni-k8s:README.md (POD_SECURITY_GROUP_ENFORCING_MODE); aws/amazon-vpc-cni-k8s#1796
 */
export function pastSecurityGroups(world: World, pod: PodTemplate, path: PacketPath): PacketPath {
  const policies = policiesOf(world, pod);
  const groups = [...new Set(policies.flatMap(({ groupIds }) => groupIds))].map((id) =>
    world.securityGroups.find((group) => group.id === id),
  );
  const certain = groups.length > 0 && groups.every((group) => group !== undefined && !letsHttpsOut(group));
  if (!certain || path.end.kind !== 'arrives' || isStandardMode(world)) return path;
  const refs = [...policies.map(({ ref }) => ref), ...groups.flatMap((group) => group?.ref ?? [])];
  const step = pathStep('routing', 'drops', 'securityGroupsDrop', { refs });
  const way = path.steps.filter(({ hook }) => hook !== 'receiver' && hook !== 'answer');
  return { steps: [...way, step], end: { kind: 'dropped' } };
}

/**
 * Tells whether the VPC CNI gives a pod an interface of its own kind, as in strict mode a SecurityGroupPolicy
 * lets it do: such a pod comes in by another interface of the node.
 *
 * @source aws/amazon-vpc-cni-k8s:pkg/sgpp/utils.go (BuildHostVethNamePrefix)
 */
export function hasBranchInterface(world: World, pod: PodTemplate): boolean {
  const selected = branchAnnotation in pod.annotations || policiesOf(world, pod).length > 0;
  return selected && !isStandardMode(world);
}

/** @source aws/amazon-vpc-resource-controller-k8s:pkg/config/type.go (ResourceNamePodENI) */
const branchAnnotation = 'vpc.amazonaws.com/pod-eni';

function policiesOf(world: World, pod: PodTemplate): readonly SecurityGroupPolicy[] {
  if (pod.hostNetwork) return [];
  const account = indexOf(world).serviceAccount(pod.namespace, pod.serviceAccountName);
  return world.securityGroupPolicies.filter(
    ({ namespace, podSelector, serviceAccountSelector }) =>
      namespace === pod.namespace &&
      (podSelector !== undefined || serviceAccountSelector !== undefined) &&
      fits(podSelector, pod.labels) &&
      fits(serviceAccountSelector, account?.labels ?? {}),
  );
}

function fits(selector: LabelSelector | undefined, labels: Labels): boolean {
  return selector === undefined || matchesSelector(selector, labels);
}

function letsHttpsOut({ egress }: SecurityGroup): boolean {
  return egress.some(
    ({ protocol, fromPort = 0, toPort = 65535 }) =>
      protocol === '-1' || (/^(tcp|6)$/.test(protocol) && fromPort <= 443 && toPort >= 443),
  );
}

const modeVariable = 'POD_SECURITY_GROUP_ENFORCING_MODE';

function isStandardMode(world: World): boolean {
  const agent = indexOf(world).workload('DaemonSet', 'kube-system', 'aws-node');
  return (agent?.template.containers ?? []).some(({ env }) =>
    env.some(
      ({ name, source }) =>
        name === modeVariable && (source.kind !== 'value' || source.value.toLowerCase() === 'standard'),
    ),
  );
}
