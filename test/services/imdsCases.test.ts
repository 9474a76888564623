import { describe, expect, test } from 'vitest';
import { world } from '../../src/model/builder.ts';
import type { ImdsCall, Reply } from '../../src/model/exchange.ts';
import { askStated } from '../../src/model/fact.ts';
import type { Identity } from '../../src/model/identity.ts';
import type { ClusterNode } from '../../src/model/node.ts';
import type { ObjectRef } from '../../src/model/objectRef.ts';
import { emptyWorld, type World } from '../../src/model/world.ts';
import { anyNode } from '../../src/resolve/placement.ts';
import type { ServiceReply } from '../../src/services/evidence.ts';
import { imds, type ImdsRequest } from '../../src/services/imds.ts';
import { cleanedPath, metadataRequest } from '../../src/services/metadataPath.ts';

const nodeRole = 'arn:aws:iam::111122223333:role/eks/node';
const pod = 2;
const token: ImdsCall = { kind: 'token' };
const list: ImdsCall = { kind: 'roleList' };
const credentials = (roleName: string): ImdsCall => ({ kind: 'roleCredentials', roleName });

const nodeRef: ObjectRef = { kind: 'Node', name: '(any node)' };
const instanceRef: ObjectRef = { kind: 'Instance', name: 'i-0abc' };
const profileRef: ObjectRef = { kind: 'InstanceProfile', name: 'eks-node' };
const userGuide = 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide';

interface Asking extends Partial<Omit<ImdsRequest, 'node'>> {
  readonly call: ImdsCall;
  readonly node?: Partial<ClusterNode>;
  readonly state?: World;
}

function answer({ node, state = emptyWorld, ...asking }: Asking): ServiceReply {
  const request = { withToken: true, hops: pod, ...asking, node: { ...anyNode('ec2'), ...node } };
  return imds(state, askStated(state), request);
}

const error = (status: number, message: string): Reply => ({ kind: 'httpError', status, message });
const listed = (role: string): Reply => ({ kind: 'ok', body: { kind: 'roleList', roleNames: [role] } });
const handedOut = (identity: Exclude<Identity, { kind: 'none' }>, sessionName?: string): Reply => ({
  kind: 'ok',
  body: {
    kind: 'credentials',
    credentials: {
      identity,
      mechanism: 'imds',
      ...(sessionName === undefined ? {} : { sessionName }),
      expiresInSeconds: 21_600,
    },
  },
});

type Row = readonly [name: string, asking: Asking, expected: ServiceReply];

