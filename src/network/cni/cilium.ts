import { asKubernetesDescribes } from './facts.ts';
import type { CniProfile } from './profile.ts';

/** Describes Cilium with legacy host routing, in which packets still pass through netfilter. */
export const cilium: CniProfile = {
  id: 'cilium',
  hostInterfaces: {
    value: [{ face: { kind: 'prefix', prefix: 'lxc' } }],
    source: 'docs.cilium.io "eBPF Datapath"; jtblin/kube2iam:README.md (interface table)',
    evidence: 'docs',
  },
  netfilter: {
    value: 'crossed',
    source: 'docs.cilium.io "Routing", legacy host routing; jtblin/kube2iam#148',
    evidence: 'docs',
  },
  policy: {
    kind: 'enforced',
    hook: 'beforeDnat',
    source: 'docs.cilium.io "eBPF Datapath", tc on lxc*',
    evidence: 'docs',
    ownNode: {
      value: { kind: 'noIpBlockSelects' },
      source:
        'cilium/cilium:Documentation/security/policy/language.rst (entities); cilium/cilium#34387, #16308',
      evidence: 'docs',
    },
    ...asKubernetesDescribes,
    otherKinds: {
      ...asKubernetesDescribes.otherKinds,
      ciliumNetworkPolicy: {
        value: 'enforced',
        source: 'docs.cilium.io "Network Policy"; cilium/cilium:pkg/policy/api/rule.go',
        evidence: 'docs',
      },
    },
    podsInIpBlocks: {
      value: 'notSelected',
      source: 'cilium/cilium:Documentation/security/policy/language.rst (CIDR based)',
      evidence: 'docs',
    },
  },
};
