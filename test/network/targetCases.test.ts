import { describe, expect, it } from 'vitest';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import type { ClusterNode } from '../../src/model/node.ts';
import type { PodTemplate } from '../../src/model/pod.ts';
import type { World } from '../../src/model/world.ts';
import type { Destination } from '../../src/network/path.ts';
import {
  clusterFamily,
  isMetadataRequest,
  targetFamily,
  targetOf,
  type Target,
} from '../../src/network/target.ts';
import { kiam } from './ways.ts';

const https = { port: 443, protocol: 'TCP' } as const;
const http = { port: 80, protocol: 'TCP' } as const;

const to = (address: string, port: { port: number; protocol: 'TCP' | 'UDP' } = http): Destination => ({
  kind: 'address',
  address,
  ...port,
});

function cluster(): WorldBuilder {
  return world()
    .node('n1', { addresses: ['10.0.0.1', 'fd00:1::1'] })
    .node('n2', { addresses: ['10.0.0.2'] })
    .node('bare')
    .pod('app/web', { node: 'n1', status: { phase: 'Running', podIP: '10.0.5.5' } })
    .pod('app/pending', { node: 'n1' })
    .pod('app/host', { node: 'n2', hostNetwork: true, status: { phase: 'Running', podIP: '10.0.5.6' } });
}

/** A target whose port is told by its number and protocol alone. */
function plain({ port: { port, protocol }, ...target }: Target): Target {
  return { ...target, port: { port, protocol } };
}

function nodeNamed(of: World, name: string): ClusterNode {
  const node = of.nodes.find((candidate) => candidate.name === name);
  if (!node) throw new Error(`the test names a node: ${name}`);
  return node;
}

function podNamed(of: World, name: string): PodTemplate {
  const pod = of.workloads.find((workload) => workload.name === name);
  if (!pod) throw new Error(`the test names a pod: ${name}`);
  return pod.template;
}

describe('who is at a destination, seen from node n1', () => {
  const built = cluster().build();
  const known = (address: string): Target['peer'] => ({ address: { kind: 'known', address } });
  const n1 = nodeNamed(built, 'n1');
  const n2 = nodeNamed(built, 'n2');
  const web = podNamed(built, 'web');

  it.each<[string, Destination, Target]>([
    [
      'STS has an IPv4 address that the input does not show, and takes HTTPS',
      { kind: 'sts' },
      {
        kind: 'outside',
        peer: { address: { kind: 'hidden', fact: 'stsAddress', family: 4, orAmong: [] } },
        port: https,
        bound: 'no',
      },
    ],
    [
      'the own node, at its first address',
      { kind: 'node', port: 8181, protocol: 'TCP' },
      {
        kind: 'node',
        node: n1,
        peer: known('10.0.0.1'),
        port: { port: 8181, protocol: 'TCP' },
        bound: 'primary',
      },
    ],
    [
      'the metadata service, which is not on the node',
      to('169.254.169.254'),
      { kind: 'imds', peer: known('169.254.169.254'), port: http, bound: 'no' },
    ],
    [
      'the metadata service, its IPv4 address written inside IPv6',
      to('::ffff:169.254.169.254'),
      { kind: 'imds', peer: known('::ffff:169.254.169.254'), port: http, bound: 'no' },
    ],
    [
      'the metadata service over IPv6',
      to('fd00:ec2:0::254'),
      { kind: 'imds', peer: known('fd00:ec2:0::254'), port: http, bound: 'no' },
    ],
    [
      'the Pod Identity agent, at a link-local address of the node',
      to('169.254.170.23'),
      { kind: 'podIdentityAgent', peer: known('169.254.170.23'), port: http, bound: 'other' },
    ],
    [
      'the Pod Identity agent over IPv6',
      to('fd00:ec2::23'),
      { kind: 'podIdentityAgent', peer: known('fd00:ec2::23'), port: http, bound: 'other' },
    ],
    [
      'any address of 127.0.0.0/8 is the pod’s own loopback',
      to('127.5.0.1'),
      { kind: 'loopback', peer: known('127.5.0.1'), port: http, bound: 'no' },
    ],
    ['… as ::1 is', to('::1'), { kind: 'loopback', peer: known('::1'), port: http, bound: 'no' }],
    [
      'an address of the own node, also its second',
      to('fd00:1:0:0::1', https),
      { kind: 'node', node: n1, peer: known('fd00:1:0:0::1'), port: https, bound: 'primary' },
    ],
    [
      'an address of another node is not bound here',
      to('10.0.0.2', https),
      { kind: 'node', node: n2, peer: known('10.0.0.2'), port: https, bound: 'no' },
    ],
    [
      'the address of a pod',
      to('10.0.5.5', { port: 53, protocol: 'UDP' }),
      {
        kind: 'pod',
        pod: web,
        peer: { address: { kind: 'known', address: '10.0.5.5' }, pod: web },
        port: { port: 53, protocol: 'UDP' },
        bound: 'no',
      },
    ],
    [
      'a pod on the host network has no address of its own',
      to('10.0.5.6'),
      { kind: 'outside', peer: known('10.0.5.6'), port: http, bound: 'no' },
    ],
    [
      'anybody else',
      to('192.0.2.9', https),
      { kind: 'outside', peer: known('192.0.2.9'), port: https, bound: 'no' },
    ],
  ])('%s', (_title, destination, expected) => {
    expect(plain(targetOf(built, n1, destination))).toStrictEqual(expected);
  });

  it.each([
    ['ipv4', 4],
    ['ipv6', 6],
  ] as const)(
    'a node without a shown address has a hidden one, of the family of an %s cluster',
    (ipFamily, family) => {
      const of = cluster().cluster({ ipFamily }).build();
      const node = nodeNamed(of, 'bare');
      const port = { port: 8181, protocol: 'TCP' } as const;
      const address = { kind: 'hidden', fact: 'hostAddress', host: 'bare', family, orAmong: [] } as const;
      const found = plain(targetOf(of, node, { kind: 'node', ...port }));
      expect(found).toStrictEqual({ kind: 'node', node, peer: { address }, port, bound: 'primary' });
      expect([clusterFamily(of), targetFamily(found)]).toEqual([family, family]);
    },
  );
});

