import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { world } from '../../src/model/builder.ts';
import type { World } from '../../src/model/world.ts';
import { worlds } from '../../src/testing/arbitraries/world.ts';
import { around, assertAround } from '../../src/testing/around.ts';
import { minimise } from '../../src/testing/minimise.ts';
import { neverNodeRole } from '../../src/testing/properties/neverNodeRole.ts';
import { propertyOf } from '../../src/testing/property.ts';
import { variationsOf } from '../../src/testing/variations.ts';
import { manifestsText } from '../../src/report/manifests.ts';

const guarded = world()
  .nodeDefaults({ roleArn: 'arn:aws:iam::111122223333:role/node' })
  .pod('pay/api')
  .pod('pay/web')
  .networkPolicy('pay/no-metadata', {
    policyTypes: ['Egress'],
    egress: [{ peers: [{ cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] }] }],
  })
  .fact('cni', 'cilium')
  .fact('kube2iam', 'notInstalled')
  .build();
const law = neverNodeRole({ sdk: 'go-v2' });

describe('the neighbourhood of a cluster', () => {
  it('breaks a law by the smallest change that does, and says so', () => {
    const run = (): void => assertAround(law, guarded, { numRuns: 60, seed: 1, kinds: ['networkPolicy'] });
    expect(law.check(guarded)).toEqual({ kind: 'holds' });
    expect(run).toThrow('after this change: remove NetworkPolicy pay/no-metadata');
    expect(run).not.toThrow('add NetworkPolicy');
  });

  it('keeps a law that no change of the kind can break', () => {
    assertAround(law, guarded, { numRuns: 20, kinds: ['imds', 'annotation', 'restart'] });
  });

  it('looks at the cluster itself first', () => {
    const never = propertyOf('never', 'nothing is ever so', ({ workloads }) =>
      law.check({ ...guarded, workloads, networkPolicies: [] }).kind === 'fails'
        ? witnessOf(workloads)
        : undefined,
    );
    expect(() => assertAround(never, guarded, { numRuns: 1 })).not.toThrow('after this change');
  });

  it('throws on what the law throws', () => {
    const broken = propertyOf('broken', 'this law is no law', ({ facts }) => {
      if (facts.some(({ value }) => value === 'timeout')) throw new Error('a mistake');
      return undefined;
    });
    expect(() => assertAround(broken, guarded, { kinds: ['fault'], seed: 3 })).toThrow('a mistake');
  });

  it('every variation has a title of its own and changes the cluster', () => {
    fc.assert(
      fc.property(worlds(), (built) => {
        const all = variationsOf(built);
        expect(new Set(all.map(({ title }) => title)).size).toBe(all.length);
        const idle = all.filter(
          ({ kind, apply }) => !mayBeIdle.has(kind) && manifestsText(apply(built)) === manifestsText(built),
        );
        expect(idle.map(({ title }) => title)).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  it('tells the two groups apart that have a kind ClusterNetworkPolicy', () => {
    const [policy] = fc
      .sample(worlds({ filters: 'all' }), { numRuns: 200, seed: 7 })
      .flatMap(({ adminPolicies }) => adminPolicies);
    if (!policy) throw new Error('no world has a policy of administrators');
    const adminPolicies = (['v1alpha2', 'aws'] as const).map((api) => {
      const name = `drawn-${api}`;
      return { ...policy, api, name, ref: { kind: 'ClusterNetworkPolicy', name } };
    });
    const added = variationsOf({ ...world().build(), adminPolicies }, ['networkPolicy'])
      .map(({ title }) => title)
      .filter((title) => title.startsWith('add ClusterNetworkPolicy'));
    expect(new Set(added).size).toBe(2);
  });

  it('policies of each kind come and go, each of a kind that the cluster has', () => {
    const drawn = fc.sample(worlds(), { numRuns: 300, seed: 7 });
    const titles = (list: keyof World): readonly string[] => {
      const found = drawn.find((each) => (each[list] as readonly unknown[]).length > 0);
      return found ? variationsOf(found, ['networkPolicy']).map(({ title }) => title) : [];
    };
    expect(titles('ciliumPolicies')).toContain('add CiliumClusterwideNetworkPolicy no-metadata');
    expect(titles('calicoPolicies')).toContain('add GlobalNetworkPolicy no-metadata');
    expect(titles('adminPolicies').join()).toMatch(
      /remove \w*NetworkPolicy .*add \w*NetworkPolicy no-metadata/,
    );
    expect(variationsOf(guarded, ['networkPolicy']).map(({ title }) => title)).toEqual([
      'remove NetworkPolicy pay/no-metadata',
      'add NetworkPolicy pay/deny-all-egress',
      'add NetworkPolicy pay/all-but-metadata',
    ]);
  });

  it('kiam loses its halves, and its namespaces permit more and less', () => {
    const withKiam = fc
      .sample(worlds({ facts: 'stated' }), { numRuns: 300, seed: 7 })
      .find(
        ({ kiamServers, namespaces }) =>
          kiamServers.length > 0 && namespaces[0]?.annotations[permitted] === 'app',
      );
    expect(withKiam && variationsOf(withKiam, ['kiam']).map(({ title }) => title)).toEqual(
      expect.arrayContaining([
        'remove DaemonSet kube-system/kiam-agent',
        'remove DaemonSet kube-system/kiam-server',
        'permit every role to the pods of Namespace legacy',
        `remove the annotation ${permitted} of Namespace legacy`,
      ]),
    );
    expect(variationsOf(guarded, ['kiam'])).toEqual([]);
  });

  it('what has nothing to do with a broken law is left out, whatever its kind', () => {
    const drawn = fc.sample(worlds({ maxPods: 2 }), { numRuns: 40, seed: 3 });
    const always = propertyOf('always', 'no world has a pod', (built) =>
      built.workloads.length > 0 ? witnessOf(guarded.workloads) : undefined,
    );
    for (const built of drawn) {
      const verdict = always.check(built);
      if (verdict.kind === 'holds') continue;
      const { world: smallest } = minimise(always, verdict.counterexample);
      const {
        cluster: _cluster,
        complete: _complete,
        nodeDefaults: _defaults,
        workloads,
        ...rest
      } = smallest;
      expect(workloads).toHaveLength(1);
      expect(Object.values(rest).flat()).toEqual([]);
    }
  });

  it('a draw has no more changes than were asked for', () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 0, max: 3 })
          .chain((most) => fc.tuple(fc.constant(most), around(guarded, { maxChanges: most }))),
        ([most, drawn]) => {
          expect(drawn.length).toBeLessThanOrEqual(most);
        },
      ),
    );
  });
});

/** What kiam reads of the roles that the pods of a namespace may have. */
const permitted = 'iam.amazonaws.com/permitted';

/** What such a variation states may be so already. */
const mayBeIdle = new Set(['fault', 'imds', 'cni', 'trustPolicy', 'restart']);

function witnessOf(workloads: typeof guarded.workloads): ReturnType<Parameters<typeof propertyOf>[2]> {
  const verdict = law.check({ ...guarded, workloads, networkPolicies: [] });
  return verdict.kind === 'fails' ? verdict.counterexample.witness : undefined;
}
