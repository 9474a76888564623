import { describe, expect, it } from 'vitest';
import type { CiliumEntry, CiliumPeer, CiliumPolicy, CiliumRule } from '../../../src/model/ciliumPolicy.ts';
import type { LabelRequirement } from '../../../src/model/labels.ts';
import type { World } from '../../../src/model/world.ts';
import { ciliumShares } from '../../../src/network/policies/ciliumPolicy.ts';
import type { Saying } from '../../../src/network/policies/peer.ts';
import {
  fieldIn,
  labelled,
  onlyIf,
  podNamed,
  receives,
  sends,
  spelt,
  twoNamespaces,
  type Outcome,
  type PeerName,
  type PlainShare,
} from './connection.ts';

const ref = { kind: 'CiliumNetworkPolicy', namespace: 'pay', name: 'p' };
const at = fieldIn(ref);
const everyPod = labelled({});
const cluster = twoNamespaces.build();
const clusterwide = { kind: 'CiliumClusterwideNetworkPolicy', name: 'p' };

const allow = (index: number, parts: Partial<CiliumEntry>): CiliumEntry => ({
  ref: at(`spec.egress[${index}]`),
  action: 'allow',
  unread: [],
  ...parts,
});
const cidr = (range: string, ...except: string[]): CiliumPeer => ({ kind: 'cidr', cidr: range, except });
const entity = (name: string): CiliumPeer => ({ kind: 'entity', entity: name });

function policyOf(rule: Partial<CiliumRule>, parts: Partial<CiliumPolicy> = {}): CiliumPolicy {
  const whole = { ref, endpointSelector: everyPod, isolates: [], ingress: [], egress: [], ...rule };
  return { ref, namespace: 'pay', name: 'p', rules: [whole], ...parts };
}

function sharesOf(policy: CiliumPolicy, saying: Saying): readonly PlainShare[] {
  const of: World = { ...cluster, ciliumPolicies: [policy] };
  return spelt(ciliumShares(of, saying));
}

/** Whether the only entry of an egress section fits what pay/api sends to the peer. */
function fitOf(parts: Partial<CiliumEntry>, to: PeerName, namespace: string | undefined = 'pay'): Outcome {
  const { namespace: _, ...bare } = policyOf({ isolates: ['Egress'], egress: [allow(0, parts)] });
  const policy: CiliumPolicy = namespace === 'none' ? { ...bare, ref: clusterwide } : { ...bare, namespace };
  const [share] = sharesOf(policy, sends(to));
  const [rule] = share?.rules ?? [];
  if (!rule) throw new Error('the policy has an entry');
  return rule.fits;
}

