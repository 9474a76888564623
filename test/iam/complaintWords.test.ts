import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../src/iam/policyDocument.ts';
import { trustedProviders } from '../../src/iam/trustedProviders.ts';
import type { JsonValue } from '../../src/model/aws.ts';
import { documentOf } from './arbitraries.ts';

const trust = { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' };

function said(condition: JsonValue): readonly string[] {
  const document = documentOf({ Statement: [{ ...trust, Condition: condition }] });
  return parsePolicy(document, 'trustPolicy').diagnostics.map(
    ({ severity, code, field, message, expected, nearest }) =>
      [
        `${severity} ${code} at ${field}: ${message}`,
        ...(expected === undefined ? [] : [`expected ${expected}`]),
        ...(nearest === undefined ? [] : [`nearest ${nearest}`]),
      ].join('; '),
  );
}

describe('what is said about a condition', () => {
  it.each<[string, JsonValue, readonly string[]]>([
    [
      'a condition that is a text',
      'x',
      ['error condition-malformed at Statement[0].Condition: `Condition` is an object of operators'],
    ],
    [
      'an operator that IAM does not know',
      { StringEqual: { 'aws:SourceAccount': '1' } },
      [
        'error condition-operator-unknown at Statement[0].Condition.StringEqual: IAM knows no operator `StringEqual`; nearest StringEquals',
      ],
    ],
    [
      'an operator without keys',
      { StringEquals: 'x' },
      [
        'error condition-malformed at Statement[0].Condition.StringEquals: `StringEquals` is an object of condition keys',
      ],
    ],
    [
      'an object as value',
      { StringEquals: { 'aws:SourceAccount': { a: 1 } } },
      [
        'error condition-value-invalid at Statement[0].Condition.StringEquals.aws:SourceAccount: `{"a":1}` is no value',
        'warning condition-without-values at Statement[0].Condition.StringEquals.aws:SourceAccount: the condition lists no value',
      ],
    ],
    [
      'null as value',
      { StringEquals: { 'aws:SourceAccount': [null] } },
      [
        'error condition-value-invalid at Statement[0].Condition.StringEquals.aws:SourceAccount: `null` is no value',
        'warning condition-without-values at Statement[0].Condition.StringEquals.aws:SourceAccount: the condition lists no value',
      ],
    ],
    [
      'a key with a scheme',
      { StringEquals: { 'https://oidc.example/id:sub': 'x' } },
      [
        'error condition-key-with-scheme at Statement[0].Condition.StringEquals.https://oidc.example/id:sub: a condition key holds the issuer without its scheme; nearest oidc.example/id:sub',
      ],
    ],
    [
      'a key with the plain scheme',
      { StringEquals: { 'HTTP://oidc.example/id:sub': 'x' } },
      [
        'error condition-key-with-scheme at Statement[0].Condition.StringEquals.HTTP://oidc.example/id:sub: a condition key holds the issuer without its scheme; nearest oidc.example/id:sub',
      ],
    ],
    ['a scheme in the middle of a key', { StringEquals: { 'aws:a/https://b': 'x' } }, []],
    [
      'a key of no service',
      { StringEquals: { SourceAccount: 'x' } },
      [
        'error condition-key-invalid at Statement[0].Condition.StringEquals.SourceAccount: `SourceAccount` names no service; expected `service:key`, as `aws:SourceAccount`',
      ],
    ],
    [
      'a key twice in different case',
      { StringEquals: { 'aws:A': 'x', 'aws:a': 'x' } },
      [
        'warning condition-key-repeated at Statement[0].Condition.StringEquals.aws:a: `aws:a` stands here twice, in different case; both must hold',
      ],
    ],
    [
      'no value',
      { StringEquals: { 'aws:SourceAccount': [] } },
      [
        'warning condition-without-values at Statement[0].Condition.StringEquals.aws:SourceAccount: the condition lists no value',
      ],
    ],
    [
      'a value that its operator cannot read',
      { NumericEquals: { 'aws:A': ['1', 'one'] } },
      [
        'warning condition-value-unreadable at Statement[0].Condition.NumericEquals.aws:A: `NumericEquals` can make nothing of `one`',
      ],
    ],
    ['numbers and booleans as values', { StringEquals: { 'aws:A': [1, true] } }, []],
  ])('%s', (_, condition, complaints) => {
    expect(said(condition)).toEqual(complaints);
  });
});

describe('the OIDC providers that a trust policy names', () => {
  const arn = (name: string): string => `arn:aws:iam::111122223333:oidc-provider/${name}`;
  const allow = (federated: JsonValue): JsonValue => ({
    Effect: 'Allow',
    Principal: { Federated: federated },
    Action: 'sts:AssumeRoleWithWebIdentity',
  });

  it.each<[string, readonly JsonValue[], readonly string[]]>([
    ['one', [allow(arn('a.example/id/A'))], ['a.example/id/A']],
    ['several, each once', [allow([arn('a'), arn('b')]), allow(arn('a'))], ['a', 'b']],
    ['none of a Deny', [{ Effect: 'Deny', Principal: { Federated: arn('a') }, Action: '*' }], []],
    ['none of a service', [trust], []],
    ['none of a SAML provider', [allow('arn:aws:iam::111122223333:saml-provider/a')], []],
    ['none of a NotPrincipal', [{ Effect: 'Allow', NotPrincipal: { Federated: arn('a') }, Action: '*' }], []],
  ])('%s', (_, statements, issuers) => {
    expect(trustedProviders(documentOf({ Statement: statements }))).toEqual(
      issuers.map((issuer) => ({ providerArn: arn(issuer), issuer })),
    );
  });
});
