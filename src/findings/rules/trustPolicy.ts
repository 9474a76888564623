import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Answer } from '../../resolve/answer.ts';
import type { Examined, Finding, Rule } from '../finding.ts';
import { byContainer } from '../workloads.ts';

/** A trust policy that admits nobody whom its author can have meant. */
export const trustPolicyTooNarrow: Rule = {
  id: 'trust-policy-too-narrow',
  title: 'a trust policy never matches the service accounts that it names',
  severity: 'outage',
  expects: 'the named service accounts to be admitted',
  gets: 'AccessDenied from STS',
  level: 'cause',
  source: 'CircleCI-Public/server-terraform#291, terraform-aws-modules/terraform-aws-iam#486',
  find: (examined) => findLint(examined, trustPolicyTooNarrow.id, 'outage', narrowCodes),
};

/** A trust policy that admits more service accounts than its author can have meant. */
export const trustPolicyTooWide: Rule = {
  id: 'trust-policy-too-wide',
  title: 'a trust policy admits more callers than one would think',
  severity: 'privilegeEscalation',
  expects: 'the named service accounts alone',
  gets: 'every service account that the conditions let pass',
  level: 'cause',
  source: 'aws/aws-eks-best-practices:latest/bpg/security/iam.adoc, aws/amazon-eks-pod-identity-webhook#58',
  find: (examined) => findLint(examined, trustPolicyTooWide.id, 'privilegeEscalation', wideCodes),
};

/** Codes of `iam/trustLint.ts`: the statement can match nobody that its author can have meant. */
const narrowCodes: ReadonlySet<string> = new Set([
  'wildcard-under-equals',
  'subject-under-audience',
  'audience-under-subject',
  'condition-key-of-another-issuer',
  'issuer-of-another-cluster',
  'federated-without-web-identity',
  'pod-identity-without-tag-session',
]);

/** Codes of `iam/trustLint.ts`: the statement matches more than its author can have meant. */
const wideCodes: ReadonlySet<string> = new Set([
  'subject-not-tested',
  'subject-wildcard-spans-namespaces',
  'subject-wildcard-any-service-account',
  'for-all-values-on-subject',
  'negated-subject',
  'principal-everyone',
]);

function findLint(
  { world, answers, trustComplaints }: Examined,
  rule: string,
  severity: Finding['severity'],
  codes: ReadonlySet<string>,
): readonly Finding[] {
  const containers = byContainer(world, answers);
  const usersOf = (roleArn: string): readonly Answer[] =>
    containers
      .filter(({ intentions }) => intentions.some(({ role }) => role === roleArn))
      .flatMap((container) => container.answers);
  return trustComplaints
    .filter((diagnostic) => codes.has(diagnostic.code))
    .map((diagnostic): Finding =>
      toFinding(diagnostic, rule, severity, usersOf(diagnostic.object?.name ?? '')),
    );
}

function toFinding(
  diagnostic: Diagnostic,
  rule: string,
  severity: Finding['severity'],
  answers: readonly Answer[],
): Finding {
  const { object, position, field } = diagnostic;
  return {
    rule,
    severity,
    at: {
      ...(object ?? { kind: 'TrustPolicy', name: '' }),
      ...(field === undefined ? {} : { field }),
      ...(position ? { position } : {}),
    },
    message: diagnostic.message,
    answers,
    advice: adviceOf(diagnostic),
    fixes: [],
  };
}

function adviceOf({ help, nearest, expected }: Diagnostic): string {
  if (help !== undefined) return help;
  if (nearest !== undefined) return `write \`${nearest}\``;
  return expected === undefined
    ? 'compare with what the pod sends: `whichrole explain NAMESPACE/NAME`'
    : expected;
}
