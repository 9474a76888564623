import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readNodeRules } from '../../src/ingest/iptables/nodeRules.ts';
import type { OrganizationPolicy } from '../../src/model/aws.ts';
import { kiamKeys } from '../../src/model/kiam.ts';
import { sdkFamilies, type SdkFamily } from '../../src/model/sdk.ts';
import type { World } from '../../src/model/world.ts';
import { cniProfile } from '../../src/network/cni/profiles.ts';
import type { PolicyKind } from '../../src/network/cni/profile.ts';
import type { CniId } from '../../src/model/cni.ts';
import { answerFor } from '../../src/resolve/resolve.ts';
import { reachedText } from '../../src/resolve/reach.ts';
import { containersOf, statedSdk } from '../../src/resolve/subjects.ts';
import { worlds } from '../../src/testing/arbitraries/world.ts';

const numRuns = 60;
const settled = worlds({ maxPods: 2, facts: 'stated' });
const sdk = fc.constantFrom(...sdkFamilies);

/** Who each container is and by which way, by the name of its pod. */
function identities(world: World, family: SdkFamily): ReadonlyMap<string, string> {
  return new Map(
    containersOf(world).map((target) => {
      const { outcomes } = answerFor(world, target, statedSdk({ family }));
      const told = outcomes.map(({ identity, mechanism }) =>
        identity.kind === 'none' ? 'nobody by none' : `${reachedText(identity)} by ${mechanism}`,
      );
      const { workload, container } = target;
      return [`${workload.namespace}/${workload.name}/${container.name}`, told.join(' or ')];
    }),
  );
}

/** The kinds beside NetworkPolicy that the stated CNI passes over. */
function passedOver({ facts }: World): ReadonlySet<PolicyKind> {
  const cni = facts.findLast(({ name }) => name === 'cni')?.value as CniId;
  const { policy } = cniProfile(cni);
  const kinds = [
    'adminNetworkPolicy',
    'clusterNetworkPolicy',
    'awsClusterNetworkPolicy',
    'ciliumNetworkPolicy',
    'calicoNetworkPolicy',
  ] as const;
  const isIgnored = (kind: (typeof kinds)[number]): boolean =>
    policy.kind === 'notEnforced' || policy.otherKinds[kind].value === 'ignored';
  return new Set(kinds.filter(isIgnored));
}

const adminKinds = {
  v1alpha1: 'adminNetworkPolicy',
  v1alpha2: 'clusterNetworkPolicy',
  aws: 'awsClusterNetworkPolicy',
} as const;

