import { describe, expect, it } from 'vitest';
import { parseInput } from '../../../src/ingest/parse.ts';
import type { CniId } from '../../../src/model/cni.ts';
import { lookUpFact, type Ask } from '../../../src/model/fact.ts';
import { emptyWorld, type World } from '../../../src/model/world.ts';
import { packetPath } from '../../../src/network/packetPath.ts';
import type { Destination } from '../../../src/network/path.ts';

const imds: Destination = { kind: 'address', address: '169.254.169.254', port: 80, protocol: 'TCP' };
const imds6: Destination = { kind: 'address', address: 'fd00:ec2::254', port: 80, protocol: 'TCP' };
const agent: Destination = { kind: 'address', address: '169.254.170.23', port: 80, protocol: 'TCP' };
const ownNode: Destination = { kind: 'address', address: '10.0.0.1', port: 8181, protocol: 'TCP' };
const otherNode: Destination = { kind: 'address', address: '10.0.0.2', port: 9100, protocol: 'TCP' };
const db: Destination = { kind: 'address', address: '10.1.0.2', port: 5432, protocol: 'TCP' };
const sts: Destination = { kind: 'sts' };

const cluster = `
apiVersion: v1
kind: Namespace
metadata: {name: pay, labels: {team: pay}}
---
apiVersion: v1
kind: Namespace
metadata: {name: data, labels: {team: data}}
---
apiVersion: v1
kind: Node
metadata: {name: n1, labels: {role: worker}}
status: {addresses: [{type: InternalIP, address: 10.0.0.1}]}
---
apiVersion: v1
kind: Node
metadata: {name: n2, labels: {role: infra}}
status: {addresses: [{type: InternalIP, address: 10.0.0.2}]}
---
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: pay, labels: {app: api}}
spec: {nodeName: n1, serviceAccountName: api-sa, containers: [{name: c, image: i}]}
status: {phase: Running, podIP: 10.1.0.1}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: data, labels: {app: db}}
spec: {nodeName: n2, containers: [{name: c, image: i, ports: [{name: sql, containerPort: 5432}]}]}
status: {phase: Running, podIP: 10.1.0.2}
---
`;

/** Way of a packet of pay/api; facts that are asked for and stated nowhere are answered by `answers`. */
function way(
  policies: string,
  cni: CniId,
  to: Destination,
  answers: Readonly<Record<string, string>> = {},
): { readonly end: string; readonly asked: readonly string[]; readonly reasons: readonly string[] } {
  const { world: read } = parseInput([{ file: 'p.yaml', text: cluster + policies }]);
  const world: World = {
    ...emptyWorld,
    ...read,
    facts: [
      { name: 'cni', value: cni },
      { name: 'kube2iam', value: 'notInstalled' },
    ],
  };
  const asked: string[] = [];
  const ask: Ask = (question) => {
    const { value } = lookUpFact(world, question);
    if (value !== undefined) return value;
    asked.push(`${question.name} ${question.scope ?? ''}`);
    const answer = answers[question.name];
    if (answer === undefined) throw new Error(`nobody answers ${question.name} ${question.scope ?? ''}`);
    return answer;
  };
  const pod = world.workloads.find(({ name }) => name === 'api')?.template;
  const [node] = world.nodes;
  if (!pod || !node) throw new Error('the cluster above has both');
  const { end, steps } = packetPath(world, ask, { pod, node }, to);
  const reasons = steps.filter(({ hook }) => hook.startsWith('policy')).map(({ reason }) => reason);
  return { end: end.kind, asked, reasons };
}

const cnp = (spec: string): string => `
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: p, namespace: pay}
spec: {endpointSelector: {matchLabels: {app: api}}, ${spec}}
---
`;
const ccnp = (spec: string): string =>
  cnp(spec).replace('CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy').replace(', namespace: pay', '');
