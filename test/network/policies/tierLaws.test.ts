import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AdminPolicy, AdminRule } from '../../../src/model/adminNetworkPolicy.ts';
import { world } from '../../../src/model/builder.ts';
import { cniIds } from '../../../src/model/cni.ts';
import type { Ask } from '../../../src/model/fact.ts';
import type { ClusterNode } from '../../../src/model/node.ts';
import { cniProfile } from '../../../src/network/cni/profiles.ts';
import { packetPath } from '../../../src/network/packetPath.ts';
import type { CalicoPolicy } from '../../../src/model/calicoPolicy.ts';
import type { CiliumPolicy } from '../../../src/model/ciliumPolicy.ts';
import type { LabelSelector } from '../../../src/model/labels.ts';
import type { World } from '../../../src/model/world.ts';
import type { PolicyKind } from '../../../src/network/cni/profile.ts';
import { sharesOfKind } from '../../../src/network/policies/policyShares.ts';
import { decide, weigh, type PolicyShare } from '../../../src/network/policies/ruling.ts';
import { mayLeaveByAdmins, mayLeaveByCalico, mayLeaveByCilium } from '../../oracle/policyTiers.ts';

const ref = { kind: 'Policy', name: 'p' };
const app = (value: string): LabelSelector => ({ matchLabels: { app: value }, matchExpressions: [] });
const everyone: LabelSelector = { matchLabels: {}, matchExpressions: [] };
const selector = fc.constantFrom(everyone, app('web'), app('db'));
const address = fc.constantFrom(
  '169.254.169.254',
  '10.1.0.2',
  '52.1.2.3',
  '2600:0000:0000:0000:0000:0000:0000:0001',
);
const cidr = fc.constantFrom(
  '169.254.169.254/32',
  '169.254.0.0/16',
  '10.0.0.0/8',
  '0.0.0.0/0',
  '2600:0:0:0:0:0:0:0/16',
);
const ports = fc.constantFrom<AdminRule['ports'][]>(
  [],
  [{ protocol: 'TCP', port: 80 }],
  [{ protocol: 'UDP' }],
);

const adminPeer = fc.oneof(
  cidr.map((one) => ({ kind: 'networks' as const, cidrs: [one] })),
  selector.map((podSelector) => ({ kind: 'pods' as const, namespaceSelector: everyone, podSelector })),
);
const adminRule = fc.record({
  ref: fc.constant(ref),
  action: fc.constantFrom('Allow', 'Deny', 'Pass'),
  peers: fc.array(adminPeer, { minLength: 1, maxLength: 2 }),
  ports,
});
const adminPolicies: fc.Arbitrary<readonly AdminPolicy[]> = fc
  .array(
    fc.record({
      tier: fc.constantFrom('admin', 'baseline'),
      podSelector: selector,
      egress: fc.array(adminRule, { maxLength: 3 }),
    }),
    { maxLength: 4 },
  )
  .map((drawn) =>
    drawn.map(({ tier, podSelector, egress }, priority) => ({
      ref,
      name: `a${priority}`,
      api: 'v1alpha1' as const,
      tier,
      priority,
      subject: { namespaceSelector: everyone, podSelector },
      ingress: [],
      egress,
    })),
  );

const ciliumEntry = fc.record(
  {
    ref: fc.constant(ref),
    action: fc.constantFrom('allow', 'deny'),
    peers: fc.array(
      cidr.map((one) => ({ kind: 'cidr' as const, cidr: one, except: [] })),
      { maxLength: 2 },
    ),
    ports: ports.filter((list) => list.length > 0),
    unread: fc.constant([]),
  },
  { requiredKeys: ['ref', 'action', 'unread'] },
);
const ciliumPolicies: fc.Arbitrary<readonly CiliumPolicy[]> = fc
  .array(
    fc.record({
      ref: fc.constant(ref),
      endpointSelector: selector,
      isolates: fc.constantFrom<('Ingress' | 'Egress')[][]>([], ['Egress']),
      ingress: fc.constant([]),
      egress: fc.array(ciliumEntry, { maxLength: 3 }),
    }),
    { maxLength: 3 },
  )
  .map((rules) => rules.map((rule, at) => ({ ref, name: `c${at}`, rules: [rule] })));

