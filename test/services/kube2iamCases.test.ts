import { describe, expect, it } from 'vitest';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import type { PodOptions } from '../../src/model/builderOptions.ts';
import type { Reply } from '../../src/model/exchange.ts';
import { askStated } from '../../src/model/fact.ts';
import type { Kube2iamFlags } from '../../src/model/kube2iam.ts';
import type { ClusterNode } from '../../src/model/node.ts';
import type { ObjectRef } from '../../src/model/objectRef.ts';
import type { ServiceEvidence } from '../../src/services/evidence.ts';
import { kube2iam } from '../../src/services/kube2iam.ts';
import {
  annotated,
  annotationOf,
  answer,
  app,
  base,
  byAnnotation,
  chosen,
  daemonSet,
  error,
  foreign,
  foundPod,
  get,
  list,
  listing,
  mapper,
  node,
  nodeRole,
  pod,
  restricted,
  text,
  unrestricted,
  withBase,
  type Given,
} from './kube2iamFixture.ts';

const server = 'jtblin/kube2iam:server/server.go';
const instanceId = get('/latest/meta-data/instance-id');

const discovered = (from: 'nodeRole' | 'nowhere', baseArn: string): ServiceEvidence => ({
  kind: 'baseArnDiscovered',
  baseArn,
  from,
  at: node,
  source: 'jtblin/kube2iam:iam/arn.go (GetBaseArn)',
});
const emptyRole: ServiceEvidence = {
  kind: 'emptyRoleListed',
  at: daemonSet,
  source: `${server} (securityCredentialsHandler)`,
};
const proxied: ServiceEvidence = {
  kind: 'proxiedToImds',
  at: daemonSet,
  source: `${server} (reverseProxyHandler)`,
};
const metadataDisabled: ServiceEvidence = {
  kind: 'endpointDisabled',
  at: node,
  source: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html',
};

describe('what kube2iam answers to a path', () => {
  const instance: Partial<ClusterNode> = { instanceId: 'i-0123456789abcdef0' };
  const closed: Partial<ClusterNode> = { imds: { httpEndpoint: 'disabled' } };

  it.each<[name: string, given: Given, reply: Reply, evidence: readonly ServiceEvidence[]]>([
    ['path-double-slash', { call: get('//latest/meta-data/') }, error(301, ''), []],
    [
      'path-healthz: it asks for the id of the instance with a token of its own',
      { node: { ...instance, imds: { httpTokens: 'required' } }, call: get('/healthz') },
      text('i-0123456789abcdef0'),
      [],
    ],
    [
      'before 0.12 it asks without a token, and is not healthy where one is required',
      {
        node: { ...instance, imds: { httpTokens: 'required' } },
        call: get('/healthz'),
        daemon: { image: 'jtblin/kube2iam:0.11.2' },
      },
      error(500, 'no instance id'),
      [
        {
          kind: 'tokenRequired',
          at: node,
          source:
            'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html',
        },
      ],
    ],
    [
      'path-imds-disabled: it is not healthy without metadata',
      { node: closed, call: get('/healthz') },
      error(500, 'no instance id'),
      [metadataDisabled],
    ],
    [
      'path-imds-disabled: what is passed on is refused',
      { node: closed, call: instanceId },
      error(403, 'Forbidden'),
      [proxied, metadataDisabled],
    ],
    [
      'flag-debug: its store',
      { flags: { debug: true }, node: instance, call: get('/debug/store') },
      text(''),
      [],
    ],
    [
      'path-instance-id is passed on',
      { node: { ...instance, imds: { httpTokens: 'optional' } }, call: instanceId },
      text('i-0123456789abcdef0'),
      [proxied],
    ],
    [
      'flag-metadata-addr-port',
      {
        flags: { metadataAddress: '169.254.169.254:80' },
        node: { ...instance, imds: { httpTokens: 'optional' } },
        call: instanceId,
      },
      text('i-0123456789abcdef0'),
      [proxied],
    ],
    [
      'flag-metadata-addr-nowhere',
      { flags: { metadataAddress: '127.0.0.1:9' }, node: instance, call: instanceId },
      error(502, 'Bad Gateway'),
      [proxied],
    ],
    [
      'tokens-required-old-kube2iam: a token',
      { daemon: { image: 'jtblin/kube2iam:0.10.9' }, call: { kind: 'token' } },
      error(403, 'Forbidden'),
      [
        {
          kind: 'clientAddressForwarded',
          image: 'jtblin/kube2iam:0.10.9',
          at: daemonSet,
          source: 'jtblin/kube2iam#241; commit 0af1fd4, released with 0.10.10',
        },
      ],
    ],
    [
      'tokens-required-old-kube2iam: the list needs no token',
      {
        daemon: { image: 'jtblin/kube2iam:0.10.9' },
        flags: withBase,
        pod: annotated('app'),
        call: list,
      },
      listing('app'),
      [foundPod('pod', pod), byAnnotation('app', app), unrestricted],
    ],
  ])('%s', (_name, given, reply, evidence) => {
    expect(answer(given)).toEqual({ reply, evidence });
  });
});

