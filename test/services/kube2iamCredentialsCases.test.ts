import { describe, expect, it } from 'vitest';
import { world } from '../../src/model/builder.ts';
import type { Reply } from '../../src/model/exchange.ts';
import type { Identity } from '../../src/model/identity.ts';
import type { ServiceEvidence } from '../../src/services/evidence.ts';
import {
  annotated,
  answer,
  app,
  base,
  byAnnotation,
  credentials,
  daemonSet,
  error,
  foundPod,
  node,
  nodeRole,
  pod,
  unrestricted,
  withBase,
  type Given,
} from './kube2iamFixture.ts';

const assumeRoleSource = 'jtblin/kube2iam:iam/iam.go (AssumeRole)';
const regionsSource =
  'jtblin/kube2iam:iam/iam.go (getRegions before AssumeRole), README.md; released with 0.12.0';
const evaluationSource =
  'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html';
const stsErrorsSource = 'https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html';

/** The pod `pay/api` is mapped to the role `app`. */
const mapped: readonly ServiceEvidence[] = [foundPod('pod', pod), byAnnotation('app', app), unrestricted];

const own: Identity = { kind: 'role', arn: nodeRole };
const unnamed: Identity = { kind: 'unnamedRole', which: 'nodeRole', text: 'n1' };
const keys: Identity = { kind: 'static', accessKeyId: 'AKIAEXAMPLE' };

const is = (identity: Identity): ServiceEvidence => ({
  kind: 'daemonIdentity',
  identity,
  at: node,
  source: assumeRoleSource,
});
const fromCache = (held: 'session' | 'error'): ServiceEvidence => ({
  kind: 'answeredFromCache',
  held,
  at: daemonSet,
  source: 'jtblin/kube2iam:iam/iam.go (AssumeRole: cache and errorCache by role)',
});
const stsFault = (fault: string): ServiceEvidence => ({ kind: 'stsFault', fault, source: stsErrorsSource });
const trustOfApp = (caller: string, allowed: boolean): ServiceEvidence => ({
  kind: 'assumption',
  action: 'AssumeRole',
  roleArn: app,
  caller,
  decision: { kind: 'byFact', allowed, question: { name: 'trust', scope: app } },
  source: evaluationSource,
});
const session = (
  sessionName: string,
  identity: Exclude<Identity, { kind: 'none' }>,
  seconds = 1800,
): Reply => ({
  kind: 'ok',
  body: {
    kind: 'credentials',
    credentials: { identity, mechanism: 'kube2iam', sessionName, expiresInSeconds: seconds },
  },
});
const ofApp = (sessionName: string): Reply => session(sessionName, { kind: 'role', arn: app });
const notAuthorized = (caller: string, role: string): Reply =>
  error(
    500,
    `AccessDenied: User: ${caller} is not authorized to perform: sts:AssumeRole on resource: ${role}`,
  );

const asking: Given = { flags: withBase, pod: annotated('app'), call: credentials('app') };
const holdsErrors: Given = { ...asking, flags: { ...withBase, iamRoleErrorTtlSeconds: 60 } };

const newest = { image: 'jtblin/kube2iam:0.15.0' };

