import type { ObjectRef } from '../../model/objectRef.ts';
import type { WebIdentityProvider } from '../entry.ts';
import { profileName, readProfiles } from '../profileLookup.ts';
import { firstText, isSetAs, refsOf, textOf, type Walk, type WebIdentityValues } from '../walk.ts';

const roleVariable = 'AWS_ROLE_ARN';
const tokenVariable = 'AWS_WEB_IDENTITY_TOKEN_FILE';

/** Whether web identity is configured. */
export type FoundWebIdentity =
  | { readonly kind: 'absent'; readonly missing: readonly string[] }
  /** There is a token file and no role to go with it, or the other way round. */
  | {
      readonly kind: 'roleMissing' | 'tokenFileUnset';
      readonly by: readonly string[];
      readonly missing: readonly string[];
    }
  | {
      readonly kind: 'found';
      readonly values: WebIdentityValues;
      readonly by: readonly string[];
      readonly refs: readonly ObjectRef[];
    };

/** One value and where it came from. */
interface Value {
  readonly text: string;
  readonly by: string;
  readonly refs: readonly ObjectRef[];
}

/** Looks for the role and the token file, the way this SDK does. */
export function findWebIdentity(walk: Walk, provider: WebIdentityProvider): FoundWebIdentity {
  const skip = provider.skippedWhenSet?.some((name) => isSetAs(walk, name, 'nonEmpty'));
  if (skip || provider.values === 'profileAlone') return { kind: 'absent', missing: [] };
  const role = fromEnvironment(walk, provider, roleVariable);
  const token = fromEnvironment(walk, provider, tokenVariable);
  const named = firstText(walk, ['AWS_ROLE_SESSION_NAME']);
  if (role && token) return found(walk, role, token, named);
  if (provider.values === 'environment' || !provider.lookup) return incomplete(role, token);
  const profile = profileValues(walk, provider);
  if (provider.values === 'pairThenProfile') {
    return profile.role && profile.token
      ? found(walk, profile.role, profile.token, profile.sessionName)
      : incomplete(role, token);
  }
  const eachRole = role ?? profile.role;
  const eachToken = token ?? profile.token;
  return eachRole && eachToken
    ? found(walk, eachRole, eachToken, named ?? profile.sessionName)
    : incomplete(eachRole, eachToken);
}

function found(walk: Walk, role: Value, token: Value, sessionName: string | undefined): FoundWebIdentity {
  return {
    kind: 'found',
    values: {
      roleArn: role.text,
      tokenFile: token.text,
      sessionName: sessionName ?? walk.sdk.sts.sessionName,
    },
    by: [role.by, token.by],
    refs: [...role.refs, ...token.refs],
  };
}

function incomplete(role: Value | undefined, token: Value | undefined): FoundWebIdentity {
  if (token && !role) return { kind: 'roleMissing', by: [token.by], missing: [roleVariable] };
  if (role && !token) return { kind: 'tokenFileUnset', by: [role.by], missing: [tokenVariable] };
  return { kind: 'absent', missing: [roleVariable, tokenVariable] };
}

function fromEnvironment(walk: Walk, provider: WebIdentityProvider, name: string): Value | undefined {
  if (!isSetAs(walk, name, provider.setWhen)) return undefined;
  return { text: textOf(walk, name) ?? '', by: name, refs: refsOf(walk, [name]) };
}

function profileValues(
  walk: Walk,
  provider: WebIdentityProvider,
): {
  readonly role?: Value;
  readonly token?: Value;
  readonly sessionName: string | undefined;
} {
  if (!provider.lookup) return { sessionName: undefined };
  const { byName, refs } = readProfiles(walk, provider.id, provider.lookup, 'passedOver');
  const { name } = profileName(walk, provider.lookup);
  const keys = byName.get(name);
  const value = (key: string): Value | undefined => {
    const text = keys?.get(key);
    return text ? { text, by: `profile ${name}: ${key}`, refs } : undefined;
  };
  const role = value('role_arn');
  const token = value('web_identity_token_file');
  return {
    ...(role ? { role } : {}),
    ...(token ? { token } : {}),
    sessionName: keys?.get('role_session_name'),
  };
}
