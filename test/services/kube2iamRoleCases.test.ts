import { describe, expect, it } from 'vitest';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import type { ImdsCall } from '../../src/model/exchange.ts';
import { kube2iamDefaults, type Kube2iamFlags } from '../../src/model/kube2iam.ts';
import type { NodeOptions } from '../../src/model/builderOptions.ts';
import {
  chooseRole,
  expandRole,
  roleSettings,
  type ChosenRole,
  type RoleSettings,
} from '../../src/services/kube2iamRole.ts';
import { kube2iamRoute, reachesImds, type Kube2iamRoute } from '../../src/services/kube2iamRoute.ts';
import {
  behavesSo,
  describesRegions,
  knowsStrangers,
  passesTokenRequests,
} from '../../src/services/kube2iamVersion.ts';

const base = 'arn:aws:iam::111122223333:role/';
const otherBase = 'arn:aws:iam::444455556666:role/';

const flagsOf = (flags: Partial<Kube2iamFlags>): Kube2iamFlags => ({ ...kube2iamDefaults, ...flags });

describe('a role as kube2iam writes it out', () => {
  it.each([
    ['app', `${base}app`],
    ['k8s/app', `${base}k8s/app`],
    ['/app', `${base}/app`],
    ['', base],
    [`${otherBase}app`, `${otherBase}app`],
    ['ARN:aws:iam::444455556666:role/app', 'ARN:aws:iam::444455556666:role/app'],
    [' arn:aws:iam::444455556666:role/app', `${base} arn:aws:iam::444455556666:role/app`],
    ['team/arn:app', `${base}team/arn:app`],
  ])('%j', (role, expected) => {
    expect(expandRole(base, role)).toBe(expected);
  });
});

describe('the settings with which kube2iam runs', () => {
  const discovers: Partial<Kube2iamFlags> = { autoDiscoverBaseArn: true };
  const discoversDefault: Partial<Kube2iamFlags> = { autoDiscoverDefaultRole: true };
  const nowhere = '<discovered base ARN>/';

  interface Given {
    readonly state?: WorldBuilder;
    readonly node?: NodeOptions;
    readonly flags: Partial<Kube2iamFlags>;
  }

  it.each<[name: string, given: Given, expected: RoleSettings]>([
    ['nothing is given', { flags: {} }, { baseArn: '', defaultRole: '', defaultRoleArn: '' }],
    [
      'what is given counts, whatever the node is',
      { node: { roleArn: `${otherBase}node` }, flags: { baseRoleArn: base, defaultRole: 'd' } },
      { baseArn: base, defaultRole: 'd', defaultRoleArn: `${base}d` },
    ],
    [
      'a default role of another account',
      { flags: { baseRoleArn: base, defaultRole: `${otherBase}d` } },
      { baseArn: base, defaultRole: `${otherBase}d`, defaultRoleArn: `${otherBase}d` },
    ],
    [
      'the base ARN is that of the account of the node role, without its path',
      { node: { roleArn: `${base}eks/node` }, flags: discovers },
      { baseArn: base, defaultRole: '', defaultRoleArn: base, discoveredFrom: 'nodeRole' },
    ],
    [
      'the role of all nodes stands in for that of the node',
      { state: world().nodeDefaults({ roleArn: `${base}all` }), flags: discoversDefault },
      { baseArn: base, defaultRole: 'all', defaultRoleArn: `${base}all`, discoveredFrom: 'nodeRole' },
    ],
    [
      'the role of the node goes before that of all nodes',
      {
        state: world().nodeDefaults({ roleArn: `${otherBase}all` }),
        node: { roleArn: `${base}eks/node` },
        flags: discoversDefault,
      },
      { baseArn: base, defaultRole: 'node', defaultRoleArn: `${base}node`, discoveredFrom: 'nodeRole' },
    ],
    [
      'a discovered default role goes over the one that is given, and its base ARN too',
      {
        node: { roleArn: `${base}node` },
        flags: { ...discoversDefault, baseRoleArn: otherBase, defaultRole: 'd' },
      },
      { baseArn: base, defaultRole: 'node', defaultRoleArn: `${base}node`, discoveredFrom: 'nodeRole' },
    ],
    [
      'a given default role stays when the base ARN alone is discovered',
      { node: { roleArn: `${base}node` }, flags: { ...discovers, defaultRole: 'd' } },
      { baseArn: base, defaultRole: 'd', defaultRoleArn: `${base}d`, discoveredFrom: 'nodeRole' },
    ],
    [
      'the account of the cluster goes before that of the roles',
      {
        state: world().cluster({ accountId: '111122223333' }).role(`${otherBase}app`),
        flags: discovers,
      },
      { baseArn: base, defaultRole: '', defaultRoleArn: base, discoveredFrom: 'cluster' },
    ],
    [
      'the partition of the cluster',
      { state: world().cluster({ accountId: '111122223333', partition: 'aws-cn' }), flags: discovers },
      {
        baseArn: 'arn:aws-cn:iam::111122223333:role/',
        defaultRole: '',
        defaultRoleArn: 'arn:aws-cn:iam::111122223333:role/',
        discoveredFrom: 'cluster',
      },
    ],
    [
      'the only account of the roles; what is no ARN has none',
      {
        state: world().role(`${base}app`).role('<role of a template>').role(`${base}web`),
        flags: discovers,
      },
      { baseArn: base, defaultRole: '', defaultRoleArn: base, discoveredFrom: 'onlyAccountOfRoles' },
    ],
    [
      'roles of two accounts tell nothing',
      { state: world().role(`${base}app`).role(`${otherBase}app`), flags: discovers },
      { baseArn: nowhere, defaultRole: '', defaultRoleArn: nowhere, discoveredFrom: 'nowhere' },
    ],
    [
      'nothing tells the account',
      { flags: discoversDefault },
      {
        baseArn: nowhere,
        defaultRole: '<node role>',
        defaultRoleArn: `${nowhere}<node role>`,
        discoveredFrom: 'nowhere',
      },
    ],
  ])('%s', (_name, { state = world(), node: options, flags }, expected) => {
    const built = state.node('n1', options).build();
    const node = built.nodes.find(({ name }) => name === 'n1');
    if (!node) throw new Error('the world has a node');
    expect(roleSettings(built, node, flagsOf(flags))).toEqual(expected);
  });
});

