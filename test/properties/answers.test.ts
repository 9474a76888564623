import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cniProfile } from '../../src/network/cni/profiles.ts';
import { cniIds } from '../../src/model/cni.ts';
import { factKey } from '../../src/model/fact.ts';
import type { Identity } from '../../src/model/identity.ts';
import { sdkFamilies } from '../../src/model/sdk.ts';
import type { World } from '../../src/model/world.ts';
import type { Answer, Outcome } from '../../src/resolve/answer.ts';
import { answerFor, resolveAll } from '../../src/resolve/resolve.ts';
import { containersOf, statedSdk } from '../../src/resolve/subjects.ts';
import { worlds } from '../../src/testing/arbitraries/world.ts';

const sdk = fc.constantFrom(...sdkFamilies);

/** The answers of one world for one SDK. */
function answers(world: World, family: (typeof sdkFamilies)[number]): readonly Answer[] {
  return containersOf(world).map((target) => answerFor(world, target, statedSdk({ family })));
}

function outcomes(world: World, family: (typeof sdkFamilies)[number]): readonly Outcome[] {
  return answers(world, family).flatMap((answer) => answer.outcomes);
}

function comparable(identity: Identity): string {
  return JSON.stringify(
    identity.kind === 'static' ? { kind: 'static', accessKeyId: identity.accessKeyId } : identity,
  );
}

