import { describe, expect, it } from 'vitest';
import { decideAssumeRole, decidePodIdentity, decideWebIdentity } from '../../src/iam/assumeRole.ts';
import type { AssumeDecision } from '../../src/iam/decision.ts';
import type { JsonValue } from '../../src/model/aws.ts';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import { askStated, type Ask, type Question } from '../../src/model/fact.ts';
import type { World } from '../../src/model/world.ts';
import { account, issuer, policyOf, provider } from './arbitraries.ts';

const other = '444455556666';
const app = `arn:aws:iam::${account}:role/team/app`;
const node = `arn:aws:iam::${account}:role/node`;
const strangerNode = `arn:aws:iam::${other}:role/node`;

/** An `ask` that keeps what was asked, so that a test can tell what an answer rested on. */
function recording(
  input: World,
  answers: Readonly<Record<string, string>> = {},
): { ask: Ask; asked: Question[] } {
  const asked: Question[] = [];
  const stated = askStated(input);
  return {
    asked,
    ask: (question) => {
      asked.push(question);
      return answers[question.name] ?? stated(question);
    },
  };
}

function outcome(decision: AssumeDecision): string {
  switch (decision.kind) {
    case 'allowed':
      return 'allowed';
    case 'denied':
      return `denied: ${decision.reason} by ${decision.by}`;
    case 'byFact':
      return `${decision.question.name} says ${decision.allowed ? 'yes' : 'no'}`;
  }
}

const allow = (
  principal: JsonValue,
  action: JsonValue = 'sts:AssumeRole',
  condition?: JsonValue,
): JsonValue => ({
  Effect: 'Allow',
  Principal: principal,
  Action: action,
  ...(condition === undefined ? {} : { Condition: condition }),
});

describe('web identity', () => {
  const trust = (condition: JsonValue): World =>
    world()
      .role(app, {
        trust: policyOf(allow({ Federated: provider }, 'sts:AssumeRoleWithWebIdentity', condition)),
      })
      .build();
  const request = {
    roleArn: app,
    providerArn: provider,
    issuer,
    subject: 'system:serviceaccount:pay:api',
    audience: 'sts.amazonaws.com',
  };
  const sub = `${issuer}:sub`;
  const aud = `${issuer}:aud`;

  it.each<[string, JsonValue, string]>([
    [
      'subject and audience',
      { StringEquals: { [sub]: request.subject, [aud]: request.audience } },
      'allowed',
    ],
    ['no condition at all', {}, 'allowed'],
    ['another subject', { StringEquals: { [sub]: 'system:serviceaccount:pay:web' } }, 'no'],
    ['another audience', { StringEquals: { [aud]: 'beta' } }, 'no'],
    ['a list of subjects', { StringEquals: { [sub]: ['x', request.subject] } }, 'allowed'],
    ['a star under StringEquals', { StringEquals: { [sub]: 'system:serviceaccount:pay:*' } }, 'no'],
    ['a star under StringLike', { StringLike: { [sub]: 'system:serviceaccount:pay:*' } }, 'allowed'],
    ['a star that crosses colons', { StringLike: { [sub]: 'system:*:api' } }, 'allowed'],
    ['a key in other case', { StringEquals: { [sub.toUpperCase()]: request.subject } }, 'allowed'],
    ['an operator in other case', { stringequals: { [sub]: request.subject } }, 'allowed'],
    ['the key of another issuer', { StringEquals: { 'oidc.example.com:sub': request.subject } }, 'no'],
    [
      'the key of another issuer, if it exists',
      { StringEqualsIfExists: { 'oidc.example.com:sub': 'x' } },
      'allowed',
    ],
    [
      'a negation on the key of another issuer',
      { StringNotEquals: { 'oidc.example.com:sub': 'x' } },
      'allowed',
    ],
    [
      'ForAllValues on an absent key',
      { 'ForAllValues:StringEquals': { 'oidc.example.com:sub': 'x' } },
      'allowed',
    ],
    [
      'ForAnyValue on an absent key',
      { 'ForAnyValue:StringNotEquals': { 'oidc.example.com:sub': 'x' } },
      'no',
    ],
    ['the address of the caller', { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }, 'trust says yes'],
    ['that the time is known', { Null: { 'aws:CurrentTime': 'false' } }, 'allowed'],
  ])('%s', (_name, condition, expected) => {
    const { ask } = recording(trust(condition), expected.startsWith('trust') ? { trust: 'admits' } : {});
    const decision = decideWebIdentity(trust(condition), ask, request);
    expect(outcome(decision)).toBe(expected === 'no' ? 'denied: implicitDeny by trustPolicy' : expected);
  });

  it('keeps the condition that decided, with both values', () => {
    const decision = decideWebIdentity(
      trust({ StringEquals: { [sub]: 'system:serviceaccount:pay:web' } }),
      askStated(trust({})),
      request,
    );
    expect(decision).toMatchObject({
      because: [
        {
          at: { kind: 'TrustPolicy', name: app, field: 'Statement[0]' },
          principalMatches: true,
          matchedAs: 'federated',
          actionMatches: true,
          conditions: [
            {
              operator: 'StringEquals',
              key: sub,
              expected: ['system:serviceaccount:pay:web'],
              actual: [request.subject],
              holds: false,
            },
          ],
          applies: false,
        },
      ],
    });
  });

  it('asks about a known trust policy once, and gives way to a fault', () => {
    const known = trust({});
    const calm = recording(known);
    expect(decideWebIdentity(known, calm.ask, request).kind).toBe('allowed');
    expect(calm.asked).toMatchObject([{ name: 'trust', scope: app, known: 'admits' }]);
    const faulty = recording(known, { trust: 'refuses' });
    expect(outcome(decideWebIdentity(known, faulty.ask, request))).toBe('trust says no');
  });

  it.each<[string, WorldBuilder, string, number]>([
    ['a role that is not in the input', world(), 'trust says yes', 1],
    ['a role without its trust policy', world().role(app), 'trust says yes', 1],
    [
      'a trust policy that IAM refuses',
      world().role(app, { trust: { Statement: [{}] } }),
      'trust says yes',
      1,
    ],
    [
      'a role that a full export does not list',
      world().complete({ rolesOfAccounts: [account] }),
      'denied: noSuchRole by trustPolicy',
      0,
    ],
  ])('%s', (_name, builder, expected, questions) => {
    const { ask, asked } = recording(builder.build(), { trust: 'admits' });
    expect(outcome(decideWebIdentity(builder.build(), ask, request))).toBe(expected);
    expect(asked).toHaveLength(questions);
  });
});

