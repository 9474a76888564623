import { describe, expect, it } from 'vitest';
import { world } from '../../src/model/builder.ts';
import { askStated } from '../../src/model/fact.ts';
import { cniProfiles } from '../../src/network/cni/profiles.ts';
import type { PathStep } from '../../src/network/path.ts';
import { pathStep } from '../../src/network/pathStep.ts';
import { sceneOf } from '../../src/network/scene.ts';

const first = { kind: 'NetworkPolicy', namespace: 'app', name: 'first' };
const second = { kind: 'NetworkPolicy', namespace: 'app', name: 'second' };
const third = { kind: 'NetworkPolicy', namespace: 'app', name: 'third' };

describe('a step of a packet’s way', () => {
  it.each<{ name: string; details: Parameters<typeof pathStep>[3]; expected: Partial<PathStep> }>([
    { name: 'names nothing that it was not told of', details: undefined, expected: {} },
    { name: 'names no object where none decided', details: { refs: [] }, expected: {} },
    { name: 'names the object that decided', details: { refs: [first] }, expected: { at: first } },
    {
      name: 'names the others that decided the same',
      details: { refs: [first, second, third] },
      expected: { at: first, also: [second, third] },
    },
    {
      name: 'names the rule and the chain',
      details: { refs: [first], rule: '-A FORWARD -j DROP', station: 'filter FORWARD' },
      expected: { at: first, rule: '-A FORWARD -j DROP', station: 'filter FORWARD' },
    },
    {
      name: 'is known from another source when one is given',
      details: { source: 'docs.cilium.io' },
      expected: { source: 'docs.cilium.io' },
    },
  ])('$name', ({ details, expected }) => {
    expect(pathStep('policyAtVeth', 'drops', 'policyIsolates', details)).toStrictEqual({
      hook: 'policyAtVeth',
      action: 'drops',
      reason: 'policyIsolates',
      source: 'kubernetes/website "Network Policies", the two sorts of pod isolation',
      ...expected,
    });
  });
});

it('a scene refuses a CNI that nobody knows', () => {
  const of = world().node('n1').pod('app/p1').fact('cni', 'nonesuch').build();
  const [[node], [workload]] = [of.nodes, of.workloads];
  if (!node || !workload) throw new Error('the world has both');
  expect(() => sceneOf(of, askStated(of), { pod: workload.template, node }, cniProfiles)).toThrow(
    new Error('no CNI is called `nonesuch`; facts are checked where they are read'),
  );
});
