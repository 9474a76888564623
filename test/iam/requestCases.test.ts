import { describe, expect, it } from 'vitest';
import {
  assumeRoleRequest,
  podIdentityRequest,
  podIdentityService,
  webIdentityRequest,
  type AssumeRoleRequest,
  type PodIdentityRequest,
} from '../../src/iam/assumeRequest.ts';
import { openKeysOf } from '../../src/iam/openKeys.ts';
import { world } from '../../src/model/builder.ts';
import type { Cluster, World } from '../../src/model/world.ts';
import { account, issuer, provider } from './arbitraries.ts';

const other = '444455556666';
const app = `arn:aws:iam::${other}:role/team/app`;
const node = `arn:aws:iam::${account}:role/node`;
const roleId = 'AROAABCDEFGHIJKLMNOPQ';

type Keys = Readonly<Record<string, readonly string[]>>;

describe('the request of a token', () => {
  const request = { roleArn: app, providerArn: provider, issuer, subject: 'system:serviceaccount:pay:api' };
  const claims: Keys = {
    [`${issuer.toLowerCase()}:sub`]: ['system:serviceaccount:pay:api'],
    [`${issuer.toLowerCase()}:aud`]: ['sts.amazonaws.com'],
    'aws:federatedprovider': [provider],
    'aws:securetransport': ['true'],
  };

  it.each<[string, { readonly roleArn?: string; readonly sessionName?: string }, Keys]>([
    ['holds its claims under the issuer', {}, { ...claims, 'aws:resourceaccount': [other] }],
    [
      'holds the name of the session',
      { sessionName: 's1' },
      { ...claims, 'aws:resourceaccount': [other], 'sts:rolesessionname': ['s1'] },
    ],
    ['holds no account for a role that cannot be read', { roleArn: 'app' }, claims],
  ])('%s', (_, more, keys) => {
    expect(webIdentityRequest({ ...request, audience: 'sts.amazonaws.com', ...more })).toStrictEqual({
      actions: ['sts:AssumeRoleWithWebIdentity'],
      context: {
        principal: { kind: 'webIdentity', providerArn: provider },
        resource: more.roleArn ?? app,
        keys: new Map(Object.entries(keys)),
        openKeys: openKeysOf('webIdentity'),
      },
    });
  });
});

describe('the request of a role session', () => {
  const plain = world().role(node).build();
  const withId: World = { ...plain, roles: plain.roles.map((role) => ({ ...role, roleId })) };
  const request: AssumeRoleRequest = { callerRoleArn: node, roleArn: app };
  const session = { kind: 'roleSession', roleArn: node, accountId: account } as const;
  const signed: Keys = {
    'aws:principaltype': ['AssumedRole'],
    'aws:principalisawsservice': ['false'],
    'aws:viaawsservice': ['false'],
    'aws:multifactorauthpresent': ['false'],
    'aws:securetransport': ['true'],
  };
  const usual: Keys = {
    ...signed,
    'aws:principalarn': [node],
    'aws:principalaccount': [account],
    'aws:resourceaccount': [other],
  };
  const tags: Keys = {
    'aws:tagkeys': ['Team', 'env'],
    'aws:requesttag/team': ['pay'],
    'aws:requesttag/env': [''],
  };

  it.each<[string, World, Partial<AssumeRoleRequest>, readonly string[], object, Keys]>([
    ['says who asks', plain, {}, ['sts:AssumeRole'], session, usual],
    ['holds the id of the role', withId, {}, ['sts:AssumeRole'], { ...session, roleId }, usual],
    [
      'holds the name of the own session',
      plain,
      { callerSessionName: 'i-1' },
      ['sts:AssumeRole'],
      { ...session, sessionName: 'i-1' },
      usual,
    ],
    [
      'holds the user id when role id and session name are known',
      withId,
      { callerSessionName: 'i-1' },
      ['sts:AssumeRole'],
      { ...session, roleId, sessionName: 'i-1' },
      { ...usual, 'aws:userid': [`${roleId}:i-1`] },
    ],
    [
      'holds no account of a caller or role that cannot be read',
      plain,
      { callerRoleArn: 'node', roleArn: 'app' },
      ['sts:AssumeRole'],
      { ...session, roleArn: 'node', accountId: '' },
      { ...signed, 'aws:principalarn': ['node'] },
    ],
    [
      'holds the external id and the name of the new session',
      plain,
      { externalId: 'x', sessionName: 's1' },
      ['sts:AssumeRole'],
      session,
      { ...usual, 'sts:externalid': ['x'], 'sts:rolesessionname': ['s1'] },
    ],
    [
      'tags the session when it has tags',
      plain,
      { tags: { Team: 'pay', env: '' } },
      ['sts:AssumeRole', 'sts:TagSession'],
      session,
      { ...usual, ...tags },
    ],
    ['does not tag the session with no tags', plain, { tags: {} }, ['sts:AssumeRole'], session, usual],
    [
      'tags once when tagging is what was asked for',
      plain,
      { action: 'sts:TagSession', tags: { Team: 'pay', env: '' } },
      ['sts:TagSession'],
      session,
      { ...usual, ...tags },
    ],
    [
      'asks for one action that is no tagging',
      plain,
      { action: 'sts:SetSourceIdentity', tags: { Team: 'pay', env: '' } },
      ['sts:SetSourceIdentity'],
      session,
      { ...usual, ...tags },
    ],
  ])('%s', (_, input, more, actions, principal, keys) => {
    expect(assumeRoleRequest(input, { ...request, ...more })).toStrictEqual({
      actions,
      context: {
        principal,
        resource: more.roleArn ?? app,
        keys: new Map(Object.entries(keys)),
        openKeys: openKeysOf('roleSession'),
      },
    });
  });
});

