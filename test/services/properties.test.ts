import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../src/model/aws.ts';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import type { PodOptions } from '../../src/model/builderOptions.ts';
import type { Ask } from '../../src/model/fact.ts';
import { lookUpFact } from '../../src/model/fact.ts';
import { factDefinitions } from '../../src/model/factDefinitions.ts';
import type { ImdsCall, Reply } from '../../src/model/exchange.ts';
import type { Kube2iamFlags } from '../../src/model/kube2iam.ts';
import type { World } from '../../src/model/world.ts';
import { goRegexp } from '../../src/model/goRegexp.ts';
import { imds } from '../../src/services/imds.ts';
import { kube2iam } from '../../src/services/kube2iam.ts';
import { assumeRoleWithWebIdentity } from '../../src/services/sts.ts';

const base = 'arn:aws:iam::111122223333:role/';
const nodeRole = `${base}node`;
const key = 'iam.amazonaws.com/role';

/** Takes the first option of a fact that nothing states, as a benign world would have it. */
const benign =
  (built: World): Ask =>
  (question) =>
    lookUpFact(built, question).value ??
    question.options?.[0] ??
    factDefinitions.get(question.name)?.options[0] ??
    '';

const roleText = fc.constantFrom(
  'app',
  'k8s/app',
  `${base}app`,
  'team-a',
  'dev',
  '',
  'arn:aws:iam::444455556666:role/x',
);
const allowedRoles = fc.constantFrom(undefined, '["app"]', '["*"]', '["dev"]', 'app', '["arn:*"]', '[1]');

const flagsOf: fc.Arbitrary<Partial<Kube2iamFlags>> = fc.record({
  baseRoleArn: fc.constantFrom('', base),
  defaultRole: fc.constantFrom('', 'd', `${base}app`),
  namespaceRestrictions: fc.boolean(),
  namespaceRestrictionFormat: fc.constantFrom('glob', 'regexp'),
});

function namespaced(roles: string | undefined): WorldBuilder {
  const annotations: Readonly<Record<string, string>> =
    roles === undefined ? {} : { 'iam.amazonaws.com/allowed-roles': roles };
  return world().namespace('pay', { annotations });
}

function ask(state: WorldBuilder, flags: Partial<Kube2iamFlags>, pod: PodOptions, call: ImdsCall): Reply {
  const built = state.node('n1', { roleArn: nodeRole }).kube2iam(flags).pod('pay/api', pod).build();
  const [node] = built.nodes;
  const [daemon] = built.kube2iam;
  if (!node || !daemon) throw new Error('the world has a node and a daemon');
  return kube2iam(built, benign(built), {
    daemon,
    node,
    call,
    withToken: false,
    caller: built.workloads[0]?.template,
    daemonIdentity: () => ({ kind: 'role', arn: nodeRole }),
  }).reply;
}

const handedOut = (reply: Reply): string | undefined =>
  reply.kind === 'ok' && reply.body.kind === 'credentials' && reply.body.credentials.identity.kind === 'role'
    ? reply.body.credentials.identity.arn
    : undefined;

