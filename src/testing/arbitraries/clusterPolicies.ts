import * as fc from 'fast-check';
import { parseIptablesSave } from '../../ingest/iptables/iptablesSave.ts';
import type { AdminPeer, AdminPolicy, AdminRule } from '../../model/adminNetworkPolicy.ts';
import type { CalicoEntity, CalicoPolicy, CalicoRule } from '../../model/calicoPolicy.ts';
import type { CalicoSelector } from '../../model/calicoSelector.ts';
import type { CiliumEntry, CiliumPolicy } from '../../model/ciliumPolicy.ts';
import { cniIds, type CniId } from '../../model/cni.ts';
import type { NetworkPolicyPort } from '../../model/kubernetes.ts';
import { everything, type LabelSelector } from '../../model/labels.ts';
import type { ObjectRef } from '../../model/objectRef.ts';
import type { World } from '../../model/world.ts';
import type { PolicyKind } from '../../network/cni/profile.ts';
import { cniProfile } from '../../network/cni/profiles.ts';
import { mostly } from './buildStep.ts';
import { testNamespaces } from './clusterNames.ts';

/** What puts objects into a world that the builder does not know. */
export type WorldStep = (world: World) => World;

const metadata = '169.254.169.254/32';
const everywhere = '0.0.0.0/0';
const https: NetworkPolicyPort = { protocol: 'TCP', port: 443 };
const http: NetworkPolicyPort = { protocol: 'TCP', port: 80 };
const web: LabelSelector = { matchLabels: { tier: 'web' }, matchExpressions: [] };

/**
 * Draws policies of the cluster's administrators, of Cilium's and of Calico's; mostly none. Where facts are
 * stated, the CNI is mostly one that enforces them: elsewhere they are as good as not there.
 */
export function clusterPolicies(known: 'stated' | 'mayBeOpen'): fc.Arbitrary<WorldStep> {
  const admin = fc
    .uniqueArray(adminPolicy(), { minLength: 1, maxLength: 2, selector: ({ name }) => name })
    .map((adminPolicies): WorldStep => (world) => ({ ...world, adminPolicies }));
  const cilium = fc
    .uniqueArray(ciliumPolicy(), { minLength: 1, maxLength: 2, selector: ({ name }) => name })
    .map((ciliumPolicies): WorldStep => (world) => ({ ...world, ciliumPolicies }));
  const calico = calicoObjects();
  const drawn =
    known === 'mayBeOpen'
      ? fc.oneof(admin, cilium, calico)
      : fc.oneof(
          enforced(admin, 'awsClusterNetworkPolicy', 'clusterNetworkPolicy', 'adminNetworkPolicy'),
          enforced(cilium, 'ciliumNetworkPolicy'),
          enforced(calico, 'calicoNetworkPolicy'),
        );
  return mostly<WorldStep>((world) => world, drawn, 2);
}

/** Draws with the policies a CNI that enforces one of these kinds, or leaves the CNI as it is. */
function enforced(
  policies: fc.Arbitrary<WorldStep>,
  ...kinds: readonly OtherKind[]
): fc.Arbitrary<WorldStep> {
  const enforcing = cniIds.filter((id) => {
    const { policy } = cniProfile(id);
    return policy.kind === 'enforced' && kinds.some((kind) => policy.otherKinds[kind].value === 'enforced');
  });
  return fc
    .tuple(policies, mostly<CniId | undefined>(undefined, fc.constantFrom(...enforcing), 1))
    .map(([step, cni]) => (world) => {
      const built = step(world);
      if (cni === undefined) return built;
      const others = built.facts.filter(({ name }) => name !== 'cni');
      return { ...built, facts: [...others, { name: 'cni', value: cni }] };
    });
}

type OtherKind = Exclude<PolicyKind, 'networkPolicy'>;

const adminPeers: readonly (readonly AdminPeer[])[] = [
  [{ kind: 'networks', cidrs: [metadata] }],
  [{ kind: 'networks', cidrs: [everywhere] }],
  [{ kind: 'networks', cidrs: ['169.254.170.23/32', '10.0.0.0/8'] }],
  [{ kind: 'nodes', selector: everything }],
  [{ kind: 'pods', namespaceSelector: everything }],
  [{ kind: 'pods', namespaceSelector: everything, podSelector: web }],
];