describe('AssumeRole by a role session', () => {
  const may = policyOf({ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' });
  const mayNot = policyOf({ Effect: 'Deny', Action: 'sts:*', Resource: app });
  const nothing: JsonValue = policyOf({ Effect: 'Allow', Action: 's3:*', Resource: '*' });
  const session = `arn:aws:sts::${account}:assumed-role/node/i-1`;

  interface Case {
    readonly trust: JsonValue;
    readonly policies?: readonly JsonValue[];
    readonly boundary?: JsonValue;
    readonly caller?: string;
    readonly session?: string;
    readonly externalId?: string;
  }
  it.each<[string, Case, string]>([
    ['its ARN is enough', { trust: { AWS: node }, policies: [] }, 'allowed'],
    ['its ARN is enough without its policies', { trust: { AWS: node } }, 'allowed'],
    [
      'the account is not',
      { trust: { AWS: account }, policies: [] },
      'denied: implicitDeny by identityPolicy',
    ],
    [
      'the account and a policy',
      { trust: { AWS: `arn:aws:iam::${account}:root` }, policies: [may] },
      'allowed',
    ],
    ['the account and an unknown policy', { trust: { AWS: account } }, 'identityPolicy says yes'],
    ['everyone is enough', { trust: '*', policies: [] }, 'allowed'],
    ['another role', { trust: { AWS: app }, policies: [may] }, 'denied: implicitDeny by trustPolicy'],
    [
      'the service of the node',
      { trust: { Service: 'ec2.amazonaws.com' }, policies: [may] },
      'denied: implicitDeny by trustPolicy',
    ],
    [
      'a denial of its own',
      { trust: { AWS: node }, policies: [may, mayNot] },
      'denied: explicitDeny by identityPolicy',
    ],
    [
      'a boundary limits its ARN',
      { trust: { AWS: node }, boundary: nothing },
      'denied: implicitDeny by permissionsBoundary',
    ],
    [
      'a boundary does not limit its session',
      { trust: { AWS: session }, session: 'i-1', boundary: nothing },
      'allowed',
    ],
    ['a boundary does not limit everyone', { trust: { AWS: '*' }, boundary: nothing }, 'allowed'],
    [
      'a boundary limits the account',
      { trust: { AWS: account }, policies: [may], boundary: nothing },
      'denied: implicitDeny by permissionsBoundary',
    ],
    [
      'a boundary that denies',
      { trust: { AWS: session }, session: 'i-1', boundary: mayNot },
      'denied: explicitDeny by permissionsBoundary',
    ],
    [
      'another session of its',
      { trust: { AWS: session }, session: 'i-2' },
      'denied: implicitDeny by trustPolicy',
    ],
    ['a session of unknown name', { trust: { AWS: session } }, 'trust says yes'],
    [
      'a deleted principal',
      { trust: { AWS: 'AROAABCDEFGHIJKLMNOPQ' } },
      'denied: implicitDeny by trustPolicy',
    ],
    [
      'another account, both sides',
      { caller: strangerNode, trust: { AWS: strangerNode }, policies: [may] },
      'allowed',
    ],
    [
      'another account, one side',
      { caller: strangerNode, trust: { AWS: strangerNode }, policies: [] },
      'denied: implicitDeny by identityPolicy',
    ],
    [
      'another account, other side not shown',
      { caller: strangerNode, trust: { AWS: strangerNode } },
      'identityPolicy says yes',
    ],
  ])('%s', (_name, given, expected) => {
    const caller = given.caller ?? node;
    const input = world()
      .role(app, { trust: policyOf(allow(given.trust)) })
      .role(caller, {
        ...(given.policies ? { policies: given.policies } : {}),
        ...(given.boundary === undefined ? {} : { boundary: given.boundary }),
      })
      .build();
    const fact = /^\w+(?= says yes)/.exec(expected)?.[0];
    const answers = fact === undefined ? {} : { [fact]: fact === 'trust' ? 'admits' : 'allows' };
    const request = {
      callerRoleArn: caller,
      roleArn: app,
      ...(given.session === undefined ? {} : { callerSessionName: given.session }),
    };
    expect(outcome(decideAssumeRole(input, recording(input, answers).ask, request))).toBe(expected);
  });

  it('needs TagSession on both sides when it passes tags', () => {
    const tags = { team: 'pay' };
    const build = (action: JsonValue): World =>
      world()
        .role(app, { trust: policyOf(allow({ AWS: node }, action)) })
        .role(node, { policies: [] })
        .build();
    const request = { callerRoleArn: node, roleArn: app, tags };
    const alone = build('sts:AssumeRole');
    expect(decideAssumeRole(alone, askStated(alone), request).kind).toBe('denied');
    const both = build(['sts:AssumeRole', 'sts:TagSession']);
    expect(decideAssumeRole(both, askStated(both), request).kind).toBe('allowed');
  });

  it('compares the external id', () => {
    const input = world()
      .role(app, {
        trust: policyOf(allow({ AWS: node }, 'sts:AssumeRole', { StringEquals: { 'sts:ExternalId': 'x' } })),
      })
      .build();
    const decide = (externalId?: string): string =>
      decideAssumeRole(input, askStated(input), {
        callerRoleArn: node,
        roleArn: app,
        ...(externalId === undefined ? {} : { externalId }),
      }).kind;
    expect([decide('x'), decide('y'), decide()]).toEqual(['allowed', 'denied', 'denied']);
  });

  it('asks for the identity policies only when something hangs on them', () => {
    const input = world()
      .role(app, { trust: policyOf(allow({ AWS: node })) })
      .build();
    const { ask, asked } = recording(input);
    decideAssumeRole(input, ask, { callerRoleArn: node, roleArn: app });
    expect(asked.map((question) => question.name)).toEqual(['trust']);
  });
});

describe('EKS Pod Identity', () => {
  const service = { Service: 'pods.eks.amazonaws.com' };
  const both: JsonValue = ['sts:AssumeRole', 'sts:TagSession'];
  const request = { roleArn: app, namespace: 'pay', serviceAccount: 'api' };
  const cluster = { name: 'prod', accountId: account, region: 'eu-west-1' };
  const tag = (name: string): string => `aws:RequestTag/${name}`;

  it.each<[string, JsonValue, string]>([
    ['both actions', allow(service, both), 'allowed'],
    ['AssumeRole alone', allow(service), 'denied: implicitDeny by trustPolicy'],
    ['another service', allow({ Service: 'ec2.amazonaws.com' }, both), 'denied: implicitDeny by trustPolicy'],
    [
      'its namespace',
      allow(service, both, { StringEquals: { [tag('kubernetes-namespace')]: 'pay' } }),
      'allowed',
    ],
    [
      'another namespace',
      allow(service, both, { StringEquals: { [tag('kubernetes-namespace')]: 'x' } }),
      'denied: implicitDeny by trustPolicy',
    ],
    [
      'its cluster',
      allow(service, both, { ArnEquals: { 'aws:SourceArn': 'arn:aws:eks:*:*:cluster/prod' } }),
      'allowed',
    ],
    ['its account', allow(service, both, { StringEquals: { 'aws:SourceAccount': account } }), 'allowed'],
    [
      'the name of the pod',
      allow(service, both, { StringLike: { [tag('kubernetes-pod-name')]: 'api-*' } }),
      'trust says yes',
    ],
    ['all tags', allow(service, both, { Null: { [tag('kubernetes-pod-uid')]: 'false' } }), 'allowed'],
  ])('%s', (_name, statement, expected) => {
    const input = world()
      .cluster(cluster)
      .role(app, { trust: policyOf(statement) })
      .build();
    const { ask } = recording(input, expected.startsWith('trust') ? { trust: 'admits' } : {});
    expect(outcome(decidePodIdentity(input, ask, request))).toBe(expected);
  });

  it('leaves the cluster open when nothing names it', () => {
    const statement = allow(service, both, { StringEquals: { 'aws:SourceAccount': account } });
    const input = world()
      .role(app, { trust: policyOf(statement) })
      .build();
    const { ask, asked } = recording(input, { trust: 'refuses' });
    expect(outcome(decidePodIdentity(input, ask, request))).toBe('trust says no');
    expect(asked).toEqual([{ name: 'trust', scope: app, about: { kind: 'Role', name: app } }]);
  });
});
