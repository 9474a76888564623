import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../src/iam/policyDocument.ts';
import type { Statement } from '../../src/iam/policy.ts';
import { lintTrustPolicy, trustRules, type TrustLintContext } from '../../src/iam/trustLint.ts';
import type { JsonValue } from '../../src/model/aws.ts';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import {
  account,
  documentOf,
  issuer,
  policyOf,
  provider,
  subjectKey as sub,
  tokenStatement,
} from './arbitraries.ts';

type Fields = { readonly [key: string]: JsonValue };
type Said = Omit<Diagnostic, 'severity' | 'object'>;

const aud = `${issuer}:aud`;
const subject = 'system:serviceaccount:pay:api';
const other = 'aud.example/sub';
const providerOf = (name: string): string => `arn:aws:iam::${account}:oidc-provider/${name}`;
const at = (operator: string, key: string): string => `Statement[0].Condition.${operator}.${key}`;

const named = (more: Fields): Fields => tokenStatement({ StringEquals: { [sub]: subject } }, more);
const service = (name: JsonValue, action: JsonValue, effect = 'Allow'): Fields => ({
  Effect: effect,
  Principal: { Service: name },
  Action: action,
});
const pods = 'pods.eks.amazonaws.com';

function lint(statements: readonly Fields[], context?: TrustLintContext): readonly Diagnostic[] {
  return lintTrustPolicy(documentOf(policyOf(...statements)), context);
}

const warnings = (said: readonly Said[]): readonly Diagnostic[] =>
  said.map((one) => ({ severity: 'warning', object: { kind: 'TrustPolicy', name: 'test' }, ...one }));

const untested: Said = {
  code: 'subject-not-tested',
  field: 'Statement[0]',
  message: 'every service account of the cluster may take the role: no condition tests the subject',
  expected: `a condition on \`${sub}\``,
};
const subjectUnderAudience = (key: string, nearest: string): Said => ({
  code: 'subject-under-audience',
  field: at('StringEquals', key),
  message: 'a subject stands under the key of the audience',
  nearest,
});
const audienceUnderSubject = (key: string, nearest: string): Said => ({
  code: 'audience-under-subject',
  field: at('StringEquals', key),
  message: 'an audience stands under the key of the subject',
  nearest,
});
const wildcard = (operator: string, text: string, nearest: string): Said => ({
  code: 'wildcard-under-equals',
  field: at(operator, sub),
  message: `\`${operator}\` compares letter by letter, so the wildcard of \`${text}\` stands for itself only`,
  nearest,
});
const negated = (operator: string): Said => ({
  code: 'negated-subject',
  field: at(operator, sub),
  message: `\`${operator}\` admits every subject but those that it names`,
});
const withoutTagSession: Said = {
  code: 'pod-identity-without-tag-session',
  field: 'Statement[0].Action',
  message: 'EKS Pod Identity tags its sessions and may not do so',
  expected: '`sts:AssumeRole` and `sts:TagSession`',
};
const withoutWebIdentity: Said = {
  code: 'federated-without-web-identity',
  field: 'Statement[0].Action',
  message: 'the statement names a provider and not the action by which its tokens are traded',
  expected: '`sts:AssumeRoleWithWebIdentity`',
};
const everyone: Said = {
  code: 'principal-everyone',
  field: 'Statement[0].Principal',
  message: 'everyone in every account may ask for the role',
};