describe('what kube2iam answers before it asks STS', () => {
  it.each<[name: string, given: Given, reply: Reply, weighed: readonly ServiceEvidence[]]>([
    [
      'another role than the pod has',
      { ...asking, call: credentials('admin') },
      error(403, 'Invalid role admin'),
      [
        {
          kind: 'otherRoleAsked',
          asked: 'admin',
          roleArn: app,
          at: daemonSet,
          source: 'jtblin/kube2iam:server/server.go (roleHandler)',
        },
      ],
    ],
    [
      'flag-iam-role-error-ttl: an error is kept for a while',
      { ...holdsErrors, state: world().fact('daemonCache', 'error', app) },
      error(500, 'error of an earlier request'),
      [fromCache('error')],
    ],
    [
      'a daemon without credentials',
      { ...asking, daemonIs: { kind: 'none', error: 'no EC2 IMDS role found' } },
      error(500, 'no EC2 IMDS role found'),
      [is({ kind: 'none', error: 'no EC2 IMDS role found' })],
    ],
    [
      'k2i-describe-regions: no region to ask in',
      { ...asking, state: world().fact('kube2iam.region', 'missing'), daemon: newest },
      error(500, 'Invalid Configuration: Missing Region'),
      [is(own), { kind: 'regionMissing', at: daemonSet, source: regionsSource }],
    ],
    [
      'k2i-describe-regions: not permitted',
      { ...asking, state: world().role(nodeRole, { policies: [] }), daemon: newest },
      error(500, 'UnauthorizedOperation: You are not authorized to perform this operation.'),
      [
        is(own),
        { kind: 'describeRegionsDenied', at: { kind: 'Role', name: nodeRole }, source: regionsSource },
      ],
    ],
  ])('%s', (_name, given, reply, weighed) => {
    expect(answer(given)).toEqual({ reply, evidence: [...mapped, ...weighed] });
  });
});

describe('what kube2iam makes of the answer of STS', () => {
  const admits = world().fact('trust', 'admits');
  const refuses = world().fact('trust', 'refuses');

  it.each<[name: string, given: Given, reply: Reply, weighed: readonly ServiceEvidence[]]>([
    [
      'a role that nobody names is let in',
      { ...asking, state: admits, daemonIs: unnamed },
      ofApp('<hash of pod IP>-app'),
      [is(unnamed), trustOfApp('n1', true)],
    ],
    [
      'k2i-own-irsa: keys in its environment are refused',
      { ...asking, state: refuses, daemonIs: keys },
      notAuthorized('AKIAEXAMPLE', app),
      [is(keys), trustOfApp('AKIAEXAMPLE', false)],
    ],
    [
      'an error is not kept without a time for it',
      { ...asking, state: admits.fact('daemonCache', 'error', app), daemonIs: unnamed },
      ofApp('<hash of pod IP>-app'),
      [is(unnamed), trustOfApp('n1', true)],
    ],
    [
      'no error is kept yet',
      { ...holdsErrors, state: refuses, daemonIs: unnamed },
      notAuthorized('n1', app),
      [is(unnamed), trustOfApp('n1', false)],
    ],
    [
      'mig-trust-swapped-first: the session that it holds is served on',
      { ...asking, state: refuses.fact('daemonCache', 'session', app), daemonIs: unnamed },
      ofApp('<hash of pod IP>-app'),
      [is(unnamed), trustOfApp('n1', false), fromCache('session')],
    ],
    [
      'the session that it holds is served on without credentials of its own',
      {
        ...asking,
        state: world().fact('daemonCache', 'session', app),
        daemonIs: { kind: 'none', error: 'no EC2 IMDS role found' },
      },
      ofApp('<hash of pod IP>-app'),
      [is({ kind: 'none', error: 'no EC2 IMDS role found' }), fromCache('session')],
    ],
    [
      'the session that it holds is served on without a region to ask in',
      {
        ...asking,
        state: world().fact('kube2iam.region', 'missing').fact('daemonCache', 'session', app),
        daemon: newest,
      },
      ofApp('<hash of pod IP>-app'),
      [is(own), { kind: 'regionMissing', at: daemonSet, source: regionsSource }, fromCache('session')],
    ],
    [
      'the session that it holds is of another role',
      { ...asking, state: refuses.fact('daemonCache', 'session', `${base}web`), daemonIs: unnamed },
      notAuthorized('n1', app),
      [is(unnamed), trustOfApp('n1', false)],
    ],
    [
      'STS is silent while it holds a session',
      {
        ...asking,
        flags: { ...withBase, iamRoleSessionTtlSeconds: 1200 },
        state: world().fact('sts', 'timeout').fact('daemonCache', 'session'),
      },
      session('<hash of pod IP>-app', { kind: 'role', arn: app }, 2400),
      [is(own), stsFault('timeout'), fromCache('session')],
    ],
    [
      'STS is silent',
      { ...asking, state: world().fact('sts', 'timeout') },
      { kind: 'hang' },
      [is(own), stsFault('timeout')],
    ],
    [
      'STS refuses connections',
      { ...asking, state: world().fact('sts', 'refused') },
      error(500, 'connection refused'),
      [is(own), stsFault('refused')],
    ],
    [
      'STS fails',
      { ...asking, state: world().fact('sts', 'serverError') },
      error(
        500,
        'InternalFailure: The request processing has failed because of an unknown error, exception or failure.',
      ),
      [is(own), stsFault('serverError')],
    ],
  ])('%s', (_name, given, reply, weighed) => {
    expect(answer(given)).toEqual({ reply, evidence: [...mapped, ...weighed] });
  });

  it('weighs no session that it holds where STS gives one', () => {
    const state = admits.fact('daemonCache', 'session', app);
    expect(answer({ ...asking, state, daemonIs: unnamed }).evidence).toEqual([
      ...mapped,
      is(unnamed),
      trustOfApp('n1', true),
    ]);
  });
});

