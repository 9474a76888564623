import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../src/model/aws.ts';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import type { PodOptions } from '../../src/model/builderOptions.ts';
import { askStated } from '../../src/model/fact.ts';
import type { Identity } from '../../src/model/identity.ts';
import type { ImdsCall } from '../../src/model/exchange.ts';
import type { Kube2iamFlags } from '../../src/model/kube2iam.ts';
import type { ServiceReply } from '../../src/services/evidence.ts';
import { kube2iam } from '../../src/services/kube2iam.ts';

const account = '111122223333';
const base = `arn:aws:iam::${account}:role/`;
const nodeRole = `${base}eks/node`;
const foreign = 'arn:aws:iam::444455556666:role/app';
const key = 'iam.amazonaws.com/role';

const trusting = (principal: JsonValue): JsonValue => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }],
});
const trustsNode = { trust: trusting({ AWS: nodeRole }) };

const list: ImdsCall = { kind: 'roleList' };
const credentials = (roleName: string): ImdsCall => ({ kind: 'roleCredentials', roleName });

interface Asking {
  readonly state?: WorldBuilder;
  readonly flags?: Partial<Kube2iamFlags>;
  readonly pod?: PodOptions;
  readonly call: ImdsCall;
  readonly daemonIs?: Identity;
}

/** Lets the pod `pay/api` on node `n1` ask the daemon. */
function asks({ state = world(), flags = {}, pod = {}, call, daemonIs }: Asking): ServiceReply {
  const built = state.node('n1', { roleArn: nodeRole }).kube2iam(flags).pod('pay/api', pod).build();
  const node = built.nodes.findLast(({ name }) => name === 'n1');
  const [daemon] = built.kube2iam;
  const caller = built.workloads.find(({ name }) => name === 'api')?.template;
  if (!node || !daemon) throw new Error('the world has a node and a daemon');
  const daemonIdentity = (): Identity => daemonIs ?? { kind: 'role', arn: nodeRole };
  return kube2iam(built, askStated(built), { daemon, node, call, withToken: false, caller, daemonIdentity });
}

/** The end of a reply on one line. */
function end({ reply }: ServiceReply): string {
  if (reply.kind === 'httpError') return `${reply.status} ${reply.message}`;
  if (reply.kind !== 'ok') return reply.kind;
  if (reply.body.kind === 'roleList') return `list [${reply.body.roleNames.join(' ')}]`;
  if (reply.body.kind !== 'credentials') return reply.body.kind;
  const { identity } = reply.body.credentials;
  if (identity.kind === 'role') return identity.arn;
  return identity.kind === 'unnamedRole' ? `${identity.which} ${identity.text}` : identity.kind;
}

const annotated = (role: string): PodOptions => ({ annotations: { [key]: role } });
const withBase: Partial<Kube2iamFlags> = { baseRoleArn: base };
const noRole = '404 unable to find role for IP';
const notAllowed = (role: string): string =>
  `404 role requested ${role} not valid for namespace of pod with namespace pay`;

describe('the role that kube2iam lists', () => {
  it.each<[name: string, asking: Omit<Asking, 'call'>, expected: string]>([
    ['a short name', { flags: withBase, pod: annotated('app') }, 'list [app]'],
    ['a path and a name', { flags: withBase, pod: annotated('k8s/app') }, 'list [k8s/app]'],
    ['the full ARN of the account', { flags: withBase, pod: annotated(`${base}app`) }, 'list [app]'],
    ['the full ARN of another account', { flags: withBase, pod: annotated(foreign) }, `list [${foreign}]`],
    [
      'an ARN in capitals',
      { flags: withBase, pod: annotated('ARN:aws:iam::1:role/x') },
      'list [ARN:aws:iam::1:role/x]',
    ],
    ['no annotation, no default, no base', {}, noRole],
    ['k2i-no-default-empty-200', { flags: withBase }, 'list []'],
    ['k2i-empty-annotation', { flags: withBase, pod: annotated('') }, 'list []'],
    [
      'k2i-empty-annotation: no default role for it',
      { flags: { ...withBase, defaultRole: 'd' }, pod: annotated('') },
      'list []',
    ],
    ['k2i-default-role', { flags: { ...withBase, defaultRole: 'd' } }, 'list [d]'],
    ['k2i-base-arn-missing', { pod: annotated('app') }, 'list [app]'],
    [
      'k2i-base-arn-wrong: a role name as base',
      { flags: { baseRoleArn: `${base}ec2/` }, pod: annotated('app') },
      'list [app]',
    ],
    [
      'k2i-auto-discovery-drops-path',
      { flags: { autoDiscoverBaseArn: true }, pod: annotated('app') },
      'list [app]',
    ],
    ['k2i-auto-default-is-the-node', { flags: { autoDiscoverDefaultRole: true } }, 'list [node]'],
    [
      'k2i-annotation-on-controller',
      { flags: withBase, state: world().namespace('pay', { annotations: { [key]: 'x' } }) },
      'list []',
    ],
    ['a trailing newline', { flags: withBase, pod: annotated('app\n') }, 'list [app]'],
    [
      'another annotation key',
      { flags: { ...withBase, iamRoleKey: 'corp/role' }, pod: { annotations: { 'corp/role': 'app' } } },
      'list [app]',
    ],
  ])('%s', (_name, asking, expected) => {
    expect(end(asks({ ...asking, call: list }))).toBe(expected);
  });
});

