import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { decideAssumeRole, decidePodIdentity, decideWebIdentity } from '../../src/iam/assumeRole.ts';
import type { AssumeDecision } from '../../src/iam/decision.ts';
import type { JsonValue, OrganizationPolicy } from '../../src/model/aws.ts';
import { world } from '../../src/model/builder.ts';
import type { OrganizationOptions } from '../../src/model/builderOptions.ts';
import { askStated, type Ask } from '../../src/model/fact.ts';
import { emptyWorld, type World } from '../../src/model/world.ts';
import { account, documentOf, issuer, provider, trustPolicy } from './arbitraries.ts';

const node = `arn:aws:iam::${account}:role/node`;
const app = `arn:aws:iam::${account}:role/app`;
const linked = `arn:aws:iam::${account}:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS`;

const allow = (more: { readonly [key: string]: JsonValue } = {}): JsonValue => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*', ...more }],
});
const deny = (action: string, condition: JsonValue = {}): JsonValue => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Action: action, Resource: '*', Condition: condition }],
});
const denyAnyone = (action: string, condition: JsonValue = {}): JsonValue => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Principal: '*', Action: action, Resource: '*', Condition: condition }],
});

const trust: JsonValue = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { AWS: [node, linked] }, Action: 'sts:AssumeRole' },
    { Effect: 'Allow', Principal: { Federated: provider }, Action: 'sts:AssumeRoleWithWebIdentity' },
    {
      Effect: 'Allow',
      Principal: { Service: 'pods.eks.amazonaws.com' },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
    },
  ],
};

function within(organization: OrganizationOptions): World {
  return world().organization(organization).role(app, { trust }).role(node, { policies: [] }).build();
}

function outcome(decision: AssumeDecision): string {
  if (decision.kind === 'denied') return `${decision.reason} by ${decision.by}`;
  return decision.kind === 'byFact' ? decision.question.name : decision.kind;
}

const open: Ask = (question) =>
  question.known ?? { trust: 'admits', identityPolicy: 'allows' }[question.name as string] ?? '';
const assume = (input: World, callerRoleArn = node): string =>
  outcome(decideAssumeRole(input, open, { callerRoleArn, roleArn: app }));
const trade = (input: World): string =>
  outcome(
    decideWebIdentity(input, open, {
      roleArn: app,
      providerArn: provider,
      issuer,
      subject: 'system:serviceaccount:pay:api',
      audience: 'sts.amazonaws.com',
    }),
  );
const associate = (input: World): string =>
  outcome(decidePodIdentity(input, open, { roleArn: app, namespace: 'pay', serviceAccount: 'api' }));

const orgId = (value: string): JsonValue => ({
  StringNotEqualsIfExists: { 'aws:PrincipalOrgID': value },
  BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' },
});

