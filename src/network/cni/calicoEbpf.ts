import { asKubernetesDescribes } from './facts.ts';
import type { CniProfile } from './profile.ts';
import { calicoIptables, calicoKinds } from './calicoIptables.ts';

/** Describes Calico with its eBPF dataplane. */
export const calicoEbpf: CniProfile = {
  id: 'calico-ebpf',
  hostInterfaces: calicoIptables.hostInterfaces,
  // Crossed when the pod's pool has outgoing NAT, or the pod's address is in no pool of Calico's; else the
  // packet is redirected past netfilter, and bpfHostConntrackBypass would keep it from being translated.
  netfilter: {
    value: 'crossed',
    source: 'projectcalico/calico:felix/bpf-gpl/tc.c, felix/rules/static.go',
    evidence: 'unverified',
  },
  policy: {
    kind: 'enforced',
    hook: 'beforeDnat',
    source: 'projectcalico/calico:felix/bpf-gpl/tc.c; projectcalico/calico#12511',
    evidence: 'source',
    ownNode: {
      value: { kind: 'policed', afterwards: 'accept' },
      source: 'projectcalico/calico:felix/bpf-gpl/tc.c',
      evidence: 'unverified',
    },
    ...asKubernetesDescribes,
    otherKinds: calicoKinds,
  },
};
