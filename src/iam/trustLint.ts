import type { PolicyDocument } from '../model/aws.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { podIdentityService } from './assumeRequest.ts';
import { diagnosticOf, doubt, type Complaint } from './complaint.ts';
import type { Condition } from './conditions/condition.ts';
import { matchesPattern } from './pattern.ts';
import type { Statement } from './policy.ts';
import { parsePolicy } from './policyDocument.ts';
import { spansNamespaces, wholeNamespace } from './subjectNamespaces.ts';

/** What is known of the cluster whose pods are to get the role. */
export interface TrustLintContext {
  /** The issuer of the cluster, without `https://`. */
  readonly issuer?: string;
}

/**
 * Reads a trust policy for what IAM refuses (errors) and for what it accepts although its author cannot mean
 * it (warnings).
 *
 * The codes are those of `trustRules` and of the parser.
 */
export function lintTrustPolicy(
  document: PolicyDocument,
  context: TrustLintContext = {},
): readonly Diagnostic[] {
  const { policy, diagnostics } = parsePolicy(document, 'trustPolicy');
  const doubts = trustRules.flatMap((rule) =>
    policy.statements.flatMap((statement) =>
      rule
        .find(statement, context, policy.statements)
        .map(({ field, ...found }) => doubt(rule.code, field, found.message, found)),
    ),
  );
  return [...diagnostics, ...doubts.map((complaint) => diagnosticOf(document, complaint))];
}

/** What a rule has to say about one field. */
type Doubt = Pick<Complaint, 'field' | 'message' | 'nearest' | 'help' | 'expected'>;

/** One thing that IAM accepts and nobody means. */
export interface TrustRule {
  /** The code of its diagnostics. */
  readonly code: string;
  readonly find: (
    statement: Statement,
    context: TrustLintContext,
    all: readonly Statement[],
  ) => readonly Doubt[];
  readonly source: string;
}

const operators = 'awsdocs/iam-user-guide:doc_source/reference_policies_elements_condition_operators.md';
const principals = 'awsdocs/iam-user-guide:doc_source/reference_policies_elements_principal.md';
const setOperators = 'awsdocs/iam-user-guide:doc_source/reference_policies_multi-value-conditions.md';
const webIdentityKeys = 'awsdocs/iam-user-guide:doc_source/reference_policies_iam-condition-keys.md';