describe('policies of an organization', () => {
  it.each<[string, OrganizationOptions, assumed: string, traded: string, associated: string]>([
    ['none', {}, 'allowed', 'allowed', 'allowed'],
    ['an SCP that allows all', { serviceControlPolicies: [allow()] }, 'allowed', 'allowed', 'allowed'],
    [
      'an SCP that denies the caller',
      { serviceControlPolicies: [allow(), deny('sts:AssumeRole')] },
      'explicitDeny by serviceControlPolicy',
      'allowed',
      'allowed',
    ],
    [
      'an SCP that only denies something else: FullAWSAccess is there besides',
      { serviceControlPolicies: [deny('s3:*')] },
      'allowed',
      'allowed',
      'allowed',
    ],
    [
      'an SCP that allows only something else',
      { serviceControlPolicies: [allow({ Action: 's3:*' })] },
      'implicitDeny by serviceControlPolicy',
      'allowed',
      'allowed',
    ],
    [
      'an SCP that allows only something else, beside one that denies something else',
      { serviceControlPolicies: [allow({ Action: 's3:*' }), deny('ec2:*')] },
      'implicitDeny by serviceControlPolicy',
      'allowed',
      'allowed',
    ],
    [
      'an SCP does not reach the management account',
      { managementAccountId: account, serviceControlPolicies: [deny('*')] },
      'allowed',
      'allowed',
      'allowed',
    ],
    [
      'an SCP on something that the input does not show',
      { serviceControlPolicies: [allow(), deny('*', { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } })] },
      'identityPolicy',
      'allowed',
      'allowed',
    ],
    [
      'an RCP that denies everybody',
      { resourceControlPolicies: [denyAnyone('sts:*')] },
      'explicitDeny by resourceControlPolicy',
      'explicitDeny by resourceControlPolicy',
      'explicitDeny by resourceControlPolicy',
    ],
    [
      'an RCP against web identity alone',
      { resourceControlPolicies: [denyAnyone('sts:AssumeRoleWithWebIdentity')] },
      'allowed',
      'explicitDeny by resourceControlPolicy',
      'allowed',
    ],
    [
      'an RCP of another cluster: only tokens of one issuer',
      {
        resourceControlPolicies: [
          denyAnyone('sts:AssumeRoleWithWebIdentity', {
            StringNotEquals: { 'aws:FederatedProvider': `${provider}X` },
          }),
        ],
      },
      'allowed',
      'explicitDeny by resourceControlPolicy',
      'allowed',
    ],
    [
      'an RCP on the organization, whose id the input does not show',
      { resourceControlPolicies: [denyAnyone('sts:AssumeRole', orgId('o-1'))] },
      'trust',
      'allowed',
      'allowed',
    ],
    [
      'an RCP that allows only something else',
      { resourceControlPolicies: [allow({ Action: 's3:*', Principal: '*' })] },
      'implicitDeny by resourceControlPolicy',
      'implicitDeny by resourceControlPolicy',
      'implicitDeny by resourceControlPolicy',
    ],
    [
      'an RCP does not reach the management account',
      { managementAccountId: account, resourceControlPolicies: [denyAnyone('*')] },
      'allowed',
      'allowed',
      'allowed',
    ],
  ])('%s', (_name, organization, assumed, traded, associated) => {
    const input = within(organization);
    expect([assume(input), trade(input), associate(input)]).toEqual([assumed, traded, associated]);
  });

  it('leaves service-linked roles alone', () => {
    const input = within({ serviceControlPolicies: [deny('*')] });
    expect([assume(input), assume(input, linked)]).toEqual([
      'explicitDeny by serviceControlPolicy',
      'allowed',
    ]);
  });

  it('must allow at every level, and denies at any', () => {
    const policy = (target: string, value: JsonValue): OrganizationPolicy => ({
      type: 'serviceControlPolicy',
      name: target,
      target,
      document: documentOf(value),
    });
    const at = (...policies: readonly OrganizationPolicy[]): string =>
      assume({ ...within({}), organization: { policies } });
    expect(at(policy('r-1', allow()), policy(account, allow({ Action: 's3:*' })))).toBe(
      'implicitDeny by serviceControlPolicy',
    );
    expect(at(policy('r-1', allow()), policy('444455556666', allow({ Action: 's3:*' })))).toBe('allowed');
    expect(at(policy('r-1', allow()), policy('ou-1', deny('sts:*')))).toBe(
      'explicitDeny by serviceControlPolicy',
    );
    expect(at(policy('r-1', allow()), policy('ou-ab12-444455556666', deny('sts:*')))).toBe(
      'explicitDeny by serviceControlPolicy',
    );
  });

  it('says nothing for certain by a policy that AWS would refuse', () => {
    const refused: JsonValue = { Statement: [{ Effect: 'deny' }] };
    expect(assume(within({ serviceControlPolicies: [refused] }))).toBe('identityPolicy');
    expect(assume(within({ resourceControlPolicies: [refused] }))).toBe('trust');
  });

  it('is not asked after where the trust policy refuses already', () => {
    const resourceControlPolicies = [denyAnyone('sts:AssumeRole', orgId('o-1'))];
    const stranger = `arn:aws:iam::${account}:role/stranger`;
    expect(assume(within({ resourceControlPolicies }), stranger)).toBe('implicitDeny by trustPolicy');
  });
});