describe('the role that kube2iam chooses for a pod', () => {
  const none: RoleSettings = { baseArn: '', defaultRole: '', defaultRoleArn: '' };
  const withBase: RoleSettings = { baseArn: base, defaultRole: '', defaultRoleArn: base };
  const withDefault: RoleSettings = { baseArn: base, defaultRole: 'd', defaultRoleArn: `${base}d` };

  it.each<
    [
      name: string,
      settings: RoleSettings,
      annotations: Readonly<Record<string, string>>,
      expected: ChosenRole | undefined,
    ]
  >([
    [
      'its annotation goes before the default role',
      withDefault,
      { 'iam.amazonaws.com/role': 'app' },
      { by: 'annotation', text: 'app', roleArn: `${base}app` },
    ],
    [
      'an empty annotation is one',
      withDefault,
      { 'iam.amazonaws.com/role': '' },
      { by: 'annotation', text: '', roleArn: base },
    ],
    [
      'a short name without a base ARN',
      none,
      { 'iam.amazonaws.com/role': 'app' },
      { by: 'annotation', text: 'app', roleArn: 'app' },
    ],
    ['the default role', withDefault, {}, { by: 'defaultRole', text: 'd', roleArn: `${base}d` }],
    [
      'an annotation of another tool is none',
      withDefault,
      { 'eks.amazonaws.com/role-arn': `${base}app` },
      { by: 'defaultRole', text: 'd', roleArn: `${base}d` },
    ],
    ['the base ARN counts as the default', withBase, {}, { by: 'defaultRole', text: '', roleArn: base }],
    ['nothing at all', none, {}, undefined],
  ])('%s', (_name, settings, annotations, expected) => {
    const [workload] = world().pod('pay/api', { annotations }).build().workloads;
    if (!workload) throw new Error('the world has a pod');
    expect(chooseRole(settings, kube2iamDefaults, workload.template)).toEqual(expected);
  });
});