describe('what changes nothing', () => {
  it('policies of a kind that the CNI passes over are as good as not there', () => {
    fc.assert(
      fc.property(settled, sdk, (drawn, family) => {
        const ignored = passedOver(drawn);
        const enforced: World = {
          ...drawn,
          adminPolicies: drawn.adminPolicies.filter(({ api }) => !ignored.has(adminKinds[api])),
          ciliumPolicies: ignored.has('ciliumNetworkPolicy') ? [] : drawn.ciliumPolicies,
          calicoPolicies: ignored.has('calicoNetworkPolicy') ? [] : drawn.calicoPolicies,
        };
        expect(identities(enforced, family)).toEqual(identities(drawn, family));
      }),
      { numRuns },
    );
  });

  it('the order in which the objects were given', () => {
    fc.assert(
      fc.property(settled, sdk, (drawn, family) => {
        const turned: World = {
          ...drawn,
          namespaces: drawn.namespaces.toReversed(),
          serviceAccounts: drawn.serviceAccounts.toReversed(),
          workloads: drawn.workloads.toReversed(),
          networkPolicies: drawn.networkPolicies.toReversed(),
          adminPolicies: drawn.adminPolicies.toReversed(),
          ciliumPolicies: drawn.ciliumPolicies.toReversed(),
          calicoPolicies: drawn.calicoPolicies.toReversed(),
          roles: drawn.roles.toReversed(),
        };
        const before = identities(drawn, family);
        expect(new Map([...identities(turned, family)].toSorted())).toEqual(new Map([...before].toSorted()));
      }),
      { numRuns },
    );
  });

  it('policies for pods of a namespace that has none', () => {
    fc.assert(
      fc.property(settled, sdk, (drawn, family) => {
        const elsewhere = <Policy extends { readonly namespace?: string }>(policy: Policy): Policy =>
          policy.namespace === undefined ? policy : { ...policy, namespace: 'empty' };
        const more: World = {
          ...drawn,
          networkPolicies: [...drawn.networkPolicies, ...drawn.networkPolicies.map(elsewhere)],
          calicoPolicies: [
            ...drawn.calicoPolicies,
            ...drawn.calicoPolicies.filter(({ namespace }) => namespace !== undefined).map(elsewhere),
          ],
          ciliumPolicies: [
            ...drawn.ciliumPolicies,
            ...drawn.ciliumPolicies.filter(({ namespace }) => namespace !== undefined).map(elsewhere),
          ],
        };
        expect(identities(more, family)).toEqual(identities(drawn, family));
      }),
      { numRuns },
    );
  });

  const limit = (type: OrganizationPolicy['type'], Effect: 'Allow' | 'Deny'): OrganizationPolicy => {
    const principal = type === 'resourceControlPolicy' ? { Principal: '*' } : {};
    const statement = { Effect, ...principal, Action: '*', Resource: '*' };
    const value = { Version: '2012-10-17', Statement: [statement] };
    return { type, name: 'one', document: { ref: { kind: 'OrganizationPolicy', name: 'one' }, value } };
  };

  it('an organization whose only policy allows everything', () => {
    fc.assert(
      fc.property(settled, sdk, (drawn, family) => {
        const { organization: _none, ...without } = drawn;
        const allowing = { policies: [limit('serviceControlPolicy', 'Allow')] };
        expect(identities({ ...without, organization: allowing }, family)).toEqual(
          identities(without, family),
        );
      }),
      { numRuns },
    );
  });
});

describe('what only takes away', () => {
  it('an organization that denies everything: no role is assumed that would not be without it', () => {
    fc.assert(
      fc.property(settled, sdk, (drawn, family) => {
        const { organization: _none, ...without } = drawn;
        const statement = { Effect: 'Deny', Action: 'sts:*', Resource: '*' };
        const ref = { kind: 'OrganizationPolicy', name: 'one' };
        const policies: readonly OrganizationPolicy[] = [
          {
            type: 'serviceControlPolicy',
            name: 'one',
            document: { ref, value: { Version: '2012-10-17', Statement: [statement] } },
          },
        ];
        const usual = identities(without, family);
        for (const [container, who] of identities({ ...without, organization: { policies } }, family)) {
          const isOther = who !== usual.get(container);
          // Who is refused goes on to what the node has, if his SDK does so.
          if (isOther) expect(who).toMatch(/by (none|imds|podIdentity)$/);
        }
      }),
      { numRuns },
    );
  });

  it('a rule that drops what is forwarded to the metadata address, and no rule before it: nobody is the node', () => {
    const text = '*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -d 169.254.169.254/32 -j DROP\nCOMMIT\n';
    const { iptables } = readNodeRules([{ file: 'rules', text }]);
    fc.assert(
      fc.property(settled, sdk, (drawn, family) => {
        const workloads = drawn.workloads.map((workload) => ({
          ...workload,
          template: { ...workload.template, hostNetwork: false },
        }));
        const facts = drawn.facts.filter(({ name }) => name !== 'cni');
        const cni = { name: 'cni', value: 'aws-vpc-cni' } as const;
        const closed = { ...drawn, workloads, iptables, facts: [...facts, cni] };
        for (const [, who] of identities(closed, family)) expect(who).not.toMatch(/by imds$/);
      }),
      { numRuns },
    );
  });

  it('a namespace that permits nothing: kiam gives its pods no role', () => {
    fc.assert(
      fc.property(settled, sdk, (drawn, family) => {
        const namespaces = drawn.namespaces.map((namespace) => ({
          ...namespace,
          annotations: { ...namespace.annotations, [kiamKeys.permitted]: '' },
        }));
        // What kiam fetched before is not looked at here.
        const facts = drawn.facts.filter(({ name }) => name !== 'daemonCache');
        for (const [, who] of identities({ ...drawn, namespaces, facts }, family)) {
          expect(who).not.toMatch(/by kiam$/);
        }
      }),
      { numRuns },
    );
  });
});
