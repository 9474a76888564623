import { describe, expect, it } from 'vitest';
import type { AssumeDecision } from '../../src/iam/decision.ts';
import type { PodIdentityAssociation } from '../../src/model/aws.ts';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import type { NodeOptions, PodOptions } from '../../src/model/builderOptions.ts';
import type { FileContent } from '../../src/model/environment.ts';
import type { Reply } from '../../src/model/exchange.ts';
import { askStated, type Question } from '../../src/model/fact.ts';
import type { Credentials } from '../../src/model/identity.ts';
import type { WorkloadKind } from '../../src/model/workload.ts';
import type { World } from '../../src/model/world.ts';
import type { ServiceEvidence, ServiceReply } from '../../src/services/evidence.ts';
import { podIdentityAgent } from '../../src/services/podIdentityAgent.ts';

const account = '111122223333';
const roleArn = `arn:aws:iam::${account}:role/api`;
const targetRoleArn = 'arn:aws:iam::444455556666:role/data';
const pod = { kind: 'Pod', namespace: 'pay', name: 'api' };
const token: FileContent = {
  kind: 'serviceAccountToken',
  audience: 'pods.eks.amazonaws.com',
  subject: 'system:serviceaccount:pay:api',
  expirationSeconds: 86_400,
  from: pod,
};
const node = { kind: 'Node', name: 'n1' };
const serviceAccount = { kind: 'ServiceAccount', namespace: 'pay', name: 'api' };
const association = { kind: 'PodIdentityAssociation', namespace: 'pay', name: 'api' };

const sources = {
  agent: 'aws/eks-pod-identity-agent:charts/eks-pod-identity-agent/values.yaml',
  considerations: 'awsdocs/amazon-eks-user-guide:latest/ug/manage-access/aws-access/pod-identities.adoc',
  token: 'aws/eks-pod-identity-agent:internal/validation/request.go',
  eksAuth: 'boto/botocore:botocore/data/eks-auth/2023-11-26/service-2.json',
  targetRole:
    'awsdocs/amazon-eks-user-guide:latest/ug/manage-access/aws-access/pod-id-assign-target-role.adoc',
  acrossAccounts: 'aws/aws-eks-best-practices:latest/bpg/security/iam.adoc (EKS Pod Identities)',
};

interface Asking {
  readonly file?: FileContent | undefined;
  readonly kind?: WorkloadKind;
  readonly node?: NodeOptions;
  /** What the association says beside, or instead of, its role. */
  readonly associated?: Partial<PodIdentityAssociation>;
}

function worldOf(state: WorldBuilder, { kind = 'Deployment', node: options, associated }: Asking): World {
  const built = state.node('n1', options).workload(kind, 'pay/api', { serviceAccount: 'api' }).build();
  if (!associated) return built;
  const ofApi = { ref: association, namespace: 'pay', serviceAccount: 'api', ...associated };
  return { ...built, podIdentityAssociations: [ofApi] };
}

function asks(state: WorldBuilder, asking: Asking = {}): ServiceReply {
  const built = worldOf(state, asking);
  const workload = built.workloads.find(({ name }) => name === 'api');
  const [found] = built.nodes;
  if (!found || !workload) throw new Error('the world has a node and a workload');
  const file = 'file' in asking ? asking.file : token;
  return podIdentityAgent(built, askStated(built), { workload, node: found, podKey: 'pay/api', token: file });
}

const handsOut = (
  identity: Credentials['identity'],
  { sessionName = 'eks-<cluster>-api-<pod>-<uuid>', hours = 6 } = {},
): Reply => ({
  kind: 'ok',
  body: {
    kind: 'credentials',
    credentials: { identity, mechanism: 'podIdentity', sessionName, expiresInSeconds: hours * 3600 },
  },
});
const named = { kind: 'role', arn: roleArn } as const;
const unnamed = {
  kind: 'unnamedRole',
  which: 'placeholder',
  text: 'role of the association of pay/api',
} as const;

