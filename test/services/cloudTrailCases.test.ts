import { describe, expect, it } from 'vitest';
import { world } from '../../src/model/builder.ts';
import type { Cluster } from '../../src/model/world.ts';
import { cloudTrail, type AuditedCredentials, type CloudTrailView } from '../../src/services/cloudTrail.ts';

const arn = 'arn:aws:iam::111122223333:role/team/api';
const issuer = 'oidc.eks.eu-west-1.amazonaws.com/id/ABC';
const userIdentity =
  'awsdocs/aws-cloudtrail-user-guide:doc_source/cloudtrail-event-reference-user-identity.md';
const ofToken: Omit<CloudTrailView, 'later'> = {
  issued: {
    eventSource: 'sts.amazonaws.com',
    eventName: 'AssumeRoleWithWebIdentity',
    callerType: 'WebIdentityUser',
    caller: 'system:serviceaccount:pay:api',
  },
  sourceIdentity: 'absent',
  cannotShow: ['whichPod', 'meaninglessSessionName'],
  source: `aws/amazon-eks-pod-identity-webhook#112 (an event); ${userIdentity}`,
  strength: 'reported',
};
const ofInstance: Omit<CloudTrailView, 'later'> = {
  sourceIdentity: 'absent',
  cannotShow: ['noEventOfIssue', 'whichPod', 'whichServiceAccount'],
  source: `${userIdentity} (roles for Amazon EC2); the session is named after the instance`,
  strength: 'documented',
};

describe('all that CloudTrail shows', () => {
  it.each<[string, Partial<Cluster>, Partial<AuditedCredentials>, CloudTrailView]>([
    [
      'of a token that was traded, when neither name of the session nor issuer is known',
      {},
      {},
      {
        ...ofToken,
        later: {
          type: 'AssumedRole',
          principalId: 'AROA<unknown>:<session>',
          arn: 'arn:aws:sts::111122223333:assumed-role/api/<session>',
          sessionIssuer: arn,
          federatedProvider: 'arn:aws:iam::111122223333:oidc-provider/<issuer>',
        },
      },
    ],
    [
      'of a role whose ARN still holds a placeholder',
      { partition: 'aws-cn', oidcIssuer: issuer },
      { identity: { kind: 'unnamedRole', which: 'placeholder', text: '${role_arn}' }, sessionName: 'api-1' },
      {
        ...ofToken,
        cannotShow: ['whichPod'],
        later: {
          type: 'AssumedRole',
          principalId: 'AROA<unknown>:api-1',
          federatedProvider: `arn:aws-cn:iam::<account>:oidc-provider/${issuer}`,
        },
      },
    ],
    [
      'of a role in another partition than the cluster is said to be in',
      { oidcIssuer: issuer },
      { identity: { kind: 'role', arn: 'arn:aws-us-gov:iam::444455556666:role/api' }, sessionName: 'api-1' },
      {
        ...ofToken,
        cannotShow: ['whichPod'],
        later: {
          type: 'AssumedRole',
          principalId: 'AROA<unknown>:api-1',
          arn: 'arn:aws-us-gov:sts::444455556666:assumed-role/api/api-1',
          sessionIssuer: 'arn:aws-us-gov:iam::444455556666:role/api',
          federatedProvider: `arn:aws-us-gov:iam::444455556666:oidc-provider/${issuer}`,
        },
      },
    ],
    [
      "of the node's role",
      {},
      { mechanism: 'imds', sessionName: 'i-1' },
      {
        ...ofInstance,
        later: {
          type: 'AssumedRole',
          principalId: 'AROA<unknown>:i-1',
          arn: 'arn:aws:sts::111122223333:assumed-role/api/i-1',
          sessionIssuer: arn,
        },
      },
    ],
    [
      'of a role whose ARN is none',
      {},
      { mechanism: 'imds', sessionName: 'i-1', identity: { kind: 'role', arn: 'api' } },
      {
        ...ofInstance,
        later: { type: 'AssumedRole', principalId: 'AROA<unknown>:i-1', sessionIssuer: 'api' },
      },
    ],
    [
      'of the keys of a user',
      {},
      { mechanism: 'env', identity: { kind: 'static' } },
      {
        ...ofInstance,
        source: userIdentity,
        later: { type: 'IAMUser', principalId: 'AIDA<unknown>' },
      },
    ],
  ])('%s', (_name, cluster, credentials, expected) => {
    const built = world().cluster(cluster).role(arn).build();
    const audited: AuditedCredentials = {
      identity: { kind: 'role', arn },
      mechanism: 'irsa',
      namespace: 'pay',
      serviceAccount: 'api',
      ...credentials,
    };
    expect(cloudTrail(built, audited)).toStrictEqual(expected);
  });
});
