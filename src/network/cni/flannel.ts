import { netfilterCrossed } from './facts.ts';
import type { CniProfile } from './profile.ts';

/** Describes flannel, whose pods sit behind a bridge, so that a rule sees the bridge and never the veth. */
export const flannel: CniProfile = {
  id: 'flannel',
  hostInterfaces: {
    value: [{ face: { kind: 'name', name: 'cni0' } }],
    source: 'jtblin/kube2iam:README.md (interface table); bridge measured with packets',
    evidence: 'recorded',
  },
  netfilter: netfilterCrossed,
  policy: {
    kind: 'notEnforced',
    source: 'flannel-io/flannel:README.md: policy is left to other projects, unless switched on',
    evidence: 'docs',
  },
};
