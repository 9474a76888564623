import { describe, expect, it } from 'vitest';
import { findConflicts } from '../../src/findings/examine.ts';
import type { JsonValue } from '../../src/model/aws.ts';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import type { World } from '../../src/model/world.ts';
import { resolveAll } from '../../src/resolve/resolve.ts';

const account = '111122223333';
const other = '444455556666';
const role = `arn:aws:iam::${account}:role/api`;
const issuer = 'oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE';
const elsewhere = 'token.actions.githubusercontent.com';
const providerOf = (of: string, accountId = account): string =>
  `arn:aws:iam::${accountId}:oidc-provider/${of}`;

const cluster: WorldBuilder = world()
  .cluster({ accountId: account, region: 'eu-west-1', oidcIssuer: issuer })
  .nodeDefaults({ imds: { httpTokens: 'required', httpPutResponseHopLimit: 1 } })
  .fact('cni', 'aws-vpc-cni-policy-standard');

function trusting(condition: JsonValue, provider = providerOf(issuer)): { readonly trust: JsonValue } {
  const Action = 'sts:AssumeRoleWithWebIdentity';
  return {
    trust: {
      Statement: { Effect: 'Allow', Principal: { Federated: provider }, Action, Condition: condition },
    },
  };
}

const exact = { [`${issuer}:sub`]: 'system:serviceaccount:pay:api', [`${issuer}:aud`]: 'sts.amazonaws.com' };
const healthy = trusting({ StringEquals: exact });
const api = { serviceAccount: 'api' };

/** A pod of pay/api, whose role has this trust policy. */
function trusted(options: { readonly trust: JsonValue }, roleArn = role): WorldBuilder {
  return cluster.serviceAccount('pay/api', { roleArn }).role(roleArn, options).pod('pay/app', api);
}

function annotated(annotations: Readonly<Record<string, string>>): World {
  return cluster.role(role, healthy).serviceAccount('pay/api', { annotations }).pod('pay/app', api).build();
}

/** The rules about injection, tokens and trust that speak; what else is amiss in these worlds is not asked. */
function causesIn(of: World): readonly string[] {
  const findings = findConflicts(of, resolveAll(of, { sdk: { family: 'go-v2' } }));
  const ids = findings.map(({ rule }) => rule).filter((id) => /^(irsa|trust|oidc|role|sts|seed\d)-/.test(id));
  return [...new Set(ids)];
}

const cases: readonly (readonly [string, World, readonly string[]])[] = [
  ['an exact trust policy', trusted(healthy).build(), []],
  [
    '`StringEqualsIfExists`, since a token always has a subject',
    trusted(trusting({ StringEqualsIfExists: exact })).build(),
    [],
  ],
  [
    '`ForAllValues`, since a token has one subject',
    trusted(trusting({ 'ForAllValues:StringEquals': exact })).build(),
    [],
  ],
  [
    'a role of somebody else’s tokens',
    cluster
      .role(
        role,
        trusting({ StringEquals: { [`${elsewhere}:aud`]: 'sts.amazonaws.com' } }, providerOf(elsewhere)),
      )
      .build(),
    [],
  ],
  ['no condition at all', trusted(trusting({})).build(), ['trust-no-sub']],
  [
    'a pattern for every subject',
    trusted(trusting({ StringLike: { [`${issuer}:sub`]: 'system:*' } })).build(),
    ['trust-stringlike-crosses-colons'],
  ],
  [
    'an audience that only the trust policy wants',
    trusted(trusting({ StringEquals: { ...exact, [`${issuer}:aud`]: 'beta' } })).build(),
    ['trust-aud-mismatch'],
  ],
  [
    'a role of an account without the provider',
    trusted(healthy, `arn:aws:iam::${other}:role/api`)
      .complete({ oidcProvidersOfAccounts: [other] })
      .build(),
    ['role-in-other-account'],
  ],
  ['the key `rolearn`', annotated({ 'eks.amazonaws.com/rolearn': role }), ['irsa-annotation-key-typo']],
  ['the key `iam-role`', annotated({ 'eks.amazonaws.com/iam-role': role }), ['irsa-annotation-key-typo']],
  ['another prefix', annotated({ 'eks.amazon.com/role-arn': role }), ['irsa-annotation-key-typo']],
  [
    'the annotation of kube2iam on a service account',
    annotated({ 'iam.amazonaws.com/role': 'api' }),
    ['irsa-annotation-on-the-wrong-object'],
  ],
  [
    'an account number of 11 digits',
    annotated({ 'eks.amazonaws.com/role-arn': 'arn:aws:iam::11112222333:role/api' }),
    ['irsa-value-not-a-role'],
  ],
  [
    'the token’s path alone',
    cluster
      .serviceAccount('pay/api', { roleArn: role })
      .role(role, healthy)
      .pod('pay/app', { ...api, env: { AWS_WEB_IDENTITY_TOKEN_FILE: '/tmp/token' } })
      .build(),
    ['irsa-user-env-blocks-injection'],
  ],
  [
    'a service account of the same name in another namespace',
    cluster.serviceAccount('pay/api', { roleArn: role }).role(role, healthy).pod('shop/app', api).build(),
    ['irsa-sa-missing'],
  ],
];

describe('what the atlas says of', () => {
  it.each(cases)('%s', (_title, of, expected) => {
    expect(causesIn(of)).toEqual(expected);
  });
});
