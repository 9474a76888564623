import { asKubernetesDescribes, netfilterCrossed } from './facts.ts';
import type { CniProfile } from './profile.ts';

/** Describes kube-router, whose chains in the filter table go by the pod's source address. */
export const kubeRouter: CniProfile = {
  id: 'kube-router',
  hostInterfaces: {
    value: [{ face: { kind: 'name', name: 'kube-bridge' } }],
    source: 'jtblin/kube2iam:README.md (interface table)',
    evidence: 'docs',
  },
  netfilter: netfilterCrossed,
  policy: {
    kind: 'enforced',
    hook: 'afterDnat',
    source: 'cloudnativelabs/kube-router:pkg/controllers/netpol/pod.go; shape measured',
    evidence: 'source',
    ownNode: {
      value: { kind: 'policed', afterwards: 'accept', unpolicedPorts: [30000, 32767] },
      source:
        'cloudnativelabs/kube-router:pkg/controllers/netpol/network_policy_controller.go; shape measured',
      evidence: 'source',
    },
    ...asKubernetesDescribes,
  },
};
