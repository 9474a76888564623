import { oncePer } from '../model/oncePer.ts';
import { kube2iamDefaults } from '../model/kube2iam.ts';
import type { ClusterNode } from '../model/node.ts';
import type { PodTemplate } from '../model/pod.ts';
import type { World } from '../model/world.ts';
import { cidrContains, parseAddress, sameAddress, type IpFamily } from './address.ts';
import type { AddressView } from './hiddenAddress.ts';
import type { PolicyPeer, PolicyPort } from './policies/peer.ts';
import type { Destination } from './path.ts';

/** Where a packet is heading, as far as the world shows who is there. */
export type Target = {
  readonly peer: PolicyPeer;
  readonly port: PolicyPort;
  /**
   * Whether the address is bound on the pod's own node: as its primary address, as another, or not at all.
   */
  readonly bound: 'primary' | 'other' | 'no';
} & (
  | { readonly kind: 'imds' | 'podIdentityAgent' | 'loopback' | 'outside' }
  | { readonly kind: 'node'; readonly node: ClusterNode }
  | { readonly kind: 'pod'; readonly pod: PodTemplate }
);

/**
 * The addresses at which AWS serves credentials to an instance and its pods.
 *
 * @source EC2 user guide "Instance metadata"; aws/eks-pod-identity-agent:configuration/config.go
 */
const endpoints: readonly {
  readonly address: string;
  readonly kind: 'imds' | 'podIdentityAgent';
  readonly bound: 'other' | 'no';
}[] = [
  { address: '169.254.169.254', kind: 'imds', bound: 'no' },
  { address: 'fd00:ec2::254', kind: 'imds', bound: 'no' },
  { address: '169.254.170.23', kind: 'podIdentityAgent', bound: 'other' },
  { address: 'fd00:ec2::23', kind: 'podIdentityAgent', bound: 'other' },
];

/** Finds out who is at a destination, seen from a node. */
export function targetOf(world: World, node: ClusterNode, to: Destination): Target {
  switch (to.kind) {
    case 'sts':
      return stsTarget;
    case 'dns':
      return dnsTarget(world);
    case 'node':
      return nodeTarget(world, node, node, to);
    case 'address':
      return addressTarget(world, node, to);
  }
}

/** @source AWS STS endpoints have A records alone, unless a dual-stack name is dialled on purpose */
const stsTarget: Target = {
  kind: 'outside',
  peer: { address: { kind: 'hidden', fact: 'stsAddress', family: 4, orAmong: [] } },
  port: { port: 443, protocol: 'TCP' },
  bound: 'no',
};

/**
 * The pods behind the cluster's DNS address: those of the world, or what EKS installs.
 *
 * Its Service address is not shown; NodeLocal DNSCache may put a link-local one in front.
 *
 * @source awsdocs/amazon-eks-user-guide "CoreDNS"; Kubernetes documentation "NodeLocal DNSCache"
 */
function dnsTarget(world: World): Target {
  const pod = dnsPod(world);
  const address: AddressView = {
    kind: 'hidden',
    fact: 'hostAddress',
    host: 'dns',
    family: clusterFamily(world),
    orAmong: ['169.254.20.10'],
  };
  return { kind: 'pod', pod, peer: { address, pod }, port: { port: 53, protocol: 'UDP' }, bound: 'no' };
}

const dnsPod = oncePer(
  ({ workloads }: World): PodTemplate =>
    workloads.find(
      ({ namespace, template }) => namespace === 'kube-system' && template.labels['k8s-app'] === 'kube-dns',
    )?.template ?? coreDns,
);

const coreDnsRef = { kind: 'Deployment', namespace: 'kube-system', name: 'coredns' };

const coreDns: PodTemplate = {
  ref: coreDnsRef,
  namespace: 'kube-system',
  labels: { 'k8s-app': 'kube-dns', 'eks.amazonaws.com/component': 'coredns' },
  annotations: {},
  annotationRefs: {},
  serviceAccountName: 'coredns',
  hostNetwork: false,
  nodeSelector: {},
  tolerations: [],
  containers: [
    {
      name: 'coredns',
      kind: 'app',
      image: undefined,
      env: [],
      envFrom: [],
      volumeMounts: [],
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP' },
        { name: 'dns-tcp', port: 53, protocol: 'TCP' },
      ],
      ref: coreDnsRef,
    },
  ],
  volumes: [],
};

function nodeTarget(world: World, own: ClusterNode, node: ClusterNode, port: PolicyPort): Target {
  const [primary] = node.addresses;
  const address: AddressView =
    primary === undefined
      ? { kind: 'hidden', fact: 'hostAddress', host: node.name, family: clusterFamily(world), orAmong: [] }
      : { kind: 'known', address: primary };
  return { kind: 'node', node, peer: { address }, port, bound: node === own ? 'primary' : 'no' };
}

function addressTarget(
  world: World,
  own: ClusterNode,
  to: Extract<Destination, { kind: 'address' }>,
): Target {
  const { address } = to;
  const known: AddressView = { kind: 'known', address };
  const port: PolicyPort = { port: to.port, protocol: to.protocol };
  const endpoint = endpoints.find((candidate) => sameAddress(candidate.address, address));
  if (endpoint) return { kind: endpoint.kind, peer: { address: known }, port, bound: endpoint.bound };
  if (cidrContains('127.0.0.0/8', address) || cidrContains('::1/128', address)) {
    return { kind: 'loopback', peer: { address: known }, port, bound: 'no' };
  }
  const node = [own, ...world.nodes].find(({ addresses }) =>
    addresses.some((at) => sameAddress(at, address)),
  );
  if (node) return { ...nodeTarget(world, own, node, port), peer: { address: known } };
  const pod = podAt(world, address);
  if (pod) return { kind: 'pod', pod, peer: { address: known, pod }, port, bound: 'no' };
  return { kind: 'outside', peer: { address: known }, port, bound: 'no' };
}

function podAt(world: World, address: string): PodTemplate | undefined {
  return world.workloads.find(({ template: { status, hostNetwork } }) => {
    return !hostNetwork && status?.podIP !== undefined && sameAddress(status.podIP, address);
  })?.template;
}

/** Gives the family in which the pods of a cluster have their addresses. */
export function clusterFamily(world: World): IpFamily {
  return world.cluster.ipFamily === 'ipv6' ? 6 : 4;
}

/** Tells whether some daemon's rule is about a target: its metadata address, TCP, port 80. */
export function isMetadataRequest(world: World, target: Target): boolean {
  const { address } = target.peer;
  if (address.kind !== 'known' || target.port.protocol !== 'TCP' || target.port.port !== 80) return false;
  const shown = world.kube2iam.map(({ flags }) => flags);
  const daemons = world.kiamAgents.length > 0 || shown.length === 0 ? [...shown, kube2iamDefaults] : shown;
  return daemons.some(({ metadataAddress }) => sameAddress(metadataAddress, address.address));
}

/** Gives the family of a target's address. */
export function targetFamily(target: Target): IpFamily {
  const { address } = target.peer;
  if (address.kind === 'known') return parseAddress(address.address)?.family ?? 4;
  return address.kind === 'hidden' ? address.family : 4;
}