describe('a statement about a trust policy', () => {
  const decide = (callerRoleArn: string, answer: string, roleArn = app): AssumeDecision =>
    decideAssumeRole(within({}), ({ name, known = 'allows' }) => (name === 'trust' ? answer : known), {
      callerRoleArn,
      roleArn,
    });
  const stranger = `arn:aws:iam::${account}:role/stranger`;

  it.each([
    ['that agrees with what is written', node, 'admits', 'allowed'],
    ['that denies what is written', node, 'refuses', 'refused by fact'],
    ['that admits whom it does not name', stranger, 'admits', 'admitted by fact'],
    ['that agrees that it names somebody else', stranger, 'refuses', 'denied'],
  ])('%s', (_name, caller, answer, expected) => {
    const decision = decide(caller, answer);
    const byFact = decision.kind === 'byFact' && `${decision.allowed ? 'admitted' : 'refused'} by fact`;
    expect(byFact || decision.kind).toBe(expected);
  });

  it('is not asked for of a role whose ARN is none', () => {
    expect(outcome(decide(node, 'admits', 'app'))).toBe('noSuchRole by trustPolicy');
  });
});

describe('laws of organizations', () => {
  /** A policy of an organization made of the statements of any other, for everyone. */
  const forEveryone = trustPolicy.map((value) => {
    const { Statement } = value as { readonly Statement: readonly { readonly [key: string]: JsonValue }[] };
    return {
      Version: '2012-10-17',
      Statement: Statement.map((one) => ({ ...one, Principal: '*', Resource: '*' })),
    };
  });

  const decide = (trusted: JsonValue, organization: OrganizationOptions): string =>
    assume(
      world()
        .organization(organization)
        .role(app, { trust: trusted })
        .role(node, { policies: [allow()] })
        .build(),
    );

  test.prop([trustPolicy, fc.array(forEveryone, { maxLength: 3 })])(
    'policies of an organization never add access',
    (trusted, policies) => {
      const before = decide(trusted, {});
      const limited = decide(trusted, { resourceControlPolicies: policies });
      if (before !== 'allowed') expect(limited).not.toBe('allowed');
    },
  );

  test.prop([trustPolicy, fc.array(forEveryone, { maxLength: 3 })])(
    'the policy that Organizations attaches by itself takes no access away',
    (trusted, policies) => {
      const without = decide(trusted, { resourceControlPolicies: policies });
      const full = allow({ Principal: '*' });
      if (without === 'allowed') {
        expect(decide(trusted, { resourceControlPolicies: [full, ...policies] })).toBe('allowed');
      }
    },
  );
});

describe('a session policy of the caller', () => {
  const trusting = (principal: JsonValue): World =>
    world()
      .role(app, {
        trust: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }],
        },
      })
      .role(node, { policies: [allow()] })
      .build();
  const ask = (input: World, sessionPolicy: JsonValue): string =>
    outcome(
      decideAssumeRole(input, askStated(emptyWorld), {
        callerRoleArn: node,
        callerSessionName: 's',
        roleArn: app,
        sessionPolicy: documentOf(sessionPolicy),
      }),
    );

  it.each<[string, JsonValue, JsonValue, string]>([
    ['limits a grant to the role', { AWS: node }, allow({ Action: 's3:*' }), 'implicitDeny by sessionPolicy'],
    [
      'limits a grant to the account',
      { AWS: account },
      allow({ Action: 's3:*' }),
      'implicitDeny by sessionPolicy',
    ],
    [
      'does not limit a grant to the session',
      { AWS: `arn:aws:sts::${account}:assumed-role/node/s` },
      allow({ Action: 's3:*' }),
      'allowed',
    ],
    ['lets through what it allows', { AWS: node }, allow({ Action: 'sts:AssumeRole' }), 'allowed'],
    ['denies whatever grants', { AWS: '*' }, deny('sts:AssumeRole'), 'explicitDeny by sessionPolicy'],
  ])('%s', (_name, principal, sessionPolicy, expected) => {
    expect(ask(trusting(principal), sessionPolicy)).toBe(expected);
  });
});