const nothing = { notNets: [], notPorts: [] };
const calicoRule = fc.record({
  ref: fc.constant(ref),
  action: fc.constantFrom('Allow', 'Deny', 'Log', 'Pass'),
  source: fc.constant(nothing),
  destination: fc.oneof(
    fc.constant(nothing),
    cidr.map((net) => ({ ...nothing, nets: [net] })),
    cidr.map((net) => ({ ...nothing, notNets: [net] })),
  ),
  unread: fc.constant([]),
});
const calicoPolicies: fc.Arbitrary<readonly CalicoPolicy[]> = fc
  .array(
    fc.record({
      order: fc.constantFrom(1, 2, 999, 1001, undefined),
      misses: fc.boolean(),
      egress: fc.array(calicoRule, { maxLength: 3 }),
    }),
    { maxLength: 4 },
  )
  .map((drawn) =>
    drawn.map(({ order, misses, egress }, at) => ({
      ref,
      name: `g${at}`,
      tier: 'default',
      ...(order === undefined ? {} : { order }),
      types: ['Egress'] as const,
      selector: misses
        ? { kind: 'compare' as const, key: 'app', operator: '==' as const, value: 'db' }
        : { kind: 'all' as const },
      ingress: [],
      egress,
    })),
  );

const networkPolicies = fc.array(
  fc.record({
    podSelector: selector,
    egress: fc.array(
      fc.record({
        peers: fc.array(
          cidr.map((one) => ({ cidr: one })),
          { maxLength: 2 },
        ),
        ports,
      }),
      { maxLength: 2 },
    ),
  }),
  { maxLength: 2 },
);

const scene = fc.record({
  policies: networkPolicies,
  adminPolicies,
  ciliumPolicies,
  calicoPolicies,
  hostNetwork: fc.boolean(),
  address,
  receiver: fc.boolean(),
  protocol: fc.constantFrom('TCP', 'UDP'),
});
type Scene = typeof scene extends fc.Arbitrary<infer Value> ? Value : never;

interface Played {
  readonly of: World;
  readonly passes: (kinds: readonly PolicyKind[]) => boolean;
  readonly connection: Parameters<typeof mayLeaveByAdmins>[1];
}

function play(drawn: Scene): Played {
  const start = world()
    .pod('pay/api', { labels: { app: 'web' }, hostNetwork: drawn.hostNetwork })
    .pod('data/db', { labels: { app: 'db' } });
  const of: World = {
    ...drawn.policies
      .reduce(
        (so, options, at) => so.networkPolicy(`pay/np${at}`, { policyTypes: ['Egress'], ...options }),
        start,
      )
      .build(),
    adminPolicies: drawn.adminPolicies,
    ciliumPolicies: drawn.ciliumPolicies,
    calicoPolicies: drawn.calicoPolicies,
  };
  const [from, to] = of.workloads.map(({ template }) => template);
  if (!from || !to) throw new Error('both pods are there');
  const pod = drawn.receiver && drawn.address.startsWith('10.') ? { pod: to } : {};
  const port = { port: 80, protocol: drawn.protocol };
  const peer = { address: { kind: 'known' as const, address: drawn.address }, ...pod };
  return {
    of,
    connection: { from, to: { address: drawn.address, ...pod }, ...port },
    passes: (kinds) => {
      const shares = kinds.flatMap((kind) =>
        sharesOfKind[kind](of, { pod: from, direction: 'Egress', peer, port }),
      );
      return ['allowed', 'unselected'].includes(weigh(shares).kind);
    },
  };
}

const holds = (law: (drawn: Scene) => void, numRuns = 80): void => {
  fc.assert(fc.property(scene, law), { numRuns });
};