describe('what is said about the conditions on a token', () => {
  it.each<[string, JsonValue, readonly Said[]]>([
    [
      'a star under StringEquals',
      { StringEquals: { [sub]: 'a*' } },
      [wildcard('StringEquals', 'a*', 'StringLike')],
    ],
    [
      'a question mark under a negated operator in any case',
      { StringNotEqualsIgnoreCase: { [sub]: 'a?' } },
      [wildcard('StringNotEqualsIgnoreCase', 'a?', 'StringNotLike'), negated('StringNotEqualsIgnoreCase')],
    ],
    ['a star in the default of a variable', { StringEquals: { [sub]: "${aws:username, '*'}" } }, []],
    [
      'a subject among audiences',
      { StringEquals: { [sub]: subject, [aud]: ['sts.amazonaws.com', subject] } },
      [subjectUnderAudience(aud, sub)],
    ],
    [
      'an audience among subjects',
      { StringEquals: { [sub]: [subject, 'sts.amazonaws.com.cn'] } },
      [audienceUnderSubject(sub, aud)],
    ],
    ['a subject that ends as an audience', { StringEquals: { [sub]: 'my-sts.amazonaws.com' } }, []],
    ['a subject that begins as an audience', { StringEquals: { [sub]: 'sts.amazonaws.com/x' } }, []],
    ['a condition on something else only', { StringEquals: { 'aws:SourceAccount': account } }, [untested]],
    [
      'a key whose last word only begins as a claim',
      { StringEquals: { [sub]: subject, 'other.example:subject': 'x' } },
      [],
    ],
    [
      'a key whose issuer is no host name',
      { StringEquals: { [sub]: subject, 'urn:other.example:sub': 'x' } },
      [],
    ],
    [
      'a star across namespaces',
      { StringLike: { [sub]: 'system:serviceaccount:team-*' } },
      [
        {
          code: 'subject-wildcard-spans-namespaces',
          field: at('StringLike', sub),
          message: '`system:serviceaccount:team-*` admits service accounts of more than one namespace',
          help: 'whoever may create a namespace or a service account of a fitting name gets the role',
        },
      ],
    ],
    [
      'a star for a whole namespace',
      { StringLike: { [sub]: 'system:serviceaccount:pay:*' } },
      [
        {
          code: 'subject-wildcard-any-service-account',
          field: at('StringLike', sub),
          message: 'every service account of namespace `pay` is admitted, also one that an intruder creates',
          help: 'name the service accounts that are meant',
        },
      ],
    ],
    [
      'all but several namespaces',
      { StringNotLike: { [sub]: 'system:serviceaccount:team-*' } },
      [negated('StringNotLike')],
    ],
    [
      'all but one namespace',
      { StringNotLike: { [sub]: 'system:serviceaccount:pay:*' } },
      [negated('StringNotLike')],
    ],
    [
      'a set operator that holds for no value',
      { 'ForAllValues:StringEquals': { [sub]: subject } },
      [
        {
          code: 'for-all-values-on-subject',
          field: at('ForAllValues:StringEquals', sub),
          message: '`ForAllValues` also holds for a request that has no such key',
          nearest: 'StringEquals',
        },
      ],
    ],
    [
      'a wildcard, a set operator and a negation on another key',
      {
        StringEquals: { [sub]: subject },
        StringLike: { 'aws:UserAgent': 'system:serviceaccount:*' },
        StringNotLike: { 'aws:UserAgent': 'x' },
        'ForAllValues:StringLike': { 'aws:UserAgent': 'system:serviceaccount:pay:*' },
      },
      [],
    ],
  ])('%s', (_, condition, said) => {
    expect(lint([tokenStatement(condition)])).toEqual(warnings(said));
  });
});

