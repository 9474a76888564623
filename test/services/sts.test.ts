import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../src/model/aws.ts';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import type { FileContent } from '../../src/model/environment.ts';
import { askStated, type Ask } from '../../src/model/fact.ts';
import type { Credentials } from '../../src/model/identity.ts';
import type { ServiceReply } from '../../src/services/evidence.ts';
import { assumeRole, assumeRoleWithWebIdentity } from '../../src/services/sts.ts';

const account = '111122223333';
const role = `arn:aws:iam::${account}:role/api`;
const foreign = 'arn:aws:iam::444455556666:role/api';
const issuer = 'oidc.eks.eu-west-1.amazonaws.com/id/ABC';
const provider = (accountId: string, of = issuer): string => `arn:aws:iam::${accountId}:oidc-provider/${of}`;
const subject = 'system:serviceaccount:pay:api';
const ref = { kind: 'Pod', namespace: 'pay', name: 'api' };

const token = (audience = 'sts.amazonaws.com'): FileContent => ({
  kind: 'serviceAccountToken',
  audience,
  subject,
  expirationSeconds: 86_400,
  from: ref,
});

function trust(federated: string, conditions: Record<string, JsonValue>, of = issuer): JsonValue {
  const keyed = Object.fromEntries(Object.entries(conditions).map(([key, value]) => [`${of}:${key}`, value]));
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: federated },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: keyed },
      },
    ],
  };
}

const rightTrust = trust(provider(account), { sub: subject, aud: 'sts.amazonaws.com' });
const cluster = world().cluster({ oidcIssuer: issuer });
const right = cluster
  .oidcProvider(provider(account), { clientIds: ['sts.amazonaws.com'] })
  .role(role, { trust: rightTrust });

/** The end of a reply on one line. */
function end({ reply }: ServiceReply): string {
  if (reply.kind === 'httpError') return `${reply.status} ${reply.code}: ${reply.message}`;
  if (reply.kind !== 'ok' || reply.body.kind !== 'credentials') return reply.kind;
  const { identity } = reply.body.credentials;
  if (identity.kind === 'role') return identity.arn;
  return identity.kind === 'unnamedRole' ? `${identity.which} ${identity.text}` : identity.kind;
}

const kinds = ({ evidence }: ServiceReply): readonly string[] => evidence.map(({ kind }) => kind);

function exchange(
  state: WorldBuilder,
  { roleArn = role, file = token() }: { roleArn?: string; file?: FileContent | undefined } = {},
  ask?: Ask,
): ServiceReply {
  const built = state.build();
  const call = { roleArn, sessionName: 's1', podKey: 'pay/api', token: file };
  return assumeRoleWithWebIdentity(built, ask ?? askStated(built), call);
}

const denied = '403 AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity';

