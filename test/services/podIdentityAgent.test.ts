import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../src/model/aws.ts';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import type { NodeOptions } from '../../src/model/builderOptions.ts';
import type { FileContent } from '../../src/model/environment.ts';
import { askStated } from '../../src/model/fact.ts';
import type { ServiceReply } from '../../src/services/evidence.ts';
import { podIdentityAgent } from '../../src/services/podIdentityAgent.ts';

const role = 'arn:aws:iam::111122223333:role/api';
const target = 'arn:aws:iam::444455556666:role/data';
const ref = { kind: 'Pod', namespace: 'pay', name: 'api' };
const token: FileContent = {
  kind: 'serviceAccountToken',
  audience: 'pods.eks.amazonaws.com',
  subject: 'system:serviceaccount:pay:api',
  expirationSeconds: 86_400,
  from: ref,
};

const trusting = (
  action: JsonValue,
  principal: JsonValue = { Service: 'pods.eks.amazonaws.com' },
): JsonValue => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: principal, Action: action }],
});
const trust = trusting(['sts:AssumeRole', 'sts:TagSession']);
const running = world().fact('podIdentityAgent', 'running');
const associated = running.podIdentityAssociation('pay/api', { roleArn: role });
const chained = running
  .podIdentityAssociation('pay/api', { roleArn: role, targetRoleArn: target })
  .role(role, {
    trust,
    policies: [{ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'sts:*', Resource: target } }],
  });

function asks(
  state: WorldBuilder,
  { file = token, node = {} }: { file?: FileContent; node?: NodeOptions } = {},
): ServiceReply {
  const built = state.node('n1', node).workload('Deployment', 'pay/api', { serviceAccount: 'api' }).build();
  const found = built.nodes.find(({ name }) => name === 'n1');
  const workload = built.workloads.find(({ name }) => name === 'api');
  if (!found || !workload) throw new Error('the world has a node and a workload');
  return podIdentityAgent(built, askStated(built), { workload, node: found, podKey: 'pay/api', token: file });
}

/** The end of a reply on one line. */
function end({ reply }: ServiceReply): string {
  if (reply.kind === 'httpError') return `${reply.status} ${reply.code ?? reply.message}`;
  if (reply.kind !== 'ok' || reply.body.kind !== 'credentials') return reply.kind;
  const { identity } = reply.body.credentials;
  if (identity.kind === 'role') return identity.arn;
  return identity.kind === 'unnamedRole' ? identity.text : identity.kind;
}

describe('the EKS Pod Identity agent', () => {
  it.each<
    [name: string, state: WorldBuilder, asking: { file?: FileContent; node?: NodeOptions }, expected: string]
  >([
    ['the role of the association', associated.role(role, { trust }), {}, role],
    ['pi-agent-missing', associated.fact('podIdentityAgent', 'absent'), {}, 'refused'],
    ['fargate', associated, { node: { compute: 'fargate' } }, 'timeout'],
    [
      'pi-trust-wrong: no TagSession',
      associated.role(role, { trust: trusting('sts:AssumeRole') }),
      {},
      '400 AccessDeniedException',
    ],
    [
      'pi-trust-wrong: OIDC only',
      associated.role(role, {
        trust: trusting('sts:AssumeRoleWithWebIdentity', {
          Federated: 'arn:aws:iam::111122223333:oidc-provider/x.example',
        }),
      }),
      {},
      '400 AccessDeniedException',
    ],
    [
      'pi-cross-account-role',
      associated.cluster({ accountId: '444455556666' }).role(role, { trust }),
      {},
      '400 AccessDeniedException',
    ],
    [
      'pi-association-deleted: the list is complete',
      running.complete({ podIdentityAssociations: true }),
      {},
      '404 ResourceNotFoundException',
    ],
    ['an association that is not shown', running, {}, 'role of the association of pay/api'],
    [
      'a token that has expired',
      associated.fact('token', 'expired'),
      {},
      '400 Service account token failed basic claim validations: token has invalid claims: token is expired',
    ],
    [
      'an empty token',
      associated,
      { file: { kind: 'empty', from: ref } },
      '400 Service account token cannot be empty',
    ],
    [
      'no token at all',
      associated,
      { file: { kind: 'text', text: 'x', from: ref } },
      '400 Service account token cannot be parsed',
    ],
    [
      'a token for STS',
      associated,
      { file: { ...token, audience: 'sts.amazonaws.com' } },
      '400 InvalidTokenException',
    ],
    [
      'the role of the token, not of the pod',
      associated.podIdentityAssociation('pay/other', { roleArn: target }).role(target, { trust }),
      { file: { ...token, subject: 'system:serviceaccount:pay:other' } },
      target,
    ],
    [
      'a token that is not shown',
      associated.role(role, { trust }),
      { file: { kind: 'hidden', from: ref } },
      role,
    ],
    [
      'pi-cross-account-role: a target role',
      chained.role(target, { trust: trusting(['sts:AssumeRole', 'sts:TagSession'], { AWS: role }) }),
      {},
      target,
    ],
    [
      'a target role that does not trust',
      chained.role(target, { trust: trusting('sts:AssumeRole', { Service: 'ec2.amazonaws.com' }) }),
      {},
      '400 AccessDeniedException',
    ],
  ])('%s', (_name, state, asking, expected) => {
    expect(end(asks(state, asking))).toBe(expected);
  });

  it('is known to run where the input shows its DaemonSet', () => {
    const containers = {
      agent: { image: '602401143452.dkr.ecr.eu-west-1.amazonaws.com/eks/eks-pod-identity-agent:v0.1.37' },
    };
    const state = world()
      .workload('DaemonSet', 'kube-system/agent', { containers })
      .podIdentityAssociation('pay/api', { roleArn: role })
      .role(role, { trust });
    expect(end(asks(state))).toBe(role);
  });

  it('names the session after cluster and pod', () => {
    const { reply } = asks(associated.role(role, { trust }).cluster({ name: 'prod' }));
    expect(reply).toMatchObject({
      body: {
        credentials: {
          mechanism: 'podIdentity',
          sessionName: 'eks-prod-api-<pod>-<uuid>',
          expiresInSeconds: 21_600,
        },
      },
    });
  });

  it('tags the session of a target role', () => {
    const withTag = (name: string): JsonValue => ({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: role },
          Action: ['sts:AssumeRole', 'sts:TagSession'],
          Condition: { StringEquals: { 'aws:RequestTag/kubernetes-service-account': name } },
        },
      ],
    });
    expect(end(asks(chained.role(target, { trust: withTag('api') })))).toBe(target);
    expect(end(asks(chained.role(target, { trust: withTag('other') })))).toBe('400 AccessDeniedException');
  });
});