describe('namespace restrictions', () => {
  const restricted: Partial<Kube2iamFlags> = { ...withBase, namespaceRestrictions: true };
  const regexp: Partial<Kube2iamFlags> = { ...restricted, namespaceRestrictionFormat: 'RegExp' };
  const allows = (roles: string): WorldBuilder =>
    world().namespace('pay', { annotations: { 'iam.amazonaws.com/allowed-roles': roles } });

  it.each<
    [
      name: string,
      flags: Partial<Kube2iamFlags>,
      roles: string | undefined,
      role: string | undefined,
      expected: string,
    ]
  >([
    ['k2i-namespace-annotation-missing', restricted, undefined, 'app', notAllowed(`${base}app`)],
    [
      'k2i-namespace-annotation-missing: the default role',
      { ...restricted, defaultRole: 'd' },
      undefined,
      undefined,
      'list [d]',
    ],
    ['an exact name', restricted, '["app"]', 'app', 'list [app]'],
    [
      'k2i-allowed-roles-not-a-json-array: a plain string',
      restricted,
      'app',
      'app',
      notAllowed(`${base}app`),
    ],
    [
      'k2i-allowed-roles-not-a-json-array: single quotes',
      restricted,
      "['app']",
      'app',
      notAllowed(`${base}app`),
    ],
    [
      'k2i-allowed-roles-not-a-json-array: a string in JSON',
      restricted,
      '"app"',
      'app',
      notAllowed(`${base}app`),
    ],
    ['a list that is not all strings keeps the strings', restricted, '[1, "app"]', 'app', 'list [app]'],
    ['k2i-glob-too-broad: every role of the account', restricted, '["*"]', 'app', 'list [app]'],
    ['k2i-glob-too-broad: not of another account', restricted, '["*"]', foreign, notAllowed(foreign)],
    ['k2i-glob-too-broad: any role anywhere', restricted, '["arn:*"]', foreign, `list [${foreign}]`],
    ['k2i-glob-too-broad: a prefix', restricted, '["team-a*"]', 'team-a-admin', 'list [team-a-admin]'],
    ['a glob fits the whole ARN', restricted, '["team"]', 'team-a', notAllowed(`${base}team-a`)],
    ['k2i-regexp-unanchored', regexp, '["dev"]', 'developer', 'list [developer]'],
    ['an anchored pattern', regexp, '["dev$"]', 'developer', notAllowed(`${base}developer`)],
    ['a pattern that Go refuses', regexp, '["(?!x)"]', 'dev', notAllowed(`${base}dev`)],
    ['an element that is no string fits every role of the account', regexp, '[1]', 'dev', 'list [dev]'],
    ['k2i-cross-account-under-restrictions', restricted, '["app"]', foreign, notAllowed(foreign)],
    [
      'k2i-cross-account-under-restrictions: a full entry',
      restricted,
      `["${foreign}"]`,
      foreign,
      `list [${foreign}]`,
    ],
    [
      'k2i-restriction-bypass-by-default',
      { ...restricted, defaultRole: 'd' },
      undefined,
      `${base}d`,
      'list [d]',
    ],
  ])('%s', (_name, flags, roles, role, expected) => {
    const state = roles === undefined ? world() : allows(roles);
    const pod = role === undefined ? {} : annotated(role);
    expect(end(asks({ state, flags, pod, call: list }))).toBe(expected);
  });
});

