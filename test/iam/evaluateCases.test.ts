import { describe, expect, it } from 'vitest';
import type { AssumeRoleRequest } from '../../src/iam/assumeRequest.ts';
import { decideAssumeRole } from '../../src/iam/assumeRole.ts';
import type { AssumeDecision, PolicyRole, StatementEvidence } from '../../src/iam/decision.ts';
import { evaluate, verdictOf, weigh, type Verdict, type Weight } from '../../src/iam/evaluate.ts';
import { parsePolicy } from '../../src/iam/policyDocument.ts';
import type { RequestContext } from '../../src/iam/requestContext.ts';
import type { JsonValue } from '../../src/model/aws.ts';
import { world } from '../../src/model/builder.ts';
import type { RoleOptions } from '../../src/model/builderOptions.ts';
import type { Ask } from '../../src/model/fact.ts';
import { account, documentOf, policyOf } from './arbitraries.ts';

const app = `arn:aws:iam::${account}:role/app`;
const node = `arn:aws:iam::${account}:role/node`;

type Statement = { readonly [key: string]: JsonValue };

describe('the evidence of a statement', () => {
  const context: RequestContext = {
    principal: { kind: 'roleSession', roleArn: node, accountId: account },
    action: 'sts:AssumeRole',
    resource: app,
    keys: new Map([['test:name', ['app']]]),
    openKeys: [{ key: 'test:open', presence: 'always' }],
  };
  const yes = {
    at: { kind: 'TrustPolicy', name: 'test', field: 'Statement[0]' },
    action: 'sts:AssumeRole',
    effect: 'Allow',
    principalMatches: true,
    actionMatches: true,
    resourceMatches: true,
    conditions: [],
    applies: true,
  } as const;
  const trust = { Effect: 'Allow', Principal: { AWS: node }, Action: 'sts:AssumeRole' };
  const failing = { StringEquals: { 'test:name': 'web' } };
  const failed = {
    operator: 'StringEquals',
    key: 'test:name',
    expected: ['web'],
    actual: ['app'],
    holds: false,
  };
  const noAction = { actionMatches: false, resourceMatches: false, applies: false };

  it.each<[string, Statement, Partial<StatementEvidence>]>([
    ['one that applies', trust, { matchedAs: 'role' }],
    ['one with a name', { ...trust, Sid: 'node' }, { sid: 'node', matchedAs: 'role' }],
    ['one that denies', { ...trust, Effect: 'Deny' }, { effect: 'Deny', matchedAs: 'role' }],
    [
      'one for another, whose conditions are not looked at',
      { ...trust, Principal: { AWS: app }, Condition: failing },
      { ...noAction, principalMatches: false },
    ],
    [
      'one for another action, whose conditions are not looked at',
      { ...trust, Action: 'sts:TagSession', Condition: failing },
      { ...noAction, matchedAs: 'role' },
    ],
    [
      'one whose condition fails',
      { ...trust, Condition: failing },
      { matchedAs: 'role', conditions: [failed], applies: false },
    ],
    [
      'one whose condition is open',
      { ...trust, Condition: { StringEquals: { 'test:open': 'a' } } },
      {
        matchedAs: 'role',
        conditions: [
          { operator: 'StringEquals', key: 'test:open', expected: ['a'], holds: false, undetermined: true },
        ],
        applies: false,
        undetermined: true,
      },
    ],
    [
      'one for every other action',
      { Effect: 'Allow', Principal: { AWS: node }, NotAction: 'sts:AssumeRole' },
      { ...noAction, matchedAs: 'role' },
    ],
    [
      'one for a session that may be the one that asks',
      { ...trust, Principal: { AWS: `arn:aws:sts::${account}:assumed-role/node/i-1` } },
      { matchedAs: 'session', applies: false, undetermined: true },
    ],
  ])('%s', (_, statement, evidence) => {
    const { policy } = parsePolicy(documentOf(policyOf(statement)), 'trustPolicy');
    expect(evaluate([policy], context)).toStrictEqual([{ policy: 'trustPolicy', ...yes, ...evidence }]);
  });

  const attached = { Effect: 'Allow', Action: 'sts:AssumeRole' };
  const open = { applies: false, undetermined: true } as const;
  const otherResource = { resourceMatches: false, applies: false };
  it.each<[string, Statement, Partial<StatementEvidence>]>([
    ['one for everything', { Resource: '*' }, {}],
    ['one for the role', { Resource: app }, {}],
    ['one for the role by a variable', { Resource: `arn:aws:iam::${account}:role/\${test:name}` }, {}],
    ['one for another role, conditions unseen', { Resource: node, Condition: failing }, otherResource],
    ['one with a missing variable', { Resource: 'arn:aws:iam::*:role/${test:none}' }, otherResource],
    ['one with an open variable', { Resource: 'arn:aws:iam::*:role/${test:open}' }, open],
    ['one for everything but another role', { NotResource: node }, {}],
    ['one for everything but the role', { NotResource: [node, app] }, otherResource],
    ['one for everything but an open variable', { NotResource: 'arn:aws:iam::*:role/${test:open}' }, open],
    [
      'one for everything but a missing variable',
      { NotResource: 'arn:aws:iam::*:role/${test:none}' },
      otherResource,
    ],
    [
      'one for everything but a missing and an open variable',
      { NotResource: ['arn:aws:iam::*:role/${test:none}', 'arn:aws:iam::*:role/${test:open}'] },
      otherResource,
    ],
  ])('%s in a policy of a role', (_, statement, evidence) => {
    const { policy } = parsePolicy(documentOf(policyOf({ ...attached, ...statement })), 'identityPolicy');
    expect(evaluate([policy], context)).toStrictEqual([{ policy: 'identityPolicy', ...yes, ...evidence }]);
  });

  it.each<[string, readonly Statement[], Weight]>([
    ['nothing', [], { allows: 'no', denies: 'no' }],
    ['an Allow that applies', [trust], { allows: 'yes', denies: 'no' }],
    ['a Deny that applies', [{ ...trust, Effect: 'Deny' }], { allows: 'no', denies: 'yes' }],
    [
      'an Allow that fails and a Deny that is open',
      [
        { ...trust, Condition: failing },
        { ...trust, Effect: 'Deny', Condition: { StringEquals: { 'test:open': 'a' } } },
      ],
      { allows: 'no', denies: 'open' },
    ],
  ])('the weight of %s', (_, statements, weight) => {
    const { policy } = parsePolicy(documentOf(policyOf(...statements)), 'trustPolicy');
    expect(weigh(evaluate([policy], context))).toStrictEqual(weight);
  });
});