describe('the shares of a policy of Cilium', () => {
  const denied: CiliumEntry = {
    ...allow(0, { peers: [cidr('169.254.0.0/16')] }),
    ref: at('spec.egressDeny[0]'),
    action: 'deny',
  };
  const allowed = allow(0, { peers: [entity('world')] });
  const incoming: CiliumEntry = { ...allow(0, { peers: [entity('cluster')] }), ref: at('spec.ingress[0]') };
  const shared = { policy: ref, applies: 'yes', order: 0, name: 'p' } as const;
  const namespaces = { ...shared, tier: { name: 'default', order: 1_000_000 }, reading: 'union' } as const;
  const denials = {
    ...shared,
    tier: { name: 'cilium-deny', order: 999_999 },
    reading: 'ordered',
    otherwise: 'nextTier',
    rules: [{ ref: at('spec.egressDeny[0]'), action: 'deny', fits: 'yes', peer: 'addresses' }],
  } as const;
  const admits = (fits: Outcome) =>
    ({ ref: at('spec.egress[0]'), action: 'allow', fits, peer: 'addresses' }) as const;
  const both = policyOf({ isolates: ['Egress'], egress: [allowed, denied], ingress: [incoming] });

  it.each<[string, CiliumPolicy, Saying, readonly PlainShare[]]>([
    [
      'denials stand in a tier before what allows',
      both,
      sends('imds'),
      [denials, { ...namespaces, rules: [admits('yes')], otherwise: 'deny' }],
    ],
    [
      'ingress is judged by the ingress section, and is not isolated where egress is',
      both,
      receives('db'),
      [
        {
          ...namespaces,
          rules: [{ ref: at('spec.ingress[0]'), action: 'allow', fits: 'yes', peer: 'addresses' }],
          otherwise: 'nextTier',
        },
      ],
    ],
    [
      'without denials there is one share',
      policyOf({ isolates: ['Egress'], egress: [allowed] }),
      sends('db'),
      [{ ...namespaces, rules: [admits('no')], otherwise: 'deny' }],
    ],
    [
      'a denial alone, default deny off, lets the rest go on',
      policyOf({ egress: [denied] }),
      sends('imds'),
      [denials, { ...namespaces, rules: [], otherwise: 'nextTier' }],
    ],
    [
      'default deny on, no entry: nothing is allowed',
      policyOf({ isolates: ['Egress'] }),
      sends('imds'),
      [{ ...namespaces, rules: [], otherwise: 'deny' }],
    ],
    ['no section for the direction: nothing is said', policyOf({ ingress: [incoming] }), sends('imds'), []],
    [
      'a policy of another namespace selects none of its pods here',
      policyOf({ isolates: ['Egress'] }, { namespace: 'data' }),
      sends('imds'),
      [],
    ],
    [
      'a selector that misses',
      policyOf({ isolates: ['Egress'], endpointSelector: labelled({ app: 'db' }) }),
      sends('imds'),
      [],
    ],
    [
      'a pod on the host network is no endpoint',
      policyOf({ isolates: ['Egress'] }, { namespace: 'data' }),
      { ...sends('imds'), pod: podNamed(cluster, 'agent') },
      [],
    ],
    [
      'every item of specs has a say of its own',
      policyOf(
        {},
        {
          rules: [
            { ref, endpointSelector: labelled({ app: 'db' }), isolates: ['Egress'], ingress: [], egress: [] },
            { ref, endpointSelector: everyPod, isolates: ['Egress'], ingress: [], egress: [allowed] },
          ],
        },
      ),
      sends('imds'),
      [{ ...namespaces, rules: [admits('yes')], otherwise: 'deny' }],
    ],
  ])('%s', (_title, policy, saying, shares) => {
    expect(sharesOf(policy, saying)).toStrictEqual(shares);
  });
});

describe('an endpointSelector of Cilium', () => {
  const has = (key: string, ...values: string[]): LabelRequirement => ({ key, operator: 'In', values });
  it.each([
    ['a label of the pod', labelled({ app: 'api' }), true],
    ['… with its source', labelled({ 'k8s:app': 'api' }), true],
    ['… with any source', labelled({ 'any:app': 'api' }), true],
    ['… with a source as Cilium stores it', labelled({ 'k8s.app': 'api' }), true],
    ['a key that only begins like a source', labelled({ k8sapp: 'api' }), false],
    ['a source in the middle of a key', labelled({ 'x-k8s:app': 'api' }), false],
    ['an expression with a source', labelled({}, has('k8s:app', 'api')), true],
    ['an expression that misses', labelled({}, has('k8s:app', 'db')), false],
    ['the namespace', labelled({ 'k8s:io.kubernetes.pod.namespace': 'pay' }), true],
    ['another namespace', labelled({ 'k8s:io.kubernetes.pod.namespace': 'data' }), false],
    ['a label of the namespace', labelled({ 'io.cilium.k8s.namespace.labels.team': 'pay' }), true],
    ['the service account', labelled({ 'io.cilium.k8s.policy.serviceaccount': 'api-sa' }), true],
    ['another service account', labelled({ 'io.cilium.k8s.policy.serviceaccount': 'default' }), false],
  ])('%s', (_title, endpointSelector, selects) => {
    const policy = policyOf({ isolates: ['Egress'], endpointSelector });
    expect(sharesOf(policy, sends('imds')).length === 1).toBe(selects);
  });
});