describe('AssumeRoleWithWebIdentity', () => {
  it.each<
    [name: string, state: WorldBuilder, call: { roleArn?: string; file?: FileContent }, expected: string]
  >([
    ['gives a session of the role', right, {}, role],
    ['sts unreachable', right.fact('sts', 'timeout'), {}, 'timeout'],
    ['sts refused', right.fact('sts', 'refused'), {}, 'refused'],
    [
      'sts failing',
      right.fact('sts', 'serverError'),
      {},
      '500 InternalFailure: The request processing has failed because of an unknown error, exception or failure.',
    ],
    [
      'irsa-value-not-a-role: 11 digits',
      right,
      { roleArn: 'arn:aws:iam::11112222333:role/api' },
      '400 ValidationError: Request ARN is invalid',
    ],
    [
      'irsa-value-not-a-role: a policy',
      right,
      { roleArn: `arn:aws:iam::${account}:policy/api` },
      '400 ValidationError: Request ARN is invalid',
    ],
    [
      'irsa-bare-role-name',
      right,
      { roleArn: 'my-role' },
      "400 ValidationError: 1 validation error detected: Value 'my-role' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20",
    ],
    [
      'a placeholder',
      right,
      { roleArn: 'arn:aws:iam::{AccountId}:role/api' },
      'placeholder arn:aws:iam::{AccountId}:role/api',
    ],
    [
      'a placeholder and a token that has expired',
      right.fact('token', 'expired'),
      { roleArn: '${role_arn}' },
      '400 ExpiredTokenException: Token expired: current date/time must be before the expiration date/time',
    ],
    [
      'a token that has expired',
      right.fact('token', 'expired', 'pay/api'),
      {},
      '400 ExpiredTokenException: Token expired: current date/time must be before the expiration date/time',
    ],
    [
      'a file that is no token',
      right,
      { file: { kind: 'text', text: 'hello', from: ref } },
      '400 InvalidIdentityToken: The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
    ],
    [
      'oidc-provider-absent',
      cluster.role(role, { trust: rightTrust }).complete({ oidcProvidersOfAccounts: [account] }),
      {},
      `400 InvalidIdentityToken: No OpenIDConnect provider found in your account for https://${issuer}`,
    ],
    [
      'a provider that is stated to be absent',
      right.fact('oidcProvider', 'absent', account),
      {},
      `400 InvalidIdentityToken: No OpenIDConnect provider found in your account for https://${issuer}`,
    ],
    ['a provider that is assumed', cluster.role(role, { trust: rightTrust }), {}, role],
    [
      'trust-aud-mismatch: the provider',
      right,
      { file: token('beta-sts.amazonaws.com') },
      '400 InvalidIdentityToken: Incorrect token audience',
    ],
    [
      'trust-aud-mismatch: the trust policy',
      cluster.oidcProvider(provider(account)).role(role, { trust: rightTrust }),
      { file: token('beta-sts.amazonaws.com') },
      denied,
    ],
    [
      'trust-sub-mismatch',
      right.role(role, { trust: trust(provider(account), { sub: 'system:serviceaccount:old:api' }) }),
      {},
      denied,
    ],
    [
      'trust-aud-holds-the-subject',
      right.role(role, { trust: trust(provider(account), { aud: subject }) }),
      {},
      denied,
    ],
    [
      'trust-issuer-of-another-cluster',
      right.role(role, {
        trust: trust(
          provider(account, 'oidc.eks.eu-west-1.amazonaws.com/id/OLD'),
          { sub: subject },
          'oidc.eks.eu-west-1.amazonaws.com/id/OLD',
        ),
      }),
      {},
      denied,
    ],
    [
      'trust-key-does-not-fit-federated',
      right.role(role, {
        trust: trust(provider(account), { sub: subject }, 'oidc.eks.YOUR_AWS_REGION.amazonaws.com/id/ABC'),
      }),
      {},
      denied,
    ],
    [
      'trust-no-sub',
      right.role(role, { trust: trust(provider(account), { aud: 'sts.amazonaws.com' }) }),
      {},
      role,
    ],
    [
      'role-in-other-account: no provider there',
      right
        .role(foreign, { trust: trust(provider(account), { sub: subject }) })
        .complete({ oidcProvidersOfAccounts: ['444455556666'] }),
      { roleArn: foreign },
      `400 InvalidIdentityToken: No OpenIDConnect provider found in your account for https://${issuer}`,
    ],
    [
      "role-in-other-account: the trust names the cluster's provider",
      right
        .oidcProvider(provider('444455556666'))
        .role(foreign, { trust: trust(provider(account), { sub: subject }) }),
      { roleArn: foreign },
      denied,
    ],
    [
      'role-in-other-account: provider and trust are there',
      right
        .oidcProvider(provider('444455556666'))
        .role(foreign, { trust: trust(provider('444455556666'), { sub: subject }) }),
      { roleArn: foreign },
      foreign,
    ],
    ['a role that nobody shows, stated to trust', cluster.fact('trust', 'admits', role), {}, role],
    ['a role that nobody shows, stated to refuse', cluster.fact('trust', 'refuses', role), {}, denied],
    ['a role that does not exist', cluster.complete({ rolesOfAccounts: [account] }), {}, denied],
  ])('%s', (_name, state, call, expected) => {
    expect(end(exchange(state, call))).toBe(expected);
  });

  it('names the session, and when it ends', () => {
    expect(exchange(right).reply).toMatchObject({
      kind: 'ok',
      body: { credentials: { mechanism: 'irsa', sessionName: 's1', expiresInSeconds: 3600 } },
    });
  });

  it('takes the issuer from the only EKS provider', () => {
    const reply = exchange(world().oidcProvider(provider(account)).role(role, { trust: rightTrust }));
    expect(end(reply)).toBe(role);
    expect(reply.evidence).toContainEqual(
      expect.objectContaining({ kind: 'issuerInferred', issuer, from: 'oidcProviders' }),
    );
  });

  it('takes the issuer from the trust policy', () => {
    const reply = exchange(world().role(role, { trust: rightTrust }));
    expect(end(reply)).toBe(role);
    expect(reply.evidence).toContainEqual(
      expect.objectContaining({ kind: 'issuerInferred', issuer, from: 'trustPolicy' }),
    );
  });

  it('asks whether the trust policy admits when nothing names an issuer', () => {
    const reply = exchange(world().fact('trust', 'admits'));
    expect(end(reply)).toBe(role);
    expect(kinds(reply)).toEqual(['issuerUnknown', 'assumption']);
  });

  it('knows that a trust policy without an identity provider refuses, whatever the issuer', () => {
    const trusts = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    };
    expect(end(exchange(world().role(role, { trust: trusts })))).toBe(denied);
  });

  it('asks for a token that the input does not show', () => {
    for (const file of [{ kind: 'hidden', from: ref } as const, undefined]) {
      const built = right.fact('trust', 'admits').build();
      const call = { roleArn: role, sessionName: 's1', podKey: 'pay/api', token: file };
      const reply = assumeRoleWithWebIdentity(built, askStated(built), call);
      expect(end(reply)).toBe(role);
      expect(kinds(reply)).toEqual(['tokenNotShown', 'oidcProviderFound', 'assumption']);
    }
  });

  it('asks in the order in which STS decides, and nothing after a refusal', () => {
    const asked: string[] = [];
    const ask: Ask = ({ name, known }) => {
      asked.push(name);
      return known ?? { sts: 'answers', token: 'valid' }[name as string] ?? '';
    };
    exchange(right, {}, ask);
    expect(asked).toEqual(['sts', 'token', 'oidcProvider', 'trust']);
    asked.length = 0;
    exchange(right, { roleArn: 'x' }, ask);
    expect(asked).toEqual(['sts']);
  });
});