describe('kube2iam', () => {
  it('gives an unannotated pod the default role whatever its namespace allows', () => {
    fc.assert(
      fc.property(flagsOf, allowedRoles, (flags, roles) => {
        fc.pre(flags.defaultRole !== '');
        const unrestricted = { ...flags, namespaceRestrictions: false };
        const list: ImdsCall = { kind: 'roleList' };
        expect(ask(namespaced(roles), flags, {}, list)).toEqual(ask(world(), unrestricted, {}, list));
      }),
    );
  });

  it('never hands out a role whose trust policy explicitly denies the node role', () => {
    const statement = (effect: string, principal: JsonValue): JsonValue => ({
      Effect: effect,
      Principal: principal,
      Action: 'sts:AssumeRole',
    });
    const trust: JsonValue = {
      Version: '2012-10-17',
      Statement: [statement('Allow', { AWS: '*' }), statement('Deny', { AWS: nodeRole })],
    };
    fc.assert(
      fc.property(flagsOf, allowedRoles, roleText, fc.boolean(), (flags, roles, text, annotated) => {
        const pod = annotated ? { annotations: { [key]: text } } : {};
        const state = [`${base}app`, `${base}dev`, `${base}d`].reduce(
          (current, arn) => current.role(arn, { trust }),
          namespaced(roles),
        );
        for (const roleName of ['app', 'dev', 'd', `${base}app`]) {
          const arn = handedOut(ask(state, flags, pod, { kind: 'roleCredentials', roleName }));
          expect([`${base}app`, `${base}dev`, `${base}d`]).not.toContain(arn);
        }
      }),
    );
  });

  it('gives the credentials of the role that it lists, or of none', () => {
    fc.assert(
      fc.property(flagsOf, allowedRoles, roleText, (flags, roles, text) => {
        const pod = { annotations: { [key]: text } };
        const list = ask(namespaced(roles), flags, pod, { kind: 'roleList' });
        const listed = list.kind === 'ok' && list.body.kind === 'roleList' ? list.body.roleNames : [];
        for (const roleName of listed) {
          const reply = ask(namespaced(roles), flags, pod, { kind: 'roleCredentials', roleName });
          expect(reply).not.toMatchObject({ status: 403 });
          const arn = handedOut(reply);
          if (arn !== undefined) expect(arn.endsWith(roleName)).toBe(true);
        }
      }),
    );
  });

  it('never allows by restrictions what it refuses without them', () => {
    fc.assert(
      fc.property(flagsOf, allowedRoles, roleText, (flags, roles, text) => {
        const pod = { annotations: { [key]: text } };
        const list: ImdsCall = { kind: 'roleList' };
        const restricted = ask(namespaced(roles), { ...flags, namespaceRestrictions: true }, pod, list);
        const free = ask(namespaced(roles), { ...flags, namespaceRestrictions: false }, pod, list);
        if (restricted.kind === 'ok') expect(restricted).toEqual(free);
      }),
    );
  });

  it('finds a regular expression without special characters anywhere in the text', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '/', ':', '_', '-'), maxLength: 6 });
    fc.assert(
      fc.property(letters, letters, (pattern, text) => {
        expect(goRegexp(pattern)?.test(text)).toBe(text.includes(pattern));
      }),
    );
  });
});

describe('the instance metadata service', () => {
  it('loses no answer but that to a token request, whatever the hop limit', () => {
    const calls: readonly ImdsCall[] = [{ kind: 'roleList' }, { kind: 'other', path: '/latest/meta-data/' }];
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 64 }),
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        (limit, hops, withToken) => {
          const built = world()
            .node('n1', { imds: { httpPutResponseHopLimit: limit } })
            .build();
          const [node] = built.nodes;
          if (!node) throw new Error('the world has a node');
          const reply = (call: ImdsCall): Reply =>
            imds(built, benign(built), { node, call, withToken, hops }).reply;
          for (const call of calls) expect(reply(call).kind).toBe('ok');
          expect(reply({ kind: 'token' }).kind).toBe(hops <= limit ? 'ok' : 'timeout');
        },
      ),
    );
  });
});

describe('STS', () => {
  it('hands out the role that was asked for, or none', () => {
    const texts = fc.constantFrom(
      `${base}app`,
      `${base}k8s/app`,
      'app',
      'arn:aws:iam::444455556666:role/app',
      '${role}',
    );
    const fault = fc.record({
      sts: fc.constantFrom('answers', 'timeout'),
      token: fc.constantFrom('valid', 'expired'),
      oidcProvider: fc.constantFrom('registered', 'absent'),
      trust: fc.constantFrom('admits', 'refuses'),
    });
    fc.assert(
      fc.property(texts, fault, (roleArn, facts) => {
        const reply = assumeRoleWithWebIdentity(
          world().build(),
          ({ name }) => facts[name as keyof typeof facts],
          {
            roleArn,
            sessionName: 's1',
            podKey: 'pay/api',
            token: {
              kind: 'serviceAccountToken',
              audience: 'sts.amazonaws.com',
              subject: 'system:serviceaccount:pay:api',
              expirationSeconds: 3600,
              from: { kind: 'Pod', name: 'api' },
            },
          },
        ).reply;
        const arn = handedOut(reply);
        const healthy = Object.values(facts).every((value) =>
          ['answers', 'valid', 'registered', 'admits'].includes(value),
        );
        expect(arn).toBe(healthy && roleArn.startsWith('arn:') ? roleArn : undefined);
      }),
    );
  });
});