describe('who answers DNS', () => {
  const dnsAddress = {
    kind: 'hidden',
    fact: 'hostAddress',
    host: 'dns',
    family: 4,
    orAmong: ['169.254.20.10'],
  } as const;

  it('the pods of kube-system that carry the label k8s-app=kube-dns', () => {
    const built = cluster()
      .workload('Deployment', 'app/copy', { labels: { 'k8s-app': 'kube-dns' } })
      .workload('Deployment', 'kube-system/metrics', { labels: { 'k8s-app': 'metrics-server' } })
      .workload('Deployment', 'kube-system/unlabelled')
      .workload('Deployment', 'kube-system/own-dns', { labels: { 'k8s-app': 'kube-dns' } })
      .build();
    const pod = podNamed(built, 'own-dns');
    expect(targetOf(built, nodeNamed(built, 'n1'), { kind: 'dns' })).toStrictEqual({
      kind: 'pod',
      pod,
      peer: { address: dnsAddress, pod },
      port: { port: 53, protocol: 'UDP' },
      bound: 'no',
    });
  });

  it('CoreDNS as EKS installs it where the input shows no such pods, at an address of the cluster’s family', () => {
    const built = cluster()
      .cluster({ ipFamily: 'ipv6' })
      .workload('Deployment', 'app/copy', { labels: { 'k8s-app': 'kube-dns' } })
      .workload('Deployment', 'kube-system/metrics', { labels: { 'k8s-app': 'metrics-server' } })
      .build();
    const found = targetOf(built, nodeNamed(built, 'n1'), { kind: 'dns' });
    const ref = { kind: 'Deployment', namespace: 'kube-system', name: 'coredns' };
    const pod: PodTemplate = {
      ref,
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
          ref,
        },
      ],
      volumes: [],
    };
    expect(found).toStrictEqual({
      kind: 'pod',
      pod,
      peer: { address: { ...dnsAddress, family: 6 }, pod },
      port: { port: 53, protocol: 'UDP' },
      bound: 'no',
    });
  });
});

describe('the family of a target’s address', () => {
  const outside = { kind: 'outside', port: http, bound: 'no' } as const;
  it.each<[string, Target['peer']['address'], 4 | 6]>([
    ['known, IPv4', { kind: 'known', address: '192.0.2.9' }, 4],
    ['known, IPv6', { kind: 'known', address: 'fd00:ec2::254' }, 6],
    ['known, IPv4 written inside IPv6', { kind: 'known', address: '::ffff:192.0.2.9' }, 4],
    ['a text that is no address', { kind: 'known', address: 'sts.amazonaws.com' }, 4],
    ['hidden, IPv4', { kind: 'hidden', fact: 'stsAddress', family: 4, orAmong: [] }, 4],
    ['hidden, IPv6', { kind: 'hidden', fact: 'hostAddress', host: 'dns', family: 6, orAmong: [] }, 6],
    ['not seen as an address', { kind: 'beyondIpBlocks' }, 4],
  ])('%s', (_title, address, family) => {
    expect(targetFamily({ ...outside, peer: { address } })).toBe(family);
  });
});

describe('what the rule of some daemon is about', () => {
  const moved = { metadataAddress: '169.254.169.250' };
  const none = world().node('n1').build();
  const usual = world().node('n1').kube2iam().build();
  const elsewhere = world().node('n1').kube2iam(moved).build();
  const both = world().node('n1').kube2iam(moved).kube2iam({}, { name: 'second' }).build();
  const hidden: Target = {
    kind: 'outside',
    peer: { address: { kind: 'hidden', fact: 'stsAddress', family: 4, orAmong: [] } },
    port: http,
    bound: 'no',
  };

  it.each<[string, World, Destination, boolean]>([
    ['no daemon shown: the usual address', none, to('169.254.169.254'), true],
    ['no daemon shown: another address', none, to('169.254.169.250'), false],
    ['kube2iam as it is by default', usual, to('169.254.169.254'), true],
    ['… and another port', usual, to('169.254.169.254', https), false],
    ['… and UDP', usual, to('169.254.169.254', { port: 80, protocol: 'UDP' }), false],
    ['… and IPv6', usual, to('fd00:ec2::254'), false],
    ['kube2iam with an address of its own, and the usual one', elsewhere, to('169.254.169.254'), false],
    ['kube2iam with an address of its own, and that', elsewhere, to('169.254.169.250'), true],
    ['two kube2iam, the address of the one', both, to('169.254.169.254'), true],
    ['two kube2iam, the address of the other', both, to('169.254.169.250'), true],
    ['kiam alone', { ...none, kiamAgents: [kiam] }, to('169.254.169.254'), true],
    [
      'kiam beside kube2iam with an address of its own',
      { ...elsewhere, kiamAgents: [kiam] },
      to('169.254.169.254'),
      true,
    ],
    ['… and that address', { ...elsewhere, kiamAgents: [kiam] }, to('169.254.169.250'), true],
  ])('%s', (_title, of, destination, expected) => {
    expect(isMetadataRequest(of, targetOf(of, nodeNamed(of, 'n1'), destination))).toBe(expected);
  });

  it('no address that the input does not show', () => {
    expect(isMetadataRequest(none, hidden)).toBe(false);
  });
});