describe('an entry of Cilium', () => {
  const unread = at('spec.egress[0].toPorts[0].rules.http');
  const http = 'policyMatch CiliumNetworkPolicy pay/p spec.egress[0].toPorts[0].rules.http';
  const names: CiliumPeer = { kind: 'unread', ref: at('spec.egress[0].toFQDNs'), among: 'world' };
  const fqdn = 'policyMatch CiliumNetworkPolicy pay/p spec.egress[0].toFQDNs';
  const services: CiliumPeer = { kind: 'unread', ref: at('spec.egress[0].toServices'), among: 'anywhere' };
  const service = 'policyMatch CiliumNetworkPolicy pay/p spec.egress[0].toServices';
  it.each<[string, Partial<CiliumEntry>, PeerName, Outcome]>([
    ['without any part fits nothing', {}, 'imds', 'no'],
    ['with no peer in its list fits nothing', { peers: [] }, 'imds', 'no'],
    ['with ports alone fits every peer', { ports: [{ protocol: 'TCP', port: 80 }] }, 'imds', 'yes'],
    ['with another port fits none', { ports: [{ protocol: 'TCP', port: 443 }] }, 'imds', 'no'],
    [
      'fits by its peer, not by its port',
      { peers: [entity('all')], ports: [{ protocol: 'UDP' }] },
      'imds',
      'no',
    ],
    ['that only looks into the connection', { unread: [unread] }, 'imds', onlyIf(http)],
    ['that does so to peers it misses', { peers: [entity('host')], unread: [unread] }, 'imds', 'no'],
    ['that does so to names: both', { peers: [names], unread: [unread] }, 'internet', onlyIf(fqdn, http)],
    ['names of hosts on the internet', { peers: [names] }, 'internet', onlyIf(fqdn)],
    ['names and STS', { peers: [names] }, 'sts', onlyIf(fqdn)],
    ['names and a pod', { peers: [names] }, 'db', 'no'],
    ['names and a node', { peers: [names] }, 'ownNode', 'no'],
    ['names and a host that addresses do not match', { peers: [names] }, 'nowhere', 'no'],
    ['a Service may lead to a pod', { peers: [services] }, 'db', onlyIf(service)],
    ['either of two peers: none is the other', { peers: [entity('none'), names] }, 'sts', onlyIf(fqdn)],
    ['… and one that fits asks nothing', { peers: [entity('world'), names] }, 'sts', 'yes'],
    ['two open peers: either', { peers: [names, services] }, 'sts', onlyIf(fqdn, service)],
  ])('%s', (_title, parts, to, fits) => {
    expect(fitOf(parts, to)).toStrictEqual(fits);
  });
});

describe('an entity of Cilium', () => {
  const apiServer = onlyIf('policyMatch CiliumNetworkPolicy pay/p spec.egress[0]');
  it.each<[string, PeerName, Outcome]>([
    ['all', 'imds', 'yes'],
    ['all', 'db', 'yes'],
    ['all', 'ownNode', 'yes'],
    ['world', 'internet', 'yes'],
    ['world', 'sts', 'yes'],
    ['world', 'db', 'no'],
    ['world', 'agentPod', 'no'],
    ['world', 'otherNode', 'no'],
    ['world-ipv4', 'internet', 'yes'],
    ['world-ipv4', 'imds', 'yes'],
    ['world-ipv4', 'sts', 'yes'],
    ['world-ipv4', 'internet6', 'no'],
    ['world-ipv4', 'db', 'no'],
    ['world-ipv4', 'ownNode', 'no'],
    ['world-ipv6', 'internet6', 'yes'],
    ['world-ipv6', 'internet', 'no'],
    ['cluster', 'db', 'yes'],
    ['cluster', 'ownNode', 'yes'],
    ['cluster', 'otherNode', 'yes'],
    ['cluster', 'internet', 'no'],
    ['host', 'ownNode', 'yes'],
    ['host', 'otherNode', 'no'],
    ['host', 'db', 'no'],
    ['remote-node', 'otherNode', 'yes'],
    ['remote-node', 'agentPod', 'yes'],
    ['remote-node', 'ownNode', 'no'],
    ['kube-apiserver', 'internet', apiServer],
    ['kube-apiserver', 'sts', 'no'],
    ['kube-apiserver', 'imds', 'no'],
    ['kube-apiserver', 'db', 'no'],
    ['kube-apiserver', 'otherNode', 'no'],
    ['none', 'imds', 'no'],
    ['health', 'db', 'no'],
  ])('%s and %s: %j', (name, to, fits) => {
    expect(fitOf({ peers: [entity(name)] }, to)).toStrictEqual(fits);
  });
});

