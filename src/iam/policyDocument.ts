import type { JsonValue, PolicyDocument } from '../model/aws.ts';
import { isObject } from '../model/jsonObject.ts';
import { diagnosticOf, doubt, refusal, unknownElements, type Complaint } from './complaint.ts';
import type { PolicyRole } from './decision.ts';
import { documentElements, policyGrammars, policyVersions } from './grammar.ts';
import type { ParsedPolicy, Policy, Statement } from './policy.ts';
import { sizeComplaints } from './sizeLimit.ts';
import { parseStatement } from './statement.ts';

const parsed = new WeakMap<PolicyDocument, Map<PolicyRole, ParsedPolicy>>();

/**
 * Reads a policy document as IAM reads it.
 *
 * The document may be JSON text, also URL-encoded, as IAM returns it. What IAM would refuse is an error;
 * what IAM accepts never is. A statement that cannot be read is left out of the policy.
 *
 * @source awsdocs/iam-user-guide:doc_source/reference_policies_grammar.md
 * @example
 * const document = { ref: { kind: 'TrustPolicy', name: 'app' }, value: { Statement: [] } };
 * parsePolicy(document, 'trustPolicy').policy.version // => '2008-10-17'
 */
export function parsePolicy(document: PolicyDocument, role: PolicyRole): ParsedPolicy {
  const known = parsed.get(document) ?? new Map<PolicyRole, ParsedPolicy>();
  const found = known.get(role);
  if (found) return found;
  const fresh = readPolicy(document, role);
  known.set(role, fresh);
  parsed.set(document, known);
  return fresh;
}

function readPolicy(document: PolicyDocument, role: PolicyRole): ParsedPolicy {
  const complaints: Complaint[] = [];
  const finish = (policy: Omit<Policy, 'ref' | 'role'>): ParsedPolicy => ({
    policy: { ref: document.ref, role, ...policy },
    diagnostics: complaints.map((complaint) => diagnosticOf(document, complaint)),
  });
  const value = typeof document.value === 'string' ? parseJson(document.value, complaints) : document.value;
  if (value === undefined) return finish({ version: '2008-10-17', statements: [] });
  if (!isObject(value)) {
    complaints.push(refusal('policy-not-an-object', '', 'a policy document is a JSON object'));
    return finish({ version: '2008-10-17', statements: [] });
  }
  complaints.push(...sizeComplaints(value, role), ...unknownElements(value, documentElements, ''));
  const version = readVersion(value['Version'], complaints);
  const statements = statementsOf(value['Statement'], complaints).flatMap(({ path, statement }) => {
    const result = parseStatement(document, statement, { path, role, version });
    complaints.push(...result.complaints);
    return result.value ? [result.value] : [];
  });
  complaints.push(...repeatedSids(statements, role));
  return finish({ version, statements });
}

/** The text of a document. IAM's API returns it percent-encoded (RFC 3986). */
function parseJson(text: string, complaints: Complaint[]): JsonValue | undefined {
  try {
    const encoded = /^\s*%7B/i.test(text);
    return JSON.parse(encoded ? decodeURIComponent(text) : text) as JsonValue;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    complaints.push(refusal('policy-not-json', '', `the policy is not valid JSON: ${why}`));
    return undefined;
  }
}

function readVersion(version: JsonValue | undefined, complaints: Complaint[]): Policy['version'] {
  if (version === undefined) return '2008-10-17';
  const known = policyVersions.find((candidate) => candidate === version);
  if (known) return known;
  complaints.push(
    refusal(
      'policy-version-unknown',
      'Version',
      `there is no policy language \`${JSON.stringify(version)}\``,
      {
        expected: `one of ${policyVersions.join(', ')}`,
      },
    ),
  );
  return '2012-10-17';
}

function statementsOf(
  value: JsonValue | undefined,
  complaints: Complaint[],
): readonly { path: string; statement: JsonValue }[] {
  if (value === undefined) {
    complaints.push(refusal('policy-without-statement', '', 'the policy has no `Statement`'));
    return [];
  }
  if (!Array.isArray(value)) return [{ path: 'Statement', statement: value }];
  if (value.length === 0) {
    complaints.push(doubt('policy-empty', 'Statement', 'the policy has no statement and allows nothing'));
  }
  return value.map((statement: JsonValue, at) => ({ path: `Statement[${at}]`, statement }));
}

/** @source `Statement IDs (SID) in a single policy must be unique`, the message of IAM */
function repeatedSids(statements: readonly Statement[], role: PolicyRole): readonly Complaint[] {
  if (policyGrammars[role].sid === 'any') return [];
  return statements.flatMap(({ sid, at }, index) =>
    sid !== undefined && sid !== '' && statements.findIndex((statement) => statement.sid === sid) < index
      ? [refusal('sid-repeated', `${at.field}.Sid`, `another statement of this policy is called \`${sid}\``)]
      : [],
  );
}
