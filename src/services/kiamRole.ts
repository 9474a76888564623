import { parseRoleArn } from '../model/arn.ts';
import { kiamKeys, type KiamServerFlags } from '../model/kiam.ts';
import { indexOf, type World } from '../model/world.ts';
import type { ClusterNode } from '../model/node.ts';
import { oncePer } from '../model/oncePer.ts';
import { placeholderIn } from '../model/placeholder.ts';
import type { PodTemplate } from '../model/pod.ts';
import type { KiamFinding } from './evidence.ts';
import { goRegexp } from '../model/goRegexp.ts';
import { baseArnOf, undiscovered } from './kube2iamRole.ts';

/** A role as kiam sees it: two are the same when both name and ARN are. */
export interface ResolvedRole {
  readonly name: string;
  readonly arn: string;
}

/**
 * Finds the base ARN of a kiam server: as given, or the account of the instance profile with `:role/`.
 *
 * @source uswitch/kiam:pkg/server/server_builder.go (newRoleARNResolver), pkg/aws/sts/resolver_detect_arn.go
 */
export function kiamBaseArn(world: World, node: ClusterNode, flags: KiamServerFlags): string {
  if (!flags.roleBaseArnAutodetect) return flags.roleBaseArn;
  const role = parseRoleArn(node.roleArn ?? world.nodeDefaults.roleArn ?? '');
  const { partition, accountId } = role ?? world.cluster;
  return accountId === undefined ? undiscovered.baseArn : baseArnOf({ partition, accountId });
}

/**
 * Makes a role of what an annotation or a request says; of nothing it makes none.
 *
 * @source uswitch/kiam:pkg/aws/sts/arn_resolver.go (Resolve)
 * @example
 * resolveKiamRole('arn:aws:iam::111122223333:role/', '/app')?.arn // => 'arn:aws:iam::111122223333:role/app'
 */
export function resolveKiamRole(baseArn: string, text: string): ResolvedRole | undefined {
  if (text === '') return undefined;
  if (text.startsWith('arn:')) {
    const resource = text.split(':').slice(5).join(':');
    return { name: resource.replace(/^role\//, ''), arn: text };
  }
  const name = text.replace(/^\//, '');
  return { name, arn: `${baseArn}${name}` };
}

/** Whether the namespace of a pod permits a role, and by what. */
export type PermittedFinding = Extract<KiamFinding, { kind: 'kiamPermitted' }>;

/**
 * Decides whether a namespace permits a role: by one regular expression, which must fit the whole ARN unless
 * the server was told otherwise. Without the annotation nothing is permitted.
 *
 * The anchors are put around the text as it is: of `a|b` the first binds to `a` alone, the second to `b`.
 *
 * @source uswitch/kiam:pkg/server/policy.go (NamespacePermittedRoleNamePolicy)
 */
export function kiamPermitted(
  world: World,
  flags: KiamServerFlags,
  request: { readonly roleArn: string; readonly namespace: string; readonly key: string },
): PermittedFinding {
  const kind = 'kiamPermitted';
  const expression = indexOf(world).namespace(request.namespace)?.annotations[request.key] ?? '';
  if (expression === '') return { kind, allowed: false, by: 'absent', expression };
  const pattern = goRegexp(flags.disableStrictNamespaceRegexp ? expression : `^${expression}$`);
  if (!pattern) return { kind, allowed: false, by: 'unreadable', expression };
  const allowed = pattern.test(request.roleArn);
  return { kind, allowed, by: 'expression', expression };
}

/** A name is cut to this length, one shorter than AWS allows. */
const longestSessionName = 63;
const awsLongestSessionName = 64;

/**
 * Names the session that kiam opens: after its flag, or the annotation of the pod.
 *
 * @source uswitch/kiam:pkg/aws/sts/cache.go (getSessionName, sanitizeSessionName)
 * @example
 * kiamSession('my app!') // => 'kiam-my-app-'
 */
export function kiamSession(session: string): string {
  const name = `kiam-${session}`;
  const cut = name.length > awsLongestSessionName ? name.slice(0, longestSessionName) : name;
  return cut.replaceAll(/[^\w+=,.@-]/g, '-');
}

/**
 * Finds a pod whose annotation begins like an ARN and is none: from v4.0 on the server ends as soon as it sees one,
 * in whichever namespace, and again after each start.
 *
 * @param image - of the server; of what is no version the newest is assumed
 * @source uswitch/kiam:pkg/aws/sts/arn_resolver.go (roleFromArn, since v4.0); seen in recordings of v4.2
 */
export function fatalPod(world: World, image: string | undefined): PodTemplate | undefined {
  return /:v?[0-3]\./.test(image ?? '') ? undefined : podOfHalfAnArn(world);
}

const podOfHalfAnArn = oncePer(({ workloads }: World): PodTemplate | undefined =>
  workloads
    .map(({ template }) => template)
    .find(({ annotations }) => {
      const text = annotations[kiamKeys.role] ?? '';
      const isHalf = text.startsWith('arn:') && text.split(':').length < arnParts;
      return isHalf && placeholderIn(text) === undefined;
    }),
);

const arnParts = 6;