describe('how kube2iam comes to the role that it lists', () => {
  const argument = (at: number): ObjectRef => ({
    ...daemonSet,
    field: `spec.template.spec.containers[0].args[${at}]`,
  });
  const withDefault: Given = { flags: { ...withBase, defaultRole: 'd' }, call: list };

  it.each<[name: string, given: Given, reply: Reply, evidence: readonly ServiceEvidence[]]>([
    [
      'map-base-path-other: a role of another account',
      { flags: withBase, pod: annotated(foreign), call: list },
      listing(foreign),
      [foundPod('pod', pod), byAnnotation(foreign, foreign), unrestricted],
    ],
    [
      'k2i-base-arn-missing',
      { pod: annotated('app'), call: list },
      listing('app'),
      [foundPod('pod', pod), byAnnotation('app', 'app'), unrestricted],
    ],
    [
      'k2i-empty-annotation',
      { ...withDefault, pod: annotated('') },
      listing(),
      [foundPod('pod', pod), byAnnotation('', base), unrestricted, emptyRole],
    ],
    [
      'k2i-no-default-empty-200',
      { flags: withBase, call: list },
      listing(),
      [foundPod('pod', pod), chosen('defaultRole', '', base, daemonSet), unrestricted, emptyRole],
    ],
    [
      'neither annotation nor default',
      { call: list },
      error(404, 'unable to find role for IP'),
      [foundPod('pod', pod), { kind: 'noRole', at: pod, source: `${mapper} (extractRoleARN)` }],
    ],
    [
      'k2i-default-role: it stands in an argument',
      { ...withDefault, daemon: { flagRefs: { 'base-role-arn': argument(0), 'default-role': argument(1) } } },
      listing('d'),
      [foundPod('pod', pod), chosen('defaultRole', 'd', `${base}d`, argument(1)), unrestricted],
    ],
    [
      'k2i-auto-default-is-the-node: a switch discovers it',
      {
        flags: { autoDiscoverDefaultRole: true },
        daemon: { flagRefs: { 'auto-discover-default-role': argument(2) } },
        call: list,
      },
      listing('node'),
      [
        foundPod('pod', pod),
        discovered('nodeRole', base),
        chosen('defaultRole', 'node', nodeRole, argument(2)),
        unrestricted,
      ],
    ],
    [
      'k2i-auto-default-is-the-node: nobody names the role',
      { flags: { autoDiscoverDefaultRole: true }, node: {}, call: list },
      listing('<node role>'),
      [
        foundPod('pod', pod),
        discovered('nowhere', '<discovered base ARN>/'),
        chosen('defaultRole', '<node role>', '<discovered base ARN>/<node role>', daemonSet),
        unrestricted,
      ],
    ],
  ])('%s', (_name, given, reply, evidence) => {
    expect(answer(given)).toEqual({ reply, evidence });
  });
});