const running = world().fact('podIdentityAgent', 'running');
const admitted = running.role(roleArn).fact('trust', 'admits');
const byFact = (allowed: boolean): AssumeDecision => ({
  kind: 'byFact',
  allowed,
  question: { name: 'trust', scope: roleArn, about: { kind: 'Role', name: roleArn } },
});
const found = (more: object = { roleArn }): ServiceEvidence => ({
  kind: 'association',
  ...more,
  at: association,
  source: sources.eksAuth,
});
const assumption = (decision: AssumeDecision): ServiceEvidence => ({
  kind: 'assumption',
  action: 'AssumeRoleForPodIdentity',
  roleArn,
  caller: 'pods.eks.amazonaws.com',
  decision,
  source: sources.considerations,
});
const denied: Reply = {
  kind: 'httpError',
  status: 400,
  code: 'AccessDeniedException',
  message: 'Unauthorized Exception! EKS does not have permissions to assume the associated role.',
};

describe('the agent without the help of EKS Auth', () => {
  const missing: ServiceReply = {
    reply: { kind: 'httpError', status: 400, message: 'Service account token cannot be empty' },
    evidence: [{ kind: 'tokenRejected', reason: 'missing', at: pod, source: sources.token }],
  };

  it.each<[string, WorldBuilder, Asking, ServiceReply]>([
    [
      'runs on no Fargate node',
      admitted,
      { node: { compute: 'fargate' } },
      {
        reply: { kind: 'timeout' },
        evidence: [{ kind: 'agentUnsupported', at: node, source: sources.considerations }],
      },
    ],
    [
      'is absent from the node',
      admitted.fact('podIdentityAgent', 'absent', 'n1'),
      {},
      {
        reply: { kind: 'refused' },
        evidence: [{ kind: 'agentAbsent', at: node, source: sources.agent }],
      },
    ],
    ['takes no empty token', admitted, { file: { kind: 'empty', from: pod } }, missing],
    ['takes no token that cannot be read', admitted, { file: { kind: 'unreadable', from: pod } }, missing],
    [
      'takes no text that is no token',
      admitted,
      { file: { kind: 'text', text: 'x', from: pod } },
      {
        reply: { kind: 'httpError', status: 400, message: 'Service account token cannot be parsed' },
        evidence: [{ kind: 'tokenRejected', reason: 'notAToken', at: pod, source: sources.token }],
      },
    ],
    [
      'takes no token that has expired',
      admitted.fact('token', 'expired', 'pay/api'),
      {},
      {
        reply: {
          kind: 'httpError',
          status: 400,
          message:
            'Service account token failed basic claim validations: token has invalid claims: token is expired',
        },
        evidence: [{ kind: 'tokenRejected', reason: 'expired', at: pod, source: sources.token }],
      },
    ],
    [
      'passes on that EKS Auth takes no token for STS',
      admitted,
      { file: { ...token, audience: 'sts.amazonaws.com' } },
      {
        reply: {
          kind: 'httpError',
          status: 400,
          code: 'InvalidTokenException',
          message: 'The audience of the token is invalid.',
        },
        evidence: [{ kind: 'tokenRejected', reason: 'audience', at: pod, source: sources.eksAuth }],
      },
    ],
  ])('%s', (_name, state, asking, expected) => {
    expect(asks(state, asking)).toStrictEqual(expected);
  });
});

