import type { PolicyRole } from '../iam/decision.ts';
import { parsePolicy } from '../iam/policyDocument.ts';
import type { PolicyDocument } from '../model/aws.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { World } from '../model/world.ts';

/**
 * Complains of every policy document of a world that IAM would refuse, or that it stores and that says nothing.
 *
 * What a trust policy says and its author cannot mean is no matter of input: it is a finding.
 */
export function policyComplaints(world: World): readonly Diagnostic[] {
  const documents = new Map<PolicyDocument, PolicyRole>();
  for (const role of world.roles) {
    if (role.trustPolicy) documents.set(role.trustPolicy, 'trustPolicy');
    // A managed policy stands once in the export, however many roles have it.
    for (const { document } of role.identityPolicies ?? []) documents.set(document, 'identityPolicy');
    if (role.permissionsBoundary) documents.set(role.permissionsBoundary.document, 'permissionsBoundary');
  }
  for (const { type, document } of world.organization?.policies ?? []) documents.set(document, type);
  return [...documents].flatMap(([document, role]) => parsePolicy(document, role).diagnostics);
}