function adminPolicy(): fc.Arbitrary<AdminPolicy> {
  return fc
    .record({
      kind: fc.constantFrom(...adminKinds),
      priority: fc.constantFrom(1, 10),
      podSelector: fc.option(fc.constant(web), { nil: undefined }),
      rules: fc.array(
        fc.record({
          action: fc.constantFrom<AdminRule['action']>('Deny', 'Allow', 'Pass'),
          peers: fc.constantFrom(...adminPeers),
          ports: fc.constantFrom<readonly NetworkPolicyPort[]>([], [http], [https]),
          names: mostly(false, fc.constant(true), 9),
        }),
        { minLength: 1, maxLength: 2 },
      ),
    })
    .map(({ kind: { kind, ...of }, priority, podSelector, rules }): AdminPolicy => {
      // There is one baseline policy of the first form, and its name is given.
      const isOnly = kind === 'BaselineAdminNetworkPolicy';
      const name = isOnly ? 'default' : `${of.tier}-${priority}-${of.api}`;
      const ref: ObjectRef = { kind, name };
      const egress = rules.map(({ names, peers, ...rule }, at): AdminRule => {
        const place = { ...ref, field: `spec.egress[${at}]` };
        const unread = { ...ref, field: `${place.field}.to[0].domainNames` };
        return { ref: place, peers: names ? [{ kind: 'domainNames', ref: unread }] : peers, ...rule };
      });
      const subject = { namespaceSelector: everything, ...(podSelector ? { podSelector } : {}) };
      return { ref, name, ...of, priority: isOnly ? 0 : priority, subject, ingress: [], egress };
    });
}

const adminKinds = [
  { kind: 'AdminNetworkPolicy', api: 'v1alpha1', tier: 'admin' },
  { kind: 'BaselineAdminNetworkPolicy', api: 'v1alpha1', tier: 'baseline' },
  { kind: 'ClusterNetworkPolicy', api: 'v1alpha2', tier: 'admin' },
  { kind: 'ClusterNetworkPolicy', api: 'v1alpha2', tier: 'baseline' },
  { kind: 'ClusterNetworkPolicy', api: 'aws', tier: 'admin' },
  { kind: 'ClusterNetworkPolicy', api: 'aws', tier: 'baseline' },
] as const;

/** What an entry of a Cilium policy says beside its action; a path stands for a part that is not read. */
type CiliumShape = Pick<CiliumEntry, 'peers' | 'ports'> & { readonly unread?: string };

const ciliumShapes: readonly CiliumShape[] = [
  {},
  { peers: [{ kind: 'cidr', cidr: metadata, except: [] }] },
  { peers: [{ kind: 'cidr', cidr: everywhere, except: [metadata] }], ports: [http, https] },
  { peers: [{ kind: 'cidr', cidr: everywhere, except: [] }] },
  { peers: [{ kind: 'entity', entity: 'world' }], ports: [https] },
  { peers: [{ kind: 'entity', entity: 'host' }] },
  { peers: [{ kind: 'entity', entity: 'all' }] },
  { peers: [{ kind: 'endpoints', selector: everything }] },
  { peers: [] },
  { ports: [http], unread: 'toPorts[0].rules.http' },
];

function ciliumPolicy(): fc.Arbitrary<CiliumPolicy> {
  return fc
    .record({
      namespace: fc.constantFrom(...testNamespaces, undefined),
      endpointSelector: fc.constantFrom(everything, web),
      entries: fc.array(
        fc.record({
          action: mostly<'allow' | 'deny'>('allow', fc.constant('deny'), 1),
          shape: fc.constantFrom(...ciliumShapes),
        }),
        { maxLength: 2 },
      ),
      isolates: mostly(true, fc.constant(false)),
    })
    .map(({ namespace, endpointSelector, entries, isolates }): CiliumPolicy => {
      const kind = namespace === undefined ? 'CiliumClusterwideNetworkPolicy' : 'CiliumNetworkPolicy';
      const name = `cilium-${namespace ?? 'all'}`;
      const ref: ObjectRef = { kind, ...(namespace === undefined ? {} : { namespace }), name };
      const egress = (['allow', 'deny'] as const).flatMap((action) =>
        entries
          .filter((entry) => entry.action === action)
          .map(({ shape: { unread, ...shape } }, at): CiliumEntry => {
            const section = action === 'allow' ? 'egress' : 'egressDeny';
            const place = { ...ref, field: `spec.${section}[${at}]` };
            const places = unread === undefined ? [] : [{ ...ref, field: `${place.field}.${unread}` }];
            return { ref: place, action, ...shape, unread: places };
          }),
      );
      const rule = { ref: { ...ref, field: 'spec' }, endpointSelector, ingress: [], egress };
      const own = namespace === undefined ? {} : { namespace };
      return { ref, ...own, name, rules: [{ ...rule, isolates: isolates ? ['Egress'] : [] }] };
    });
}