describe('laws of tiers', () => {
  it('agrees with the tiers of administrators said a second time', () => {
    holds((drawn) => {
      const { of, passes, connection } = play(drawn);
      expect(passes(['networkPolicy', 'adminNetworkPolicy'])).toBe(mayLeaveByAdmins(of, connection));
    }, 250);
  });

  it('agrees with Cilium said a second time', () => {
    holds((drawn) => {
      const { of, passes, connection } = play(drawn);
      expect(passes(['networkPolicy', 'ciliumNetworkPolicy'])).toBe(mayLeaveByCilium(of, connection));
    }, 250);
  });

  it('agrees with Calico said a second time', () => {
    holds((drawn) => {
      const { of, passes, connection } = play(drawn);
      expect(passes(['networkPolicy', 'calicoNetworkPolicy'])).toBe(mayLeaveByCalico(of, connection));
    }, 250);
  });

  it('an AdminNetworkPolicy that denies before all others is overridden by no NetworkPolicy', () => {
    holds((drawn) => {
      const all = { kind: 'networks' as const, cidrs: ['0.0.0.0/0', '::/0'] };
      const rule: AdminRule = { ref, action: 'Deny', peers: [all], ports: [] };
      const first: AdminPolicy = {
        ref,
        name: 'first',
        api: 'v1alpha1',
        tier: 'admin',
        priority: -1,
        subject: { namespaceSelector: everyone },
        ingress: [],
        egress: [rule],
      };
      const { passes } = play({
        ...drawn,
        hostNetwork: false,
        adminPolicies: [...drawn.adminPolicies, first],
      });
      expect(passes(['networkPolicy', 'adminNetworkPolicy'])).toBe(false);
    });
  });

  it('Pass of the first AdminNetworkPolicy is as if the admin tier were empty', () => {
    holds((drawn) => {
      const all = { kind: 'networks' as const, cidrs: ['0.0.0.0/0', '::/0'] };
      const first: AdminPolicy = {
        ref,
        name: 'first',
        api: 'v1alpha1',
        tier: 'admin',
        priority: -1,
        subject: { namespaceSelector: everyone },
        ingress: [],
        egress: [{ ref, action: 'Pass', peers: [all], ports: [] }],
      };
      const kinds: readonly PolicyKind[] = ['networkPolicy', 'adminNetworkPolicy'];
      const passed = play({ ...drawn, adminPolicies: [first, ...drawn.adminPolicies] });
      const empty = play({
        ...drawn,
        adminPolicies: drawn.adminPolicies.filter(({ tier }) => tier === 'baseline'),
      });
      expect(passed.passes(kinds)).toBe(empty.passes(kinds));
    });
  });

  it('a NetworkPolicy that isolates the pod silences the baseline', () => {
    holds((drawn) => {
      const isolating = { ...drawn, policies: [...drawn.policies, { podSelector: everyone, egress: [] }] };
      const admins = drawn.adminPolicies.filter(({ tier }) => tier === 'admin');
      const kinds: readonly PolicyKind[] = ['networkPolicy', 'adminNetworkPolicy'];
      expect(play(isolating).passes(kinds)).toBe(play({ ...isolating, adminPolicies: admins }).passes(kinds));
    });
  });

  it('one more denial of Cilium opens nothing, one more thing allowed closes nothing that is isolated', () => {
    holds((drawn) => {
      const kinds: readonly PolicyKind[] = ['ciliumNetworkPolicy'];
      const more = (action: 'allow' | 'deny'): boolean =>
        play({
          ...drawn,
          ciliumPolicies: [
            ...drawn.ciliumPolicies,
            {
              ref,
              name: 'more',
              rules: [
                {
                  ref,
                  endpointSelector: everyone,
                  isolates: [],
                  ingress: [],
                  egress: [
                    { ref, action, peers: [{ kind: 'cidr', cidr: '0.0.0.0/0', except: [] }], unread: [] },
                  ],
                },
              ],
            },
          ],
        }).passes(kinds);
      const before = play(drawn).passes(kinds);
      if (!before) expect(more('deny')).toBe(false);
      if (before) expect(more('allow')).toBe(true);
    });
  });

  it('an IPv4 rule never matches an IPv6 packet', () => {
    holds((drawn) => {
      const v6: Scene = { ...drawn, address: '2600:0000:0000:0000:0000:0000:0000:0001', receiver: false };
      const allFour = play({
        ...v6,
        policies: [],
        calicoPolicies: [],
        adminPolicies: [],
        ciliumPolicies: v6.ciliumPolicies.map((policy) => ({
          ...policy,
          rules: policy.rules.map((rule) => ({
            ...rule,
            isolates: [],
            egress: rule.egress.map((entry) => ({
              ...entry,
              peers: [{ kind: 'cidr' as const, cidr: '0.0.0.0/0', except: [] }],
            })),
          })),
        })),
      });
      expect(allFour.passes(['ciliumNetworkPolicy'])).toBe(true);
    });
  });
});