describe('what the instance metadata service refuses', () => {
  const tokenReply: Reply = { kind: 'ok', body: { kind: 'imdsToken' } };
  const hopLimit = (limit: number, hops: number, at = nodeRef): ServiceReply['evidence'][number] => ({
    kind: 'hopLimit',
    limit,
    hops,
    returns: limit >= hops,
    at,
    source: `${userGuide}/configuring-IMDS-existing-instances.html`,
  });
  const disabled = (at: ObjectRef): ServiceReply => ({
    reply: error(403, 'Forbidden'),
    evidence: [{ kind: 'endpointDisabled', at, source: `${userGuide}/instancedata-data-retrieval.html` }],
  });
  const tokenless = (at: ObjectRef): ServiceReply => ({
    reply: error(401, 'Unauthorized'),
    evidence: [
      { kind: 'tokenRequired', at, source: `${userGuide}/configuring-instance-metadata-service.html` },
    ],
  });

  test.each<Row>([
    [
      'everything on Fargate, where no pod has an instance',
      { call: list, node: { compute: 'fargate', roleArn: nodeRole } },
      {
        reply: { kind: 'timeout' },
        evidence: [
          {
            kind: 'noInstanceMetadata',
            at: nodeRef,
            source: 'https://docs.aws.amazon.com/eks/latest/userguide/fargate.html',
          },
        ],
      },
    ],
    [
      'everything where it is switched off on the instance',
      { call: list, node: { imds: { httpEndpoint: 'disabled', ref: instanceRef } } },
      disabled(instanceRef),
    ],
    [
      'everything where somebody states that it is off on this node',
      { call: token, state: world().fact('imds.httpEndpoint', 'disabled', '(any node)').build() },
      disabled(nodeRef),
    ],
    [
      'a GET without a token where the instance requires one',
      { call: list, withToken: false, node: { imds: { httpTokens: 'required', ref: instanceRef } } },
      tokenless(instanceRef),
    ],
    [
      'a GET without a token where the node is stated to require one',
      { call: list, withToken: false, state: world().fact('imds.httpTokens', 'required').build() },
      tokenless(nodeRef),
    ],
    [
      'no GET without a token where none is required',
      {
        call: list,
        withToken: false,
        node: { roleArn: nodeRole },
        state: world().fact('imds.httpTokens', 'optional').build(),
      },
      { reply: listed('node'), evidence: [] },
    ],
    [
      'a pod its token, when the answer may travel one hop',
      { call: token, node: { imds: { httpPutResponseHopLimit: 1, ref: instanceRef } } },
      { reply: { kind: 'timeout' }, evidence: [hopLimit(1, 2, instanceRef)] },
    ],
    [
      'no pod its token, when the answer may travel two',
      { call: token, state: world().fact('imds.httpPutResponseHopLimit', '2').build() },
      { reply: tokenReply, evidence: [hopLimit(2, 2)] },
    ],
    [
      'a pod behind another router its token, when the answer may travel two hops',
      { call: token, hops: 3, node: { imds: { httpPutResponseHopLimit: 2 } } },
      { reply: { kind: 'timeout' }, evidence: [hopLimit(2, 3)] },
    ],
    ['the host no token, whatever the limit', { call: token, hops: 1 }, { reply: tokenReply, evidence: [] }],
  ])('%s', (_name, asking, expected) => {
    expect(answer(asking)).toStrictEqual(expected);
  });
});

describe('the role of a node in its metadata', () => {
  const role = { kind: 'role', arn: nodeRole } as const;
  const found = (identity: Identity, at: ObjectRef): ServiceReply['evidence'] => [
    {
      kind: 'nodeRole',
      identity,
      at,
      source: `${userGuide}/instance-metadata-security-credentials.html`,
    },
  ];
  const defaultRef: ObjectRef = { kind: 'Settings', name: 'whichrole.yaml' };
  const everyNode: World = {
    ...emptyWorld,
    nodeDefaults: { imds: {}, roleArn: nodeRole, roleRef: defaultRef },
  };
  const unnamed = { kind: 'unnamedRole', which: 'nodeRole', text: '(any node)' } as const;
  const odd = { kind: 'role', arn: 'arn:aws:iam::1111:role/node' } as const;

  test.each<Row>([
    [
      'gives six hours of credentials in the name of the instance',
      { call: credentials('node'), node: { roleArn: nodeRole, roleRef: profileRef, instanceId: 'i-0abc' } },
      { reply: handedOut(role, 'i-0abc'), evidence: found(role, profileRef) },
    ],
    [
      'gives credentials without a session name where the instance is not known',
      { call: credentials('node'), node: { roleArn: nodeRole } },
      { reply: handedOut(role), evidence: found(role, nodeRef) },
    ],
    [
      'is that of every node where the node has none of its own',
      { call: credentials('node'), state: everyNode },
      { reply: handedOut(role), evidence: found(role, defaultRef) },
    ],
    [
      'is called as the node where nobody states it',
      { call: credentials('(any node)') },
      { reply: handedOut(unnamed), evidence: found(unnamed, nodeRef) },
    ],
    [
      'is listed by its name, without its path',
      { call: list, node: { roleArn: nodeRole } },
      {
        reply: listed('node'),
        evidence: [],
      },
    ],
    [
      'is listed as it is written where that is no ARN of a role',
      { call: list, node: { roleArn: odd.arn } },
      { reply: listed(odd.arn), evidence: [] },
    ],
    [
      'is the only one',
      { call: credentials('app'), node: { roleArn: nodeRole, roleRef: profileRef } },
      {
        reply: error(404, 'Not Found'),
        evidence: [
          {
            kind: 'noSuchRole',
            asked: 'app',
            at: profileRef,
            source: `${userGuide}/instancedata-data-retrieval.html`,
          },
        ],
      },
    ],
    [
      'is not found by its path and name',
      { call: credentials('eks/node'), node: { roleArn: nodeRole } },
      {
        reply: error(404, 'Not Found'),
        evidence: [
          {
            kind: 'noSuchRole',
            asked: 'eks/node',
            at: nodeRef,
            source: `${userGuide}/instancedata-data-retrieval.html`,
          },
        ],
      },
    ],
  ])('%s', (_name, asking, expected) => {
    expect(answer(asking)).toStrictEqual(expected);
  });
});

