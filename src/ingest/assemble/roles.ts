import { parseRoleArn } from '../../model/arn.ts';
import type { AttachedPolicy, IamRole } from '../../model/aws.ts';
import type { ObjectRef } from '../../model/objectRef.ts';
import type { Cluster } from '../../model/world.ts';
import type { Report } from '../field.ts';
import type { ExportedRole, Found, LoneTrustPolicy } from '../found.ts';
import { withoutUndefined } from '../withoutUndefined.ts';
import { complainOf } from './complainOf.ts';

/**
 * Puts together what several exports say of the same role. Of what two of them state, the later counts.
 *
 * A trust policy that came alone makes a role of which nothing else is known.
 */
export function assembleRoles(found: Found, cluster: Cluster, report: Report): readonly IamRole[] {
  const managed = new Map(
    found.managedPolicies.flatMap((policy) => (policy.arn ? [[policy.arn, policy]] : [])),
  );
  const exported = found.roles.map((role) => resolvePolicies(role, managed, report));
  const byArn = new Map<string, IamRole>();
  for (const role of exported) byArn.set(role.arn, { ...byArn.get(role.arn), ...role });
  for (const lone of found.trustPolicies) {
    const arn = arnOf(lone, [...byArn.keys()], cluster, report);
    if (arn === undefined) continue;
    const document = { ...lone.document, ref: { ...lone.document.ref, name: arn } };
    const role = byArn.get(arn) ?? { ref: roleRef(document.ref, arn), arn, name: nameOf(arn) };
    byArn.set(arn, { ...role, trustPolicy: document });
  }
  return [...byArn.values()];
}

/**
 * Puts the documents of managed policies in place of their ARNs. When one of them, or that of the
 * boundary, is not in the export, what the role may do is not known, and is left out.
 */
function resolvePolicies(
  { role, policies, boundaryArn }: ExportedRole,
  managed: ReadonlyMap<string, AttachedPolicy>,
  report: Report,
): IamRole {
  const wanted = [...(policies?.attachedArns ?? []), ...(boundaryArn === undefined ? [] : [boundaryArn])];
  const missing = wanted.filter((arn) => !managed.has(arn));
  if (missing.length > 0 && policies) {
    const list = missing.map((arn) => `\`${arn}\``).join(', ');
    complainOf(report, 'note', 'partial-export', role.ref, `the export does not hold ${list}`);
  }
  const attached = (policies?.attachedArns ?? []).flatMap((arn) => managed.get(arn) ?? []);
  return withoutUndefined({
    ...role,
    identityPolicies: policies && missing.length === 0 ? [...policies.inline, ...attached] : undefined,
    permissionsBoundary: boundaryArn === undefined ? undefined : managed.get(boundaryArn),
  });
}

/** Finds the role of a lone trust policy: by ARN, by a known role's name, in the cluster's account. */
function arnOf(
  { role, document }: LoneTrustPolicy,
  known: readonly string[],
  cluster: Cluster,
  report: Report,
): string | undefined {
  if (role.kind === 'arn') return role.arn;
  const named = known.filter((arn) => nameOf(arn) === role.name);
  if (named.length === 1) return named[0];
  if (cluster.accountId !== undefined) {
    return `arn:${cluster.partition}:iam::${cluster.accountId}:role/${role.name}`;
  }
  const message = `nothing says in which account the role \`${role.name}\` is`;
  const help = 'state `cluster.accountId` in whichrole.yaml, or the role as {"RoleArn": …, "TrustPolicy": …}';
  complainOf(report, 'error', 'unknown-account', document.ref, message, help);
  return undefined;
}

function nameOf(arn: string): string {
  return parseRoleArn(arn)?.name ?? arn;
}

function roleRef(document: ObjectRef, arn: string): ObjectRef {
  return { kind: 'Role', name: arn, ...(document.position ? { position: document.position } : {}) };
}
