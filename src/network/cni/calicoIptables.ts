import { asKubernetesDescribes, netfilterCrossed } from './facts.ts';
import type { CniProfile, EnforcingEngine } from './profile.ts';

/**
 * Describes the engine of Calico's iptables and nftables dataplanes.
 *
 * `defaultEndpointToHostAction` is Drop in felix itself and Accept in the manifests of the project; the
 * manifests are what clusters run.
 */
export const calicoEngine: EnforcingEngine = {
  kind: 'enforced',
  hook: 'afterDnat',
  source: 'projectcalico/calico:felix/rules/static.go (cali-wl-to-host in INPUT, FORWARD); shape measured',
  evidence: 'source',
  ownNode: {
    value: { kind: 'policed', afterwards: 'accept' },
    source: 'projectcalico/calico:manifests/calico.yaml (FELIX_DEFAULTENDPOINTTOHOSTACTION); shape measured',
    evidence: 'source',
  },
  ...asKubernetesDescribes,
};

/** Describes Calico with its iptables or nftables dataplane. */
export const calicoIptables: CniProfile = {
  id: 'calico-iptables',
  hostInterfaces: {
    value: [{ face: { kind: 'prefix', prefix: 'cali' } }],
    source: 'projectcalico/calico:felix/config/config_params.go (InterfacePrefix)',
    evidence: 'source',
  },
  netfilter: netfilterCrossed,
  policy: calicoEngine,
};