describe('the credentials that kube2iam gives', () => {
  const user = `User: arn:aws:sts::${account}:assumed-role/node/<session>`;
  const refused = (caller: string, role: string): string =>
    `500 AccessDenied: ${caller} is not authorized to perform: sts:AssumeRole on resource: ${role}`;
  const app = `${base}app`;

  it.each<[name: string, asking: Asking, expected: string]>([
    [
      'the annotated role',
      {
        state: world().role(app, trustsNode),
        flags: withBase,
        pod: annotated('app'),
        call: credentials('app'),
      },
      app,
    ],
    [
      'another role than the pod has',
      { flags: withBase, pod: annotated('app'), call: credentials('admin') },
      '403 Invalid role admin',
    ],
    [
      'an annotation with a trailing newline',
      { flags: withBase, pod: annotated('app\n'), call: credentials('app') },
      '403 Invalid role app',
    ],
    ['no name: the list', { flags: withBase, pod: annotated('app'), call: credentials('') }, 'list [app]'],
    [
      'k2i-trust-without-node',
      {
        state: world().role(app, { trust: trusting({ Service: 'ec2.amazonaws.com' }) }),
        flags: withBase,
        pod: annotated('app'),
        call: credentials('app'),
      },
      refused(user, app),
    ],
    [
      'k2i-base-arn-missing',
      { pod: annotated('app'), call: credentials('app') },
      "500 ValidationError: 1 validation error detected: Value 'app' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20",
    ],
    [
      'k2i-auto-default-is-the-node: it does not trust itself',
      {
        state: world().role(`${base}node`, { trust: trusting({ Service: 'ec2.amazonaws.com' }) }),
        flags: { autoDiscoverDefaultRole: true },
        call: credentials('node'),
      },
      refused(user, `${base}node`),
    ],
    [
      'k2i-auto-discovery-drops-path: the default',
      {
        state: world()
          .complete({ rolesOfAccounts: [account] })
          .role(nodeRole, trustsNode),
        flags: { autoDiscoverDefaultRole: true },
        call: credentials('node'),
      },
      refused(user, `${base}node`),
    ],
    [
      'k2i-own-irsa',
      {
        state: world().role(app, trustsNode),
        flags: withBase,
        pod: annotated('app'),
        call: credentials('app'),
        daemonIs: { kind: 'role', arn: `${base}kube2iam` },
      },
      refused(`User: arn:aws:sts::${account}:assumed-role/kube2iam/<session>`, app),
    ],
    [
      'a daemon without credentials',
      {
        flags: withBase,
        pod: annotated('app'),
        call: credentials('app'),
        daemonIs: { kind: 'none', error: 'no EC2 IMDS role found' },
      },
      '500 no EC2 IMDS role found',
    ],
    [
      'k2i-ttl-over-half-hour',
      {
        state: world().role(app, trustsNode),
        flags: { ...withBase, iamRoleSessionTtlSeconds: 3600 },
        pod: annotated('app'),
        call: credentials('app'),
      },
      '500 ValidationError: The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    ],
    [
      'sts silent',
      {
        state: world().fact('sts', 'timeout'),
        flags: withBase,
        pod: annotated('app'),
        call: credentials('app'),
      },
      'hang',
    ],
    [
      'sts refusing connections',
      {
        state: world().fact('sts', 'refused'),
        flags: withBase,
        pod: annotated('app'),
        call: credentials('app'),
      },
      '500 connection refused',
    ],
    [
      'a placeholder',
      { flags: withBase, pod: annotated('{{ .role }}'), call: credentials('{{ .role }}') },
      `placeholder ${base}{{ .role }}`,
    ],
  ])('%s', (_name, asking, expected) => {
    expect(end(asks(asking))).toBe(expected);
  });

  it('sends the external id of the pod', () => {
    const trust = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: nodeRole },
          Action: 'sts:AssumeRole',
          Condition: { StringEquals: { 'sts:ExternalId': 'e1' } },
        },
      ],
    };
    const state = world().role(app, { trust });
    const pod = (id: string): PodOptions => ({
      annotations: { [key]: 'app', 'iam.amazonaws.com/external-id': id },
    });
    expect(end(asks({ state, flags: withBase, pod: pod('e1'), call: credentials('app') }))).toBe(app);
    expect(end(asks({ state, flags: withBase, pod: pod('e2'), call: credentials('app') }))).toBe(
      refused(user, app),
    );
  });

  it.each<[image: string, policies: readonly string[], expected: string]>([
    [
      'jtblin/kube2iam:0.12.0',
      ['sts:AssumeRole'],
      '500 UnauthorizedOperation: You are not authorized to perform this operation.',
    ],
    ['jtblin/kube2iam:0.12.0', ['sts:AssumeRole', 'ec2:Describe*'], app],
    ['jtblin/kube2iam:0.11.1', ['sts:AssumeRole'], app],
    ['jtblin/kube2iam:latest', ['sts:AssumeRole'], app],
  ])('k2i-describe-regions: %s with %j', (image, actions, expected) => {
    const policies = [
      { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: actions, Resource: '*' } },
    ];
    const built = world()
      .node('n1', { roleArn: nodeRole })
      .kube2iam(withBase)
      .pod('pay/api', annotated('app'))
      .role(app, trustsNode)
      .role(nodeRole, { policies })
      .build();
    const [node] = built.nodes;
    const [daemon] = built.kube2iam;
    if (!node || !daemon) throw new Error('the world has a node and a daemon');
    const reply = kube2iam(built, askStated(built), {
      daemon: { ...daemon, image },
      node,
      call: credentials('app'),
      withToken: false,
      caller: built.workloads[0]?.template,
      daemonIdentity: () => ({ kind: 'role', arn: nodeRole }),
    });
    expect(end(reply)).toBe(expected);
  });

  it('names the session after the address of the pod and the role', () => {
    const asking: Asking = {
      state: world().role(app, trustsNode),
      flags: withBase,
      pod: annotated('app'),
      call: credentials('app'),
    };
    const session = (reply: ServiceReply): unknown => reply.reply.kind === 'ok' && reply.reply.body;
    expect(session(asks(asking))).toMatchObject({
      credentials: { mechanism: 'kube2iam', sessionName: '<hash of pod IP>-app', expiresInSeconds: 1800 },
    });
    const running: PodOptions = { ...annotated('app'), status: { phase: 'Running', podIP: '10.0.0.7' } };
    // Go: fnv.New32a over "10.0.0.7" is d8beb51b.
    expect(session(asks({ ...asking, pod: running }))).toMatchObject({
      credentials: { sessionName: 'd8beb51b-app' },
    });
  });
});