describe('endpoints as peers of Cilium', () => {
  const hasKey = (key: string): LabelRequirement => ({ key, operator: 'Exists', values: [] });
  const lacksKey = (key: string): LabelRequirement => ({ key, operator: 'DoesNotExist', values: [] });
  const namespaceKey = 'k8s:io.kubernetes.pod.namespace';
  it.each<[string, CiliumPeer & { kind: 'endpoints' }, string, PeerName, 'yes' | 'no']>(
    (
      [
        ['any: of the own namespace', everyPod, 'pay', 'worker', 'yes'],
        ['any: of no other', everyPod, 'pay', 'db', 'no'],
        ['any: none is outside', everyPod, 'pay', 'internet', 'no'],
        ['an expression keeps to the own namespace', labelled({}, hasKey('app')), 'pay', 'worker', 'yes'],
        ['… and to no other', labelled({}, hasKey('k8s:app')), 'pay', 'db', 'no'],
        ['an expression over the namespace', labelled({}, hasKey(namespaceKey)), 'pay', 'db', 'yes'],
        [
          'labels of a namespace',
          labelled({ 'io.cilium.k8s.namespace.labels.team': 'data' }),
          'pay',
          'db',
          'yes',
        ],
        [
          'labels of a pod and its namespace',
          labelled({ app: 'db', [namespaceKey]: 'data' }),
          'pay',
          'db',
          'yes',
        ],
        ['the own node', labelled({ 'reserved:host': '' }), 'pay', 'ownNode', 'yes'],
        ['… is no other node', labelled({ 'reserved:host': '' }), 'pay', 'otherNode', 'no'],
        ['another node', labelled({ 'reserved:remote-node': '' }), 'pay', 'otherNode', 'yes'],
        [
          '… which a pod on its network stands for',
          labelled({ 'reserved:remote-node': '' }),
          'pay',
          'agentPod',
          'yes',
        ],
        ['… is not the own one', labelled({ 'reserved:remote-node': '' }), 'pay', 'ownNode', 'no'],
        ['what is outside', labelled({ 'reserved:world': '' }), 'pay', 'internet', 'yes'],
        ['… is no pod', labelled({ 'reserved:world': '' }), 'pay', 'db', 'no'],
        ['… nor a node', labelled({ 'reserved:world': '' }), 'pay', 'otherNode', 'no'],
        ['clusterwide: of every namespace', everyPod, 'none', 'db', 'yes'],
        ['clusterwide: nothing without a namespace', everyPod, 'none', 'internet', 'no'],
        ['clusterwide: no node either', everyPod, 'none', 'ownNode', 'no'],
        ['clusterwide: an expression still holds', labelled({}, lacksKey('app')), 'none', 'db', 'no'],
        ['clusterwide: what is reserved', labelled({}, hasKey('reserved:world')), 'none', 'internet', 'yes'],
      ] as const
    ).map(([title, selector, namespace, to, fits]) => [
      title,
      { kind: 'endpoints', selector },
      namespace,
      to,
      fits,
    ]),
  )('%s', (_title, peer, namespace, to, fits) => {
    expect(fitOf({ peers: [peer] }, to, namespace)).toBe(fits);
  });
});