describe('where kube2iam sends a request', () => {
  const get = (path: string): ImdsCall => ({ kind: 'other', path });
  const debug = { debug: true };
  const proxied: Kube2iamRoute = { kind: 'proxied' };
  const listed: Kube2iamRoute = { kind: 'role', role: '' };

  it.each<[call: ImdsCall, flags: Partial<Kube2iamFlags>, expected: Kube2iamRoute]>([
    [{ kind: 'token' }, {}, proxied],
    [{ kind: 'roleList' }, {}, listed],
    [{ kind: 'roleList' }, debug, listed],
    [get('/latest/meta-data/iam/security-credentials'), {}, listed],
    [{ kind: 'roleCredentials', roleName: 'k8s/app' }, {}, { kind: 'role', role: 'k8s/app' }],
    [get('/1.0/meta-data/iam/security-credentials/app'), {}, { kind: 'role', role: 'app' }],
    [get('/2021/07/meta-data/iam/security-credentials/app'), {}, proxied],
    [get('/latest/meta-data/iam/security-credentials-of/app'), {}, proxied],
    [get('/latest/meta-data/iam/info'), {}, proxied],
    [get('/'), {}, proxied],
    [get('/healthz'), {}, { kind: 'health' }],
    [get('/healthz'), debug, { kind: 'health' }],
    [get('/healthz/'), {}, proxied],
    [get('/debug/store'), debug, { kind: 'ownText' }],
    [get('/debug/store'), {}, proxied],
    [get('/latest/user-data'), debug, proxied],
    [get('/latest/meta-data/iam/security-credentials//app'), {}, { kind: 'redirected' }],
    [get('//healthz'), {}, { kind: 'redirected' }],
    [get('/latest/meta-data/iam/../iam/security-credentials/'), {}, { kind: 'redirected' }],
  ])('%j with %j', (call, flags, expected) => {
    expect(kube2iamRoute(flagsOf(flags), call)).toEqual(expected);
  });

  it.each([
    ['169.254.169.254', true],
    ['169.254.169.254:80', true],
    ['169.254.169.254:8080', false],
    ['169.254.169.254:80/latest', false],
    ['http://169.254.169.254', false],
    ['127.0.0.1:9', false],
    ['169x254x169x254', false],
    ['', false],
  ])('what is passed on to %j reaches the metadata service: %s', (metadataAddress, expected) => {
    expect(reachesImds(flagsOf({ metadataAddress }))).toBe(expected);
  });
});

describe('what a version of kube2iam does', () => {
  const behaviours = {
    'passes token requests on': passesTokenRequests,
    'lists the regions': describesRegions,
    'knows strangers': knowsStrangers,
    'does what came with 1.0.0': { since: [1, 0, 0], source: 'a release to come' },
  } as const;

  it.each<[image: string | undefined, behaviour: keyof typeof behaviours, expected: boolean | undefined]>([
    ['jtblin/kube2iam:0.10.9', 'passes token requests on', false],
    ['jtblin/kube2iam:0.10.10', 'passes token requests on', true],
    ['jtblin/kube2iam:0.10.11', 'passes token requests on', true],
    ['jtblin/kube2iam:0.11', 'passes token requests on', true],
    ['jtblin/kube2iam:10.0.0', 'passes token requests on', true],
    ['jtblin/kube2iam:0.9.99', 'passes token requests on', false],
    ['jtblin/kube2iam:v0.12.0', 'lists the regions', true],
    ['jtblin/kube2iam:0.12', 'lists the regions', true],
    ['registry.example:5000/kube2iam:0.11.12-alpine', 'lists the regions', false],
    ['jtblin/kube2iam:0.7.0', 'knows strangers', false],
    ['jtblin/kube2iam:0.8.0', 'knows strangers', true],
    ['jtblin/kube2iam:0.15.0', 'does what came with 1.0.0', false],
    ['jtblin/kube2iam:1.0.0', 'does what came with 1.0.0', true],
    ['jtblin/kube2iam:2.0.0', 'does what came with 1.0.0', true],
    ['jtblin/kube2iam:latest', 'lists the regions', undefined],
    ['jtblin/kube2iam', 'lists the regions', undefined],
    [undefined, 'lists the regions', undefined],
  ])('%s, %s: %s', (image, behaviour, expected) => {
    expect(behavesSo(image, behaviours[behaviour])).toBe(expected);
  });
});
