import type { AdminPolicy } from '../model/adminNetworkPolicy.ts';
import type { CalicoEntity, CalicoPolicy } from '../model/calicoPolicy.ts';
import type { Change } from '../model/change.ts';
import type { CiliumPolicy } from '../model/ciliumPolicy.ts';
import { everything } from '../model/labels.ts';
import { describeRef, type ObjectRef } from '../model/objectRef.ts';
import type { World } from '../model/world.ts';

const metadata = '169.254.169.254/32';
const name = 'no-metadata';

/**
 * Lists a policy more or less of the kinds beside NetworkPolicy. One more, which denies the metadata address to
 * everybody, is of a kind that the cluster has already.
 */
export function policyVariations(world: World): readonly Change[] {
  const { adminPolicies, ciliumPolicies, calicoPolicies } = world;
  const apis = new Set(adminPolicies.map(({ api }) => api));
  return [
    ...[...adminPolicies, ...ciliumPolicies, ...calicoPolicies].map(({ ref }) => without(ref)),
    ...[...apis].map((api) => {
      const policy = adminDenial(api);
      return added(policy.ref, (from) => ({ ...from, adminPolicies: [...from.adminPolicies, policy] }));
    }),
    ...(ciliumPolicies.length === 0
      ? []
      : [
          added(ciliumDenial.ref, (from) => ({
            ...from,
            ciliumPolicies: [...from.ciliumPolicies, ciliumDenial],
          })),
        ]),
    ...(calicoPolicies.length === 0
      ? []
      : [
          added(calicoDenial.ref, (from) => ({
            ...from,
            calicoPolicies: [...from.calicoPolicies, calicoDenial],
          })),
        ]),
  ];
}

function without(ref: ObjectRef): Change {
  const others = <Policy extends { readonly ref: ObjectRef }>(
    policies: readonly Policy[],
  ): readonly Policy[] => policies.filter((policy) => describeRef(policy.ref) !== describeRef(ref));
  return {
    title: `remove ${describeRef(ref)}`,
    apply: (world) => ({
      ...world,
      adminPolicies: others(world.adminPolicies),
      ciliumPolicies: others(world.ciliumPolicies),
      calicoPolicies: others(world.calicoPolicies),
    }),
  };
}

function added(ref: ObjectRef, apply: Change['apply']): Change {
  return { title: `add ${describeRef(ref)}`, apply };
}

function adminDenial(api: AdminPolicy['api']): AdminPolicy {
  const kind = api === 'v1alpha1' ? 'AdminNetworkPolicy' : 'ClusterNetworkPolicy';
  // Two groups have a kind ClusterNetworkPolicy.
  const ref: ObjectRef = { kind, name: api === 'aws' ? `${name}-aws` : name };
  const place = { ...ref, field: 'spec.egress[0]' };
  const peers = [{ kind: 'networks', cidrs: [metadata] }] as const;
  return {
    ref,
    name: ref.name,
    api,
    tier: 'admin',
    priority: 0,
    subject: { namespaceSelector: everything },
    ingress: [],
    egress: [{ ref: place, action: 'Deny', peers, ports: [] }],
  };
}

const ciliumRef: ObjectRef = { kind: 'CiliumClusterwideNetworkPolicy', name };

const ciliumDenial: CiliumPolicy = {
  ref: ciliumRef,
  name,
  rules: [
    {
      ref: { ...ciliumRef, field: 'spec' },
      endpointSelector: everything,
      isolates: [],
      ingress: [],
      egress: [
        {
          ref: { ...ciliumRef, field: 'spec.egressDeny[0]' },
          action: 'deny',
          peers: [{ kind: 'cidr', cidr: metadata, except: [] }],
          unread: [],
        },
      ],
    },
  ],
};

const calicoRef: ObjectRef = { kind: 'GlobalNetworkPolicy', name };
const anybody: CalicoEntity = { notNets: [], notPorts: [] };

const calicoDenial: CalicoPolicy = {
  ref: calicoRef,
  name,
  tier: 'default',
  order: 0,
  types: ['Egress'],
  selector: { kind: 'all' },
  ingress: [],
  egress: [
    {
      ref: { ...calicoRef, field: 'spec.egress[0]' },
      action: 'Deny',
      source: anybody,
      destination: { ...anybody, nets: [metadata] },
      unread: [],
    },
  ],
};