describe('laws of answers', () => {
  it('the same world gives the same answers', () => {
    fc.assert(
      fc.property(worlds({ maxPods: 1 }), sdk, (world, family) => {
        expect(answers(structuredClone(world), family)).toEqual(answers(world, family));
      }),
      { numRuns: 25 },
    );
  });

  it('every answer has at least one outcome, and its outcomes differ', () => {
    fc.assert(
      fc.property(worlds({ maxPods: 1 }), sdk, (world, family) => {
        for (const answer of answers(world, family)) {
          const keys = answer.outcomes.map(
            ({ identity, mechanism, session }) => `${comparable(identity)} ${mechanism} ${session}`,
          );
          expect(keys.length).toBeGreaterThan(0);
          expect(new Set(keys).size).toBe(keys.length);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('stating a fact that was open never adds an outcome', () => {
    fc.assert(
      fc.property(worlds({ maxPods: 1 }), sdk, fc.nat(), (world, family, pick) => {
        const [before] = answers(world, family);
        const open = before?.outcomes
          .flatMap(({ when }) => when.flat())
          .filter(({ question }) => question.name !== 'node');
        const chosen = open?.[pick % Math.max(1, open.length)];
        if (!before || !chosen) return;
        const { question, options } = chosen;
        const value = options[pick % options.length] ?? '';
        const scope = question.scope === undefined ? {} : { scope: question.scope };
        const stated = { ...world, facts: [...world.facts, { name: question.name, value, ...scope }] };
        const known = new Set(before.outcomes.map(({ identity }) => comparable(identity)));
        const [after] = answers(stated, family);
        const added = after?.outcomes.filter(({ identity }) => !known.has(comparable(identity)));
        expect(added, factKey(question)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('a world in which every fact is stated leaves nothing open', () => {
    fc.assert(
      fc.property(worlds({ maxPods: 2, facts: 'stated' }), sdk, (world, family) => {
        for (const answer of answers(world, family)) expect(answer.outcomes).toHaveLength(1);
      }),
    );
  });
});

const enforcedBeforeDnat = cniIds.filter((cni) => {
  const profile = cniProfile(cni);
  return profile.policy.kind === 'enforced' && profile.policy.hook === 'beforeDnat';
});

/** Worlds for laws of NetworkPolicies alone: policies of other kinds could allow what these deny. */
const filtered = worlds({ maxPods: 2, filters: 'networkPolicies' });

/** The world with every egress of every pod denied, by an engine that judges before DNAT. */
function denyAllEgress(world: World, cni: (typeof cniIds)[number]): World {
  const policies = ['legacy', 'secure'].map((namespace) => ({
    ref: { kind: 'NetworkPolicy', namespace, name: 'deny-all' },
    namespace,
    name: 'deny-all',
    podSelector: { matchLabels: {}, matchExpressions: [] },
    policyTypes: ['Egress'] as const,
    ingress: [],
    egress: [],
  }));
  return { ...world, networkPolicies: policies, facts: [...world.facts, { name: 'cni', value: cni }] };
}

describe('laws of the packet’s way', () => {
  it('a default-deny egress policy enforced before DNAT leaves no metadata identity', () => {
    fc.assert(
      fc.property(filtered, sdk, fc.constantFrom(...enforcedBeforeDnat), (world, family, cni) => {
        const closed = denyAllEgress(world, cni);
        for (const { workload, container } of containersOf(closed).filter(
          ({ workload: { template } }) => !template.hostNetwork,
        )) {
          const answer = answerFor(closed, { workload, container }, statedSdk({ family }));
          expect(
            answer.outcomes.filter(({ mechanism }) => mechanism === 'imds' || mechanism === 'kube2iam'),
          ).toEqual([]);
        }
      }),
    );
  });

  it('a pod without a path to any credential source has no identity', () => {
    fc.assert(
      fc.property(filtered, sdk, (world, family) => {
        const closed = denyAllEgress(world, 'cilium');
        for (const { workload, container } of containersOf(closed)) {
          const { template } = workload;
          const hasKeys = container.env.some(
            ({ name }) => name === 'AWS_ACCESS_KEY_ID' || name === 'AWS_SECRET_ACCESS_KEY',
          );
          // A Secret that the input does not show may hold keys.
          const mayHaveKeys = container.envFrom.length > 0;
          // No engine polices a Fargate pod; it reaches STS whatever the policies say.
          const onFargate =
            world.nodes.some(({ compute }) => compute === 'fargate') ||
            template.labels['eks.amazonaws.com/fargate-profile'] !== undefined;
          // A mounted profile may hold keys.
          const hasFile = template.volumes.length > 0;
          if (template.hostNetwork || hasKeys || mayHaveKeys || hasFile || onFargate) continue;
          const answer = answerFor(closed, { workload, container }, statedSdk({ family }));
          expect(answer.outcomes.map(({ identity }) => identity.kind)).toEqual(['none']);
        }
      }),
    );
  });

  it('a hostNetwork pod is never answered by kube2iam', () => {
    fc.assert(
      fc.property(worlds({ maxPods: 2 }), sdk, (world, family) => {
        for (const { workload, container } of containersOf(world).filter(
          ({ workload: { template } }) => template.hostNetwork,
        )) {
          const answer = answerFor(world, { workload, container }, statedSdk({ family }));
          expect(answer.outcomes.filter(({ mechanism }) => mechanism === 'kube2iam')).toEqual([]);
        }
      }),
    );
  });
});

describe('laws of IAM', () => {
  it('a role whose trust policy explicitly denies the caller is never returned', () => {
    fc.assert(
      fc.property(worlds({ maxPods: 2, facts: 'stated' }), sdk, (world, family) => {
        const denyAll = { Effect: 'Deny', Principal: '*', Action: 'sts:*' };
        const closed = {
          ...world,
          // What a daemon holds of an earlier session was given when the trust policy was another.
          facts: world.facts.filter(({ name }) => name !== 'daemonCache'),
          roles: world.roles.map((role) => ({
            ...role,
            trustPolicy: {
              ref: role.ref,
              value: { Version: '2012-10-17', Statement: [denyAll, { ...denyAll, Effect: 'Allow' }] },
            },
          })),
        };
        const named = new Set(closed.roles.map(({ arn }) => arn));
        // What is in the instance profile needs no trust of whoever reads the metadata.
        const got = outcomes(closed, family).filter(
          ({ identity, mechanism }) =>
            mechanism !== 'imds' && identity.kind === 'role' && named.has(identity.arn),
        );
        expect(got).toEqual([]);
      }),
    );
  });
});

describe('laws of the whole', () => {
  it('answers name every container of the world', () => {
    fc.assert(
      fc.property(worlds({ maxPods: 2 }), (world) => {
        const subjects = new Set(
          resolveAll(world, { sdk: { family: 'go-v2' } }).map(({ subject }) => subject.workload.name),
        );
        expect(subjects).toEqual(new Set(world.workloads.map(({ name }) => name)));
      }),
      { numRuns: 30 },
    );
  });
});