/** Draws policies of Calico's, in the usual tier or in one of their own, and a set of addresses. */
function calicoObjects(): fc.Arbitrary<WorldStep> {
  return fc
    .record({
      policies: fc.uniqueArray(calicoPolicy(), { minLength: 1, maxLength: 2, selector: ({ name }) => name }),
      order: fc.constantFrom(50, 5000),
      defaultAction: fc.constantFrom<'Deny' | 'Pass'>('Deny', 'Pass'),
    })
    .map(({ policies, ...tier }): WorldStep => (world) => ({
      ...world,
      calicoPolicies: policies,
      calicoTiers: [{ ref: { kind: 'Tier', name: 'security' }, name: 'security', ...tier }],
      calicoNetworkSets: [
        {
          ref: { kind: 'GlobalNetworkSet', name: 'aws' },
          name: 'aws',
          labels: { set: 'aws' },
          nets: [metadata],
        },
      ],
    }));
}

const isWeb: CalicoSelector = { kind: 'compare', key: 'tier', operator: '==', value: 'web' };
const nothing: CalicoEntity = { notNets: [], notPorts: [] };

const calicoDestinations: readonly CalicoEntity[] = [
  nothing,
  { ...nothing, nets: [metadata] },
  { ...nothing, notNets: [metadata], ports: [[1, 1023]] },
  { ...nothing, nets: [everywhere], ports: [[443, 443]] },
  {
    ...nothing,
    selector: { kind: 'in', key: 'set', values: ['aws'] },
    namespaceSelector: { kind: 'global' },
  },
  { ...nothing, selector: { kind: 'not', operand: { kind: 'has', key: 'set' } }, notPorts: ['metrics'] },
];

function calicoPolicy(): fc.Arbitrary<CalicoPolicy> {
  return fc
    .record({
      namespace: fc.constantFrom(...testNamespaces, undefined),
      tier: mostly('default', fc.constant('security'), 2),
      order: fc.option(fc.constantFrom(1, 10), { nil: undefined }),
      selector: fc.constantFrom<CalicoSelector>({ kind: 'all' }, isWeb, { kind: 'not', operand: isWeb }),
      rules: fc.array(
        fc.record({
          action: fc.constantFrom<CalicoRule['action']>('Allow', 'Deny', 'Pass', 'Log'),
          destination: fc.constantFrom(...calicoDestinations),
          protocol: fc.constantFrom('TCP', 'UDP', undefined),
          http: mostly(false, fc.constant(true), 9),
        }),
        { maxLength: 2 },
      ),
    })
    .map(({ namespace, tier, order, selector, rules }): CalicoPolicy => {
      const kind = namespace === undefined ? 'GlobalNetworkPolicy' : 'NetworkPolicy';
      const name = `calico-${namespace ?? 'all'}`;
      const ref: ObjectRef = { kind, ...(namespace === undefined ? {} : { namespace }), name };
      const egress = rules.map(({ http: limited, protocol, action, destination }, at): CalicoRule => {
        const place = { ...ref, field: `spec.egress[${at}]` };
        const unread = limited ? [{ ...ref, field: `${place.field}.http` }] : [];
        const of = protocol === undefined ? {} : { protocol };
        return { ref: place, action, ...of, source: nothing, destination, unread };
      });
      return {
        ref,
        ...(namespace === undefined ? {} : { namespace }),
        name,
        tier,
        ...(order === undefined ? {} : { order }),
        types: ['Egress'],
        selector,
        ingress: [],
        egress,
      };
    });
}

/** Rules in the tables of a node that are about the metadata address, as `iptables-save` prints them. */
const savedRules = [
  '*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -d 169.254.169.254/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.1:8181\nCOMMIT\n',
  '*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -d 169.254.169.254/32 -j DROP\nCOMMIT\n',
  '*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -d 169.254.169.254/32 -j REJECT --reject-with icmp-port-unreachable\nCOMMIT\n',
  '*filter\n:FORWARD DROP [0:0]\n-A FORWARD -p tcp -m tcp --dport 443 -j ACCEPT\nCOMMIT\n',
];

/** Draws the rules of the node, as somebody saved them there; mostly none. */
export function nodeRules(): fc.Arbitrary<WorldStep> {
  const saved = fc.constantFrom(...savedRules).map((text): WorldStep => {
    const { ruleSets } = parseIptablesSave(text, 'iptables-save.txt');
    return (world) => ({ ...world, iptables: ruleSets.map((ruleSet) => ({ ruleSet, ipSets: {} })) });
  });
  return mostly<WorldStep>((world) => world, saved, 11);
}
