import type { PolicyDocument } from '../model/aws.ts';
import { webIdentityRequest } from './assumeRequest.ts';
import type { Condition } from './conditions/condition.ts';
import { evaluate } from './evaluate.ts';
import {
  anything,
  complement,
  holds,
  intersection,
  languageOf,
  languageOfTexts,
  nothing,
  shortestText,
  union,
  type Language,
  type Witness,
} from './language.ts';
import { compilePattern, fillVariables, literalText, type Pattern } from './pattern.ts';
import type { Policy, Statement } from './policy.ts';
import { parsePolicy } from './policyDocument.ts';
import { lookUpKey, type RequestContext } from './requestContext.ts';
import { serviceAccountSubjects } from './serviceAccountSubjects.ts';

/** The provider whose tokens are meant, and what else the tokens say. */
export interface TokenIssuer {
  readonly providerArn: string;
  /** Without `https://`. */
  readonly issuer: string;
  /** Absent: `sts.amazonaws.com`, which the SDKs ask for. */
  readonly audience?: string;
}

/** A set of subjects, each of which is a text such as `system:serviceaccount:pay:api`. */
export interface SubjectSet {
  readonly language: Language;
  /**
   * Patterns that together are the set, as a policy would write them under `StringLike`. Absent: it takes
   * more than a list of patterns to say what the set is.
   */
  readonly patterns?: readonly string[];
}

/** Tells whether a subject is in the set. */
export function admits(set: SubjectSet, subject: string): boolean {
  return subject !== '' && holds(set.language, subject);
}

/**
 * Finds every subject for which a trust policy lets a token of a provider be traded for the role.
 *
 * Exact for conditions on the subject with operators on strings and ARNs. Whatever rests on something that
 * no input shows (the address of the caller) is taken to hold where `when` is `possibly`, and not to hold
 * where it is `surely`. Statements that IAM refuses are left out.
 *
 * @example
 * const provider = 'arn:aws:iam::111122223333:oidc-provider/oidc.example.com';
 * const Statement = {
 *   Effect: 'Allow',
 *   Principal: { Federated: provider },
 *   Action: 'sts:AssumeRoleWithWebIdentity',
 *   Condition: { StringLike: { 'oidc.example.com:sub': 'system:serviceaccount:pay:*' } },
 * };
 * const document = { ref: { kind: 'TrustPolicy', name: 'app' }, value: { Statement } };
 * admittedSubjects(document, { providerArn: provider, issuer: 'oidc.example.com' }).patterns
 * // => ['system:serviceaccount:pay:*']
 */
export function admittedSubjects(
  document: PolicyDocument,
  issuer: TokenIssuer,
  when: 'possibly' | 'surely' = 'possibly',
): SubjectSet {
  const { policy } = parsePolicy(document, 'trustPolicy');
  const of = (effect: Statement['effect'], reading: 'possibly' | 'surely'): SubjectSet =>
    policy.statements
      .filter((statement) => statement.effect === effect)
      .map((statement) => subjectsOf(policy, statement, issuer, reading))
      .reduce(unite, noSubject);
  const allowed = of('Allow', when);
  const denied = of('Deny', when === 'possibly' ? 'surely' : 'possibly');
  return overlap(allowed, { language: complement(denied.language) });
}

/** What a change of a trust policy does to the subjects that it admits. */
export interface TrustComparison {
  readonly gained: SubjectChange;
  readonly lost: SubjectChange;
}

/** Subjects that came or went, with one of them, by preference a service account. */
export interface SubjectChange {
  readonly subjects: SubjectSet;
  /** Patterns that say which service accounts these are; absent when it takes more than a list. */
  readonly accountPatterns?: readonly string[];
  readonly witness: Witness;
}

/** Compares two trust policies by the subjects that each admits. */
export function compareTrustPolicies(
  before: PolicyDocument,
  after: PolicyDocument,
  issuer: TokenIssuer,
): TrustComparison {
  const old = admittedSubjects(before, issuer);
  const now = admittedSubjects(after, issuer);
  return { gained: changeOf(now, old), lost: changeOf(old, now) };
}

function changeOf(larger: SubjectSet, smaller: SubjectSet): SubjectChange {
  const others = complement(smaller.language);
  const subjects = overlap(larger, { language: others });
  const accountPatterns = within(larger.patterns, others, serviceAccountSubjects);
  const account = shortestText(intersection(subjects.language, serviceAccountSubjects));
  const witness = account.kind === 'text' ? account : shortestText(nonEmpty(subjects.language));
  return { subjects, ...(accountPatterns ? { accountPatterns } : {}), witness };
}

const noSubject: SubjectSet = { language: nothing, patterns: [] };
const everySubject: SubjectSet = { language: anything, patterns: ['*'] };

function nonEmpty(language: Language): Language {
  return { ...language, key: () => `+${language.key()}`, holdsEmptyText: false };
}