describe('other metadata of an instance', () => {
  const zoned = { labels: { 'topology.kubernetes.io/zone': 'eu-west-1b' }, instanceId: 'i-0abc' };
  const inIreland = world().cluster({ region: 'eu-west-1' }).build();
  const region = '/latest/meta-data/placement/region';
  const zone = '/latest/meta-data/placement/availability-zone';
  const instance = '/latest/meta-data/instance-id';

  test.each<readonly [name: string, path: string, Partial<ClusterNode>, World, text: string]>([
    ['the region of the cluster', region, {}, inIreland, 'eu-west-1'],
    [
      'the region of the cluster before that of the zone',
      region,
      zoned,
      world().cluster({ region: 'x' }).build(),
      'x',
    ],
    ['the region that the zone lies in', region, zoned, emptyWorld, 'eu-west-1'],
    ['no region where nothing shows one', region, {}, emptyWorld, ''],
    ['the zone', zone, zoned, inIreland, 'eu-west-1b'],
    ['no zone where the node has no label', zone, {}, inIreland, ''],
    ['the id of the instance', instance, zoned, inIreland, 'i-0abc'],
    ['no id where the instance is not known', instance, {}, inIreland, ''],
    ['nothing of what the input does not hold', '/latest/user-data', zoned, inIreland, ''],
  ])('%s', (_name, path, node, state, text) => {
    expect(answer({ call: { kind: 'other', path }, node, state })).toEqual({
      reply: { kind: 'ok', body: { kind: 'text', text } },
      evidence: [],
    });
  });
});

describe('a metadata request on the wire', () => {
  const roles = '/latest/meta-data/iam/security-credentials/';

  test.each<readonly [name: string, call: ImdsCall, method: 'GET' | 'PUT', path: string]>([
    ['a token is made by PUT', token, 'PUT', '/latest/api/token'],
    ['roles are listed by GET', list, 'GET', roles],
    ['credentials are had by GET', credentials('k8s/app'), 'GET', `${roles}k8s/app`],
    ['anything else is had by GET', { kind: 'other', path: '/ping' }, 'GET', '/ping'],
  ])('%s', (_name, call, method, path) => {
    expect(metadataRequest(call)).toEqual({ method, path });
  });
});

describe('the path that a router takes for another', () => {
  test.each([
    ['two slashes', '/latest//user-data', '/latest/user-data'],
    ['a dot', '/latest/./user-data', '/latest/user-data'],
    ['a step up', '/latest/x/../user-data', '/latest/user-data'],
    ['a step above the root', '/../ping', '/ping'],
    ['no slash in front', 'ping', '/ping'],
    ['the slash at the end stays', '/latest//meta-data/', '/latest/meta-data/'],
    ['dots at the end leave the slash of the root', '/latest/..', '/'],
    ['nothing', '', '/'],
    ['a clean path is taken', '/latest/user-data', undefined],
    ['so is a clean path with a slash at its end', '/latest/meta-data/', undefined],
    ['so is the root', '/', undefined],
    ['so are names that hold dots', '/2021.07/..a/.b', undefined],
  ])('%s', (_name, path, clean) => {
    expect(cleanedPath(path)).toBe(clean);
  });
});
