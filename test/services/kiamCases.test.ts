import { describe, expect, test } from 'vitest';
import { world } from '../../src/model/builder.ts';
import type { PodOptions } from '../../src/model/builderOptions.ts';
import type { ImdsCall, Reply } from '../../src/model/exchange.ts';
import { kiamAgentDefaults } from '../../src/model/kiam.ts';
import { anyNode } from '../../src/resolve/placement.ts';
import type { StartupFault } from '../../src/model/kube2iam.ts';
import type { ObjectRef } from '../../src/model/objectRef.ts';
import {
  agentRef,
  annotated,
  annotationOf,
  app,
  asks,
  base,
  error,
  list,
  listed,
  podFound,
  podRef,
  roleFound,
  serverRef,
  type Asking,
  type Outcome,
  type Row,
} from './kiamFixture.ts';

const other = (path: string): ImdsCall => ({ kind: 'other', path });
const text = (content: string): Reply => ({ kind: 'ok', body: { kind: 'text', text: content } });

describe('what a kiam agent does without its server', () => {
  const placement = { ...kiamAgentDefaults, allowRouteRegexp: '^/latest/meta-data/placement/' };
  const routesFlag: ObjectRef = { ...agentRef, field: 'args[2]' };
  const blocked = (path: string, expression: string, at = agentRef): Outcome => ({
    reply: error(404, `request blocked by allow-route-regexp "${expression}": ${path}`),
    evidence: [{ kind: 'kiamRouteBlocked', path, expression, at }],
  });
  const region = '/latest/meta-data/placement/region';
  const proxied = { kind: 'kiamProxied', at: agentRef };

  test.each<Row>([
    [
      'sends a path with two slashes to the clean one',
      { call: other('/latest//user-data') },
      { reply: error(301, ''), evidence: [] },
    ],
    ['answers a ping itself', { call: other('/ping') }, { reply: text('pong'), evidence: [] }],
    [
      'is healthy with the id of its instance',
      {
        call: other('/health'),
        node: { instanceId: 'i-0123456789abcdef0', imds: { httpTokens: 'optional' } },
      },
      { reply: text('i-0123456789abcdef0'), evidence: [] },
    ],
    [
      'is healthy where IMDS wants a token, and repeats its words',
      { call: other('/health'), node: { imds: { httpTokens: 'required' } } },
      {
        reply: text('401 - Unauthorized'),
        evidence: [{ kind: 'tokenRequired', at: anyNode('ec2').ref }],
      },
    ],
    [
      'keeps everything but roles and tokens from IMDS unless told otherwise',
      { call: other('/latest/user-data') },
      blocked('/latest/user-data', '^$'),
    ],
    [
      'takes an empty expression for the one that fits nothing',
      { call: other('/latest/user-data'), agent: { flags: { ...kiamAgentDefaults, allowRouteRegexp: '' } } },
      blocked('/latest/user-data', '^$'),
    ],
    [
      'points at the flag whose expression a path does not fit',
      {
        call: other('/latest/user-data'),
        agent: { flags: placement, flagRefs: { 'allow-route-regexp': routesFlag } },
      },
      blocked('/latest/user-data', '^/latest/meta-data/placement/', routesFlag),
    ],
    [
      'blocks a GET of the token path, which is there for PUT',
      { call: other('/latest/api/token') },
      blocked('/latest/api/token', '^$'),
    ],
    [
      'lets the token request through, whose answer travels one hop to the host',
      { call: { kind: 'token' }, node: { imds: { httpPutResponseHopLimit: 1 } } },
      { reply: { kind: 'ok', body: { kind: 'imdsToken' } }, evidence: [proxied] },
    ],
    [
      'lets through what the expression fits',
      {
        call: other(region),
        state: world().cluster({ region: 'eu-west-1' }).fact('imds.httpTokens', 'optional'),
        agent: { flags: placement },
      },
      { reply: text('eu-west-1'), evidence: [proxied] },
    ],
    [
      'passes on the refusal of IMDS to a request without a token',
      { call: other(region), agent: { flags: placement }, node: { imds: { httpTokens: 'required' } } },
      {
        reply: error(401, 'Unauthorized'),
        evidence: [proxied, { kind: 'tokenRequired', at: { kind: 'Node', name: '(any node)' } }],
      },
    ],
  ])('%s', (_name, asking, expected) => {
    expect(asks(asking)).toEqual(expected);
  });
});