const np = (spec: string): string => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: np, namespace: pay}
spec: {podSelector: {}, policyTypes: [Egress], ${spec}}
---
`;
const open = np('egress: [{}]');

describe('policies of Cilium', () => {
  it.each<[string, string, Destination, 'arrives' | 'dropped' | 'refused']>([
    ['none', '', imds, 'arrives'],
    ['egress isolates', cnp('egress: [{toCIDR: [10.9.0.0/16]}]'), imds, 'dropped'],
    ['an entry without parts isolates', cnp('egress: [{}]'), imds, 'dropped'],
    ['an empty section does not', cnp('egress: []'), imds, 'arrives'],
    ['ingress isolates for ingress alone', cnp('ingress: [{}]'), imds, 'arrives'],
    ['a CIDR', cnp('egress: [{toCIDR: [169.254.169.254/32]}]'), imds, 'arrives'],
    ['a bare address', cnp('egress: [{toCIDR: [169.254.169.254]}]'), imds, 'arrives'],
    ['… says nothing of the other family', cnp('egress: [{toCIDR: [0.0.0.0/0]}]'), imds6, 'dropped'],
    [
      'a set with an exception',
      cnp('egress: [{toCIDRSet: [{cidr: 0.0.0.0/0, except: [169.254.169.254/32]}]}]'),
      imds,
      'dropped',
    ],
    [
      'a denial beats what allows it, however narrow',
      cnp('egress: [{toCIDR: [169.254.169.254/32]}], egressDeny: [{toCIDR: [169.254.0.0/16]}]'),
      imds,
      'dropped',
    ],
    ['… NetworkPolicy included', open + cnp('egressDeny: [{toCIDR: [169.254.169.254/32]}]'), imds, 'dropped'],
    ['a denial alone isolates', cnp('egressDeny: [{toCIDR: [169.254.169.254/32]}]'), db, 'dropped'],
    [
      'unless default deny is off',
      cnp('enableDefaultDeny: {egress: false}, egressDeny: [{toCIDR: [169.254.169.254/32]}]'),
      db,
      'arrives',
    ],
    ['NetworkPolicy adds to it', open + cnp('egress: [{toCIDR: [10.9.0.0/16]}]'), imds, 'arrives'],
    ['the metadata service is world', cnp('egress: [{toEntities: [world]}]'), imds, 'arrives'],
    ['… and not cluster', cnp('egress: [{toEntities: [cluster]}]'), imds, 'dropped'],
    ['… nor a node', cnp('egress: [{toEntities: [host, remote-node]}]'), imds, 'dropped'],
    ['… but all', cnp('egress: [{toEntities: [all]}]'), imds, 'arrives'],
    ['… and not none', cnp('egress: [{toEntities: [none]}]'), imds, 'dropped'],
    ['world by family', cnp('egress: [{toEntities: [world-ipv6]}]'), imds, 'dropped'],
    ['the agent is host', cnp('egress: [{toEntities: [host]}]'), agent, 'arrives'],
    ['… and no CIDR reaches it', cnp('egress: [{toCIDR: [169.254.170.23/32]}]'), agent, 'dropped'],
    ['another node is no host', cnp('egress: [{toEntities: [host]}]'), otherNode, 'dropped'],
    ['… but a remote node', cnp('egress: [{toEntities: [remote-node]}]'), otherNode, 'refused'],
    ['a port that fits', cnp('egress: [{toPorts: [{ports: [{port: "80"}]}]}]'), imds, 'arrives'],
    [
      'a range',
      cnp('egress: [{toPorts: [{ports: [{port: "70", endPort: 90, protocol: TCP}]}]}]'),
      imds,
      'arrives',
    ],
    [
      'another protocol',
      cnp('egress: [{toPorts: [{ports: [{port: "80", protocol: UDP}]}]}]'),
      imds,
      'dropped',
    ],
    ['endpoints of the own namespace', cnp('egress: [{toEndpoints: [{}]}]'), db, 'dropped'],
    [
      'endpoints of a namespace that is named',
      cnp('egress: [{toEndpoints: [{matchLabels: {"k8s:io.kubernetes.pod.namespace": data, app: db}}]}]'),
      db,
      'arrives',
    ],
    [
      'endpoints by labels of their namespace',
      cnp('egress: [{toEndpoints: [{matchLabels: {io.cilium.k8s.namespace.labels.team: data}}]}]'),
      db,
      'arrives',
    ],
    ['clusterwide: endpoints anywhere', ccnp('egress: [{toEndpoints: [{}]}]'), db, 'arrives'],
    ['… and nothing else', ccnp('egress: [{toEndpoints: [{}]}]'), imds, 'dropped'],
    ['endpoints are no addresses', cnp('egress: [{toCIDR: [10.1.0.0/16]}]'), db, 'dropped'],
    [
      'specs, several rules',
      cnp('egress: [{toCIDR: [10.9.0.0/16]}]').replace(
        /spec: (.*)/,
        'specs: [$1, {endpointSelector: {}, egress: [{toEntities: [world]}]}]',
      ),
      imds,
      'arrives',
    ],
    [
      'rules over names do not fit the metadata service',
      cnp('egress: [{toFQDNs: [{matchPattern: "*"}]}]'),
      imds,
      'dropped',
    ],
  ])('%s', (_title, policies, to, end) => {
    expect(way(policies, 'cilium', to)).toMatchObject({ end, asked: [] });
  });

  it.each([
    ['names of hosts', cnp('egress: [{toFQDNs: [{matchName: sts.amazonaws.com}]}]'), sts, 'toFQDNs'],
    ['Services', cnp('egress: [{toServices: [{k8sService: {serviceName: x}}]}]'), imds, 'toServices'],
    ['a group of CIDRs', cnp('egress: [{toCIDRSet: [{cidrGroupRef: g}]}]'), sts, 'toCIDRSet[0].cidrGroupRef'],
    [
      'what looks into the connection',
      cnp('egress: [{toPorts: [{ports: [{port: "80"}], rules: {http: [{method: GET}]}}]}]'),
      imds,
      'toPorts[0].rules.http',
    ],
  ])('%s may fit and may not', (_title, policies, to, field) => {
    const asked = [`policyMatch CiliumNetworkPolicy pay/p spec.egress[0].${field}`];
    expect(way(policies, 'cilium', to, { policyMatch: 'fits' })).toMatchObject({ end: 'arrives', asked });
    expect(way(policies, 'cilium', to, { policyMatch: 'fitsNot' })).toMatchObject({ end: 'dropped', asked });
  });

  it('asks about nothing that a denial settles', () => {
    const policies = cnp('egress: [{toFQDNs: [{matchName: x.y}]}], egressDeny: [{toEntities: [all]}]');
    expect(way(policies, 'cilium', sts)).toMatchObject({
      end: 'dropped',
      reasons: ['policyDenies'],
      asked: [],
    });
  });
});

const calico = (kind: string, spec: string, name = 'p'): string => `
apiVersion: projectcalico.org/v3
kind: ${kind}
metadata: {name: ${name}${kind === 'NetworkPolicy' ? ', namespace: pay' : ''}}
spec: {${spec}}
---
`;
const global = (spec: string, name?: string): string =>
  calico('GlobalNetworkPolicy', `types: [Egress], ${spec}`, name);
const deny = (order: number): string =>
  global(
    `order: ${order}, egress: [{action: Deny, destination: {nets: [169.254.169.254/32]}}]`,
    `deny${order}`,
  );
const allow = (order: number): string =>
  global(`order: ${order}, egress: [{action: Allow}]`, `allow${order}`);

describe('policies of Calico', () => {
  it.each<[string, string, Destination, 'arrives' | 'dropped' | 'refused']>([
    ['the lower order decides', deny(1) + allow(2), imds, 'dropped'],
    ['… whichever it is', deny(2) + allow(1), imds, 'arrives'],
    ['no order comes last', global('egress: [{action: Deny}]') + allow(9000), imds, 'arrives'],
    ['what no rule fits is denied', deny(1), db, 'dropped'],
    ['NetworkPolicy stands at 1000', open + deny(999), imds, 'dropped'],
    ['… so before what is later', open + deny(1001), imds, 'arrives'],
    ['Log goes on', global('egress: [{action: Log}, {action: Allow}]'), imds, 'arrives'],
    ['Pass leaves the tier', global('egress: [{action: Pass}]'), imds, 'arrives'],
    [
      'a tier with a lower order decides first',
      calico('Tier', 'order: 10', 'platform') +
        global(
          'tier: platform, egress: [{action: Deny, destination: {nets: [169.254.169.254/32]}}, {action: Pass}]',
        ) +
        allow(1),
      imds,
      'dropped',
    ],
    [
      '… and passes on what it passes',
      calico('Tier', 'order: 10', 'platform') +
        global(
          'tier: platform, egress: [{action: Deny, destination: {nets: [169.254.169.254/32]}}, {action: Pass}]',
        ) +
        allow(1),
      db,
      'arrives',
    ],
    [
      'a tier whose default is Pass denies nothing by itself',
      calico('Tier', 'order: 10, defaultAction: Pass', 'platform') +
        global('tier: platform, egress: [{action: Deny, destination: {nets: [10.9.0.0/16]}}]'),
      imds,
      'arrives',
    ],
    [
      'notNets',
      global('egress: [{action: Allow, destination: {notNets: [169.254.169.254/32]}}]'),
      imds,
      'dropped',
    ],
    [
      '… lets the rest through',
      global('egress: [{action: Allow, destination: {notNets: [169.254.169.254/32]}}]'),
      db,
      'arrives',
    ],
    [
      'ports',
      global('egress: [{action: Allow, protocol: TCP, destination: {ports: ["70:90"]}}]'),
      imds,
      'arrives',
    ],
    [
      'notPorts',
      global('egress: [{action: Allow, protocol: TCP, destination: {notPorts: [80]}}]'),
      imds,
      'dropped',
    ],
    [
      'a port by name',
      global('egress: [{action: Allow, protocol: TCP, destination: {ports: [sql]}}]'),
      db,
      'arrives',
    ],
    ['another protocol', global('egress: [{action: Allow, protocol: UDP}]'), imds, 'dropped'],
    ['notProtocol', global('egress: [{action: Allow, notProtocol: 17}]'), imds, 'arrives'],
    ['ipVersion', global('egress: [{action: Allow, ipVersion: 6}]'), imds, 'dropped'],
    [
      'a selector selects pods',
      global('egress: [{action: Allow, destination: {selector: app == "db"}}]'),
      db,
      'arrives',
    ],
    [
      '… of every namespace, and no address',
      global('egress: [{action: Allow, destination: {selector: all()}}]'),
      imds,
      'dropped',
    ],
    [
      'a namespaced policy selects in its own namespace',
      calico(
        'NetworkPolicy',
        "types: [Egress], egress: [{action: Allow, destination: {selector: app == 'db'}}]",
      ),
      db,
      'dropped',
    ],
    [
      '… unless a namespaceSelector says otherwise',
      calico(
        'NetworkPolicy',
        "types: [Egress], egress: [{action: Allow, destination: {namespaceSelector: team == 'data'}}]",
      ),
      db,
      'arrives',
    ],
    [
      'notSelector excludes pods alone',
      global('egress: [{action: Allow, destination: {notSelector: all()}}]'),
      imds,
      'arrives',
    ],
    [
      'service accounts by name',
      global('egress: [{action: Allow, source: {serviceAccounts: {names: [api-sa]}}}]'),
      imds,
      'arrives',
    ],
    [
      'a selector that misses the pod',
      global("selector: app == 'db', egress: [{action: Deny}]"),
      imds,
      'arrives',
    ],
    [
      'a namespaceSelector that misses it',
      global("namespaceSelector: team == 'data', egress: [{action: Deny}]"),
      imds,
      'arrives',
    ],
    [
      'serviceAccountSelector by name',
      global("serviceAccountSelector: projectcalico.org/name == 'api-sa', egress: [{action: Deny}]"),
      imds,
      'dropped',
    ],
    ['types default to Ingress', calico('GlobalNetworkPolicy', 'order: 1'), imds, 'arrives'],
    [
      '… and to Egress where only egress stands',
      calico('GlobalNetworkPolicy', 'egress: [{action: Deny}]'),
      imds,
      'dropped',
    ],
    [
      'preDNAT is about host endpoints',
      global('preDNAT: true, applyOnForward: true, egress: [{action: Deny}]'),
      imds,
      'arrives',
    ],
    [
      'a set of networks',
      calico('GlobalNetworkSet', 'nets: [169.254.169.254/32]', 'imds').replace(
        '{name: imds',
        '{labels: {what: imds}, name: imds',
      ) + global("egress: [{action: Deny, destination: {selector: what == 'imds'}}, {action: Allow}]"),
      imds,
      'dropped',
    ],
  ])('%s', (_title, policies, to, end) => {
    expect(way(policies, 'calico-iptables', to)).toMatchObject({ end, asked: [] });
  });

  it('reads the same objects without the API server', () => {
    expect(
      way(deny(1).replace('projectcalico.org/v3', 'crd.projectcalico.org/v1'), 'calico-ebpf', imds).end,
    ).toBe('dropped');
  });

  it('asks about labels of service accounts', () => {
    const policies = global("serviceAccountSelector: team == 'x', egress: [{action: Deny}]");
    const fits = way(policies, 'calico-iptables', imds, { policyMatch: 'fits' });
    expect(fits.end).toBe('dropped');
    expect(new Set(fits.asked)).toEqual(
      new Set(['policyMatch GlobalNetworkPolicy p spec.serviceAccountSelector']),
    );
    expect(way(policies, 'calico-iptables', imds, { policyMatch: 'fitsNot' }).end).toBe('arrives');
  });
});

const admin = (spec: string, priority = 1, api = 'AdminNetworkPolicy'): string => `
apiVersion: policy.networking.k8s.io/v1alpha1
kind: ${api}
metadata: {name: ${api === 'AdminNetworkPolicy' ? `a${priority}` : 'default'}}
spec: {${api === 'AdminNetworkPolicy' ? `priority: ${priority}, ` : ''}subject: {namespaces: {matchLabels: {team: pay}}}, ${spec}}
---
`;
const to = (action: string, peer: string, more = ''): string =>
  `egress: [{action: ${action}, to: [${peer}]${more}}]`;
const metadata = '{networks: [169.254.169.254/32]}';

describe('policies of administrators', () => {
  it.each<[string, string, Destination, 'arrives' | 'dropped' | 'refused']>([
    ['Deny is above NetworkPolicy', open + admin(to('Deny', metadata)), imds, 'dropped'],
    ['Allow is above NetworkPolicy', np('egress: []') + admin(to('Allow', metadata)), imds, 'arrives'],
    [
      'Pass leaves it to NetworkPolicy',
      np('egress: []') + admin(to('Pass', metadata)) + admin(to('Allow', metadata), 2),
      imds,
      'dropped',
    ],
    ['what no rule fits goes on', admin(to('Deny', metadata)), db, 'arrives'],
    ['the baseline is below', admin(to('Deny', metadata), 0, 'BaselineAdminNetworkPolicy'), imds, 'dropped'],
    [
      '… and NetworkPolicy above it',
      open + admin(to('Deny', metadata), 0, 'BaselineAdminNetworkPolicy'),
      imds,
      'arrives',
    ],
    ['nodes by label', admin(to('Deny', '{nodes: {matchLabels: {role: infra}}}')), otherNode, 'dropped'],
    ['… and no other', admin(to('Deny', '{nodes: {matchLabels: {role: infra}}}')), ownNode, 'refused'],
    ['pods by namespace', admin(to('Deny', '{namespaces: {matchLabels: {team: data}}}')), db, 'dropped'],
    ['a port by name', admin(to('Deny', '{namespaces: {}}', ', ports: [{namedPort: sql}]')), db, 'dropped'],
    [
      'a range of ports',
      admin(to('Deny', metadata, ', ports: [{portRange: {start: 70, end: 90}}]')),
      imds,
      'dropped',
    ],
    [
      'a number of another protocol',
      admin(to('Deny', metadata, ', ports: [{portNumber: {protocol: UDP, port: 80}}]')),
      imds,
      'arrives',
    ],
    [
      'a subject that misses the pod',
      admin(to('Deny', metadata)).replace('team: pay', 'team: x'),
      imds,
      'arrives',
    ],
  ])('%s', (_title, policies, destination, end) => {
    expect(way(policies, 'antrea', destination)).toMatchObject({ end, asked: [] });
  });

  it('explores the names of hosts', () => {
    const policies = admin(to('Allow', '{domainNames: ["*.amazonaws.com"]}')) + np('egress: []');
    expect(way(policies, 'antrea', sts, { policyMatch: 'fits' }).end).toBe('arrives');
    expect(way(policies, 'antrea', sts, { policyMatch: 'fitsNot' }).end).toBe('dropped');
  });
});

describe('a kind that the CNI does not enforce', () => {
  it.each<[string, string, CniId]>([
    ['Cilium under Calico', cnp('egress: [{}]'), 'calico-iptables'],
    ['Calico under Cilium', deny(1), 'cilium'],
    ['an AdminNetworkPolicy under kube-router', admin(to('Deny', metadata)), 'kube-router'],
    [
      'the ClusterNetworkPolicy of Kubernetes under the agent of AWS',
      admin(to('Deny', metadata)),
      'aws-vpc-cni-policy-standard',
    ],
  ])('has no effect and is named: %s', (_title, policies, cni) => {
    expect(way(policies, cni, imds)).toMatchObject({ end: 'arrives', reasons: ['kindNotEnforced'] });
  });

  it('is as good as any under a CNI that enforces nothing', () => {
    expect(way(deny(1), 'flannel', imds)).toMatchObject({ end: 'arrives', reasons: ['policyNotEnforced'] });
  });

  it('is enforced by the agent of AWS in the group of AWS', () => {
    const policies = admin(`tier: Admin, ${to('Deny', metadata)}`)
      .replace('policy.networking.k8s.io', 'networking.k8s.aws')
      .replace('AdminNetworkPolicy', 'ClusterNetworkPolicy');
    expect(way(policies, 'aws-vpc-cni-policy-standard', imds)).toMatchObject({ end: 'dropped' });
  });
});
