import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../src/model/aws.ts';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import { admittedAccounts, trustedOutsiders } from '../../src/resolve/admittedAccounts.ts';

const account = '111122223333';
const app = `arn:aws:iam::${account}:role/app`;
const ours = 'oidc.eks.eu-west-1.amazonaws.com/id/OURS';
const theirs = 'oidc.eks.eu-west-1.amazonaws.com/id/THEIRS';
const federated = (provider: string): JsonValue => ({
  Effect: 'Allow',
  Principal: { Federated: provider },
  Action: 'sts:AssumeRoleWithWebIdentity',
});
const byTokenOf = (issuer: string, subject: string): JsonValue => ({
  ...(federated(`arn:aws:iam::${account}:oidc-provider/${issuer}`) as object),
  Condition: { StringLike: { [`${issuer}:sub`]: `system:serviceaccount:${subject}` } },
});
const policy = (...statements: readonly JsonValue[]): JsonValue => ({
  Version: '2012-10-17',
  Statement: statements,
});
const api = { namespace: 'pay', name: 'api', at: { kind: 'ServiceAccount', namespace: 'pay', name: 'api' } };
const web = { namespace: 'shop', name: 'web' };

const accounts = world().serviceAccount('pay/api').pod('shop/web', { serviceAccount: 'web' });
const known = accounts.cluster({ oidcIssuer: ours });

function told(builder: WorldBuilder, trust: JsonValue): unknown {
  const admitted = admittedAccounts(builder.role(app, { trust }).build(), app);
  return admitted?.map(({ subjects, ...rest }) => ({ ...rest, subjects: subjects.patterns }));
}

describe('whose tokens a role admits', () => {
  const certain = { undetermined: false };
  test.each<[string, WorldBuilder, JsonValue, unknown]>([
    [
      'of the cluster and of another, each for itself',
      known,
      policy(byTokenOf(ours, 'pay:api'), byTokenOf(theirs, 'pay:api')),
      [
        {
          issuer: ours,
          of: 'thisCluster',
          subjects: ['system:serviceaccount:pay:api'],
          accounts: [api],
          other: { kind: 'none' },
          ...certain,
        },
        {
          issuer: theirs,
          of: 'another',
          subjects: ['system:serviceaccount:pay:api'],
          accounts: [],
          other: { kind: 'text', text: 'system:serviceaccount:pay:api' },
          ...certain,
        },
      ],
    ],
    [
      'where nothing but the policy says what the issuer of the cluster is: perhaps its own',
      accounts,
      policy(byTokenOf(ours, 'shop:*')),
      [
        {
          issuer: ours,
          of: 'unknown',
          subjects: ['system:serviceaccount:shop:*'],
          accounts: [web],
          other: { kind: 'text', text: 'system:serviceaccount:shop:w' },
          ...certain,
        },
      ],
    ],
  ])('%s', (_name, builder, trust, expected) => {
    expect(told(builder, trust)).toStrictEqual(expected);
  });

  test('is not known of a role that the input does not show', () => {
    expect(admittedAccounts(known.build(), app)).toBeUndefined();
  });
});

describe('whom a role trusts besides', () => {
  const other = 'arn:aws:iam::444455556666:role/ci';
  const saml = `arn:aws:iam::${account}:saml-provider/idp`;
  test.each<[string, WorldBuilder, readonly unknown[]]>([
    ['nobody, where the role is not shown', known, []],
    [
      'providers that are none of OIDC',
      known.role(app, {
        trust: policy(byTokenOf(ours, 'pay:api'), {
          Effect: 'Allow',
          Principal: { Federated: saml },
          Action: 'sts:AssumeRoleWithSAML',
        }),
      }),
      [{ kind: 'federated', provider: saml }],
    ],
    [
      'roles that the input does not show',
      known.role(`arn:aws:iam::${account}:role/known`).role(app, {
        trust: policy({
          Effect: 'Allow',
          Principal: { AWS: [other, `arn:aws:iam::${account}:role/known`] },
          Action: 'sts:AssumeRole',
        }),
      }),
      [{ kind: 'role', arn: other }],
    ],
  ])('%s', (_name, builder, expected) => {
    expect(trustedOutsiders(builder.build(), app)).toStrictEqual(expected);
  });
});