describe('kube2iam on a node whose role nobody names', () => {
  function asksUnnamed(
    state: WorldBuilder,
    flags: Partial<Kube2iamFlags>,
    pod: PodOptions,
    call: ImdsCall,
  ): ServiceReply {
    const built = state.node('n1').kube2iam(flags).pod('pay/api', pod).build();
    const [node] = built.nodes;
    const [daemon] = built.kube2iam;
    const [workload] = built.workloads;
    if (!node || !daemon || !workload) throw new Error('the world has a node, a daemon and a pod');
    const daemonIdentity = (): Identity => ({ kind: 'unnamedRole', which: 'nodeRole', text: 'n1' });
    return kube2iam(built, askStated(built), {
      daemon,
      node,
      call,
      withToken: false,
      caller: workload.template,
      daemonIdentity,
    });
  }
  const discovers: Partial<Kube2iamFlags> = { autoDiscoverBaseArn: true };
  const discoversDefault: Partial<Kube2iamFlags> = { autoDiscoverDefaultRole: true };

  it('takes the base ARN from the account of the cluster', () => {
    const state = world().cluster({ accountId: account }).fact('trust', 'admits');
    expect(end(asksUnnamed(state, discovers, annotated('app'), credentials('app')))).toBe(`${base}app`);
  });

  it('takes the base ARN from the only account of the roles', () => {
    const state = world().role(`${base}other`).fact('trust', 'admits');
    const reply = asksUnnamed(state, discovers, annotated('app'), credentials('app'));
    expect(end(reply)).toBe(`${base}app`);
    expect(reply.evidence).toContainEqual(
      expect.objectContaining({ kind: 'baseArnDiscovered', from: 'onlyAccountOfRoles' }),
    );
  });

  it('leaves the account open when nothing names one', () => {
    expect(end(asksUnnamed(world(), discovers, annotated('app'), list))).toBe('list [app]');
    expect(end(asksUnnamed(world(), discovers, annotated('app'), credentials('app')))).toBe(
      'placeholder <discovered base ARN>/app',
    );
  });

  it.each([
    ['admits', 'nodeRole n1'],
    [
      'refuses',
      '500 AccessDenied: User: n1 is not authorized to perform: sts:AssumeRole on resource: <node role>',
    ],
  ])('asks whether the node role %s itself', (answer, expected) => {
    const state = world().fact('trust', answer, 'role of node n1');
    const [name] = ['<node role>'];
    expect(end(asksUnnamed(state, discoversDefault, {}, credentials(name)))).toBe(expected);
  });
});