/** Subjects to whose request one statement applies. */
function subjectsOf(
  policy: Policy,
  statement: Statement,
  issuer: TokenIssuer,
  when: 'possibly' | 'surely',
): SubjectSet {
  const key = `${issuer.issuer}:sub`.toLowerCase();
  const context = contextWithoutSubject(issuer, key);
  const onSubject = statement.conditions.filter((condition) => condition.key.toLowerCase() === key);
  const others = statement.conditions.filter((condition) => condition.key.toLowerCase() !== key);
  const [rest] = evaluate([{ ...policy, statements: [{ ...statement, conditions: others }] }], context);
  const restHolds = rest?.applies === true || (rest?.undetermined === true && when === 'possibly');
  if (!restHolds) return noSubject;
  return onSubject
    .map((condition) => subjectsOfCondition(condition, context, when))
    .reduce(overlap, everySubject);
}

function contextWithoutSubject(issuer: TokenIssuer, key: string): RequestContext {
  const { actions, context } = webIdentityRequest({
    roleArn: '',
    providerArn: issuer.providerArn,
    issuer: issuer.issuer,
    subject: '',
    audience: issuer.audience ?? 'sts.amazonaws.com',
  });
  const keys = new Map([...context.keys].filter(([name]) => name !== key));
  return {
    ...context,
    action: actions[0],
    keys,
    openKeys: [{ key, presence: 'always' }, ...context.openKeys],
  };
}

/** A token has exactly one subject, which is not empty: set operators and `IfExists` change nothing. */
function subjectsOfCondition(
  condition: Condition,
  context: RequestContext,
  when: 'possibly' | 'surely',
): SubjectSet {
  const undecided = when === 'possibly' ? everySubject : noSubject;
  const { operator } = condition.name;
  if (operator.kind === 'presence') {
    return condition.values.some((value) => value.text.toLowerCase() === 'false') ? everySubject : noSubject;
  }
  if (operator.values === 'other') return undecided;
  const filled = condition.values.map((value) =>
    fillVariables(value.pattern, (key) => lookUpKey(context, key)),
  );
  if (filled.some((value) => value.kind === 'missing')) return noSubject;
  if (filled.some((value) => value.kind === 'open')) return undecided;
  const patterns = filled.flatMap((value) => (value.kind === 'filled' ? [value.pattern] : []));
  const named = operator.values === 'texts' ? textsOf(patterns) : textsInAnyCase(patterns);
  return operator.sense === 'matches' ? named : { language: complement(named.language) };
}

function textsOf(patterns: readonly Pattern[]): SubjectSet {
  const isLiteral = (pattern: Pattern): boolean => pattern.every((token) => token.kind === 'text');
  const literals = languageOfTexts(patterns.filter(isLiteral).map(literalText));
  const language = patterns
    .filter((pattern) => !isLiteral(pattern))
    .map((pattern) => languageOf(pattern, 'asWritten'))
    .reduce(union, literals);
  const texts = patterns.flatMap((pattern) => writePattern(pattern) ?? []);
  return texts.length === patterns.length ? { language, patterns: [...new Set(texts)] } : { language };
}

function textsInAnyCase(patterns: readonly Pattern[]): SubjectSet {
  return { language: patterns.map((pattern) => languageOf(pattern, 'any')).reduce(union, nothing) };
}

/** Writes a pattern as `StringLike` reads it, or gives nothing when only an ARN operator reads it so. */
function writePattern(pattern: Pattern): string | undefined {
  if (pattern.some((token) => token.kind === 'wildcard' && token.within === 'segment')) return undefined;
  return pattern
    .map((token) => {
      if (token.kind === 'wildcard') return token.count === 'many' ? '*' : '?';
      return token.kind === 'text' ? token.text.replace(/[*?$]/g, (char) => `\${${char}}`) : '';
    })
    .join('');
}

function unite(a: SubjectSet, b: SubjectSet): SubjectSet {
  const language = union(a.language, b.language);
  if (!a.patterns || !b.patterns) return { language };
  return { language, patterns: [...new Set([...a.patterns, ...b.patterns])] };
}

/** The overlap is a list of patterns if each pattern of one side lies wholly inside or outside the other. */
function overlap(a: SubjectSet, b: SubjectSet): SubjectSet {
  const language = intersection(a.language, b.language);
  const patterns = within(a.patterns, b.language) ?? within(b.patterns, a.language);
  return patterns ? { language, patterns } : { language };
}

function within(
  patterns: readonly string[] | undefined,
  other: Language,
  domain: Language = anything,
): readonly string[] | undefined {
  if (!patterns || (other === anything && domain === anything)) return patterns;
  const kept: string[] = [];
  for (const text of patterns) {
    const place = placeOf(compilePattern(text, { wildcards: 'text', variables: 'replaced' }), other, domain);
    if (place === 'across') return undefined;
    if (place === 'inside') kept.push(text);
  }
  return kept;
}

/**
 * Where the texts of a pattern lie, of those in a domain, seen from a language; `across` also if that is too
 * much to find out.
 */
function placeOf(pattern: Pattern, language: Language, domain: Language): 'inside' | 'outside' | 'across' {
  if (pattern.every((token) => token.kind === 'text')) {
    return holds(intersection(language, domain), literalText(pattern)) ? 'inside' : 'outside';
  }
  const own = intersection(nonEmpty(languageOf(pattern, 'asWritten')), domain);
  if (shortestText(intersection(own, language)).kind === 'none') return 'outside';
  return shortestText(intersection(own, complement(language))).kind === 'none' ? 'inside' : 'across';
}