describe('the verdict', () => {
  it.each<[Weight['allows'], Weight['denies'], Verdict]>([
    ['yes', 'no', 'allow'],
    ['yes', 'yes', 'explicitDeny'],
    ['no', 'yes', 'explicitDeny'],
    ['open', 'yes', 'explicitDeny'],
    ['no', 'no', 'implicitDeny'],
    ['no', 'open', 'implicitDeny'],
    ['yes', 'open', 'open'],
    ['open', 'no', 'open'],
    ['open', 'open', 'open'],
  ])('allowed: %s, denied: %s', (allows, denies, verdict) => {
    expect(verdictOf({ allows, denies })).toBe(verdict);
  });
});

describe('what a trust policy leaves to the policies of the caller', () => {
  const request: AssumeRoleRequest = { callerRoleArn: node, roleArn: app };
  const byAccount = { Effect: 'Allow', Principal: { AWS: account }, Action: 'sts:AssumeRole' };
  const byRole = { ...byAccount, Principal: { AWS: node } };
  const byAnyone = { ...byAccount, Principal: '*' };
  const tagging = { Action: 'sts:TagSession' };
  const tagged = { tags: { team: 'pay' } };
  const all = policyOf({ Effect: 'Allow', Action: '*', Resource: '*' });
  const none = policyOf({ Effect: 'Allow', Action: 's3:*', Resource: '*' });
  const noBoundary: RoleOptions = { policies: [] };
  const silentBoundary: RoleOptions = { policies: [all], boundary: none };
  const passing = { sessionPolicy: documentOf(none) };

  const answers: Readonly<Record<string, string>> = { trust: 'admits', identityPolicy: 'allows' };
  const ask: Ask = ({ name, known }) => known ?? answers[name] ?? '';

  function outcome(decision: AssumeDecision): string {
    if (decision.kind === 'denied') return `${decision.reason} by ${decision.by}`;
    return decision.kind === 'byFact' ? `as ${decision.question.name} says` : decision.kind;
  }

  it.each<[string, readonly Statement[], RoleOptions, Partial<AssumeRoleRequest>, string]>([
    ['an account delegates', [byAccount], noBoundary, {}, 'implicitDeny by identityPolicy'],
    ['a role is granted', [byRole], noBoundary, {}, 'allowed'],
    ['one grant of two is enough', [byAccount, byRole], noBoundary, {}, 'allowed'],
    ['a boundary limits a role', [byRole], silentBoundary, {}, 'implicitDeny by permissionsBoundary'],
    ['a role is limited by its session', [byRole], noBoundary, passing, 'implicitDeny by sessionPolicy'],
    ['everyone is not limited by a boundary', [byAnyone], silentBoundary, {}, 'allowed'],
    ['one grant of two without limits is enough', [byRole, byAnyone], silentBoundary, {}, 'allowed'],
    [
      'each action needs its own grant',
      [byRole, { ...byAccount, ...tagging }],
      noBoundary,
      tagged,
      'implicitDeny by identityPolicy',
    ],
    [
      'each action has its own limits',
      [byAnyone, { ...byRole, ...tagging }],
      silentBoundary,
      tagged,
      'implicitDeny by permissionsBoundary',
    ],
    [
      'a statement whose condition fails grants nothing',
      [byAccount, { ...byAnyone, Condition: { StringEquals: { 'sts:ExternalId': 'x' } } }],
      noBoundary,
      {},
      'implicitDeny by identityPolicy',
    ],
    ['policies that nobody shows are asked for', [byAccount], {}, {}, 'as identityPolicy says'],
    [
      'a Deny that is open is asked for',
      [byRole],
      {
        policies: [
          policyOf({
            Effect: 'Deny',
            Action: '*',
            Resource: '*',
            Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
          }),
        ],
      },
      {},
      'as identityPolicy says',
    ],
    [
      'a trust policy that is open is asked for',
      [{ ...byRole, Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }],
      { policies: [all] },
      {},
      'as trust says',
    ],
  ])('%s', (_, trust, caller, more, expected) => {
    const input = world()
      .role(app, { trust: policyOf(...trust) })
      .role(node, caller)
      .build();
    expect(outcome(decideAssumeRole(input, ask, { ...request, ...more }))).toBe(expected);
  });

  it('does not take the Allow of a resource control policy for a grant', () => {
    const input = world()
      .organization({
        resourceControlPolicies: [policyOf({ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' })],
      })
      .role(app, { trust: policyOf(byAccount) })
      .role(node, noBoundary)
      .build();
    expect(outcome(decideAssumeRole(input, ask, request))).toBe('implicitDeny by identityPolicy');
  });

  it('is nothing when a service control policy denies', () => {
    const deny = policyOf({ Effect: 'Deny', Action: 'sts:*', Resource: '*' });
    const built = world().organization({ serviceControlPolicies: [deny] });
    const input = built
      .role(app, { trust: policyOf(byRole) })
      .role(node, noBoundary)
      .build();
    expect(outcome(decideAssumeRole(input, ask, request))).toBe('explicitDeny by serviceControlPolicy');
  });

  it('asks about the role of the caller, with what was read before', () => {
    const input = world()
      .role(app, { trust: policyOf(byAccount) })
      .role(node)
      .build();
    const decision = decideAssumeRole(input, ask, request);
    expect(decision).toMatchObject({
      kind: 'byFact',
      allowed: true,
      question: { name: 'identityPolicy', scope: node, about: { kind: 'Role', name: node } },
      because: [{ policy: 'trustPolicy', matchedAs: 'account', applies: true }],
    });
  });

  it('gives all that was read as the reason of an Allow', () => {
    const input = world()
      .role(app, { trust: policyOf(byRole) })
      .role(node, { policies: [all], boundary: all })
      .build();
    const decision = decideAssumeRole(input, ask, request);
    const read: readonly PolicyRole[] = ['trustPolicy', 'identityPolicy', 'permissionsBoundary'];
    expect(decision.kind).toBe('allowed');
    expect(decision.because?.map(({ policy }) => policy)).toEqual(read);
  });

  it('asks nothing more when the fact says that the trust policy refuses', () => {
    const input = world()
      .role(app)
      .role(node, { policies: [all] })
      .build();
    const decision = decideAssumeRole(input, () => 'refuses', request);
    expect(decision).toStrictEqual({
      kind: 'byFact',
      allowed: false,
      question: { name: 'trust', scope: app, about: { kind: 'Role', name: app } },
    });
  });

  it('needs the policies of a caller whose ARN cannot be read', () => {
    const input = world()
      .role(app, { trust: policyOf(byAnyone) })
      .build();
    const decision = decideAssumeRole(input, ask, { callerRoleArn: 'node', roleArn: app });
    expect(outcome(decision)).toBe('as identityPolicy says');
  });
});
