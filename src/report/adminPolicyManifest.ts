import type { AdminPeer, AdminPods, AdminPolicy, AdminRule } from '../model/adminNetworkPolicy.ts';
import type { JsonValue } from '../model/aws.ts';
import type { NetworkPolicyPort } from '../model/kubernetes.ts';
import { someOf, written, type Manifest } from './manifestDraft.ts';
import { selectorManifest } from './selectorManifest.ts';
import { standIn } from './unreadPart.ts';

const apiVersions: Readonly<Record<AdminPolicy['api'], string>> = {
  v1alpha1: 'policy.networking.k8s.io/v1alpha1',
  v1alpha2: 'policy.networking.k8s.io/v1alpha2',
  aws: 'networking.k8s.aws/v1alpha1',
};

/** Writes an AdminNetworkPolicy, a BaselineAdminNetworkPolicy or a ClusterNetworkPolicy. */
export function adminPolicyManifest(policy: AdminPolicy): Manifest {
  const { name, api, tier, priority, subject, ingress, egress } = policy;
  const kind = kindOf(policy);
  const rules = (list: readonly AdminRule[], peers: 'from' | 'to'): JsonValue | undefined =>
    someOf(list.map((rule) => ruleManifest(rule, peers, api)));
  const spec = written({
    tier: api === 'v1alpha1' ? undefined : tier === 'admin' ? 'Admin' : 'Baseline',
    priority: kind === 'BaselineAdminNetworkPolicy' ? undefined : priority,
    subject: podsManifest(subject),
    ingress: rules(ingress, 'from'),
    egress: rules(egress, 'to'),
  });
  return { apiVersion: apiVersions[api], kind, metadata: { name }, spec };
}

function kindOf({ api, tier }: AdminPolicy): string {
  if (api !== 'v1alpha1') return 'ClusterNetworkPolicy';
  return tier === 'admin' ? 'AdminNetworkPolicy' : 'BaselineAdminNetworkPolicy';
}

function ruleManifest(rule: AdminRule, direction: 'from' | 'to', api: AdminPolicy['api']): Manifest {
  const { action, peers, ports } = rule;
  return written({
    action: api !== 'v1alpha1' && action === 'Allow' ? 'Accept' : action,
    [direction]: peers.map(peerManifest),
    ...(api === 'v1alpha1'
      ? { ports: someOf(distinct(ports.map(portManifest))) }
      : { protocols: someOf(distinct(ports.map(protocolManifest))) }),
  });
}

function podsManifest({ namespaceSelector, podSelector }: AdminPods): Manifest {
  const namespaces = selectorManifest(namespaceSelector);
  if (!podSelector) return { namespaces };
  return { pods: { namespaceSelector: namespaces, podSelector: selectorManifest(podSelector) } };
}

function peerManifest(peer: AdminPeer): Manifest {
  switch (peer.kind) {
    case 'pods':
      return podsManifest(peer);
    case 'nodes':
      return { nodes: selectorManifest(peer.selector) };
    case 'networks':
      return { networks: peer.cidrs };
    case 'domainNames':
      return { domainNames: standIn('domainNames') };
  }
}

/** @source kubernetes-sigs/network-policy-api:apis/v1alpha1/shared_types.go (AdminNetworkPolicyPort) */
function portManifest({ protocol, port, endPort }: NetworkPolicyPort): Manifest {
  if (typeof port === 'string') return { namedPort: port };
  if (port !== undefined && endPort === undefined) return { portNumber: { protocol, port } };
  return { portRange: { protocol, start: port ?? 1, end: endPort ?? 65535 } };
}

/** @source kubernetes-sigs/network-policy-api:apis/v1alpha2/clusternetworkpolicy_types.go */
function protocolManifest({ protocol, port, endPort }: NetworkPolicyPort): Manifest {
  if (typeof port === 'string') return { destinationNamedPort: port };
  const destination =
    endPort === undefined ? { number: port ?? 0 } : { range: { start: port ?? 1, end: endPort } };
  return { [protocol.toLowerCase()]: port === undefined ? {} : { destinationPort: destination } };
}

/** A name means a port of every protocol, and so comes once for each. */
function distinct(manifests: readonly Manifest[]): readonly Manifest[] {
  return [...new Map(manifests.map((manifest) => [JSON.stringify(manifest), manifest])).values()];
}
