import { cilium } from './cilium.ts';
import type { CniProfile } from './profile.ts';

/** Describes Cilium with eBPF host routing: packets of pods leave the node without meeting netfilter. */
export const ciliumEbpfHostRouting: CniProfile = {
  ...cilium,
  id: 'cilium-ebpf-host-routing',
  netfilter: {
    value: 'bypassed',
    source: 'docs.cilium.io "Tuning Guide", eBPF host routing; a stand-in program measured with packets',
    evidence: 'docs',
  },
};
