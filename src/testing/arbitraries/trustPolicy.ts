import * as fc from 'fast-check';
import type { JsonValue } from '../../model/aws.ts';
import { testAccount, testIssuer, testNodeRole } from './clusterNames.ts';

const subjects = [
  'system:serviceaccount:legacy:app',
  'system:serviceaccount:secure:app',
  'system:serviceaccount:secure:*',
  'system:serviceaccount:*',
] as const;

/** Draws the trust policy of a role: OIDC, node role, account root, Pod Identity, and explicit denies. */
export function trustPolicy(): fc.Arbitrary<JsonValue> {
  return fc
    .array(statement(), { maxLength: 3 })
    .map((statements) => ({ Version: '2012-10-17', Statement: statements }));
}

function statement(): fc.Arbitrary<JsonValue> {
  const effect = fc.oneof({ weight: 4, arbitrary: fc.constant('Allow') }, fc.constant('Deny'));
  const webIdentity = fc.record({
    Effect: effect,
    Principal: fc.constant({ Federated: `arn:aws:iam::${testAccount}:oidc-provider/${testIssuer}` }),
    Action: fc.constant('sts:AssumeRoleWithWebIdentity'),
    Condition: fc
      .tuple(fc.constantFrom('StringEquals', 'StringLike'), fc.constantFrom(...subjects))
      .map(([operator, subject]) => ({ [operator]: { [`${testIssuer}:sub`]: subject } })),
  });
  const assume = fc.record({
    Effect: effect,
    Principal: fc.constantFrom(
      { AWS: testNodeRole },
      { AWS: `arn:aws:iam::${testAccount}:root` },
      { AWS: '*' },
    ),
    Action: fc.constantFrom('sts:AssumeRole', 'sts:*'),
  });
  const podIdentity = fc.record({
    Effect: effect,
    Principal: fc.constant({ Service: 'pods.eks.amazonaws.com' }),
    Action: fc.constantFrom(['sts:AssumeRole', 'sts:TagSession'], ['sts:AssumeRole']),
  });
  return fc.oneof(webIdentity, assume, podIdentity);
}
