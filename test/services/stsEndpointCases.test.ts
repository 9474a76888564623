import { describe, expect, it } from 'vitest';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import type { FileContent } from '../../src/model/environment.ts';
import type { Reply, StsEndpoint } from '../../src/model/exchange.ts';
import { askStated, type Question } from '../../src/model/fact.ts';
import type { ServiceReply } from '../../src/services/evidence.ts';
import { assumeRoleWithWebIdentity } from '../../src/services/sts.ts';
import { account, issuer, policyOf, provider, subjectKey, tokenStatement } from '../iam/arbitraries.ts';

const subject = 'system:serviceaccount:pay:api';
const roleArn = `arn:aws:iam::${account}:role/api`;
const token: FileContent = {
  kind: 'serviceAccountToken',
  audience: 'sts.amazonaws.com',
  subject,
  expirationSeconds: 86_400,
  from: { kind: 'Pod', namespace: 'pay', name: 'api' },
};
const right = world()
  .cluster({ oidcIssuer: issuer })
  .oidcProvider(provider)
  .role(roleArn, { trust: policyOf(tokenStatement({ StringEquals: { [subjectKey]: subject } })) });

const host = 'sts.amazonaws.com';
const global: StsEndpoint = { kind: 'global' };
const regional: StsEndpoint = { kind: 'regional', region: 'eu-west-1' };

/** The first question that STS asks of the world, and its answer. */
function exchange(
  state: WorldBuilder,
  endpoint: StsEndpoint | undefined,
): { readonly first: Question | undefined; readonly answer: ServiceReply } {
  const built = state.build();
  const stated = askStated(built);
  const asked: Question[] = [];
  const ask = (question: Question): string => {
    asked.push(question);
    return stated(question);
  };
  const call = { roleArn, sessionName: 'api-1', podKey: 'pay/api', token, ...(endpoint ? { endpoint } : {}) };
  return { answer: assumeRoleWithWebIdentity(built, ask, call), first: asked[0] };
}

describe('the endpoint of STS', () => {
  it.each<[string, WorldBuilder, StsEndpoint | undefined, Question]>([
    ['as a whole, where nothing is stated', right, global, { name: 'sts' }],
    ['as a whole, as it is stated', right.fact('sts', 'answers'), global, { name: 'sts' }],
    [
      'as a whole, where another host is stated',
      right.fact('sts', 'timeout', 'sts.eu-west-1.amazonaws.com'),
      global,
      { name: 'sts' },
    ],
    [
      'as a whole, where something else is stated of the host',
      right.fact('token', 'valid', host),
      global,
      { name: 'sts' },
    ],
    [
      'the global one, where that is stated beside something else',
      right.fact('token', 'valid').fact('sts', 'answers', host),
      global,
      { name: 'sts', scope: host },
    ],
    [
      'as a whole, where the global one is stated and another is dialled',
      right.fact('sts', 'timeout', host),
      regional,
      { name: 'sts' },
    ],
    [
      'as a whole, where the global one is stated and nobody knows which is dialled',
      right.fact('sts', 'timeout', host),
      undefined,
      { name: 'sts' },
    ],
  ])('is asked after %s', (_name, state, endpoint, expected) => {
    expect(exchange(state, endpoint).first).toStrictEqual(expected);
  });

  const serverError: Reply = {
    kind: 'httpError',
    status: 500,
    code: 'InternalFailure',
    message: 'The request processing has failed because of an unknown error, exception or failure.',
  };
  it.each<[string, WorldBuilder, StsEndpoint | undefined, Reply]>([
    ['timeout', right.fact('sts', 'timeout'), regional, { kind: 'timeout' }],
    ['refused', right.fact('sts', 'refused'), undefined, { kind: 'refused' }],
    ['serverError', right.fact('sts', 'serverError'), global, serverError],
    ['timeout', right.fact('sts', 'answers').fact('sts', 'timeout', host), global, { kind: 'timeout' }],
  ])('fails with %s', (fault, state, endpoint, reply) => {
    expect(exchange(state, endpoint).answer).toStrictEqual({
      reply,
      evidence: [
        {
          kind: 'stsFault',
          fault,
          source: 'https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html',
        },
      ],
    });
  });

  it.each<[string, WorldBuilder, StsEndpoint]>([
    ['a region while the global one is away', right.fact('sts', 'timeout', host), regional],
    [
      'all over the world while the others are away',
      right.fact('sts', 'refused').fact('sts', 'answers', host),
      global,
    ],
  ])('answers in %s', (_name, state, endpoint) => {
    const { reply } = exchange(state, endpoint).answer;
    expect(reply).toStrictEqual({
      kind: 'ok',
      body: {
        kind: 'credentials',
        credentials: {
          identity: { kind: 'role', arn: roleArn },
          mechanism: 'irsa',
          sessionName: 'api-1',
          expiresInSeconds: 3600,
        },
      },
    });
  });
});
