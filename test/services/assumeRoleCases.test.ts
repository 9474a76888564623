import { describe, expect, it } from 'vitest';
import type { AssumeDecision, StatementEvidence } from '../../src/iam/decision.ts';
import type { JsonValue } from '../../src/model/aws.ts';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import type { FileContent } from '../../src/model/environment.ts';
import type { Reply } from '../../src/model/exchange.ts';
import { askStated, type Question } from '../../src/model/fact.ts';
import type { Credentials } from '../../src/model/identity.ts';
import type { World } from '../../src/model/world.ts';
import type { ServiceEvidence, ServiceReply } from '../../src/services/evidence.ts';
import { assumeRole, assumeRoleWithWebIdentity } from '../../src/services/sts.ts';
import { stsErrors } from '../../src/services/stsErrors.ts';
import { account, issuer, policyOf, provider, tokenStatement } from '../iam/arbitraries.ts';

const roleArn = `arn:aws:iam::${account}:role/api`;
const nodeRole = `arn:aws:iam::${account}:role/node`;
const trustPolicy = { kind: 'TrustPolicy', name: roleArn };

const trusting = (principal: JsonValue, condition: JsonValue = {}): JsonValue =>
  policyOf({ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole', Condition: condition });
const trustsNode = world().role(roleArn, { trust: trusting({ AWS: nodeRole }) });
const trustsAccount = world().role(roleArn, { trust: trusting({ AWS: account }) });

const ofNode: Credentials = {
  identity: { kind: 'role', arn: nodeRole },
  mechanism: 'imds',
  sessionName: 'i-1',
};
const ofUser: Credentials = {
  identity: { kind: 'static', accessKeyId: 'AKIAIOSFODNN7EXAMPLE' },
  mechanism: 'env',
};
const ofSomeUser: Credentials = { identity: { kind: 'static' }, mechanism: 'env' };
const ofUnnamed: Credentials = {
  identity: { kind: 'unnamedRole', which: 'nodeRole', text: 'n1' },
  mechanism: 'imds',
};

interface Asking {
  readonly source: Credentials;
  readonly durationSeconds?: number;
}

const withLimit = (state: WorldBuilder, maxSessionDurationSeconds: number): World => {
  const built = state.build();
  return { ...built, roles: built.roles.map((role) => ({ ...role, maxSessionDurationSeconds })) };
};

const session = ({ source, durationSeconds = 3600 }: Asking): Reply => ({
  kind: 'ok',
  body: {
    kind: 'credentials',
    credentials: {
      identity: { kind: 'role', arn: roleArn },
      mechanism: source.mechanism,
      sessionName: 'api-1',
      expiresInSeconds: durationSeconds,
    },
  },
});

const refused = (caller: string): Reply => ({
  kind: 'httpError',
  status: 403,
  code: 'AccessDenied',
  message: `User: ${caller} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
});

const assumption = (caller: string, decision: AssumeDecision): ServiceEvidence => ({
  kind: 'assumption',
  action: 'AssumeRole',
  roleArn,
  caller,
  decision,
  source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html',
});

const byFact = (allowed: boolean, more: Omit<Question, 'name' | 'scope'> = {}): AssumeDecision => ({
  kind: 'byFact',
  allowed,
  question: { name: 'trust', scope: roleArn, ...more },
});

const sessionOfNode = `arn:aws:sts::${account}:assumed-role/node/i-1`;
const admitting: StatementEvidence = {
  policy: 'trustPolicy',
  at: { ...trustPolicy, field: 'Statement[0]' },
  action: 'sts:AssumeRole',
  effect: 'Allow',
  principalMatches: true,
  matchedAs: 'role',
  actionMatches: true,
  resourceMatches: true,
  conditions: [],
  applies: true,
};
const { matchedAs: _, ...ofNobodyHere } = admitting;
const passingBy: StatementEvidence = {
  ...ofNobodyHere,
  principalMatches: false,
  actionMatches: false,
  resourceMatches: false,
  applies: false,
};

describe('what STS weighs of a caller', () => {
  it.each<[string, World, Asking, ServiceReply]>([
    [
      'a session of the role that the trust policy names',
      trustsNode.build(),
      { source: ofNode },
      {
        reply: session({ source: ofNode }),
        evidence: [assumption(sessionOfNode, { kind: 'allowed', because: [admitting] })],
      },
    ],
    [
      'a session of a role that the trust policy does not name',
      world()
        .role(roleArn, { trust: trusting({ Service: 'ec2.amazonaws.com' }) })
        .build(),
      { source: ofNode },
      {
        reply: refused(sessionOfNode),
        evidence: [
          assumption(sessionOfNode, {
            kind: 'denied',
            reason: 'implicitDeny',
            by: 'trustPolicy',
            because: [passingBy],
          }),
        ],
      },
    ],
    [
      'a session whose name is not known',
      world()
        .complete({ rolesOfAccounts: [account] })
        .build(),
      { source: { identity: { kind: 'role', arn: nodeRole }, mechanism: 'imds' } },
      {
        reply: refused(`arn:aws:sts::${account}:assumed-role/node/<session>`),
        evidence: [
          assumption(`arn:aws:sts::${account}:assumed-role/node/<session>`, {
            kind: 'denied',
            reason: 'noSuchRole',
            by: 'trustPolicy',
            because: [],
          }),
        ],
      },
    ],
    [
      'a user by the id of the key',
      trustsAccount.fact('trust', 'refuses').build(),
      { source: ofUser },
      {
        reply: refused('AKIAIOSFODNN7EXAMPLE'),
        evidence: [assumption('AKIAIOSFODNN7EXAMPLE', byFact(false, { about: trustPolicy }))],
      },
    ],
    [
      'a user of whom nothing is known',
      trustsAccount.fact('trust', 'admits').build(),
      { source: ofSomeUser },
      {
        reply: session({ source: ofSomeUser }),
        evidence: [assumption('<user>', byFact(true, { about: trustPolicy }))],
      },
    ],
    [
      'a role without a name, where no caller is trusted',
      world()
        .role(roleArn, { trust: policyOf(tokenStatement({})) })
        .build(),
      { source: ofUnnamed },
      {
        reply: refused('n1'),
        evidence: [assumption('n1', byFact(false, { known: 'refuses', about: trustPolicy }))],
      },
    ],
    [
      'a role without a name, for a role that the full list of the account lacks',
      world()
        .complete({ rolesOfAccounts: [account] })
        .build(),
      { source: ofUnnamed },
      {
        reply: refused('n1'),
        evidence: [
          assumption('n1', { kind: 'denied', reason: 'noSuchRole', by: 'trustPolicy', because: [] }),
        ],
      },
    ],
  ])('%s', (_name, built, asking, expected) => {
    const call = { roleArn, sessionName: 'api-1', ...asking };
    expect(assumeRole(built, askStated(built), call)).toStrictEqual(expected);
  });
});

describe('how long a session may last', () => {
  const hours = 3600;
  const state = trustsAccount.fact('trust', 'admits');
  type Excess = Extract<ServiceEvidence, { kind: 'sessionTooLong' }>;
  const tooLong = (name: 'chainedTooLong' | 'longerThanRoleAllows', excess: Partial<Excess>): unknown => {
    const { status, code, message, source } = stsErrors[name];
    return [
      { kind: 'httpError', status, code, message },
      { kind: 'sessionTooLong', ...excess, source },
    ];
  };
  const at = { kind: 'Role', name: roleArn };

  it.each<[string, World, Asking, unknown]>([
    [
      'a user, up to the limit of the role',
      withLimit(state, 2 * hours),
      { source: ofUser, durationSeconds: 2 * hours },
      [session({ source: ofUser, durationSeconds: 2 * hours }), undefined],
    ],
    [
      'a user, past the limit of the role',
      withLimit(state, 2 * hours),
      { source: ofUser, durationSeconds: 4 * hours },
      tooLong('longerThanRoleAllows', { requestedSeconds: 4 * hours, limitSeconds: 2 * hours, at }),
    ],
    [
      'a user, where nobody states a limit',
      state.build(),
      { source: ofUser, durationSeconds: 12 * hours },
      [session({ source: ofUser, durationSeconds: 12 * hours }), undefined],
    ],
    [
      'a session of a role: one hour, whatever the role allows',
      withLimit(trustsNode, 12 * hours),
      { source: ofNode, durationSeconds: hours + 1 },
      tooLong('chainedTooLong', { requestedSeconds: hours + 1, limitSeconds: hours, at }),
    ],
    [
      'a session of a role for a role that is not shown',
      world().fact('trust', 'admits').fact('identityPolicy', 'allows').build(),
      { source: ofNode, durationSeconds: 2 * hours },
      tooLong('chainedTooLong', { requestedSeconds: 2 * hours, limitSeconds: hours }),
    ],
  ])('%s', (_name, built, asking, expected) => {
    const call = { roleArn, sessionName: 'api-1', ...asking };
    const { reply, evidence } = assumeRole(built, askStated(built), call);
    expect([reply, evidence[1]]).toStrictEqual(expected);
  });
});

type Verdict = readonly [AssumeDecision['kind'] | undefined, Reply['kind']];

const verdict = ({ evidence, reply }: ServiceReply): Verdict => {
  const found = evidence.find((each) => each.kind === 'assumption');
  return [found?.decision.kind, reply.kind];
};

describe('a trust policy that asks for the name of the session', () => {
  const named = { StringEquals: { 'sts:RoleSessionName': 'api-1' } };
  const token: FileContent = {
    kind: 'serviceAccountToken',
    audience: 'sts.amazonaws.com',
    subject: 'system:serviceaccount:pay:api',
    expirationSeconds: 86_400,
    from: { kind: 'Pod', namespace: 'pay', name: 'api' },
  };
  const built = world()
    .cluster({ oidcIssuer: issuer })
    .oidcProvider(provider)
    .role(roleArn, {
      trust: policyOf(tokenStatement(named), {
        Effect: 'Allow',
        Principal: { AWS: nodeRole },
        Action: 'sts:AssumeRole',
        Condition: named,
      }),
    })
    .build();
  const refusesUnlessKnown = ({ known }: Question): string => known ?? 'refuses';

  it.each<[string, sessionName: string, Verdict]>([
    ['has that name', 'api-1', ['allowed', 'ok']],
    ['has another', 'api-2', ['denied', 'httpError']],
    ['is made up when the pod runs', 'botocore-session-<unix s>', ['byFact', 'httpError']],
  ])('%s', (_name, sessionName, expected) => {
    const ask = (question: Question): string =>
      question.name === 'sts' ? 'answers' : refusesUnlessKnown(question);
    const call = { roleArn, sessionName };
    expect(verdict(assumeRole(built, ask, { ...call, source: ofNode }))).toStrictEqual(expected);
    expect(
      verdict(assumeRoleWithWebIdentity(built, ask, { ...call, podKey: 'pay/api', token })),
    ).toStrictEqual(expected);
  });
});

describe('a trust policy that names one session of the caller', () => {
  const built = world()
    .role(roleArn, { trust: trusting({ AWS: sessionOfNode }) })
    .build();

  it.each<[string, sessionName: string | undefined, Verdict]>([
    ['is that session', 'i-1', ['allowed', 'ok']],
    ['is another', 'i-2', ['denied', 'httpError']],
    ['has a name that is made up', 'i-<instance>', ['byFact', 'httpError']],
    ['has no name that is known', undefined, ['byFact', 'httpError']],
  ])('%s', (_name, sessionName, expected) => {
    const ask = ({ name, known }: Question): string => known ?? (name === 'sts' ? 'answers' : 'refuses');
    const { identity, mechanism } = ofNode;
    const source = { identity, mechanism, ...(sessionName === undefined ? {} : { sessionName }) };
    expect(verdict(assumeRole(built, ask, { roleArn, sessionName: 'api-1', source }))).toStrictEqual(
      expected,
    );
  });
});
