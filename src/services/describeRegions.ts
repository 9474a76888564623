import { assumeRoleRequest } from '../iam/assumeRequest.ts';
import { evaluate, verdictOf, weigh } from '../iam/evaluate.ts';
import { isAccepted } from '../iam/policy.ts';
import { parsePolicy } from '../iam/policyDocument.ts';
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
  const role = identity.kind === 'role' ? mayNotDescribeRegions(world, identity.arn) : undefined;
  const message = 'UnauthorizedOperation: You are not authorized to perform this operation.';
  return role && { kind: 'describeRegionsDenied', message, at: role };
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

const action = 'ec2:DescribeRegions';

/**
 * Finds a role whose policies, all of them shown, do not let it list the regions of EC2.
 *
 * @returns the role, or nothing when it may, or when the input does not show its policies
 * @source jtblin/kube2iam:README.md (permissions of the node)
 */
function mayNotDescribeRegions(world: World, roleArn: string): ObjectRef | undefined {
  const role = indexOf(world).role(roleArn);
  const parsed = role?.identityPolicies?.map(({ document }) => parsePolicy(document, 'identityPolicy'));
  if (!role || !parsed?.every(isAccepted)) return undefined;
  const { context } = assumeRoleRequest(world, { callerRoleArn: roleArn, roleArn });
  const policies = parsed.map(({ policy }) => policy);
  const verdict = verdictOf(weigh(evaluate(policies, { ...context, action, resource: '*' })));
  return verdict === 'explicitDeny' || verdict === 'implicitDeny' ? role.ref : undefined;
}
