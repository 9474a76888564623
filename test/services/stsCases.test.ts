import { describe, expect, it } from 'vitest';
import type { AssumeDecision, StatementEvidence } from '../../src/iam/decision.ts';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import type { FileContent } from '../../src/model/environment.ts';
import type { Reply } from '../../src/model/exchange.ts';
import { askStated, type Question } from '../../src/model/fact.ts';
import type { ServiceEvidence, ServiceReply } from '../../src/services/evidence.ts';
import { assumeRoleWithWebIdentity, type WebIdentityCall } from '../../src/services/sts.ts';
import { stsErrors, type StsErrorName } from '../../src/services/stsErrors.ts';
import { account, issuer, policyOf, provider, subjectKey, tokenStatement } from '../iam/arbitraries.ts';

const role = `arn:aws:iam::${account}:role/api`;
const subject = 'system:serviceaccount:pay:api';
const pod = { kind: 'Pod', namespace: 'pay', name: 'api' };
const token: FileContent = {
  kind: 'serviceAccountToken',
  audience: 'sts.amazonaws.com',
  subject,
  expirationSeconds: 86_400,
  from: pod,
};
const hidden: FileContent = { kind: 'hidden', from: pod };
const trustPolicy = { kind: 'TrustPolicy', name: role };
const rightTrust = policyOf(tokenStatement({ StringEquals: { [subjectKey]: subject } }));

const provided = world().cluster({ oidcIssuer: issuer }).oidcProvider(provider);
const right = provided.role(role, { trust: rightTrust });

function exchange(state: WorldBuilder, call: Partial<WebIdentityCall> = {}): ServiceReply {
  const built = state.build();
  const request = { roleArn: role, sessionName: 'api-1', podKey: 'pay/api', token, ...call };
  return assumeRoleWithWebIdentity(built, askStated(built), request);
}

const session: Reply = {
  kind: 'ok',
  body: {
    kind: 'credentials',
    credentials: {
      identity: { kind: 'role', arn: role },
      mechanism: 'irsa',
      sessionName: 'api-1',
      expiresInSeconds: 3600,
    },
  },
};

function error(name: StsErrorName, message = stsErrors[name].message): Reply {
  const { status, code } = stsErrors[name];
  return { kind: 'httpError', status, code, message };
}

const providerFound: ServiceEvidence = {
  kind: 'oidcProviderFound',
  accountId: account,
  issuer,
  at: { kind: 'OidcProvider', name: provider },
  source: stsErrors.noOidcProvider.source,
};

const notShown = {
  kind: 'tokenNotShown',
  source: 'boto/botocore:botocore/data/sts/2011-06-15/service-2.json',
} as const;

function assumption(caller: string, decision: AssumeDecision): ServiceEvidence {
  return {
    kind: 'assumption',
    action: 'AssumeRoleWithWebIdentity',
    roleArn: role,
    caller,
    decision,
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html',
  };
}

const admitting: StatementEvidence = {
  policy: 'trustPolicy',
  at: { ...trustPolicy, field: 'Statement[0]' },
  action: 'sts:AssumeRoleWithWebIdentity',
  effect: 'Allow',
  principalMatches: true,
  matchedAs: 'federated',
  actionMatches: true,
  resourceMatches: true,
  conditions: [
    { operator: 'StringEquals', key: subjectKey, expected: [subject], actual: [subject], holds: true },
  ],
  applies: true,
};

const byFact = (allowed: boolean, more: Omit<Question, 'name' | 'scope'> = {}): AssumeDecision => ({
  kind: 'byFact',
  allowed,
  question: { name: 'trust', scope: role, ...more },
});

const unseenCaller = 'the token of pay/api';
const ec2Alone = policyOf({
  Effect: 'Allow',
  Principal: { Service: 'ec2.amazonaws.com' },
  Action: 'sts:AssumeRole',
});
const otherProvider = `arn:aws:iam::${account}:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/OLD`;

