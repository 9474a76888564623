import type { ProfileProvider, ProfileSource } from './entry.ts';
import type { ProfileKeys } from './profileFile.ts';
import type { RoleStep } from './walk.ts';

/** What a profile asks for. `roles` are assumed on top, the first one first. */
export type ProfilePlan =
  | { readonly kind: 'profileMissing' }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'sourceMissing' }
  | { readonly kind: 'broken' }
  | { readonly kind: 'sso' }
  | {
      readonly kind: 'static';
      readonly accessKeyId: string | undefined;
      readonly roles: readonly RoleStep[];
    }
  | {
      readonly kind: 'webIdentity';
      readonly roleArn: string;
      readonly tokenFile: string;
      readonly sessionName: string | undefined;
      readonly roles: readonly RoleStep[];
    }
  | {
      readonly kind: 'credentialSource';
      readonly name: string;
      readonly roles: readonly RoleStep[];
    }
  | { readonly kind: 'process'; readonly roles: readonly RoleStep[] };

/** What a source profile may hold, static keys before all else. */
const sourceTakes: readonly ProfileSource[] = [
  'static',
  'sourceProfile',
  'credentialSource',
  'webIdentity',
  'process',
  'sso',
];

/** How an SDK reads a profile. */
type Reading = Pick<ProfileProvider, 'takes' | 'roleOnTopOf'>;

/**
 * Reads off a profile how its credentials are to be had: the first of `takes` that it holds.
 *
 * A source profile is followed; one that names itself means its own static keys.
 *
 * @source https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
 */
export function planProfile(
  profiles: ReadonlyMap<string, ProfileKeys>,
  name: string,
  reading: Reading,
  visited: readonly string[] = [],
): ProfilePlan {
  const keys = profiles.get(name);
  if (!keys) return { kind: 'profileMissing' };
  for (const take of reading.takes) {
    if (take === 'sourceProfile') {
      const plan = planSource(profiles, name, keys, reading, visited);
      if (plan) return plan;
    } else {
      const plan = planners[take](keys);
      if (plan) return reading.roleOnTopOf?.includes(take) ? withRole(plan, keys) : plan;
    }
  }
  return { kind: 'nothing' };
}

function withRole(plan: ProfilePlan, keys: ProfileKeys): ProfilePlan {
  const role = roleOf(keys);
  return role && 'roles' in plan ? { ...plan, roles: [...plan.roles, role] } : plan;
}

const planners: Readonly<
  Record<Exclude<ProfileSource, 'sourceProfile'>, (keys: ProfileKeys) => ProfilePlan | undefined>
> = {
  static: (keys) => {
    if (!keys.get('aws_access_key_id')) return undefined;
    return planners.staticPair(keys) ?? { kind: 'broken' };
  },
  staticPair: (keys) => {
    const accessKeyId = keys.get('aws_access_key_id');
    if (!accessKeyId || !keys.get('aws_secret_access_key')) return undefined;
    return { kind: 'static', accessKeyId, roles: [] };
  },
  credentialSource: (keys) => {
    const role = roleOf(keys);
    const name = keys.get('credential_source');
    return role && name !== undefined ? { kind: 'credentialSource', name, roles: [role] } : undefined;
  },
  webIdentity: (keys) => {
    const tokenFile = keys.get('web_identity_token_file');
    if (tokenFile === undefined) return undefined;
    const role = roleOf(keys);
    if (!role) return { kind: 'broken' };
    const { roleArn, sessionName } = role;
    return { kind: 'webIdentity', roleArn, tokenFile, sessionName, roles: [] };
  },
  process: (keys) => (keys.get('credential_process') ? { kind: 'process', roles: [] } : undefined),
  sso: (keys) => (keys.has('sso_session') || keys.has('sso_account_id') ? { kind: 'sso' } : undefined),
};

function planSource(
  profiles: ReadonlyMap<string, ProfileKeys>,
  name: string,
  keys: ProfileKeys,
  reading: Reading,
  visited: readonly string[],
): ProfilePlan | undefined {
  const role = roleOf(keys);
  const source = keys.get('source_profile');
  if (!role || source === undefined) return undefined;
  if (visited.includes(name)) return { kind: 'broken' };
  const plan =
    source === name
      ? (planners.static(keys) ?? { kind: 'broken' })
      : planProfile(profiles, source, { ...reading, takes: sourceTakes }, [...visited, name]);
  return 'roles' in plan ? { ...plan, roles: [...plan.roles, role] } : asBroken(plan);
}

/** A source that has nothing to give breaks the profile that names it. */
function asBroken(plan: ProfilePlan): ProfilePlan {
  if (plan.kind === 'sso') return plan;
  return { kind: plan.kind === 'profileMissing' ? 'sourceMissing' : 'broken' };
}

function roleOf(keys: ProfileKeys): RoleStep | undefined {
  const roleArn = keys.get('role_arn');
  if (!roleArn) return undefined;
  const sessionName = keys.get('role_session_name');
  const externalId = keys.get('external_id');
  return {
    roleArn,
    ...(sessionName === undefined ? {} : { sessionName }),
    ...(externalId === undefined ? {} : { externalId }),
  };
}