describe('the request of EKS Pod Identity', () => {
  const clusterArn = `arn:aws-cn:eks:cn-north-1:${account}:cluster/prod`;
  const facts: Partial<Cluster> = {
    name: 'prod',
    accountId: account,
    region: 'cn-north-1',
    partition: 'aws-cn',
  };
  const request: PodIdentityRequest = { roleArn: app, namespace: 'pay', serviceAccount: 'api' };
  const service: Keys = {
    'aws:principalisawsservice': ['true'],
    'aws:principalservicename': ['pods.eks.amazonaws.com'],
    'aws:securetransport': ['true'],
  };
  const pod: Keys = {
    'aws:tagkeys': [
      'eks-cluster-arn',
      'eks-cluster-name',
      'kubernetes-namespace',
      'kubernetes-service-account',
      'kubernetes-pod-name',
      'kubernetes-pod-uid',
    ],
    'aws:requesttag/kubernetes-namespace': ['pay'],
    'aws:requesttag/kubernetes-service-account': ['api'],
  };
  const target: Keys = { 'aws:resourceaccount': [other] };
  const source: Keys = { 'aws:sourcearn': [clusterArn], 'aws:sourceaccount': [account] };
  const named: Keys = { 'aws:requesttag/eks-cluster-name': ['prod'] };
  const known: Keys = { ...source, ...named, 'aws:requesttag/eks-cluster-arn': [clusterArn] };

  it.each<[string, Partial<Cluster>, Partial<PodIdentityRequest>, Keys]>([
    ['makes the ARN of the cluster from its facts', facts, {}, { ...service, ...pod, ...target, ...known }],
    [
      'takes name and account from the ARN of the cluster',
      { name: 'stage', accountId: other, region: 'eu-west-1' },
      { clusterArn },
      { ...service, ...pod, ...target, ...known },
    ],
    ['knows nothing of a cluster without facts', {}, {}, { ...service, ...pod, ...target }],
    [
      'makes no ARN without the region',
      { name: 'prod', accountId: account },
      {},
      { ...service, ...pod, ...target, ...named, 'aws:sourceaccount': [account] },
    ],
    [
      'makes no ARN without the account',
      { name: 'prod', region: 'eu-west-1' },
      {},
      { ...service, ...pod, ...target, ...named },
    ],
    [
      'makes no ARN without the name',
      { accountId: account, region: 'eu-west-1' },
      {},
      { ...service, ...pod, ...target, 'aws:sourceaccount': [account] },
    ],
    [
      'holds no account for a role that cannot be read',
      facts,
      { roleArn: 'app' },
      { ...service, ...pod, ...known },
    ],
  ])('%s', (_, cluster, more, keys) => {
    expect(podIdentityRequest(world().cluster(cluster).build(), { ...request, ...more })).toStrictEqual({
      actions: ['sts:AssumeRole', 'sts:TagSession'],
      context: {
        principal: { kind: 'service', service: podIdentityService },
        resource: more.roleArn ?? app,
        keys: new Map(Object.entries(keys)),
        openKeys: [
          ...[
            'aws:sourcearn',
            'aws:sourceaccount',
            'aws:requesttag/eks-cluster-arn',
            'aws:requesttag/eks-cluster-name',
            'aws:requesttag/kubernetes-namespace',
            'aws:requesttag/kubernetes-service-account',
            'aws:requesttag/kubernetes-pod-name',
            'aws:requesttag/kubernetes-pod-uid',
          ]
            .filter((key) => !(key in keys))
            .map((key) => ({ key, presence: 'always' })),
          ...openKeysOf('service'),
        ],
      },
    });
  });

  it('holds no tags when the association disables them', () => {
    const built = world().cluster(facts).podIdentityAssociation('pay/api', { roleArn: app }).build();
    const input: World = {
      ...built,
      podIdentityAssociations: built.podIdentityAssociations.map((association) => ({
        ...association,
        disableSessionTags: true,
      })),
    };
    expect(podIdentityRequest(input, request)).toStrictEqual({
      actions: ['sts:AssumeRole'],
      context: {
        principal: { kind: 'service', service: podIdentityService },
        resource: app,
        keys: new Map(Object.entries({ ...service, ...target, ...source })),
        openKeys: openKeysOf('service'),
      },
    });
  });
});