describe('what STS weighs of a token', () => {
  it.each<[string, WorldBuilder, Partial<WebIdentityCall>, ServiceReply]>([
    [
      'the subject of a token that is shown',
      right,
      {},
      {
        reply: session,
        evidence: [providerFound, assumption(subject, { kind: 'allowed', because: [admitting] })],
      },
    ],
    [
      'a token in a file that is not shown: the trust policy may admit it',
      right.fact('trust', 'admits'),
      { token: hidden },
      {
        reply: session,
        evidence: [
          { ...notShown, at: pod },
          providerFound,
          assumption(unseenCaller, byFact(true, { about: trustPolicy })),
        ],
      },
    ],
    [
      'a token of which no file is known',
      right.fact('trust', 'refuses'),
      { token: undefined },
      {
        reply: error('webIdentityDenied'),
        evidence: [notShown, providerFound, assumption(unseenCaller, byFact(false, { about: trustPolicy }))],
      },
    ],
    [
      'a token that is not shown, for a role whose trust policy is not shown',
      provided.role(role).fact('trust', 'admits'),
      { token: hidden },
      {
        reply: session,
        evidence: [
          { ...notShown, at: pod },
          providerFound,
          assumption(unseenCaller, byFact(true, { about: { kind: 'Role', name: role } })),
        ],
      },
    ],
    [
      'a token that is not shown, for a role that is not shown',
      provided.fact('trust', 'admits').complete({ rolesOfAccounts: ['444455556666'] }),
      { token: undefined },
      {
        reply: session,
        evidence: [notShown, providerFound, assumption(unseenCaller, byFact(true))],
      },
    ],
    [
      'a token that is not shown, for a role that the full list of the account lacks',
      provided.complete({ rolesOfAccounts: [account] }),
      { token: undefined },
      {
        reply: error('webIdentityDenied'),
        evidence: [
          notShown,
          providerFound,
          assumption(unseenCaller, { kind: 'denied', reason: 'noSuchRole', by: 'trustPolicy', because: [] }),
        ],
      },
    ],
    [
      'a token that is not shown, for a role that trusts no identity provider',
      provided.role(role, { trust: ec2Alone }),
      { token: undefined },
      {
        reply: error('webIdentityDenied'),
        evidence: [
          notShown,
          providerFound,
          assumption(unseenCaller, byFact(false, { known: 'refuses', about: trustPolicy })),
        ],
      },
    ],
    [
      'a token whose issuer nobody states, for a role that trusts two',
      world()
        .role(role, {
          trust: policyOf(
            tokenStatement({ StringEquals: { [subjectKey]: subject } }),
            tokenStatement({}, { Principal: { Federated: otherProvider } }),
          ),
        })
        .fact('trust', 'admits'),
      {},
      {
        reply: session,
        evidence: [
          { kind: 'issuerUnknown', source: stsErrors.noOidcProvider.source },
          assumption(subject, byFact(true, { about: trustPolicy })),
        ],
      },
    ],
  ])('%s', (_name, state, call, expected) => {
    expect(exchange(state, call)).toStrictEqual(expected);
  });
});

describe('what STS refuses before it looks for a provider', () => {
  const twentyLetters = 'arn:aws:iam::1:role/';
  const tooShort = `1 validation error detected: Value '${twentyLetters.slice(1)}' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20`;
  const badName =
    "1 validation error detected: Value 'api 1' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*";
  const missing: ServiceReply = {
    reply: error('emptyToken'),
    evidence: [{ kind: 'tokenRejected', reason: 'missing', at: pod, source: stsErrors.emptyToken.source }],
  };

  it.each<[string, Partial<WebIdentityCall>, ServiceReply]>([
    ['an empty file', { token: { kind: 'empty', from: pod } }, missing],
    ['a file that cannot be read', { token: { kind: 'unreadable', from: pod } }, missing],
    [
      'a text that is no token',
      { token: { kind: 'text', text: 'hello', from: pod } },
      {
        reply: error('notAToken'),
        evidence: [
          { kind: 'tokenRejected', reason: 'notAToken', at: pod, source: stsErrors.notAToken.source },
        ],
      },
    ],
    [
      'a role of 20 letters that is no ARN',
      { roleArn: twentyLetters },
      {
        reply: error('malformedRoleArn'),
        evidence: [
          { kind: 'malformedRoleArn', text: twentyLetters, source: stsErrors.malformedRoleArn.source },
        ],
      },
    ],
    [
      'a role of 19 letters, by its length',
      { roleArn: twentyLetters.slice(1) },
      {
        reply: error('shortRoleArn', tooShort),
        evidence: [
          { kind: 'malformedRoleArn', text: twentyLetters.slice(1), source: stsErrors.shortRoleArn.source },
        ],
      },
    ],
    [
      'a session name with a space',
      { sessionName: 'api 1' },
      {
        reply: error('badSessionName', badName),
        evidence: [{ kind: 'sessionNameRejected', text: 'api 1', source: stsErrors.badSessionName.source }],
      },
    ],
  ])('%s', (_name, call, expected) => {
    expect(exchange(right, call)).toStrictEqual(expected);
  });

  it('a token that has expired', () => {
    expect(exchange(right.fact('token', 'expired', 'pay/api'))).toStrictEqual({
      reply: error('tokenExpired'),
      evidence: [
        { kind: 'tokenRejected', reason: 'expired', at: pod, source: stsErrors.tokenExpired.source },
      ],
    });
  });

  it('nothing of a role with a placeholder: whose session it is stays open', () => {
    const text = 'arn:aws:iam::{AccountId}:role/api';
    expect(exchange(right, { roleArn: text })).toStrictEqual({
      reply: {
        kind: 'ok',
        body: {
          kind: 'credentials',
          credentials: {
            identity: { kind: 'unnamedRole', which: 'placeholder', text },
            mechanism: 'irsa',
            sessionName: 'api-1',
            expiresInSeconds: 3600,
          },
        },
      },
      evidence: [
        {
          kind: 'undeterminedRole',
          text,
          placeholder: '{AccountId}',
          source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html',
        },
      ],
    });
  });
});
