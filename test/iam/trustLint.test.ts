import { describe, expect, it } from 'vitest';
import { lintTrustPolicy, trustRules } from '../../src/iam/trustLint.ts';
import type { JsonValue } from '../../src/model/aws.ts';
import { documentOf, issuer, policyOf, tokenStatement } from './arbitraries.ts';

const sub = `${issuer}:sub`;
const aud = `${issuer}:aud`;
const subject = 'system:serviceaccount:pay:api';

function web(condition: JsonValue, more?: { readonly [key: string]: JsonValue }): JsonValue {
  return policyOf(tokenStatement(condition, more));
}

const podIdentity = (action: JsonValue): JsonValue => ({
  Statement: { Effect: 'Allow', Principal: { Service: 'pods.eks.amazonaws.com' }, Action: action },
});

const cases: readonly [JsonValue, readonly string[]][] = [
  [web({ StringEquals: { [sub]: subject, [aud]: 'sts.amazonaws.com' } }), []],
  [web({ StringLike: { [sub]: 'system:serviceaccount:pay:*' } }), ['subject-wildcard-any-service-account']],
  [web({ StringLike: { [sub]: 'system:*:pay:?*' } }), ['subject-wildcard-any-service-account']],
  [web({ StringLike: { [sub]: 'system:serviceaccount:pay:?*' } }), ['subject-wildcard-any-service-account']],
  [web({ StringLike: { [sub]: 'system:serviceaccount:pay:api-*' } }), []],
  [web({ StringEquals: { [sub]: 'system:serviceaccount:pay:*' } }), ['wildcard-under-equals']],
  [web({ StringEquals: { [sub]: 'system:serviceaccount:pay:${*}' } }), []],
  [
    web({ StringEquals: { [sub]: subject, 'aws:PrincipalArn': 'arn:aws:iam::*:role/x' } }),
    ['wildcard-under-equals'],
  ],
  [web({ StringEquals: { [aud]: subject } }), ['subject-under-audience', 'subject-not-tested']],
  [web({ StringEquals: { [sub]: 'sts.amazonaws.com' } }), ['audience-under-subject']],
  [
    web({ StringEquals: { 'oidc.eks.us-east-1.amazonaws.com/id/X:sub': subject } }),
    ['condition-key-of-another-issuer'],
  ],
  [web({ StringEquals: { [sub.toUpperCase()]: subject } }), []],
  [web({ StringEquals: { [aud]: 'sts.amazonaws.com' } }), ['subject-not-tested']],
  [web({}), ['subject-not-tested']],
  [web({}, { Effect: 'Deny' }), []],
  [web({ StringLike: { [sub]: 'system:serviceaccount:team-*' } }), ['subject-wildcard-spans-namespaces']],
  [web({ StringLike: { [sub]: 'system:serviceaccount:*:api' } }), ['subject-wildcard-spans-namespaces']],
  [web({ StringLike: { [sub]: 'system:*' } }), ['subject-wildcard-spans-namespaces']],
  [web({ StringLike: { [sub]: 'repo:org/*' } }), []],
  [web({ 'ForAllValues:StringEquals': { [sub]: subject } }), ['for-all-values-on-subject']],
  [web({ StringNotEquals: { [sub]: subject } }), ['negated-subject']],
  [web({ StringNotEquals: { [sub]: subject } }, { Effect: 'Deny' }), []],
  [{ Statement: { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' } }, ['principal-everyone']],
  [{ Statement: { Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole' } }, []],
  [
    web({ StringEquals: { [sub]: subject } }, { Action: 'sts:AssumeRole' }),
    ['federated-without-web-identity'],
  ],
  [podIdentity('sts:AssumeRole'), ['pod-identity-without-tag-session']],
  [podIdentity(['sts:AssumeRole', 'sts:TagSession']), []],
  [web({ StringEquals: { [`https://${sub}`]: subject } }), ['condition-key-with-scheme']],
  [web({}, { Principal: { AWS: 'my-role' } }), ['principal-invalid']],
  [web({}, { Principal: { AWS: '12345678901' } }), ['account-id-length']],
];

describe('lint of trust policies', () => {
  it.each(cases)('%j', (policy, codes) => {
    const found = lintTrustPolicy(documentOf(policy));
    expect(found.map(({ code }) => code)).toEqual(codes);
  });

  it('tells the issuer of another cluster when it knows the own', () => {
    const document = documentOf(web({ StringEquals: { [sub]: subject } }));
    expect(lintTrustPolicy(document, { issuer })).toEqual([]);
    expect(lintTrustPolicy(document, { issuer: 'oidc.eks.eu-west-1.amazonaws.com/id/NEW' })).toMatchObject([
      { code: 'issuer-of-another-cluster', severity: 'warning', field: 'Statement[0].Principal.Federated' },
    ]);
  });

  it('has a case for every rule', () => {
    const told = new Set([...cases.flatMap(([, codes]) => codes), 'issuer-of-another-cluster']);
    expect(trustRules.map(({ code }) => code).filter((code) => !told.has(code))).toEqual([]);
  });

  it('says where and what would be right', () => {
    const [diagnostic] = lintTrustPolicy(
      documentOf(web({ StringEquals: { [sub]: 'system:serviceaccount:pay:*' } })),
    );
    expect(diagnostic).toMatchObject({
      severity: 'warning',
      field: `Statement[0].Condition.StringEquals.${sub}`,
      nearest: 'StringLike',
    });
  });
});
