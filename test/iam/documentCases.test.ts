import { describe, expect, it } from 'vitest';
import { doubt, refusal, type Complaint } from '../../src/iam/complaint.ts';
import type { PolicyRole } from '../../src/iam/decision.ts';
import { policyGrammars } from '../../src/iam/grammar.ts';
import type { Policy } from '../../src/iam/policy.ts';
import { parsePolicy } from '../../src/iam/policyDocument.ts';
import type { PrincipalElement } from '../../src/iam/principal.ts';
import { parsePrincipalElement } from '../../src/iam/principalElement.ts';
import { sizeComplaints } from '../../src/iam/sizeLimit.ts';
import type { JsonValue } from '../../src/model/aws.ts';
import { documentOf } from './arbitraries.ts';

const path = 'Statement[0]';
const awsNames = {
  expected: '`*`, an account id, or the ARN of an account, a role, a user or one session',
};

describe('what is said about a document', () => {
  const trust = { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' };
  const identity = { Effect: 'Allow', Action: 's3:*', Resource: '*' };
  const named = (...sids: readonly string[]): JsonValue => sids.map((Sid) => ({ ...identity, Sid }));
  const repeated = (at: number, sid: string): Complaint =>
    refusal('sid-repeated', `Statement[${at}].Sid`, `another statement of this policy is called \`${sid}\``);

  it.each<[string, PolicyRole, JsonValue, Policy['version'], readonly Complaint[]]>([
    [
      'a list',
      'trustPolicy',
      [],
      '2008-10-17',
      [refusal('policy-not-an-object', '', 'a policy document is a JSON object')],
    ],
    [
      'no statement',
      'trustPolicy',
      {},
      '2008-10-17',
      [refusal('policy-without-statement', '', 'the policy has no `Statement`')],
    ],
    [
      'an empty list of statements',
      'trustPolicy',
      { Version: '2012-10-17', Statement: [] },
      '2012-10-17',
      [doubt('policy-empty', 'Statement', 'the policy has no statement and allows nothing')],
    ],
    [
      'a statement that is a text',
      'trustPolicy',
      { Statement: 'x' },
      '2008-10-17',
      [refusal('statement-not-an-object', 'Statement', 'a statement is a JSON object')],
    ],
  ])('%s, and no statement is read', (_, role, value, version, complaints) => {
    const { ref } = documentOf(value);
    expect(parsePolicy(documentOf(value), role)).toStrictEqual({
      policy: { ref, role, version, statements: [] },
      diagnostics: complaints.map((complaint) => ({ ...complaint, object: ref })),
    });
  });

  it.each<[string, PolicyRole, JsonValue, Policy['version'], readonly Complaint[]]>([
    [
      'an unknown version, read as the newer one',
      'trustPolicy',
      { Version: '2020-01-01', Statement: [trust] },
      '2012-10-17',
      [
        refusal('policy-version-unknown', 'Version', 'there is no policy language `"2020-01-01"`', {
          expected: 'one of 2008-10-17, 2012-10-17',
        }),
      ],
    ],
    ['nothing of no version', 'trustPolicy', { Statement: trust }, '2008-10-17', []],
    [
      'a repeated Sid',
      'identityPolicy',
      { Statement: named('a', 'b', 'a') },
      '2008-10-17',
      [repeated(2, 'a')],
    ],
    [
      'a Sid each time it is repeated',
      'sessionPolicy',
      { Statement: named('a', 'a', 'a') },
      '2008-10-17',
      [repeated(1, 'a'), repeated(2, 'a')],
    ],
    [
      'nothing of Sids that differ in case',
      'identityPolicy',
      { Statement: named('a', 'A') },
      '2008-10-17',
      [],
    ],
    ['nothing of empty Sids', 'identityPolicy', { Statement: named('', '') }, '2008-10-17', []],
    ['nothing of no Sids', 'identityPolicy', { Statement: [identity, identity] }, '2008-10-17', []],
    [
      'nothing of a repeated Sid in a trust policy',
      'trustPolicy',
      {
        Statement: [
          { ...trust, Sid: 'a' },
          { ...trust, Sid: 'a' },
        ],
      },
      '2008-10-17',
      [],
    ],
  ])('%s', (_, role, value, version, complaints) => {
    const { policy, diagnostics } = parsePolicy(documentOf(value), role);
    expect(policy.version).toBe(version);
    expect(diagnostics).toEqual(complaints.map((complaint) => ({ ...complaint, object: policy.ref })));
  });

  it('text that is no JSON, with the reason', () => {
    const { policy, diagnostics } = parsePolicy(documentOf('{'), 'trustPolicy');
    expect(policy).toStrictEqual({
      ref: policy.ref,
      role: 'trustPolicy',
      version: '2008-10-17',
      statements: [],
    });
    expect(diagnostics).toMatchObject([{ severity: 'error', code: 'policy-not-json', field: '' }]);
    expect(diagnostics[0]?.message).toMatch(/^the policy is not valid JSON: .+/);
  });

  it.each<[string, string, string]>([
    [
      'white space before encoded text',
      `\n ${encodeURIComponent(JSON.stringify({ Statement: { ...trust, Sid: 'a' } }))}`,
      'a',
    ],
    ['an encoded brace within plain text', JSON.stringify({ Statement: { ...trust, Sid: '%7B' } }), '%7B'],
  ])('nothing of %s', (_, text, sid) => {
    const { policy, diagnostics } = parsePolicy(documentOf(text), 'trustPolicy');
    expect(diagnostics).toEqual([]);
    expect(policy.statements.map((statement) => statement.sid)).toEqual([sid]);
  });

  it('the same for the same document, by the kind of policy', () => {
    const document = documentOf({ Statement: [trust] });
    const first = parsePolicy(document, 'trustPolicy');
    expect(parsePolicy(document, 'identityPolicy').policy.role).toBe('identityPolicy');
    expect(parsePolicy(document, 'trustPolicy')).toBe(first);
  });
});

describe('what is said about the size of a policy', () => {
  const tooLong = (size: number, most: number): Complaint =>
    refusal('policy-too-long', '', `the policy has ${size} characters`, { expected: `at most ${most}` });
  const longerThanDefault = (size: number): Complaint =>
    doubt('policy-longer-than-default', '', `the policy has ${size} characters`, {
      expected: 'at most 2048',
      help: 'IAM stores up to 8192 when the quota was raised',
    });

  it.each<[PolicyRole, number, readonly Complaint[]]>([
    ['trustPolicy', 2048, []],
    ['trustPolicy', 2049, [longerThanDefault(2049)]],
    ['trustPolicy', 8192, [longerThanDefault(8192)]],
    ['trustPolicy', 8193, [tooLong(8193, 8192)]],
    ['identityPolicy', 10_240, []],
    ['identityPolicy', 10_241, [tooLong(10_241, 10_240)]],
    ['sessionPolicy', 20_000, []],
  ])('a %s of %i characters', (role, size, complaints) => {
    const value = { Id: 'x'.repeat(size - '{"Id":""}'.length) };
    expect(sizeComplaints(value, role)).toEqual(complaints);
  });
});

describe('what is said about a principal', () => {
  const field = `${path}.Principal`;
  const noOne: PrincipalElement = { kind: 'principal', entries: [] };
  const everyone: PrincipalElement = { kind: 'principal', entries: [{ kind: 'everyone' }] };
  const account: PrincipalElement = {
    kind: 'principal',
    entries: [{ kind: 'account', accountId: '111122223333' }],
  };
  const digits = { expected: '12 digits' };
  const aws = (written: string): Complaint =>
    refusal('principal-invalid', `${field}.AWS`, `\`${written}\` is no principal`, awsNames);
  const malformed = refusal('principal-malformed', field, 'a principal is `*` or an object', {
    expected: 'an object with AWS, Service, Federated, CanonicalUser',
  });

  it.each<[string, PolicyRole, JsonValue, PrincipalElement, Complaint]>([
    ['a text', 'trustPolicy', 'root', noOne, malformed],
    [
      'an unknown kind',
      'trustPolicy',
      { Servise: 'a.b' },
      noOne,
      refusal('principal-type-unknown', `${field}.Servise`, 'IAM knows no kind of principal `Servise`', {
        nearest: 'Service',
      }),
    ],
    ['a name', 'trustPolicy', { AWS: 'role-1' }, noOne, aws('role-1')],
    ['an object', 'trustPolicy', { AWS: { a: 1 } }, noOne, aws('{"a":1}')],
    [
      'a group',
      'trustPolicy',
      { AWS: 'arn:aws:iam::111122223333:group/g' },
      noOne,
      aws('arn:aws:iam::111122223333:group/g'),
    ],
    [
      'a placeholder',
      'trustPolicy',
      { AWS: ['111122223333', '${account}'] },
      account,
      refusal('principal-placeholder', `${field}.AWS[1]`, 'the placeholder `${account}` was not filled in'),
    ],
    [
      'a short account',
      'trustPolicy',
      { AWS: '1234' },
      noOne,
      refusal('account-id-length', `${field}.AWS`, '`1234` is no account: it has 4 digits', digits),
    ],
    [
      'an ARN of a short account in a region',
      'trustPolicy',
      { AWS: 'arn:aws:iam:eu-west-1:12345:root' },
      noOne,
      refusal('account-id-length', `${field}.AWS`, '`12345` is no account: it has 5 digits', digits),
    ],
    [
      'a number as service',
      'trustPolicy',
      { Service: '1234' },
      noOne,
      refusal('principal-invalid', `${field}.Service`, '`1234` is no principal', {
        expected: 'the name of a service, as `ec2.amazonaws.com`',
      }),
    ],
    [
      'someone beside everyone where everyone must be named',
      'resourceControlPolicy',
      { AWS: ['*', '111122223333'] },
      { kind: 'principal', entries: [...everyone.entries, ...account.entries] },
      refusal('principal-invalid', field, 'this kind of policy names everyone', { expected: '`*`' }),
    ],
  ])('%s', (_, role, value, element, complaint) => {
    expect(parsePrincipalElement({ Principal: value }, path, policyGrammars[role])).toStrictEqual({
      value: element,
      complaints: [complaint],
    });
  });

  it.each<[PolicyRole, JsonValue, PrincipalElement]>([
    ['resourceControlPolicy', { AWS: '*' }, everyone],
    ['trustPolicy', { AWS: '111122223333' }, account],
  ])('nothing in a %s that names %j', (role, value, element) => {
    const reading = parsePrincipalElement({ Principal: value }, path, policyGrammars[role]);
    expect(reading).toStrictEqual({ value: element, complaints: [] });
  });

  it('NotPrincipal', () => {
    const reading = parsePrincipalElement({ NotPrincipal: '*' }, path, policyGrammars.trustPolicy);
    const message = '`NotPrincipal` cannot be used in this kind of policy';
    const help = 'deny everyone on the condition `ArnNotEquals` of `aws:PrincipalArn`';
    expect(reading).toStrictEqual({
      value: { kind: 'notPrincipal', entries: [{ kind: 'everyone' }] },
      complaints: [refusal('not-principal', `${path}.NotPrincipal`, message, { help })],
    });
  });
});
