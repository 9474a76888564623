import { asKubernetesDescribes, netfilterCrossed } from './facts.ts';
import type { CniProfile, EnforcingEngine } from './profile.ts';

/** The kinds that Calico enforces in any dataplane. */
export const calicoKinds: EnforcingEngine['otherKinds'] = {
  ...asKubernetesDescribes.otherKinds,
  adminNetworkPolicy: {
    value: 'enforced',
    source: 'kubernetes-sigs/network-policy-api:site-src/implementations.md (Calico 3.29 to 3.31)',
    evidence: 'docs',
  },
  clusterNetworkPolicy: {
    value: 'enforced',
    source: 'kubernetes-sigs/network-policy-api:site-src/implementations.md (Calico 3.32)',
    evidence: 'docs',
  },
  calicoNetworkPolicy: {
    value: 'enforced',
    source: 'projectcalico/calico:api/pkg/apis/projectcalico/v3/globalnetworkpolicy.go',
    evidence: 'source',
  },
};

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
  otherKinds: calicoKinds,
};

/** Describes Calico with its iptables or nftables dataplane. */
export const calicoIptables: CniProfile = {
  id: 'calico-iptables',
  hostInterfaces: {
    value: [{ face: { kind: 'prefix', prefix: 'cali' }, ending: 'sha1OfPodName' }],
    source:
      'projectcalico/calico:felix/config/config_params.go (InterfacePrefix), ' +
      'libcalico-go/lib/backend/k8s/conversion/workload_endpoint_default.go (VethNameForWorkload)',
    evidence: 'source',
  },
  netfilter: netfilterCrossed,
  policy: calicoEngine,
};
