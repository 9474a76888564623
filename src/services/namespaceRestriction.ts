import type { Kube2iamFlags } from '../model/kube2iam.ts';
import { indexOf, type World } from '../model/world.ts';
import type { Kube2iamFinding } from './evidence.ts';
import { goRegexp } from '../model/goRegexp.ts';
import { expandRole, type RoleSettings } from './kube2iamRole.ts';

/** Whether the namespace of a pod may use a role, and by what. */
export type RestrictionFinding = Extract<Kube2iamFinding, { kind: 'namespaceRestriction' }>;

/**
 * Decides whether kube2iam lets pods of a namespace have a role.
 *
 * The default role is always allowed. Entries pass through the same expansion as annotations; a glob must fit
 * the whole ARN, a regular expression any part of it.
 *
 * @source jtblin/kube2iam:mappings/mapper.go (checkRoleForNamespace)
 */
export function namespaceRestriction(
  world: World,
  flags: Kube2iamFlags,
  { baseArn, defaultRoleArn }: RoleSettings,
  request: { readonly roleArn: string; readonly namespace: string },
): RestrictionFinding {
  const kind = 'namespaceRestriction';
  const { roleArn, namespace } = request;
  if (!flags.namespaceRestrictions) return { kind, allowed: true, by: 'unrestricted' };
  if (roleArn === defaultRoleArn) return { kind, allowed: true, by: 'defaultRole' };
  const annotation = indexOf(world).namespace(namespace)?.annotations[flags.namespaceKey] ?? '';
  const entries = decodeRoles(annotation);
  if (!entries) return { kind, allowed: false, by: 'unreadableList', entry: annotation };
  const admits = flags.namespaceRestrictionFormat.toLowerCase() === 'regexp' ? matchesRegexp : matchesGlob;
  const entry = entries.find((role) => admits(expandRole(baseArn, role), roleArn));
  return entry === undefined
    ? { kind, allowed: false, by: 'noEntry' }
    : { kind, allowed: true, by: 'entry', entry };
}

/**
 * Decodes the annotation as Go decodes JSON into a list of strings.
 *
 * An element that is no string becomes an empty one: Go reports the error and keeps the list. What is no list
 * at all gives nothing.
 *
 * @source jtblin/kube2iam:namespace.go (GetNamespaceRoleAnnotation); golang/go:src/encoding/json/decode.go
 */
function decodeRoles(annotation: string): readonly string[] | undefined {
  if (annotation === '') return [];
  let decoded: unknown;
  try {
    decoded = JSON.parse(annotation);
  } catch {
    return undefined;
  }
  if (decoded === null) return [];
  if (!Array.isArray(decoded)) return undefined;
  return decoded.map((element: unknown) => (typeof element === 'string' ? element : ''));
}

function matchesRegexp(pattern: string, roleArn: string): boolean {
  return goRegexp(pattern)?.test(roleArn) ?? false;
}

/**
 * Compares with a pattern in which only `*` is special.
 *
 * @source ryanuber/go-glob:glob.go
 */
function matchesGlob(pattern: string, roleArn: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return pattern === roleArn;
  if (!roleArn.startsWith(first)) return false;
  let from = first.length;
  for (const part of rest) {
    const at = roleArn.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return roleArn.slice(from).endsWith(last);
}
