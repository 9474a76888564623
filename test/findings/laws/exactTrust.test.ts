import { describe, expect, it } from 'vitest';
import { exactTrustFixes } from '../../../src/findings/laws/exactTrust.ts';
import type { JsonValue } from '../../../src/model/aws.ts';
import { world } from '../../../src/model/builder.ts';
import type { World } from '../../../src/model/world.ts';

const roleArn = 'arn:aws:iam::111122223333:role/api';
const issuer = 'oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE';
const provider = `arn:aws:iam::111122223333:oidc-provider/${issuer}`;

function built(trust: JsonValue, accounts: readonly string[] = ['pay/api']): World {
  const start = world().cluster({ oidcIssuer: issuer }).role(roleArn, { trust });
  return accounts.reduce((one, name) => one.serviceAccount(name, { roleArn }), start).build();
}

function statement(condition: JsonValue): { readonly [key: string]: JsonValue } {
  return {
    Sid: 'Pods',
    Effect: 'Allow',
    Principal: { Federated: provider },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: condition,
  };
}

function documentOf(of: World, how?: 'beside'): JsonValue | undefined {
  const [fix] = exactTrustFixes(of, roleArn, 'Statement[0].Condition', how);
  const [patch] = fix?.patches ?? [];
  return patch?.kind === 'trustPolicy' ? patch.document : undefined;
}

const wide = statement({
  StringLike: { [`${issuer}:sub`]: 'system:serviceaccount:*' },
  IpAddress: { 'aws:SourceIp': '10.0.0.0/8' },
});
const exact = statement({
  IpAddress: { 'aws:SourceIp': '10.0.0.0/8' },
  StringEquals: {
    [`${issuer}:sub`]: 'system:serviceaccount:pay:api',
    [`${issuer}:aud`]: 'sts.amazonaws.com',
  },
});

describe('an exact trust policy', () => {
  it('names the annotated accounts, and keeps conditions on anything but the token', () => {
    expect(documentOf(built({ Version: '2012-10-17', Statement: [wide] }))).toEqual({
      Version: '2012-10-17',
      Statement: [exact],
    });
  });

  it('reads a statement that stands without a list', () => {
    expect(documentOf(built({ Statement: wide }))).toEqual({ Statement: [exact] });
  });

  it('stands beside a statement that serves others', () => {
    expect(documentOf(built({ Statement: [wide] }), 'beside')).toEqual({ Statement: [wide, exact] });
  });

  it('keeps the subjects that were named letter by letter', () => {
    const other = statement({ StringEquals: { [`${issuer}:sub`]: 'system:serviceaccount:ops:job' } });
    expect(documentOf(built({ Statement: [other] }))).toMatchObject({
      Statement: [
        {
          Condition: {
            StringEquals: {
              [`${issuer}:sub`]: ['system:serviceaccount:ops:job', 'system:serviceaccount:pay:api'],
            },
          },
        },
      ],
    });
  });

  it('is not proposed when nobody asks for the role', () => {
    expect(documentOf(built({ Statement: [wide] }, []))).toBeUndefined();
  });
});
