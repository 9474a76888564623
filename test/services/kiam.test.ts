import { fc, test as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { world } from '../../src/model/builder.ts';
import type { ImdsCall } from '../../src/model/exchange.ts';
import { askStated, lookUpFact, type Ask } from '../../src/model/fact.ts';
import {
  kiamAgentDefaults,
  kiamServerDefaults,
  type KiamAgent,
  type KiamServer,
  type KiamServerFlags,
} from '../../src/model/kiam.ts';
import { anyNode } from '../../src/resolve/placement.ts';
import { kiam } from '../../src/services/kiam.ts';
import { cleanedPath } from '../../src/services/metadataPath.ts';
import { daemonFacts } from '../daemonFacts.ts';

const base = 'arn:aws:iam::111122223333:role/';
const nodeRole = `${base}node`;

const process = daemonFacts('kiam');

interface Asking {
  readonly role?: string;
  readonly permitted?: string;
  readonly flags?: Partial<KiamServerFlags>;
  readonly asked?: string;
  readonly facts?: Readonly<Record<string, string>>;
}

/** Lets the pod `pay/api` ask for a role, and gives the end of the answer. */
function asks({ role, permitted, flags = {}, asked, facts = {} }: Asking): string {
  const built = world()
    .namespace(
      'pay',
      permitted === undefined ? {} : { annotations: { 'iam.amazonaws.com/permitted': permitted } },
    )
    .namespace('shop', { annotations: { 'iam.amazonaws.com/permitted': '.*' } })
    .pod('pay/api', role === undefined ? {} : { annotations: { 'iam.amazonaws.com/role': role } })
    .pod('shop/web', { annotations: { 'iam.amazonaws.com/role': 'web' } })
    .build();
  const agent: KiamAgent = { ...process, flags: kiamAgentDefaults };
  const daemon: KiamServer = { ...process, flags: { ...kiamServerDefaults, roleBaseArn: base, ...flags } };
  const node = anyNode('ec2');
  const call: ImdsCall =
    asked === undefined ? { kind: 'roleList' } : { kind: 'roleCredentials', roleName: asked };
  const stated = askStated(built);
  const ask: Ask = (question) =>
    facts[question.name] ??
    (question.name === 'trust' ? 'admits' : (lookUpFact(built, question).value ?? stated(question)));
  const { reply } = kiam(built, ask, {
    agent,
    server: { daemon, node },
    node,
    call,
    withToken: false,
    caller: built.workloads[0]?.template,
    serverIdentity: () => ({ kind: 'role', arn: nodeRole }),
  });
  if (reply.kind === 'httpError') return `${reply.status}`;
  if (reply.kind !== 'ok') return reply.kind;
  if (reply.body.kind === 'roleList') return `list ${reply.body.roleNames.join()}`;
  if (reply.body.kind !== 'credentials') return reply.body.kind;
  const { identity } = reply.body.credentials;
  return identity.kind === 'role' ? identity.arn : identity.kind;
}

describe('kiam', () => {
  it.each<[string, Asking, string]>([
    ['lists the annotation as it is written', { role: '/app' }, 'list /app'],
    ['lists a role that the namespace does not permit', { role: 'app' }, 'list app'],
    ['gives what is permitted', { role: 'app', asked: 'app', permitted: '.*/app' }, `${base}app`],
    ['gives nothing that is not', { role: 'app', asked: 'app', permitted: 'app' }, '500'],
    [
      'finds a part of the ARN when it is not strict',
      { role: 'app', asked: 'app', permitted: 'app', flags: { disableStrictNamespaceRegexp: true } },
      `${base}app`,
    ],
    [
      'gives no session while STS is away',
      { role: 'app', asked: 'app', permitted: '.*', facts: { sts: 'timeout' } },
      '500',
    ],
    [
      'gives one that it fetched before',
      { role: 'app', asked: 'app', permitted: '.*', facts: { sts: 'timeout', daemonCache: 'session' } },
      `${base}app`,
    ],
    ['does not know a pod that is new', { role: 'app', facts: { podAddress: 'unknown' } }, '500'],
    [
      'takes a pod for another that had its address',
      { role: 'app', asked: 'web', facts: { podAddress: 'previous' } },
      `${base}web`,
    ],
  ])('%s', (_name, asking, expected) => {
    expect(asks(asking)).toBe(expected);
  });

  const word = fc.stringMatching(/^[a-c]{1,3}(\/[a-c]{1,3})?$/);
  const flags = fc.record({
    disableStrictNamespaceRegexp: fc.boolean(),
    assumeRoleArn: fc.constantFrom('', 'own'),
  });

  prop.prop([word, word, flags])(
    'gives no role in a namespace that permits none, whatever its flags',
    (role, asked, some) => {
      expect(asks({ role, asked, flags: some })).toBe('500');
    },
  );

  prop.prop([word, word, flags])(
    'gives a pod no other role than that of its annotation',
    (role, asked, some) => {
      const given = asks({ role, asked, permitted: '.*', flags: some });
      const own = role.startsWith('arn:') ? role : `${base}${role.replace(/^\//, '')}`;
      expect(['500', own]).toContain(given);
    },
  );
});

describe('cleanedPath', () => {
  prop.prop([fc.stringMatching(/^(\/[a-z.]{0,3}){1,5}$/)])(
    'sends a client to a path that it takes',
    (path) => {
      const clean = cleanedPath(path) ?? path;
      expect(cleanedPath(clean)).toBeUndefined();
    },
  );
});