describe('the role of an association', () => {
  it.each<[string, WorldBuilder, Asking, ServiceReply]>([
    [
      'for six hours, in a session named after the pod',
      admitted.cluster({ name: 'prod' }),
      { kind: 'Pod', associated: { roleArn } },
      {
        reply: handsOut(named, { sessionName: 'eks-prod-api-<uuid>' }),
        evidence: [found(), assumption(byFact(true))],
      },
    ],
    [
      'of the pod, when no token is known',
      admitted,
      { file: undefined, associated: { roleArn } },
      { reply: handsOut(named), evidence: [found(), assumption(byFact(true))] },
    ],
    [
      'of the pod, when its token is not shown',
      admitted,
      { file: { kind: 'hidden', from: pod }, associated: { roleArn } },
      { reply: handsOut(named), evidence: [found(), assumption(byFact(true))] },
    ],
    [
      'that does not trust EKS',
      running.role(roleArn).fact('trust', 'refuses'),
      { associated: { roleArn } },
      { reply: denied, evidence: [found(), assumption(byFact(false))] },
    ],
    [
      "that is not in the cluster's account",
      admitted.cluster({ accountId: '444455556666' }),
      { associated: { roleArn } },
      {
        reply: denied,
        evidence: [
          found(),
          {
            kind: 'associationAcrossAccounts',
            roleArn,
            accountId: account,
            at: association,
            source: sources.acrossAccounts,
          },
        ],
      },
    ],
    [
      'that a list of associations leaves out',
      admitted.cluster({ accountId: account }),
      { associated: {} },
      { reply: handsOut(unnamed), evidence: [found({})] },
    ],
    [
      'where the input shows no associations',
      admitted,
      {},
      {
        reply: handsOut(unnamed),
        evidence: [{ kind: 'associationNotShown', at: serviceAccount, source: sources.eksAuth }],
      },
    ],
    [
      'where there is none',
      admitted.complete({ podIdentityAssociations: true }),
      {},
      {
        reply: {
          kind: 'httpError',
          status: 404,
          code: 'ResourceNotFoundException',
          message: 'No association found.',
        },
        evidence: [{ kind: 'associationMissing', at: serviceAccount, source: sources.eksAuth }],
      },
    ],
  ])('%s', (_name, state, asking, expected) => {
    expect(asks(state, asking)).toStrictEqual(expected);
  });

  it('assumes the target role with it, for 59 minutes', () => {
    const unread = {
      name: 'identityPolicy',
      scope: roleArn,
      about: { kind: 'Role', name: roleArn },
    } as const;
    const state = admitted.fact('identityPolicy', 'allows');
    expect(asks(state, { associated: { roleArn, targetRoleArn } })).toStrictEqual({
      reply: handsOut({ kind: 'role', arn: targetRoleArn }, { hours: 59 / 60 }),
      evidence: [
        found({ roleArn, targetRoleArn }),
        assumption(byFact(true)),
        {
          kind: 'assumption',
          action: 'AssumeRole',
          roleArn: targetRoleArn,
          caller: roleArn,
          decision: { kind: 'byFact', allowed: true, question: unread, because: [] },
          source: sources.targetRole,
        },
      ],
    });
  });
});

describe('whether the agent runs', () => {
  const image = '602401143452.dkr.ecr.eu-west-1.amazonaws.com/eks/eks-pod-identity-agent:v0.1.37';
  const unknown: Question = { name: 'podIdentityAgent', scope: 'n1', about: node };
  const known: Question = { ...unknown, known: 'running' };
  const daemon = (containers: PodOptions['containers'] = {}): WorldBuilder =>
    world().workload('DaemonSet', 'kube-system/agent', { containers });

  it.each<[string, WorldBuilder, Question]>([
    ['is open when nothing shows it', world(), unknown],
    ['is known by its DaemonSet', daemon({ agent: { image } }), known],
    ['is known by one container of several', daemon({ proxy: {}, agent: { image } }), known],
    ['is open beside a DaemonSet of something else', daemon({ proxy: { image: 'kube-proxy:1' } }), unknown],
    ['is open beside a DaemonSet without containers', daemon(), unknown],
    [
      'is open beside a Deployment of its image',
      world().workload('Deployment', 'kube-system/agent', { containers: { agent: { image } } }),
      unknown,
    ],
  ])('%s', (_name, state, expected) => {
    const built = worldOf(state, {});
    const workload = built.workloads.find(({ name }) => name === 'api');
    const [on] = built.nodes;
    if (!on || !workload) throw new Error('the world has a node and a workload');
    const asked: Question[] = [];
    const ask = (question: Question): string => {
      asked.push(question);
      return 'absent';
    };
    podIdentityAgent(built, ask, { workload, node: on, podKey: 'pay/api', token });
    expect(asked).toStrictEqual([expected]);
  });
});
