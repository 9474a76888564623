import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../src/model/aws.ts';
import { world } from '../../src/model/builder.ts';
import { askStated } from '../../src/model/fact.ts';
import type { Cluster } from '../../src/model/world.ts';
import type { ServiceReply } from '../../src/services/evidence.ts';
import { podIdentityAgent } from '../../src/services/podIdentityAgent.ts';
import { policyOf } from '../iam/arbitraries.ts';

const account = '111122223333';
const roleArn = `arn:aws:iam::${account}:role/api`;
const targetRoleArn = 'arn:aws:iam::444455556666:role/data';
const both = ['sts:AssumeRole', 'sts:TagSession'];

/** What the agent answers when the trust policy of the target role asks for this. */
function answer(
  cluster: Partial<Cluster>,
  disableSessionTags: boolean | undefined,
  condition: Readonly<Record<string, JsonValue>>,
): ServiceReply {
  const state = world()
    .fact('podIdentityAgent', 'running')
    .cluster(cluster)
    .node('n1')
    .workload('Deployment', 'pay/api', { serviceAccount: 'api' })
    .role(roleArn, {
      trust: policyOf({ Effect: 'Allow', Principal: { Service: 'pods.eks.amazonaws.com' }, Action: both }),
      policies: [policyOf({ Effect: 'Allow', Action: both, Resource: targetRoleArn })],
    })
    .role(targetRoleArn, {
      trust: policyOf({
        Effect: 'Allow',
        Principal: { AWS: roleArn },
        Action: both,
        Condition: { StringEquals: condition },
      }),
    })
    .build();
  const association = {
    ref: { kind: 'PodIdentityAssociation', namespace: 'pay', name: 'api' },
    namespace: 'pay',
    serviceAccount: 'api',
    roleArn,
    targetRoleArn,
    ...(disableSessionTags === undefined ? {} : { disableSessionTags }),
  };
  const built = { ...state, podIdentityAssociations: [association] };
  const [node] = built.nodes;
  const [workload] = built.workloads;
  if (!node || !workload) throw new Error('the world has a node and a workload');
  const request = { workload, node, podKey: 'pay/api', token: undefined };
  return podIdentityAgent(built, askStated(built), request);
}

function status(...asked: Parameters<typeof answer>): number {
  const { reply } = answer(...asked);
  if (reply.kind === 'ok') return 200;
  return reply.kind === 'httpError' ? reply.status : 0;
}

const tag = (name: string, value: string): Record<string, JsonValue> => ({
  [`aws:RequestTag/${name}`]: value,
});
const externalId = (value: string): Record<string, JsonValue> => ({ 'sts:ExternalId': value });
const prod: Partial<Cluster> = { name: 'prod', accountId: account, region: 'eu-west-1' };

describe('what a target role may ask of the session that assumes it', () => {
  it.each<[string, Partial<Cluster>, boolean | undefined, Record<string, JsonValue>, number]>([
    ['nothing, with tags', prod, undefined, {}, 200],
    ['nothing, without tags', prod, true, {}, 200],
    ['the name of the cluster', prod, undefined, tag('eks-cluster-name', 'prod'), 200],
    ['the name of another cluster', prod, undefined, tag('eks-cluster-name', 'test'), 400],
    [
      'the ARN of the cluster',
      prod,
      undefined,
      tag('eks-cluster-arn', `arn:aws:eks:eu-west-1:${account}:cluster/prod`),
      200,
    ],
    [
      'the ARN of another cluster',
      prod,
      undefined,
      tag('eks-cluster-arn', `arn:aws:eks:eu-west-1:${account}:cluster/test`),
      400,
    ],
    ['the namespace', {}, undefined, tag('kubernetes-namespace', 'pay'), 200],
    ['another namespace', {}, undefined, tag('kubernetes-namespace', 'shop'), 400],
    [
      'the service account, where tags are switched on',
      {},
      false,
      tag('kubernetes-service-account', 'api'),
      200,
    ],
    ['a tag, where tags are switched off', prod, true, tag('kubernetes-namespace', 'pay'), 400],
    [
      'the external id, where tags are switched off',
      prod,
      true,
      externalId(`eu-west-1/${account}/prod/pay/api`),
      200,
    ],
    [
      'the external id of another service account',
      prod,
      true,
      externalId(`eu-west-1/${account}/prod/pay/web`),
      400,
    ],
    [
      'an external id, where tags are switched on',
      prod,
      false,
      externalId(`eu-west-1/${account}/prod/pay/api`),
      400,
    ],
    [
      'an external id, where nothing is said of tags',
      prod,
      undefined,
      externalId(`eu-west-1/${account}/prod/pay/api`),
      400,
    ],
    [
      'an external id with the account of the role, which is that of the cluster',
      { name: 'prod', region: 'eu-west-1' },
      true,
      externalId(`eu-west-1/${account}/prod/pay/api`),
      200,
    ],
  ])('%s', (_name, cluster, disableSessionTags, condition, expected) => {
    expect(status(cluster, disableSessionTags, condition)).toBe(expected);
  });
});

it.each<[string, Partial<Cluster>, boolean, Record<string, JsonValue>]>([
  ['the name of the pod', prod, false, tag('kubernetes-pod-name', 'api-7d4b9')],
  ['the uid of the pod', prod, false, tag('kubernetes-pod-uid', '6d1e3f6e-8f0e-4d32-9d5c-0c6f3a1b2c3d')],
  ['the name of a cluster that has none', {}, false, tag('eks-cluster-name', 'prod')],
  ['the ARN of a cluster without a region', { name: 'prod' }, false, tag('eks-cluster-arn', 'arn:aws:eks:…')],
  [
    'an external id, without a region',
    { name: 'prod' },
    true,
    externalId(`eu-west-1/${account}/prod/pay/api`),
  ],
  ['an external id, without a name of the cluster', { region: 'eu-west-1' }, true, externalId('eu-west-1/…')],
])('the verdict is asked for where it hangs on %s', (_name, cluster, disableSessionTags, condition) => {
  expect(() => answer(cluster, disableSessionTags, condition)).toThrow(
    `nothing states \`trust:${targetRoleArn}\``,
  );
});