describe('the role that kiam lists', () => {
  const address: PodOptions = { status: { phase: 'Running', podIP: '10.0.0.7' } };
  const nobody: Outcome = {
    reply: error(500, 'pod not found'),
    evidence: [{ kind: 'kiamPod', found: 'nobody', at: agentRef }],
  };

  test.each<Row>([
    [
      'is that of the annotation, as it is written',
      { call: list, pod: annotated('/app') },
      { reply: listed('/app'), evidence: [podFound, roleFound('/app', app)] },
    ],
    [
      'is none for a pod without the annotation',
      { call: list },
      { reply: error(404, 'empty role'), evidence: [podFound, { kind: 'kiamNoRole', at: podRef('api') }] },
    ],
    [
      'is not found before the cache hears of the pod',
      { call: list, pod: annotated('app'), state: world().fact('podAddress', 'unknown', 'pay/api') },
      nobody,
    ],
    [
      'is not found for packets with the address of the node',
      { call: list, pod: annotated('app'), fromNode: true },
      nobody,
    ],
    [
      'is not found while two running pods have one address',
      {
        call: list,
        pod: { ...annotated('app'), ...address },
        state: world().pod('shop/web', { ...annotated('app'), ...address }),
      },
      {
        reply: error(500, 'multiple running pods found'),
        evidence: [{ kind: 'kiamPod', found: 'several', at: agentRef }],
      },
    ],
    [
      'is that of the pod that had the address before, while the cache is late',
      {
        call: list,
        pod: annotated('app'),
        state: world().pod('shop/web', annotated('web')).fact('podAddress', 'previous'),
      },
      {
        reply: listed('web'),
        evidence: [
          { kind: 'kiamPod', found: 'previous', at: podRef('web', 'shop') },
          {
            kind: 'kiamRole',
            text: 'web',
            roleArn: `${base}web`,
            at: annotationOf(podRef('web', 'shop')),
          },
        ],
      },
    ],
  ])('%s', (_name, asking, expected) => {
    expect(asks(asking)).toEqual(expected);
  });
});

describe('a kiam server that serves nobody', () => {
  const unavailable = error(500, 'rpc error: code = Unavailable');
  const unreachable: Outcome = {
    reply: unavailable,
    evidence: [{ kind: 'kiamServer', state: 'unreachable', at: serverRef }],
  };
  const serves: Outcome = { reply: listed('app'), evidence: [podFound, roleFound('app', app)] };
  const fault: StartupFault = { kind: 'unknownFlag', argument: '--nope', message: 'no', ref: serverRef };
  const off = { imds: { httpEndpoint: 'disabled' } } as const;
  const autodetect = { roleBaseArn: '', roleBaseArnAutodetect: true };
  const inAccount = world().cluster({ accountId: '111122223333' });

  test.each<readonly [name: string, asking: Omit<Asking, 'call' | 'pod'>, expected: Outcome]>([
    ['is not to be reached', { state: world().fact('kiam.server', 'unreachable') }, unreachable],
    ['ends at start for a flag that it does not know', { startupFaults: [fault] }, unreachable],
    [
      'looks for its base ARN where the metadata of its node is off',
      { flags: autodetect, state: inAccount, node: off },
      unreachable,
    ],
    [
      'looks for its base ARN where the metadata of all nodes is off',
      { flags: autodetect, state: inAccount.nodeDefaults(off) },
      unreachable,
    ],
    ['is not one that finds its base ARN', { flags: autodetect, state: inAccount }, serves],
    ['is not one that was given its base ARN where metadata is off', { node: off }, serves],
    [
      'crashes on half an ARN in another namespace',
      { state: world().pod('shop/web', annotated('arn:aws:iam')) },
      {
        reply: unavailable,
        evidence: [
          { kind: 'kiamServerCrashed', text: 'arn:aws:iam', at: annotationOf(podRef('web', 'shop')) },
        ],
      },
    ],
  ])('%s', (_name, asking, expected) => {
    expect(asks({ ...asking, call: list, pod: annotated('app') })).toEqual(expected);
  });
});