describe('whom kube2iam takes a caller for', () => {
  const running = (
    name: string,
    role: string,
    options: PodOptions = {},
  ): ((state: WorldBuilder) => WorldBuilder) => {
    const status = { phase: 'Running', podIP: '10.0.0.7' } as const;
    return (state) => state.pod(name, { ...annotated(role), status, ...options });
  };
  const caller: PodOptions = { ...annotated('app'), status: { phase: 'Running', podIP: '10.0.0.7' } };

  it.each<
    [
      name: string,
      flags: Partial<Kube2iamFlags>,
      others: readonly ((state: WorldBuilder) => WorldBuilder)[],
      expected: string,
    ]
  >([
    ['k2i-ip-reuse: two pods', withBase, [running('a/other', 'x')], '404 several pods with the ip indexed'],
    [
      'k2i-ip-reuse: a finished pod does not count',
      withBase,
      [running('a/other', 'x', { status: { phase: 'Succeeded', podIP: '10.0.0.7' } })],
      'list [app]',
    ],
    [
      'k2i-ip-reuse: duplicates resolved',
      { ...withBase, resolveDuplicateCacheIps: true },
      [running('z/other', 'x')],
      'list [app]',
    ],
    [
      'k2i-ip-reuse: duplicates resolved to another',
      { ...withBase, resolveDuplicateCacheIps: true },
      [running('a/other', 'x')],
      'list [x]',
    ],
    [
      'k2i-ip-reuse: another node with --node',
      { ...withBase, node: '$(NODE_NAME)' },
      [running('a/other', 'x', { node: 'n2' })],
      'list [app]',
    ],
  ])('%s', (_name, flags, others, expected) => {
    const state = others.reduce((current, add) => add(current), world());
    expect(end(asks({ state, flags, pod: caller, call: list }))).toBe(expected);
  });

  it('hostnetwork-pod: finds nobody by the address of a node', () => {
    const built = world().node('n1').kube2iam(withBase).build();
    const [node] = built.nodes;
    const [daemon] = built.kube2iam;
    if (!node || !daemon) throw new Error('the world has a node and a daemon');
    const daemonIdentity = (): Identity => ({ kind: 'role', arn: nodeRole });
    const request = { daemon, node, call: list, withToken: false, caller: undefined, daemonIdentity };
    expect(end(kube2iam(built, askStated(built), request))).toBe('404 pod with specificed IP not found');
  });
});

describe('what kube2iam passes on to the node', () => {
  it('hop1-does-not-hide-imds-behind-kube2iam', () => {
    const state = world().nodeDefaults({ imds: { httpTokens: 'required', httpPutResponseHopLimit: 1 } });
    expect(asks({ state, flags: withBase, call: { kind: 'token' } }).reply).toMatchObject({
      body: { kind: 'imdsToken' },
    });
  });

  it('needs no token for credentials, also where the node requires them', () => {
    const state = world().nodeDefaults({ imds: { httpTokens: 'required' } });
    expect(end(asks({ state, flags: withBase, pod: annotated('app'), call: list }))).toBe('list [app]');
  });

  it.each<[image: string | undefined, status: number | undefined]>([
    ['jtblin/kube2iam:0.10.9', 403],
    ['jtblin/kube2iam:0.9.0', 403],
    ['jtblin/kube2iam:0.10.10', undefined],
    ['jtblin/kube2iam:0.11.1', undefined],
    ['jtblin/kube2iam:latest', undefined],
    [undefined, undefined],
  ])('tokens-required-old-kube2iam: %s', (image, status) => {
    const built = world().node('n1').kube2iam(withBase).pod('pay/api').build();
    const [node] = built.nodes;
    const [daemon] = built.kube2iam;
    if (!node || !daemon) throw new Error('the world has a node and a daemon');
    const { reply } = kube2iam(built, askStated(built), {
      daemon: { ...daemon, image },
      node,
      call: { kind: 'token' },
      withToken: false,
      caller: built.workloads[0]?.template,
      daemonIdentity: () => ({ kind: 'role', arn: nodeRole }),
    });
    expect(reply.kind === 'httpError' ? reply.status : undefined).toBe(status);
  });
});