describe('what is said about the issuers of tokens', () => {
  const both = { Federated: [provider, providerOf(other)] };

  it('takes only the last word of a key for its claim', () => {
    const principal = { Principal: { Federated: providerOf(other) } };
    const condition = { StringEquals: { [`${other}:aud`]: subject, [`${other}:sub`]: 'sts.amazonaws.com' } };
    expect(lint([tokenStatement(condition, principal)])).toEqual(
      warnings([
        subjectUnderAudience(`${other}:aud`, `${other}:sub`),
        audienceUnderSubject(`${other}:sub`, `${other}:aud`),
      ]),
    );
  });

  it('lets a key belong to any of several providers', () => {
    expect(lint([named({ Principal: both })])).toEqual([]);
  });

  it('names the keys of every provider when a key belongs to none', () => {
    const key = 'third.example:SUB';
    expect(lint([tokenStatement({ StringEquals: { [key]: subject } }, { Principal: both })])).toEqual(
      warnings([
        {
          code: 'condition-key-of-another-issuer',
          field: at('StringEquals', key),
          message: `tokens of the federated provider have no key \`${key}\``,
          expected: `\`${sub}\` or \`${other}:sub\``,
        },
      ]),
    );
  });

  it('asks nothing of a provider that has no ARN', () => {
    const principal = { Principal: { Federated: 'accounts.google.com' } };
    expect(lint([tokenStatement({ StringEquals: { 'accounts.google.com:aud': 'x' } }, principal)])).toEqual(
      [],
    );
    expect(lint([tokenStatement({}, principal)], { issuer })).toEqual([]);
  });

  it('names every issuer when the own is not among them', () => {
    expect(lint([named({ Principal: both })], { issuer: 'own.example' })).toEqual(
      warnings([
        {
          code: 'issuer-of-another-cluster',
          field: 'Statement[0].Principal.Federated',
          message: `\`${issuer}\`, \`${other}\` is not the issuer of the cluster`,
          expected: '`own.example`',
        },
      ]),
    );
  });
});

describe('what is said about principals and actions', () => {
  it.each<[string, readonly Fields[], readonly Said[]]>([
    ['everyone', [{ Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' }], [everyone]],
    [
      'everyone besides an account',
      [{ Effect: 'Allow', Principal: { AWS: [account, '*'] }, Action: 'sts:AssumeRole' }],
      [everyone],
    ],
    ['a provider without its action', [named({ Action: 'sts:AssumeRole' })], [withoutWebIdentity]],
    ['a provider denied another action', [named({ Effect: 'Deny', Action: 'sts:AssumeRole' })], []],
    [
      'a provider with its action among others',
      [named({ Action: ['sts:TagSession', 'sts:AssumeRoleWithWebIdentity'] })],
      [],
    ],
    [
      'a provider with all actions but another',
      [{ Effect: 'Allow', Principal: { Federated: provider }, NotAction: 'sts:TagSession' }],
      [untested],
    ],
    ['pods without tags', [service(pods, 'sts:AssumeRole')], [withoutTagSession]],
    [
      'pods besides another service',
      [service(['ec2.amazonaws.com', pods], 'sts:AssumeRole')],
      [withoutTagSession],
    ],
    ['another service without tags', [service('ec2.amazonaws.com', 'sts:AssumeRole')], []],
    [
      'tags in a statement of their own',
      [service(pods, 'sts:AssumeRole'), service(pods, 'sts:TagSession')],
      [],
    ],
    [
      'tags for another service',
      [service(pods, 'sts:AssumeRole'), service('ec2.amazonaws.com', 'sts:TagSession')],
      [withoutTagSession],
    ],
    [
      'tags that are denied',
      [service(pods, 'sts:AssumeRole'), service(pods, 'sts:TagSession', 'Deny')],
      [withoutTagSession],
    ],
    ['pods that are denied', [service(pods, 'sts:AssumeRole', 'Deny')], []],
  ])('%s', (_, statements, said) => {
    expect(lint(statements)).toEqual(warnings(said));
  });

  const find = (statement: Statement): readonly unknown[] =>
    trustRules.flatMap((rule) => rule.find(statement, { issuer }, [statement]));

  it('has no doubt about a statement that names no principal', () => {
    const value = { Statement: { Effect: 'Allow', Action: 'sts:*', Resource: '*' } };
    const { statements } = parsePolicy(documentOf(value), 'identityPolicy').policy;
    expect(statements.map(find)).toEqual([[]]);
  });

  it('points at the whole document when a statement has no field', () => {
    const { statements } = parsePolicy(documentOf({ Statement: tokenStatement({}) }), 'trustPolicy').policy;
    const placeless = statements.map((one) => ({ ...one, at: { kind: 'TrustPolicy', name: 'x' } as const }));
    expect(placeless.map(find)).toEqual([
      [{ field: '', message: untested.message, expected: untested.expected }],
    ]);
  });
});