/** The rules of {@link lintTrustPolicy}, in the order of their diagnostics. */
export const trustRules: readonly TrustRule[] = [
  {
    code: 'wildcard-under-equals',
    source: operators,
    find: ({ conditions, at }) =>
      conditions
        .filter((condition) => /^String(Not)?Equals/.test(condition.name.operator.name))
        .flatMap((condition) =>
          condition.values
            .filter(({ text }) => /[*?]/.test(text.replace(/\$\{.*?\}/g, '')))
            .map(({ text }) => ({
              field: fieldOf(at.field, condition),
              message: `\`${condition.written}\` compares letter by letter, so the wildcard of \`${text}\` stands for itself only`,
              nearest: condition.written.replace(/Equals(IgnoreCase)?/i, 'Like'),
            })),
        ),
  },
  {
    code: 'subject-under-audience',
    source: webIdentityKeys,
    find: ({ conditions, at }) =>
      conditions
        .filter((condition) => claimOf(condition)?.claim === 'aud')
        .filter((condition) => condition.values.some(({ text }) => text.startsWith('system:serviceaccount:')))
        .map((condition) => ({
          field: fieldOf(at.field, condition),
          message: 'a subject stands under the key of the audience',
          nearest: condition.key.replace(/aud$/i, 'sub'),
        })),
  },
  {
    code: 'audience-under-subject',
    source: webIdentityKeys,
    find: ({ conditions, at }) =>
      conditions
        .filter((condition) => claimOf(condition)?.claim === 'sub')
        .filter((condition) => condition.values.some(({ text }) => /^sts\.amazonaws\.com(\.cn)?$/.test(text)))
        .map((condition) => ({
          field: fieldOf(at.field, condition),
          message: 'an audience stands under the key of the subject',
          nearest: condition.key.replace(/sub$/i, 'aud'),
        })),
  },
  {
    code: 'condition-key-of-another-issuer',
    source: webIdentityKeys,
    find: (statement) => {
      const issuers = issuersOf(statement);
      if (issuers.length === 0) return [];
      return statement.conditions.flatMap((condition) => {
        const claim = claimOf(condition);
        if (!claim || issuers.some((issuer) => issuer.toLowerCase() === claim.issuer.toLowerCase()))
          return [];
        return {
          field: fieldOf(statement.at.field, condition),
          message: `tokens of the federated provider have no key \`${condition.key}\``,
          expected: issuers.map((issuer) => `\`${issuer}:${claim.claim}\``).join(' or '),
        };
      });
    },
  },
  {
    code: 'issuer-of-another-cluster',
    source: 'aws/aws-eks-best-practices:latest/bpg/security/iam.adoc',
    find: (statement, { issuer }) => {
      const issuers = issuersOf(statement);
      if (issuer === undefined || issuers.length === 0 || issuers.includes(issuer)) return [];
      return [
        {
          field: `${statement.at.field}.Principal.Federated`,
          message: `\`${issuers.join('`, `')}\` is not the issuer of the cluster`,
          expected: `\`${issuer}\``,
        },
      ];
    },
  },
  {
    code: 'subject-not-tested',
    source: 'aws/aws-eks-best-practices:latest/bpg/security/iam.adoc',
    find: (statement) => {
      if (!admitsTokens(statement)) return [];
      if (statement.conditions.some((condition) => claimOf(condition)?.claim === 'sub')) return [];
      return [
        {
          field: statement.at.field ?? '',
          message: 'every service account of the cluster may take the role: no condition tests the subject',
          expected: `a condition on \`${issuersOf(statement)[0]}:sub\``,
        },
      ];
    },
  },
  {
    code: 'subject-wildcard-spans-namespaces',
    source: 'aws/amazon-eks-pod-identity-webhook#58, aws/amazon-eks-pod-identity-webhook#193',
    find: (statement) =>
      subjectTests(statement)
        .filter(({ name }) => name.operator.name === 'StringLike')
        .flatMap((condition) =>
          condition.values
            .filter(({ pattern }) => spansNamespaces(pattern))
            .map(({ text }) => ({
              field: fieldOf(statement.at.field, condition),
              message: `\`${text}\` admits service accounts of more than one namespace`,
              help: 'whoever may create a namespace or a service account of a fitting name gets the role',
            })),
        ),
  },
  {
    code: 'subject-wildcard-any-service-account',
    source: 'aws/aws-eks-best-practices:latest/bpg/security/iam.adoc (scope the role to one service account)',
    find: (statement) =>
      subjectTests(statement)
        .filter(({ name }) => name.operator.name === 'StringLike')
        .flatMap((condition) =>
          condition.values.flatMap(({ pattern }) => {
            const namespace = wholeNamespace(pattern);
            if (namespace === undefined) return [];
            return {
              field: fieldOf(statement.at.field, condition),
              message: `every service account of namespace \`${namespace}\` is admitted, also one that an intruder creates`,
              help: 'name the service accounts that are meant',
            };
          }),
        ),
  },
  {
    code: 'for-all-values-on-subject',
    source: setOperators,
    find: (statement) =>
      subjectTests(statement)
        .filter(({ name }) => name.qualifier === 'ForAllValues')
        .map((condition) => ({
          field: fieldOf(statement.at.field, condition),
          message: '`ForAllValues` also holds for a request that has no such key',
          nearest: condition.written.replace(/^ForAllValues:/i, ''),
        })),
  },
  {
    code: 'negated-subject',
    source: operators,
    find: (statement) =>
      subjectTests(statement)
        .filter(({ name }) => name.operator.kind === 'comparison' && name.operator.sense === 'differs')
        .map((condition) => ({
          field: fieldOf(statement.at.field, condition),
          message: `\`${condition.written}\` admits every subject but those that it names`,
        })),
  },
  {
    code: 'principal-everyone',
    source: principals,
    find: ({ effect, principal, at }) =>
      effect === 'Allow' && principal?.entries.some((entry) => entry.kind === 'everyone')
        ? [{ field: `${at.field}.Principal`, message: 'everyone in every account may ask for the role' }]
        : [],
  },
  {
    code: 'federated-without-web-identity',
    source: 'awsdocs/iam-user-guide:doc_source/id_roles_create_for-idp_oidc.md',
    find: (statement) =>
      statement.effect === 'Allow' && issuersOf(statement).length > 0 && !allowsAction(statement, webIdentity)
        ? [
            {
              field: `${statement.at.field}.Action`,
              message: 'the statement names a provider and not the action by which its tokens are traded',
              expected: `\`${webIdentity}\``,
            },
          ]
        : [],
  },
  {
    code: 'pod-identity-without-tag-session',
    source: 'https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html',
    find: (statement, _context, all) =>
      isForPodIdentity(statement) &&
      allowsAction(statement, 'sts:AssumeRole') &&
      !all.some((other) => isForPodIdentity(other) && allowsAction(other, 'sts:TagSession'))
        ? [
            {
              field: `${statement.at.field}.Action`,
              message: 'EKS Pod Identity tags its sessions and may not do so',
              expected: '`sts:AssumeRole` and `sts:TagSession`',
            },
          ]
        : [],
  },
];

const webIdentity = 'sts:AssumeRoleWithWebIdentity';

function fieldOf(statement: string | undefined, condition: Condition): string {
  return `${statement}.Condition.${condition.written}.${condition.key}`;
}

/** Takes the key of a token's claim apart: `<issuer>:sub`. An issuer is a host name, perhaps with a path. */
function claimOf(condition: Condition): { readonly issuer: string; readonly claim: string } | undefined {
  const [, issuer, claim] = /^([^:]*\.[^:]*):(sub|aud|amr)$/i.exec(condition.key) ?? [];
  return issuer === undefined || claim === undefined ? undefined : { issuer, claim: claim.toLowerCase() };
}

/** Issuers of the OIDC providers that a statement names. */
function issuersOf(statement: Statement): readonly string[] {
  const entries = statement.principal?.entries ?? [];
  return entries.flatMap((entry) => {
    const issuer = entry.kind === 'federated' ? /:oidc-provider\/(.+)$/.exec(entry.provider)?.[1] : undefined;
    return issuer === undefined ? [] : [issuer];
  });
}

function admitsTokens(statement: Statement): boolean {
  return (
    statement.effect === 'Allow' && issuersOf(statement).length > 0 && allowsAction(statement, webIdentity)
  );
}

/** Conditions on the subject by which a statement lets tokens in. */
function subjectTests(statement: Statement): readonly Condition[] {
  if (statement.effect !== 'Allow') return [];
  return statement.conditions.filter((condition) => claimOf(condition)?.claim === 'sub');
}

function allowsAction({ actions }: Statement, action: string): boolean {
  const listed = actions.patterns.some(({ pattern }) => matchesPattern(pattern, action.toLowerCase()));
  return listed === (actions.kind === 'oneOf');
}

function isForPodIdentity({ effect, principal }: Statement): boolean {
  const entries = principal?.entries ?? [];
  return (
    effect === 'Allow' &&
    entries.some((entry) => entry.kind === 'service' && entry.service === podIdentityService)
  );
}