describe('as whom kube2iam calls STS', () => {
  const user = (name: string): string => `arn:aws:sts::111122223333:assumed-role/${name}`;
  const instance = { roleArn: nodeRole, instanceId: 'i-0123456789abcdef0' };
  const elsewhere: Identity = { kind: 'role', arn: `${base}kube2iam` };

  it.each<[name: string, given: Pick<Given, 'node' | 'daemonIs'>, caller: string]>([
    [
      'the role of its node, in the session of the instance',
      { node: instance },
      user('node/i-0123456789abcdef0'),
    ],
    ['the role of its node, of an instance that is not known', {}, user('node/<session>')],
    ['k2i-own-irsa: a role of its own', { node: instance, daemonIs: elsewhere }, user('kube2iam/<session>')],
    ['k2i-own-irsa: keys', { node: instance, daemonIs: keys }, 'AKIAEXAMPLE'],
    [
      'the role of its node, which nobody names',
      { node: { instanceId: 'i-0123456789abcdef0' }, daemonIs: unnamed },
      'n1',
    ],
  ])('%s', (_name, given, caller) => {
    // No role is shown, and the account is said to hold no other.
    const state = world().complete({ rolesOfAccounts: ['111122223333'] });
    expect(answer({ ...asking, ...given, state }).reply).toEqual(notAuthorized(caller, app));
  });
});

describe('a default role that is discovered and that nobody names', () => {
  const roleArn = '<discovered base ARN>/<node role>';
  const question = { name: 'trust', scope: 'role of node n1', about: node } as const;
  const given: Given = {
    flags: { autoDiscoverDefaultRole: true },
    node: {},
    call: credentials('<node role>'),
    daemonIs: unnamed,
  };
  const assumption = (allowed: boolean): ServiceEvidence => ({
    kind: 'assumption',
    action: 'AssumeRole',
    roleArn: '<node role>',
    caller: 'n1',
    decision: { kind: 'byFact', allowed, question },
    source: assumeRoleSource,
  });

  it.each<[name: string, given: Given, reply: Reply, weighed: readonly ServiceEvidence[]]>([
    [
      'trusts itself',
      { ...given, state: world().fact('trust', 'admits', 'role of node n1') },
      session('<hash of pod IP>-<node role>', unnamed),
      [assumption(true)],
    ],
    [
      'k2i-auto-default-is-the-node: does not trust itself',
      { ...given, state: world().fact('trust', 'refuses', 'role of node n1') },
      notAuthorized('n1', '<node role>'),
      [assumption(false)],
    ],
    [
      'is not asked about where STS refuses connections',
      { ...given, state: world().fact('sts', 'refused') },
      error(500, 'connection refused'),
      [stsFault('refused')],
    ],
  ])('%s', (_name, asked, reply, weighed) => {
    const { reply: answered, evidence } = answer(asked);
    expect(answered).toEqual(reply);
    expect(evidence.filter(({ kind }) => kind === 'roleChosen')).toMatchObject([
      { by: 'defaultRole', roleArn },
    ]);
    expect(evidence.slice(-weighed.length - 1)).toEqual([is(unnamed), ...weighed]);
  });
});
