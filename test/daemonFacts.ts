import type { KiamAgent } from '../src/model/kiam.ts';

/** What a DaemonSet says of a daemon beside its flags: it runs on every node, in the network of the host. */
export function daemonFacts(name: string): Omit<KiamAgent, 'flags'> {
  return {
    ref: { kind: 'DaemonSet', namespace: 'kube-system', name },
    namespace: 'kube-system',
    name,
    image: undefined,
    flagRefs: {},
    startupFaults: [],
    hostNetwork: true,
    nodeSelector: {},
    tolerations: [],
    serviceAccountName: name,
  };
}