describe('a kind that the CNI does not enforce', () => {
  it('never changes where a packet ends', () => {
    const enforcing = cniIds.filter((id) => cniProfile(id).policy.kind === 'enforced');
    fc.assert(
      fc.property(scene, fc.constantFrom(...enforcing), (drawn, cni) => {
        const { of, connection } = play(drawn);
        const { policy } = cniProfile(cni);
        if (policy.kind !== 'enforced') throw new Error('drawn among those that enforce');
        const kept = {
          adminPolicies: policy.otherKinds.adminNetworkPolicy.value === 'enforced' ? of.adminPolicies : [],
          ciliumPolicies: policy.otherKinds.ciliumNetworkPolicy.value === 'enforced' ? of.ciliumPolicies : [],
          calicoPolicies: policy.otherKinds.calicoNetworkPolicy.value === 'enforced' ? of.calicoPolicies : [],
        };
        const node: ClusterNode = {
          ref: { kind: 'Node', name: 'n' },
          name: 'n',
          labels: {},
          taints: [],
          compute: 'ec2',
          addresses: ['10.9.9.9'],
          imds: {},
        };
        const destination = { kind: 'address', address: drawn.address, port: 443, protocol: 'TCP' } as const;
        const ask: Ask = ({ name }) => (name === 'policyEnforcement' ? 'loaded' : 'notInstalled');
        const end = (one: World): string => {
          const facts = [{ name: 'cni' as const, value: cni }];
          const asks: Ask = (question) => (question.name === 'cni' ? cni : ask(question));
          return packetPath({ ...one, facts }, asks, { pod: connection.from, node }, destination).end.kind;
        };
        expect(end({ ...of, ...kept })).toBe(end(of));
      }),
      { numRuns: 150 },
    );
  });
});

describe('what cannot be foretold', () => {
  const unknownRule = (action: 'allow' | 'deny' | 'pass', name: string): PolicyShare['rules'][number] => ({
    ref: { ...ref, name },
    action,
    fits: {
      known: 'unknown',
      settle: (ask) => ask({ name: 'policyMatch', scope: name }) === 'fits',
    },
    peer: 'any',
  });
  const knownRule = (action: 'allow' | 'deny' | 'pass'): PolicyShare['rules'][number] => ({
    ref,
    action,
    fits: { known: 'yes', settle: () => true },
    peer: 'any',
  });
  const rules = fc.array(
    fc.oneof(
      fc.constantFrom('allow', 'deny', 'pass').map(knownRule),
      fc
        .tuple(fc.constantFrom('allow', 'deny', 'pass'), fc.constantFrom('a', 'b', 'c'))
        .map(([action, name]) => unknownRule(action, name)),
    ),
    { maxLength: 3 },
  );
  const shares: fc.Arbitrary<readonly PolicyShare[]> = fc.array(
    fc.record({
      policy: fc.constant(ref),
      applies: fc.constant({ known: 'yes' as const, settle: () => true }),
      tier: fc.constantFrom({ name: 'one', order: 1 }, { name: 'two', order: 2 }),
      order: fc.nat(3),
      name: fc.constantFrom('x', 'y'),
      rules,
      reading: fc.constant('ordered' as const),
      otherwise: fc.constantFrom('deny', 'nextTier'),
    }),
    { maxLength: 3 },
  );
  const passes = (kind: string): boolean => kind === 'allowed' || kind === 'unselected';

  it('is asked only where both answers are possible, and the answer is the one of knowing all', () => {
    fc.assert(
      fc.property(shares, fc.subarray(['a', 'b', 'c']), (drawn, fitting) => {
        const asked: string[] = [];
        const verdict = decide(drawn, ({ scope = '' }) => {
          asked.push(scope);
          return fitting.includes(scope) ? 'fits' : 'fitsNot';
        });
        const told = drawn.map((share) => ({
          ...share,
          rules: share.rules.map((rule) => ({
            ...rule,
            fits: {
              known: rule.fits.settle(({ scope = '' }) => (fitting.includes(scope) ? 'fits' : 'fitsNot'))
                ? ('yes' as const)
                : ('no' as const),
              settle: () => true,
            },
          })),
        }));
        expect(passes(verdict.kind)).toBe(passes(weigh(told).kind));
        if (weigh(drawn).kind !== 'open') expect(asked).toEqual([]);
        else expect(asked.length).toBeGreaterThan(0);
      }),
      { numRuns: 200 },
    );
  });
});
