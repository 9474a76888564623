import type { JsonValue } from '../model/aws.ts';
import type {
  DataObject,
  Namespace,
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyRule,
  ServiceAccount,
} from '../model/kubernetes.ts';
import type { ClusterNode } from '../model/node.ts';
import { someLabels, someOf, written, type Draft, type Manifest } from './manifestDraft.ts';
import { selectorManifest } from './selectorManifest.ts';

/** Writes a namespace. */
export function namespaceManifest({ name, labels, annotations }: Namespace): Manifest {
  const metadata = written({ name, labels: someLabels(labels), annotations: someLabels(annotations) });
  return { apiVersion: 'v1', kind: 'Namespace', metadata };
}

/** Writes a service account. */
export function serviceAccountManifest(account: ServiceAccount): Manifest {
  const { name, namespace, labels = {}, annotations, createdAt } = account;
  const metadata = written({
    name,
    namespace,
    creationTimestamp: createdAt,
    labels: someLabels(labels),
    annotations: someLabels(annotations),
  });
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata };
}

/** Writes a node; its role and metadata options, which no Node object shows, stand in the settings. */
export function nodeManifest(node: ClusterNode): Manifest {
  const { name, labels, instanceId } = node;
  const taints = someOf(node.taints.map(({ key, value, effect }) => written({ key, value, effect })));
  const providerID = instanceId === undefined ? undefined : `aws:///zone/${instanceId}`;
  const spec = written({ providerID, taints });
  const addresses = node.addresses.map((address) => ({ type: 'InternalIP', address }));
  return written({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: written({ name, labels: someLabels(labels) }),
    spec: Object.keys(spec).length === 0 ? undefined : spec,
    status: addresses.length === 0 ? undefined : { addresses },
  });
}

/** Writes a Secret or ConfigMap; of a value that is not known the key alone. */
export function dataManifest({ kind, namespace, name, data }: DataObject): Manifest {
  const known: Draft = data;
  const hidden = Object.entries(data).flatMap(([key, value]) =>
    value === undefined ? [[key, null] as const] : [],
  );
  const unknown = hidden.length === 0 ? undefined : Object.fromEntries(hidden);
  const head = { apiVersion: 'v1', kind, metadata: { name, namespace } };
  return kind === 'Secret'
    ? written({ ...head, stringData: written(known), data: redacted(unknown) })
    : written({ ...head, data: written(known), binaryData: unknown });
}

/** What is no base64 is taken as not known; a placeholder says so without a complaint. */
function redacted(keys: Manifest | undefined): JsonValue | undefined {
  return keys && Object.fromEntries(Object.keys(keys).map((key) => [key, '<not-known>']));
}

/** Writes a NetworkPolicy. */
export function networkPolicyManifest(policy: NetworkPolicy): Manifest {
  const { namespace, name, policyTypes } = policy;
  const rules = (list: readonly NetworkPolicyRule[], peers: 'from' | 'to'): JsonValue | undefined =>
    someOf(list.map((rule) => policyRule(rule, peers)));
  const spec = written({
    podSelector: selectorManifest(policy.podSelector),
    policyTypes,
    ingress: rules(policy.ingress, 'from'),
    egress: rules(policy.egress, 'to'),
  });
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace }, spec };
}

function policyRule({ peers, ports }: NetworkPolicyRule, direction: 'from' | 'to'): Manifest {
  return written({
    [direction]: someOf(peers.map(peerManifest)),
    ports: someOf(ports.map(({ protocol, port, endPort }) => written({ protocol, port, endPort }))),
  });
}

function peerManifest(peer: NetworkPolicyPeer): Manifest {
  if (peer.kind === 'ipBlock') {
    return { ipBlock: written({ cidr: peer.cidr, except: someOf(peer.except) }) };
  }
  const { namespaceSelector, podSelector } = peer;
  return written({
    namespaceSelector: namespaceSelector && selectorManifest(namespaceSelector),
    podSelector: podSelector && selectorManifest(podSelector),
  });
}
