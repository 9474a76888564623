import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../src/model/aws.ts';
import { world } from '../../src/model/builder.ts';
import { admittedAccounts, trustedOutsiders } from '../../src/resolve/admittedAccounts.ts';

const account = '111122223333';
const app = `arn:aws:iam::${account}:role/app`;
const issuer = 'oidc.eks.eu-west-1.amazonaws.com/id/ABC';
const provider = (of = issuer): string => `arn:aws:iam::${account}:oidc-provider/${of}`;

const cluster = world()
  .cluster({ oidcIssuer: issuer })
  .serviceAccount('pay/api')
  .serviceAccount('pay/worker')
  .pod('shop/web', { serviceAccount: 'web' });

const web = (condition: JsonValue, of = issuer): JsonValue => ({
  Effect: 'Allow',
  Principal: { Federated: provider(of) },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: condition,
});
const policy = (...statements: readonly JsonValue[]): JsonValue => ({
  Version: '2012-10-17',
  Statement: statements,
});
const sub = (value: JsonValue, operator = 'StringLike'): JsonValue => ({
  [operator]: { [`${issuer}:sub`]: value },
});

/** Patterns, service accounts of the input, and one that is not in it. */
function told(trust: JsonValue): unknown {
  const input = cluster.role(app, { trust }).build();
  return admittedAccounts(input, app)?.map(({ of, subjects, accounts, other, undetermined }) => [
    of,
    subjects.patterns,
    accounts.map(({ namespace, name }) => `${namespace}/${name}`),
    other.kind === 'text' ? other.text : other.kind,
    ...(undetermined ? ['undetermined'] : []),
  ]);
}

describe('the tokens that a role admits', () => {
  it.each<[string, JsonValue, unknown]>([
    [
      'one service account, and nobody ever besides',
      policy(web(sub('system:serviceaccount:pay:api'))),
      [['thisCluster', ['system:serviceaccount:pay:api'], ['pay/api'], 'none']],
    ],
    [
      'a namespace, and whom somebody may yet create there',
      policy(web(sub('system:serviceaccount:pay:*'))),
      [
        [
          'thisCluster',
          ['system:serviceaccount:pay:*'],
          ['pay/api', 'pay/worker'],
          'system:serviceaccount:pay:a',
        ],
      ],
    ],
    [
      'a star that is a letter: nobody',
      policy(web(sub('system:serviceaccount:pay:*', 'StringEquals'))),
      [['thisCluster', ['system:serviceaccount:pay:${*}'], [], 'none']],
    ],
    [
      'everybody',
      policy(web({})),
      [['thisCluster', ['*'], ['pay/api', 'pay/worker', 'shop/web'], 'system:serviceaccount:p:a']],
    ],
    [
      'another cluster: none of the input',
      policy(web({}, 'oidc.eks.eu-west-1.amazonaws.com/id/OTHER')),
      [['another', ['*'], [], 'system:serviceaccount:a:a']],
    ],
    [
      'what rests on the address of the caller, taken to hold',
      policy(
        web({
          IpAddress: { 'aws:SourceIp': '192.0.2.0/24' },
          ...(sub('system:serviceaccount:pay:api') as object),
        }),
      ),
      [['thisCluster', ['system:serviceaccount:pay:api'], ['pay/api'], 'none', 'undetermined']],
    ],
    [
      'nobody by token',
      policy({ Effect: 'Allow', Principal: { AWS: account }, Action: 'sts:AssumeRole' }),
      [],
    ],
    ['a policy that IAM would refuse: not known', policy({ Effect: 'allow' }), undefined],
  ])('%s', (_name, trust, expected) => {
    expect(told(trust)).toEqual(expected);
  });

  it('is not known without a trust policy', () => {
    expect(admittedAccounts(cluster.role(app).build(), app)).toBeUndefined();
  });
});

describe('whom a role trusts besides', () => {
  it('principals that the input does not show, each once', () => {
    const known = `arn:aws:iam::${account}:role/known`;
    const foreign = 'arn:aws:iam::444455556666:role/x';
    const trust = policy(
      web({}),
      { Effect: 'Allow', Principal: { AWS: [known, foreign, '444455556666'] }, Action: 'sts:AssumeRole' },
      {
        Effect: 'Allow',
        Principal: { AWS: foreign, Service: 'ec2.amazonaws.com' },
        Action: 'sts:AssumeRole',
      },
      { Effect: 'Deny', Principal: '*', Action: 'sts:TagSession' },
    );
    expect(trustedOutsiders(cluster.role(known).role(app, { trust }).build(), app)).toEqual([
      { kind: 'role', arn: foreign },
      { kind: 'account', accountId: '444455556666' },
      { kind: 'service', service: 'ec2.amazonaws.com' },
    ]);
  });
});
