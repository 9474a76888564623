import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { PolicyRole } from '../../src/iam/decision.ts';
import { isAccepted } from '../../src/iam/policy.ts';
import { parsePolicy } from '../../src/iam/policyDocument.ts';
import type { JsonValue } from '../../src/model/aws.ts';
import { documentOf, issuer, provider, trustPolicy } from './arbitraries.ts';

const trust = {
  Effect: 'Allow',
  Principal: { Service: 'ec2.amazonaws.com' },
  Action: 'sts:AssumeRole',
};
const identity = { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' };

function codes(value: JsonValue, role: PolicyRole = 'trustPolicy'): readonly string[] {
  return parsePolicy(documentOf(value), role).diagnostics.map(
    ({ code, field, severity }) => `${severity} ${code} at ${field}`,
  );
}
const withCondition = (condition: JsonValue): JsonValue => ({
  Statement: [{ ...trust, Condition: condition }],
});
const withPrincipal = (principal: JsonValue): JsonValue => ({
  Statement: [{ ...trust, Principal: principal }],
});

describe('what IAM accepts', () => {
  it.each<[string, JsonValue, PolicyRole]>([
    ['one statement without a list', { Statement: trust }, 'trustPolicy'],
    ['the older version', { Version: '2008-10-17', Id: 'x', Statement: [trust] }, 'trustPolicy'],
    ['text', JSON.stringify({ Statement: [trust] }), 'trustPolicy'],
    ['percent-encoded text', encodeURIComponent(JSON.stringify({ Statement: [trust] })), 'trustPolicy'],
    [
      'lists everywhere',
      { Statement: [{ ...trust, Principal: { Service: ['ec2.amazonaws.com'] }, Action: ['sts:*'] }] },
      'trustPolicy',
    ],
    ['a Sid with spaces in a trust policy', { Statement: [{ ...trust, Sid: 'a b' }] }, 'trustPolicy'],
    [
      'an empty Sid',
      {
        Statement: [
          { ...identity, Sid: '' },
          { ...identity, Sid: '' },
        ],
      },
      'identityPolicy',
    ],
    ['everyone', withPrincipal('*'), 'trustPolicy'],
    ['an account', withPrincipal({ AWS: '111122223333' }), 'trustPolicy'],
    ['a root', withPrincipal({ AWS: 'arn:aws:iam::111122223333:root' }), 'trustPolicy'],
    ['a role with a path', withPrincipal({ AWS: 'arn:aws-cn:iam::111122223333:role/a/b' }), 'trustPolicy'],
    ['a session', withPrincipal({ AWS: 'arn:aws:sts::111122223333:assumed-role/a/s' }), 'trustPolicy'],
    ['a user', withPrincipal({ AWS: 'arn:aws:iam::111122223333:user/a/b' }), 'trustPolicy'],
    ['a deleted principal', withPrincipal({ AWS: 'AROAABCDEFGHIJKLMNOPQ' }), 'trustPolicy'],
    ['a provider', withPrincipal({ Federated: [provider, 'accounts.google.com'] }), 'trustPolicy'],
    ['a canonical user', withPrincipal({ CanonicalUser: 'abc' }), 'trustPolicy'],
    ['several kinds', withPrincipal({ AWS: '*', Service: 'ec2.amazonaws.com' }), 'trustPolicy'],
    ['an empty condition', withCondition({}), 'trustPolicy'],
    [
      'values without quotation marks',
      withCondition({ Bool: { 'aws:SecureTransport': true }, NumericLessThan: { 'a:b': [1, 2] } }),
      'trustPolicy',
    ],
    [
      'all prefixes and suffixes',
      withCondition({ 'forallvalues:StringLikeIfExists': { 'a:b': 'c' } }),
      'trustPolicy',
    ],
    [
      'a policy of a role',
      { Statement: [{ ...identity, Action: ['sts:AssumeRole', 'S3:get*', '*'] }] },
      'identityPolicy',
    ],
  ])('%s', (_name, value, role) => {
    const parsed = parsePolicy(documentOf(value), role);
    expect(parsed.diagnostics).toEqual([]);
    expect(parsed.policy.statements.length).toBeGreaterThan(0);
  });
});

describe('what IAM refuses', () => {
  it.each<[JsonValue, string]>([
    ['{', 'error policy-not-json at '],
    ['%7B%ZZ', 'error policy-not-json at '],
    [[], 'error policy-not-an-object at '],
    [{}, 'error policy-without-statement at '],
    [{ statement: [trust] }, 'error policy-element-unknown at statement'],
    [{ Version: '2012-10-18', Statement: [trust] }, 'error policy-version-unknown at Version'],
    [{ Statement: ['x'] }, 'error statement-not-an-object at Statement[0]'],
    [{ Statement: { ...trust, Effect: 'allow' } }, 'error effect-invalid at Statement.Effect'],
    [{ Statement: [{ Principal: '*', Action: 'sts:*' }] }, 'error effect-invalid at Statement[0]'],
    [{ Statement: [{ ...trust, effect: 'Allow' }] }, 'error policy-element-unknown at Statement[0].effect'],
    [{ Statement: [{ Effect: 'Allow', Action: 'sts:*' }] }, 'error principal-missing at Statement[0]'],
    [{ Statement: [{ ...trust, Resource: '*' }] }, 'error resource-prohibited at Statement[0].Resource'],
    [{ Statement: [{ ...trust, NotPrincipal: '*' }] }, 'error not-principal at Statement[0].NotPrincipal'],
    [{ Statement: [{ ...trust, Action: [] }] }, 'error action-missing at Statement[0].Action'],
    [{ Statement: [{ ...trust, NotAction: 'sts:*' }] }, 'error action-twice at Statement[0]'],
    [{ Statement: [{ ...trust, Action: ['AssumeRole'] }] }, 'error action-invalid at Statement[0].Action[0]'],
    [{ Statement: [{ ...trust, Action: 'a:b:c' }] }, 'error action-invalid at Statement[0].Action'],
    [{ Statement: [{ ...trust, Action: 's3:*' }] }, 'error action-invalid at Statement[0].Action'],
    [{ Statement: [{ ...trust, Action: 1 }] }, 'error action-invalid at Statement[0].Action'],
    [withPrincipal('arn:aws:iam::111122223333:root'), 'error principal-malformed at Statement[0].Principal'],
    [withPrincipal({ aws: '*' }), 'error principal-type-unknown at Statement[0].Principal.aws'],
    [withPrincipal({ AWS: 'my-role' }), 'error principal-invalid at Statement[0].Principal.AWS'],
    [
      withPrincipal({ AWS: ['*', '12345678901'] }),
      'error account-id-length at Statement[0].Principal.AWS[1]',
    ],
    [
      withPrincipal({ AWS: 'arn:aws:iam::1234567890123:root' }),
      'error account-id-length at Statement[0].Principal.AWS',
    ],
    [
      withPrincipal({ AWS: 'arn:aws:iam::111122223333:role/*' }),
      'error principal-invalid at Statement[0].Principal.AWS',
    ],
    [
      withPrincipal({ AWS: 'arn:aws:iam::111122223333:group/g' }),
      'error principal-invalid at Statement[0].Principal.AWS',
    ],
    [
      withPrincipal({ AWS: 'arn:aws:iam::${account}:role/a' }),
      'error principal-placeholder at Statement[0].Principal.AWS',
    ],
    [withPrincipal({ Federated: 'provider' }), 'error principal-invalid at Statement[0].Principal.Federated'],
    [withCondition([]), 'error condition-malformed at Statement[0].Condition'],
    [
      withCondition({ StringEqual: {} }),
      'error condition-operator-unknown at Statement[0].Condition.StringEqual',
    ],
    [
      withCondition({ NullIfExists: {} }),
      'error condition-operator-unknown at Statement[0].Condition.NullIfExists',
    ],
    [
      withCondition({ StringEquals: 'x' }),
      'error condition-malformed at Statement[0].Condition.StringEquals',
    ],
    [
      withCondition({ StringEquals: { aud: 'x' } }),
      'error condition-key-invalid at Statement[0].Condition.StringEquals.aud',
    ],
    [
      withCondition({ StringEquals: { 'a:b': [{}] } }),
      'error condition-value-invalid at Statement[0].Condition.StringEquals.a:b',
    ],
    [
      withCondition({ StringEquals: { [`https://${issuer}:sub`]: 'x' } }),
      `error condition-key-with-scheme at Statement[0].Condition.StringEquals.https://${issuer}:sub`,
    ],
  ])('%j', (value, expected) => {
    expect(codes(value)).toContain(expected);
  });

  it.each<[JsonValue, string]>([
    [
      { Statement: [{ ...identity, Principal: '*' }] },
      'error principal-prohibited at Statement[0].Principal',
    ],
    [{ Statement: [{ Effect: 'Allow', Action: 's3:*' }] }, 'error resource-missing at Statement[0]'],
    [{ Statement: [{ ...identity, Resource: 'bucket' }] }, 'error resource-invalid at Statement[0].Resource'],
    [{ Statement: [{ ...identity, Sid: 'a b' }] }, 'error sid-invalid at Statement[0].Sid'],
    [
      {
        Statement: [
          { ...identity, Sid: 'a' },
          { ...identity, Sid: 'a' },
        ],
      },
      'error sid-repeated at Statement[1].Sid',
    ],
  ])('%j in a policy of a role', (value, expected) => {
    expect(codes(value, 'identityPolicy')).toContain(expected);
  });

  it('names everything at once, with the nearest right word', () => {
    const parsed = parsePolicy(
      documentOf({ Statment: [], Statement: [{ ...trust, Efect: 'Allow', Condition: { StringEqual: {} } }] }),
      'trustPolicy',
    );
    expect(parsed.diagnostics.map(({ nearest }) => nearest)).toEqual(['Statement', 'Effect', 'StringEquals']);
    expect(isAccepted(parsed)).toBe(false);
  });
});

describe('what IAM accepts and cannot mean anything', () => {
  it.each<[JsonValue, string]>([
    [{ Statement: [] }, 'warning policy-empty at Statement'],
    [withPrincipal({ AWS: [] }), 'warning principal-empty at Statement[0].Principal'],
    [
      withCondition({ StringEquals: { 'a:b': [] } }),
      'warning condition-without-values at Statement[0].Condition.StringEquals.a:b',
    ],
    [
      withCondition({ NumericEquals: { 'a:b': 'x' } }),
      'warning condition-value-unreadable at Statement[0].Condition.NumericEquals.a:b',
    ],
    [
      withCondition({ StringEquals: { 'a:b': 'x', 'A:b': 'y' } }),
      'warning condition-key-repeated at Statement[0].Condition.StringEquals.A:b',
    ],
  ])('%j', (value, expected) => {
    expect(codes(value)).toEqual([expected]);
  });
});

describe('positions', () => {
  const at = (line: number): { file: string; line: number; column: number } => ({
    file: 'a.json',
    line,
    column: 1,
  });
  const document = {
    ...documentOf({ Statement: [trust, { ...trust, Condition: { StringLik: { 'a.b:c': 'x' } } }] }),
    positions: {
      Statement: at(2),
      'Statement[0]': at(3),
      'Statement[1]': at(7),
      'Statement[1].Condition': at(8),
    },
  };

  it('points at the nearest place that was read', () => {
    const parsed = parsePolicy(document, 'trustPolicy');
    expect(parsed.diagnostics).toMatchObject([
      { position: at(8), field: 'Statement[1].Condition.StringLik' },
    ]);
    expect(parsed.policy.statements.map((statement) => statement.at.position)).toEqual([at(3)]);
  });

  it('reads a document once', () => {
    expect(parsePolicy(document, 'trustPolicy')).toBe(parsePolicy(document, 'trustPolicy'));
  });
});

describe('laws', () => {
  test.prop([trustPolicy])('text, encoded text and object mean the same', (value) => {
    const text = JSON.stringify(value);
    const [plain, written, encoded] = [value, text, encodeURIComponent(text)].map(
      (form) => parsePolicy(documentOf(form), 'trustPolicy').policy,
    );
    expect(written).toEqual(plain);
    expect(encoded).toEqual(plain);
  });

  test.prop([fc.jsonValue()])('no document makes the parser fall over', (value) => {
    const parsed = parsePolicy(documentOf(value as JsonValue), 'trustPolicy');
    expect(parsed.policy.role).toBe('trustPolicy');
  });
});

describe('the length of a policy', () => {
  const trustOf = (names: number): JsonValue => ({
    Version: '2012-10-17',
    Statement: [
      {
        ...trust,
        Condition: {
          StringEquals: { [`${issuer}:sub`]: Array.from({ length: names }, (_, at) => `sa-${at}`) },
        },
      },
    ],
  });

  it.each<[names: number, expected: readonly string[]]>([
    [10, []],
    [300, ['warning policy-longer-than-default at ']],
    [1000, ['error policy-too-long at ']],
  ])('%i subjects', (names, expected) => {
    expect(codes(trustOf(names))).toEqual(expected);
  });

  it('does not count white space', () => {
    const text = JSON.stringify(trustOf(90), undefined, 10);
    expect(text.length).toBeGreaterThan(2048);
    expect(codes(text)).toEqual([]);
  });
});

describe('the place of a complaint', () => {
  it('is the key of a condition, whatever letters it holds', () => {
    const position = (line: number): { file: string; line: number; column: number } => ({
      file: 'a.json',
      line,
      column: 1,
    });
    const document = {
      ...documentOf(withCondition({ 'ForAnyValue:StringEqual': { [`${issuer}:sub`]: 'x' } })),
      positions: {
        'Statement[0].Condition': position(4),
        'Statement[0].Condition[ForAnyValue:StringEqual]': position(5),
      },
    };
    expect(parsePolicy(document, 'trustPolicy').diagnostics[0]?.position?.line).toBe(5);
  });
});
