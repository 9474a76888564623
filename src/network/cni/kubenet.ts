import { netfilterCrossed } from './facts.ts';
import type { CniProfile } from './profile.ts';

/** Describes kubenet, whose pods sit behind the bridge `cbr0`. */
export const kubenet: CniProfile = {
  id: 'kubenet',
  hostInterfaces: {
    value: [{ face: { kind: 'name', name: 'cbr0' } }],
    source: 'jtblin/kube2iam:README.md (interface table); bridge measured with packets',
    evidence: 'recorded',
  },
  netfilter: netfilterCrossed,
  policy: {
    kind: 'notEnforced',
    source: 'Kubernetes documentation "Network Plugins": kubenet implements no network policy',
    evidence: 'docs',
  },
};
