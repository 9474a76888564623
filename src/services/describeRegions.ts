import { assumeRoleRequest } from '../iam/assumeRequest.ts';
import { organizationSides } from '../iam/organizationSides.ts';
import { weighPolicies } from '../iam/policySide.ts';
import type { Ask } from '../model/fact.ts';
import type { Identity } from '../model/identity.ts';
import type { Kube2iam } from '../model/kube2iam.ts';
import type { ObjectRef } from '../model/objectRef.ts';
import { indexOf, type World } from '../model/world.ts';
import { behavesSo, describesRegions } from './kube2iamVersion.ts';

/** Why kube2iam cannot list the regions of EC2. */
export interface RegionsFault {
  readonly kind: 'regionMissing' | 'describeRegionsDenied';
  readonly message: string;
  readonly at: ObjectRef;
}

/**
 * Finds why a kube2iam cannot list the regions of EC2, which it does before it assumes any role.
 *
 * @source jtblin/kube2iam:iam/iam.go (AssumeRole: getRegions); seen in recordings of 0.15.0
 */
export function regionsFault(
  world: World,
  ask: Ask,
  daemon: Kube2iam,
  identity: Identity,
): RegionsFault | undefined {
  if (behavesSo(daemon.image, describesRegions) !== true) return undefined;
  const isMissing =
    !showsRegion(world, daemon) && ask({ name: 'kube2iam.region', about: daemon.ref }) === 'missing';
  if (isMissing) {
    return { kind: 'regionMissing', message: 'Invalid Configuration: Missing Region', at: daemon.ref };
  }
  if (identity.kind !== 'role' || mayDescribeRegions(world, identity.arn)) return undefined;
  const message = 'UnauthorizedOperation: You are not authorized to perform this operation.';
  return { kind: 'describeRegionsDenied', message, at: indexOf(world).role(identity.arn)?.ref ?? daemon.ref };
}

/**
 * Tells whether the container of a daemon is shown to know its region; without one its SDK cannot call EC2. It may
 * come from elsewhere all the same: another webhook, a file in the image.
 *
 * @source aws/aws-sdk-go-v2:config/resolve.go (the region is not taken from instance metadata); seen in recordings
 * of kube2iam 0.15.0: `Invalid Configuration: Missing Region`
 */
function showsRegion(world: World, { ref, namespace, name, image }: Kube2iam): boolean {
  const workload = indexOf(world).workload(ref.kind, namespace, name);
  const container = workload?.template.containers.find((one) => one.image === image);
  return container?.env.some((variable) => regionVariables.has(variable.name)) ?? false;
}

const regionVariables: ReadonlySet<string> = new Set(['AWS_REGION', 'AWS_DEFAULT_REGION']);

/**
 * Tells whether a role may list the regions of EC2, as far as the input shows its policies, its permissions boundary
 * and those of the organization.
 *
 * @source jtblin/kube2iam:README.md (permissions of the node)
 */
function mayDescribeRegions(world: World, roleArn: string): boolean {
  const role = indexOf(world).role(roleArn);
  const { context } = assumeRoleRequest(world, { callerRoleArn: roleArn, roleArn });
  const request = { actions: ['ec2:DescribeRegions'], context: { ...context, resource: '*' } } as const;
  const own = role?.identityPolicies?.map(({ document }) => document);
  const boundary = role?.permissionsBoundary?.document;
  const sides = [
    own && weighPolicies('identityPolicy', own, request),
    boundary && weighPolicies('permissionsBoundary', [boundary], request),
    ...organizationSides(world, 'serviceControlPolicy', roleArn, request),
  ];
  return !sides.some((side) => side && (side.weight.denies === 'yes' || side.weight.allows === 'no'));
}
