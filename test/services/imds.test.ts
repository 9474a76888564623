import { describe, expect, it } from 'vitest';
import { world } from '../../src/model/builder.ts';
import type { NodeOptions } from '../../src/model/builderOptions.ts';
import { askStated } from '../../src/model/fact.ts';
import type { ImdsCall, Reply } from '../../src/model/exchange.ts';
import type { ImdsOptions } from '../../src/model/node.ts';
import { imds } from '../../src/services/imds.ts';

const nodeRole = 'arn:aws:iam::111122223333:role/eks/node';
const pod = 2;
const host = 1;

function answer(options: NodeOptions, call: ImdsCall, withToken: boolean, hops = pod): Reply {
  const built = world().node('n1', options).build();
  const [node] = built.nodes;
  if (!node) throw new Error('the world has a node');
  return imds(built, askStated(built), { node, call, withToken, hops }).reply;
}

const open: ImdsOptions = { httpTokens: 'optional', httpPutResponseHopLimit: 2 };
const token: ImdsCall = { kind: 'token' };
const list: ImdsCall = { kind: 'roleList' };
const credentials = (roleName: string): ImdsCall => ({ kind: 'roleCredentials', roleName });

describe('the instance metadata service', () => {
  it.each<
    [name: string, options: NodeOptions, call: ImdsCall, withToken: boolean, hops: number, expected: object]
  >([
    ['hop2-keeps-fallback', { imds: open }, token, false, pod, { kind: 'ok', body: { kind: 'imdsToken' } }],
    [
      'hop1: the token is lost on its way to a pod',
      { imds: { httpPutResponseHopLimit: 1 } },
      token,
      false,
      pod,
      { kind: 'timeout' },
    ],
    ['hop1: the host has it', {}, token, false, host, { kind: 'ok' }],
    ['hop2-not-enough: an overlay adds a hop', { imds: open }, token, false, 3, { kind: 'timeout' }],
    [
      'hop1-imdsv1-optional',
      { imds: { httpTokens: 'optional', httpPutResponseHopLimit: 1 }, roleArn: nodeRole },
      list,
      false,
      pod,
      { kind: 'ok', body: { roleNames: ['node'] } },
    ],
    [
      'hop1-tokens-required',
      { imds: { httpTokens: 'required' } },
      list,
      false,
      pod,
      { kind: 'httpError', status: 401 },
    ],
    [
      'with a token nobody asks whether it is required',
      { roleArn: nodeRole },
      list,
      true,
      pod,
      { kind: 'ok', body: { roleNames: ['node'] } },
    ],
    [
      'switched off',
      { imds: { httpEndpoint: 'disabled' } },
      token,
      false,
      pod,
      { kind: 'httpError', status: 403 },
    ],
    [
      'the node role',
      { roleArn: nodeRole },
      credentials('node'),
      true,
      pod,
      { kind: 'ok', body: { credentials: { identity: { kind: 'role', arn: nodeRole }, mechanism: 'imds' } } },
    ],
    [
      'a node role that nobody names',
      {},
      credentials('n1'),
      true,
      pod,
      {
        kind: 'ok',
        body: { credentials: { identity: { kind: 'unnamedRole', which: 'nodeRole', text: 'n1' } } },
      },
    ],
    [
      'another role',
      { roleArn: nodeRole },
      credentials('app'),
      true,
      pod,
      { kind: 'httpError', status: 404 },
    ],
    ['fargate', { compute: 'fargate' }, token, false, pod, { kind: 'timeout' }],
    [
      'its zone',
      { labels: { 'topology.kubernetes.io/zone': 'eu-west-1b' } },
      { kind: 'other', path: '/latest/meta-data/placement/region' },
      true,
      pod,
      { kind: 'ok', body: { kind: 'text', text: 'eu-west-1' } },
    ],
  ])('%s', (_name, options, call, withToken, hops, expected) => {
    expect(answer(options, call, withToken, hops)).toMatchObject(expected);
  });

  it('takes what holds for every node where the node says nothing', () => {
    const built = world()
      .nodeDefaults({ roleArn: nodeRole, imds: { httpTokens: 'required' } })
      .node('n1')
      .build();
    const [node] = built.nodes;
    if (!node) throw new Error('the world has a node');
    const ask = askStated(built);
    expect(imds(built, ask, { node, call: list, withToken: false, hops: pod }).reply).toMatchObject({
      status: 401,
    });
    expect(imds(built, ask, { node, call: list, withToken: true, hops: pod }).reply).toMatchObject({
      body: { roleNames: ['node'] },
    });
  });

  it('names the session after the instance', () => {
    const built = world().node('n1', { roleArn: nodeRole }).build();
    const [node] = built.nodes;
    if (!node) throw new Error('the world has a node');
    const request = {
      node: { ...node, instanceId: 'i-0abc' },
      call: credentials('node'),
      withToken: true,
      hops: pod,
    };
    expect(imds(built, askStated(built), request).reply).toMatchObject({
      body: { credentials: { sessionName: 'i-0abc' } },
    });
  });
});
