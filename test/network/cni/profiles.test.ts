import { describe, expect, it } from 'vitest';
import { cniIds } from '../../../src/model/cni.ts';
import type { CniProfile } from '../../../src/network/cni/profile.ts';
import { cniProfile } from '../../../src/network/cni/profiles.ts';

/** Every part of a profile that states a source, with the strength of its evidence. */
function rowsOf(value: unknown): readonly { readonly source: string; readonly evidence: unknown }[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = 'source' in value && 'evidence' in value ? [value] : [];
  return [...own, ...Object.values(value).flatMap(rowsOf)].map((row) => ({
    source: String(row.source),
    evidence: row.evidence,
  }));
}

describe('the profile of every CNI', () => {
  it.each(cniIds)('%s has its own id and a source for each row', (id) => {
    const profile: CniProfile = cniProfile(id);
    expect(profile.id).toBe(id);
    const rows = rowsOf(profile);
    expect(rows.length).toBeGreaterThanOrEqual(3);
    for (const { source, evidence } of rows) {
      expect(source).toMatch(/\w+\/\w|docs\.|user guide|documentation|measured/);
      expect(['recorded', 'source', 'docs', 'unverified']).toContain(evidence);
    }
  });

  it('says where each judges', () => {
    const hooks = cniIds.map((id) => {
      const { policy } = cniProfile(id);
      return `${id}: ${policy.kind === 'enforced' ? policy.hook : policy.kind}`;
    });
    expect(hooks).toEqual([
      'aws-vpc-cni: notEnforced',
      'aws-vpc-cni-policy-standard: beforeDnat',
      'aws-vpc-cni-policy-strict: beforeDnat',
      'calico-iptables: afterDnat',
      'calico-ebpf: beforeDnat',
      'calico-on-aws-vpc-cni: afterDnat',
      'cilium: beforeDnat',
      'cilium-ebpf-host-routing: beforeDnat',
      'cilium-on-aws-vpc-cni: beforeDnat',
      'antrea: beforeDnat',
      'kube-router: afterDnat',
      'weave: afterDnat',
      'flannel: notEnforced',
      'kubenet: notEnforced',
    ]);
  });

  it('says which kinds beside NetworkPolicy each enforces', () => {
    const kinds = cniIds.flatMap((id) => {
      const { policy } = cniProfile(id);
      if (policy.kind === 'notEnforced') return [];
      const enforced = Object.entries(policy.otherKinds).filter(([, { value }]) => value === 'enforced');
      return `${id}: ${enforced.map(([kind]) => kind).join(', ')}`;
    });
    const ofCalico = 'adminNetworkPolicy, clusterNetworkPolicy, calicoNetworkPolicy';
    expect(kinds).toEqual([
      'aws-vpc-cni-policy-standard: awsClusterNetworkPolicy',
      'aws-vpc-cni-policy-strict: awsClusterNetworkPolicy',
      `calico-iptables: ${ofCalico}`,
      `calico-ebpf: ${ofCalico}`,
      `calico-on-aws-vpc-cni: ${ofCalico}`,
      'cilium: ciliumNetworkPolicy',
      'cilium-ebpf-host-routing: ciliumNetworkPolicy',
      'cilium-on-aws-vpc-cni: ciliumNetworkPolicy',
      'antrea: adminNetworkPolicy',
      'kube-router: ',
      'weave: ',
    ]);
  });
});
