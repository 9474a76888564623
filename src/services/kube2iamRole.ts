import { parseRoleArn, type RoleArnParts } from '../model/arn.ts';
import type { Kube2iamFlags } from '../model/kube2iam.ts';
import type { ClusterNode } from '../model/node.ts';
import type { PodTemplate } from '../model/pod.ts';
import type { World } from '../model/world.ts';
import type { BaseArnSource } from './evidence.ts';

/** Stands for an ARN or a name that kube2iam finds on its node and that the input does not show. */
export const undiscovered = { baseArn: '<discovered base ARN>/', nodeRole: '<node role>' } as const;

/** The settings that decide on a role, with what the daemon discovers on its node filled in. */
export interface RoleSettings {
  readonly baseArn: string;
  /** As given or discovered; may be empty. */
  readonly defaultRole: string;
  readonly defaultRoleArn: string;
  /** Present when the base ARN was discovered. */
  readonly discoveredFrom?: BaseArnSource;
}

/**
 * Fills in what kube2iam asks the metadata of its node for.
 *
 * The base ARN is the account of the instance profile with `:role/`, so that a path is lost; discovering the
 * default role discovers the base ARN too, over one that was given.
 *
 * @source jtblin/kube2iam:cmd/main.go, iam/arn.go (GetBaseArn), iam/iam.go (GetInstanceIAMRole),
 * mappings/mapper.go (NewRoleMapper)
 */
export function roleSettings(world: World, node: ClusterNode, flags: Kube2iamFlags): RoleSettings {
  const discovers = flags.autoDiscoverBaseArn || flags.autoDiscoverDefaultRole;
  if (!discovers) return settings(flags.baseRoleArn, flags.defaultRole);
  const nodeRole = parseRoleArn(node.roleArn ?? world.nodeDefaults.roleArn ?? '');
  const { baseArn, from } = discoverBaseArn(world, nodeRole);
  const name = flags.autoDiscoverDefaultRole ? (nodeRole?.name ?? undiscovered.nodeRole) : flags.defaultRole;
  return { ...settings(baseArn, name), discoveredFrom: from };
}

function settings(baseArn: string, defaultRole: string): RoleSettings {
  return { baseArn, defaultRole, defaultRoleArn: expandRole(baseArn, defaultRole) };
}

function discoverBaseArn(
  { cluster, roles }: World,
  nodeRole: RoleArnParts | undefined,
): { readonly baseArn: string; readonly from: BaseArnSource } {
  if (nodeRole) return { baseArn: baseArnOf(nodeRole), from: 'nodeRole' };
  const { partition, accountId } = cluster;
  if (accountId !== undefined) return { baseArn: baseArnOf({ partition, accountId }), from: 'cluster' };
  const known = new Map(
    roles.flatMap(({ arn }) => parseRoleArn(arn) ?? []).map((role) => [role.accountId, role]),
  );
  const [only] = known.values();
  return only !== undefined && known.size === 1
    ? { baseArn: baseArnOf(only), from: 'onlyAccountOfRoles' }
    : { baseArn: undiscovered.baseArn, from: 'nowhere' };
}

/** Where the roles of an account without a path are. */
export function baseArnOf({ partition, accountId }: Pick<RoleArnParts, 'partition' | 'accountId'>): string {
  return `arn:${partition}:iam::${accountId}:role/`;
}

/**
 * Makes an ARN of a role as it is written: an ARN stays, anything else is put behind the base ARN.
 *
 * @source jtblin/kube2iam:iam/arn.go (RoleARN)
 * @example
 * expandRole('arn:aws:iam::111122223333:role/', 'k8s/app') // => 'arn:aws:iam::111122223333:role/k8s/app'
 * expandRole('arn:aws:iam::111122223333:role/', '') // => 'arn:aws:iam::111122223333:role/'
 */
export function expandRole(baseArn: string, role: string): string {
  return /^arn:/i.test(role) ? role : `${baseArn}${role}`;
}

/** The role that a pod is mapped to, and by what. */
export interface ChosenRole {
  readonly by: 'annotation' | 'defaultRole';
  /** As written in the annotation or the flag. */
  readonly text: string;
  readonly roleArn: string;
}

/**
 * Chooses the role of a pod: its annotation when the key is there, even empty, else the default role.
 *
 * With a base ARN and no default role the base ARN itself counts as the default.
 *
 * @source jtblin/kube2iam:mappings/mapper.go (extractRoleARN, NewRoleMapper)
 */
export function chooseRole(
  { baseArn, defaultRole, defaultRoleArn }: RoleSettings,
  flags: Kube2iamFlags,
  pod: PodTemplate,
): ChosenRole | undefined {
  const text = pod.annotations[flags.iamRoleKey];
  if (text !== undefined) return { by: 'annotation', text, roleArn: expandRole(baseArn, text) };
  if (defaultRoleArn === '') return undefined;
  return { by: 'defaultRole', text: defaultRole, roleArn: defaultRoleArn };
}