describe('AssumeRole', () => {
  const node = `arn:aws:iam::${account}:role/node`;
  const trusting = (principal: JsonValue): JsonValue => ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }],
  });
  const session: Credentials = {
    identity: { kind: 'role', arn: node },
    mechanism: 'imds',
    sessionName: 'i-1',
  };
  const unnamed: Credentials = {
    identity: { kind: 'unnamedRole', which: 'nodeRole', text: 'n1' },
    mechanism: 'imds',
  };

  it.each<
    [name: string, state: WorldBuilder, source: Credentials, seconds: number | undefined, expected: string]
  >([
    [
      'a role that trusts the caller',
      world().role(role, { trust: trusting({ AWS: node }) }),
      session,
      undefined,
      role,
    ],
    [
      'a role that trusts another',
      world().role(role, { trust: trusting({ Service: 'ec2.amazonaws.com' }) }),
      session,
      undefined,
      `403 AccessDenied: User: arn:aws:sts::${account}:assumed-role/node/i-1 is not authorized to perform: sts:AssumeRole on resource: ${role}`,
    ],
    [
      'a caller that nobody names, and a role that trusts no caller',
      world().role(role, { trust: rightTrust }),
      unnamed,
      undefined,
      `403 AccessDenied: User: n1 is not authorized to perform: sts:AssumeRole on resource: ${role}`,
    ],
    [
      'a caller that nobody names',
      world()
        .role(role, { trust: trusting({ AWS: node }) })
        .fact('trust', 'admits'),
      unnamed,
      undefined,
      role,
    ],
    [
      'k2i-ttl-over-half-hour',
      world().role(role, { trust: trusting({ AWS: node }) }),
      session,
      7200,
      '400 ValidationError: The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    ],
    ['an hour by role chaining', world().role(role, { trust: trusting({ AWS: node }) }), session, 3600, role],
    [
      'a bare name',
      world(),
      session,
      undefined,
      "400 ValidationError: 1 validation error detected: Value 'app' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20",
    ],
  ])('%s', (name, state, source, durationSeconds, expected) => {
    const built = state.build();
    const roleArn = name === 'a bare name' ? 'app' : role;
    const call = {
      roleArn,
      sessionName: 's1',
      source,
      ...(durationSeconds === undefined ? {} : { durationSeconds }),
    };
    expect(end(assumeRole(built, askStated(built), call))).toBe(expected);
  });
});

describe('the name of a session', () => {
  const named = (sessionName: string): string => {
    const built = right.build();
    return end(
      assumeRoleWithWebIdentity(built, askStated(built), {
        roleArn: role,
        sessionName,
        podKey: 'pay/api',
        token: token(),
      }),
    );
  };
  const refused = (sessionName: string, constraint: string): string =>
    `400 ValidationError: 1 validation error detected: Value '${sessionName}' at 'roleSessionName' failed to satisfy constraint: ${constraint}`;

  it.each([
    ['api@pay=1,2.3+4-5_6', role],
    ['botocore-session-<unix s>', role],
    ['my session', refused('my session', 'Member must satisfy regular expression pattern: [\\w+=,.@-]*')],
    ['a', refused('a', 'Member must have length greater than or equal to 2')],
    ['a'.repeat(65), refused('a'.repeat(65), 'Member must have length less than or equal to 64')],
  ])('%s', (sessionName, expected) => {
    expect(named(sessionName)).toBe(expected);
  });
});