describe('how kube2iam comes to refuse a role to a namespace', () => {
  const restrictions: Partial<Kube2iamFlags> = { ...withBase, namespaceRestrictions: true, defaultRole: 'd' };
  const namespace: ObjectRef = { kind: 'Namespace', name: 'pay' };
  const notAllowed = error(404, `role requested ${app} not valid for namespace of pod with namespace pay`);
  const allowing = (roles: string): WorldBuilder =>
    world().namespace('pay', { annotations: { 'iam.amazonaws.com/allowed-roles': roles } });

  it.each<
    [name: string, given: Omit<Given, 'flags' | 'call'>, reply: Reply, weighed: readonly ServiceEvidence[]]
  >([
    [
      'k2i-namespace-annotation-missing: the namespace is not shown',
      { pod: annotated('app') },
      notAllowed,
      [byAnnotation('app', app), restricted('noEntry', namespace)],
    ],
    [
      'k2i-namespace-annotation-missing: the default role',
      {},
      listing('d'),
      [chosen('defaultRole', 'd', `${base}d`, daemonSet), restricted('defaultRole', namespace)],
    ],
    [
      'k2i-restriction-bypass-by-default',
      { state: allowing('[]'), pod: annotated(`${base}d`) },
      listing('d'),
      [byAnnotation(`${base}d`, `${base}d`), restricted('defaultRole', namespace)],
    ],
    [
      'k2i-glob-too-broad',
      { state: allowing('["a*"]'), pod: annotated('app') },
      listing('app'),
      [byAnnotation('app', app), restricted('entry', namespace, 'a*')],
    ],
    [
      'k2i-allowed-roles-not-a-json-array',
      { state: allowing("['app']"), pod: annotated('app') },
      notAllowed,
      [byAnnotation('app', app), restricted('unreadableList', namespace, "['app']")],
    ],
  ])('%s', (_name, given, reply, weighed) => {
    expect(answer({ ...given, flags: restrictions, call: list })).toEqual({
      reply,
      evidence: [foundPod('pod', pod), ...weighed],
    });
  });

  it('points at the namespace where it stands', () => {
    const read = { ...namespace, position: { file: 'namespaces.yaml', line: 3, column: 1 } };
    const built = world()
      .namespace('pay')
      .node('n1')
      .kube2iam(restrictions)
      .pod('pay/api', annotated('app'))
      .build();
    const [onNode] = built.nodes;
    const [daemon] = built.kube2iam;
    if (!onNode || !daemon) throw new Error('the world has a node and a daemon');
    const reread = { ...built, namespaces: built.namespaces.map((each) => ({ ...each, ref: read })) };
    const { evidence } = kube2iam(reread, askStated(reread), {
      daemon,
      node: onNode,
      call: list,
      withToken: false,
      caller: reread.workloads[0]?.template,
      daemonIdentity: () => ({ kind: 'role', arn: nodeRole }),
    });
    expect(evidence.at(-1)).toEqual(restricted('noEntry', read));
  });
});

describe('whom kube2iam takes a caller for, and what it answers', () => {
  const running: PodOptions = { ...annotated('app'), status: { phase: 'Running', podIP: '10.0.0.7' } };
  const other: ObjectRef = { kind: 'Pod', namespace: 'a', name: 'other' };
  const beside = world().pod('a/other', { ...running, ...annotated('web') });

  it.each<[name: string, given: Omit<Given, 'call'>, reply: Reply, evidence: readonly ServiceEvidence[]]>([
    [
      'hostnetwork-pod: the address of the node is nobody’s',
      { fromHost: true },
      error(404, 'pod with specificed IP not found'),
      [foundPod('nobody')],
    ],
    [
      'k2i-start-race-default: the pod is not in the cache yet',
      { state: world().fact('podAddress', 'unknown'), pod: annotated('app') },
      error(404, 'pod with specificed IP not found'),
      [foundPod('nobody', pod)],
    ],
    [
      'k2i-ip-reuse: the cache holds the pod before',
      { state: beside.fact('podAddress', 'previous', 'pay/api'), flags: withBase, pod: annotated('app') },
      listing('web'),
      [
        foundPod('previous', other),
        chosen('annotation', 'web', `${base}web`, annotationOf(other)),
        unrestricted,
      ],
    ],
    [
      'k2i-ip-reuse: two pods at one address',
      { state: beside, flags: withBase, pod: running },
      error(404, 'several pods with the ip indexed'),
      [foundPod('several', pod)],
    ],
    [
      'k2i-ip-reuse: the first of two pods at one address',
      { state: beside, flags: { ...withBase, resolveDuplicateCacheIps: true }, pod: running },
      listing('web'),
      [foundPod('pod', other), chosen('annotation', 'web', `${base}web`, annotationOf(other)), unrestricted],
    ],
  ])('%s', (_name, given, reply, evidence) => {
    expect(answer({ ...given, call: list })).toEqual({ reply, evidence });
  });
});
