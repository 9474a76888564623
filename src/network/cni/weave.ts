import { asKubernetesDescribes, netfilterCrossed } from './facts.ts';
import type { CniProfile } from './profile.ts';

/** Describes Weave Net with weave-npc. */
export const weave: CniProfile = {
  id: 'weave',
  hostInterfaces: {
    value: [{ face: { kind: 'name', name: 'weave' } }],
    source: 'jtblin/kube2iam:README.md (interface table)',
    evidence: 'docs',
  },
  netfilter: netfilterCrossed,
  policy: {
    kind: 'enforced',
    hook: 'afterDnat',
    source: 'weaveworks/weave:net/bridge.go; shape measured',
    evidence: 'source',
    ownNode: {
      value: { kind: 'unpoliced', addresses: 'local' },
      source: 'weaveworks/weave:prog/weave-npc/main.go returns local destinations first; shape measured',
      evidence: 'source',
    },
    ...asKubernetesDescribes,
  },
};
