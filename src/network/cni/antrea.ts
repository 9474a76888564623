import { asKubernetesDescribes } from './facts.ts';
import type { CniProfile } from './profile.ts';

/** Describes Antrea, in encap mode or as policy engine on EKS: policies are flows of Open vSwitch. */
export const antrea: CniProfile = {
  id: 'antrea',
  hostInterfaces: {
    value: [{ face: { kind: 'name', name: 'antrea-gw0' } }],
    source: 'antrea-io/antrea:docs/design/policy-only.md',
    evidence: 'docs',
  },
  netfilter: {
    value: 'crossed',
    source: 'antrea-io/antrea:docs/design/policy-only.md',
    evidence: 'unverified',
  },
  policy: {
    kind: 'enforced',
    hook: 'beforeDnat',
    source: 'antrea-io/antrea:docs/design/policy-only.md',
    evidence: 'docs',
    ownNode: {
      value: { kind: 'policed', afterwards: 'accept' },
      source: 'antrea-io/antrea:docs/antrea-network-policy.md; antrea-io/antrea#8179',
      evidence: 'docs',
    },
    ...asKubernetesDescribes,
    otherKinds: {
      ...asKubernetesDescribes.otherKinds,
      adminNetworkPolicy: {
        value: 'enforced',
        source: 'antrea-io/antrea:docs/admin-network-policy.md (1.13 and later)',
        evidence: 'docs',
      },
    },
  },
};
