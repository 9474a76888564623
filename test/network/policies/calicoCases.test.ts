import { describe, expect, it } from 'vitest';
import type { CalicoEntity, CalicoPolicy, CalicoRule, CalicoTier } from '../../../src/model/calicoPolicy.ts';
import type { CalicoSelector } from '../../../src/model/calicoSelector.ts';
import { calicoShares } from '../../../src/network/policies/calicoPolicy.ts';
import type { Saying } from '../../../src/network/policies/peer.ts';
import {
  fieldIn,
  onlyIf,
  podNamed,
  receives,
  sends,
  spelt,
  twoNamespaces,
  type Outcome,
  type PlainShare,
} from './connection.ts';

const ref = { kind: 'GlobalNetworkPolicy', name: 'p' };
const at = fieldIn(ref);
const cluster = twoNamespaces.build();
const anything: CalicoEntity = { notNets: [], notPorts: [] };
const all: CalicoSelector = { kind: 'all' };
const is = (key: string, value: string): CalicoSelector => ({ kind: 'compare', key, operator: '==', value });

const ruleOf = (parts: Partial<CalicoRule>, field = 'spec.egress[0]'): CalicoRule => ({
  ref: at(field),
  action: 'Allow',
  source: anything,
  destination: anything,
  unread: [],
  ...parts,
});
const policyOf = (parts: Partial<CalicoPolicy>): CalicoPolicy => ({
  ref,
  name: 'p',
  tier: 'default',
  types: ['Egress'],
  selector: all,
  ingress: [],
  egress: [],
  ...parts,
});
const sharesOf = (
  policy: CalicoPolicy,
  saying: Saying,
  calicoTiers: readonly CalicoTier[] = [],
): readonly PlainShare[] =>
  spelt(calicoShares({ ...cluster, calicoPolicies: [policy], calicoTiers }, saying));

/** Whether a rule fits the connection, in the policy's section for its direction. */
function fitOf(parts: Partial<CalicoRule>, saying: Saying, policy: Partial<CalicoPolicy> = {}): Outcome {
  const section = { [saying.direction === 'Egress' ? 'egress' : 'ingress']: [ruleOf(parts)] };
  const types = [saying.direction];
  const [rule] = sharesOf(policyOf({ ...policy, types, ...section }), saying)[0]?.rules ?? [];
  if (!rule) throw new Error('the policy has a rule');
  return rule.fits;
}

describe('the share of a policy of Calico', () => {
  const share: PlainShare = {
    policy: ref,
    applies: 'yes',
    tier: { name: 'default', order: 1_000_000, defaultAction: 'Deny' },
    order: Number.POSITIVE_INFINITY,
    name: 'p',
    rules: [],
    reading: 'ordered',
    otherwise: 'deny',
  } as PlainShare;
  const says = (action: 'allow' | 'deny' | 'pass', field: string) =>
    ({ ref: at(field), action, fits: 'yes', peer: 'addresses' }) as const;
  it.each<[string, Partial<CalicoPolicy>, Saying, readonly PlainShare[]]>([
    ['a policy without rules denies', {}, sends('imds'), [share]],
    ['its order', { order: 5 }, sends('imds'), [{ ...share, order: 5 }]],
    [
      'rules stand as they are written, without those that log',
      {
        egress: [
          ruleOf({ action: 'Log' }),
          ruleOf({ action: 'Pass' }, 'spec.egress[1]'),
          ruleOf({ action: 'Deny' }, 'spec.egress[2]'),
          ruleOf({}, 'spec.egress[3]'),
        ],
      },
      sends('imds'),
      [
        {
          ...share,
          rules: [
            says('pass', 'spec.egress[1]'),
            says('deny', 'spec.egress[2]'),
            says('allow', 'spec.egress[3]'),
          ],
        },
      ],
    ],
    [
      'ingress is judged by the ingress section',
      { types: ['Ingress', 'Egress'], ingress: [ruleOf({}, 'spec.ingress[0]')], egress: [ruleOf({})] },
      receives('db'),
      [{ ...share, rules: [says('allow', 'spec.ingress[0]')] }],
    ],
    ['a policy of the other direction', { types: ['Egress'] }, receives('db'), []],
    ['a namespaced policy selects its own pods', { namespace: 'pay' }, sends('imds'), [share]],
    ['… and no pods elsewhere', { namespace: 'data' }, sends('imds'), []],
    ['a selector that misses', { selector: is('app', 'db') }, sends('imds'), []],
    [
      'a namespace by the name that Calico gives it',
      { namespaceSelector: is('projectcalico.org/name', 'pay') },
      sends('imds'),
      [share],
    ],
    ['… another', { namespaceSelector: is('projectcalico.org/name', 'data') }, sends('imds'), []],
    [
      'a service account by name',
      { serviceAccountSelector: is('projectcalico.org/name', 'api-sa') },
      sends('imds'),
      [share],
    ],
    ['… another', { serviceAccountSelector: is('projectcalico.org/name', 'db-sa') }, sends('imds'), []],
    [
      'a service account by its labels may be selected',
      { serviceAccountSelector: is('team', 'x') },
      sends('imds'),
      [{ ...share, applies: onlyIf('policyMatch GlobalNetworkPolicy p spec.serviceAccountSelector') }],
    ],
    [
      'a pod on the host network is no workload endpoint',
      {},
      { ...sends('imds'), pod: podNamed(cluster, 'agent') },
      [],
    ],
    [
      'what Calico labels: the namespace',
      { selector: is('projectcalico.org/namespace', 'pay') },
      sends('imds'),
      [share],
    ],
    ['… the orchestrator', { selector: is('projectcalico.org/orchestrator', 'k8s') }, sends('imds'), [share]],
    [
      '… the service account',
      { selector: is('projectcalico.org/serviceaccount', 'api-sa') },
      sends('imds'),
      [share],
    ],
  ])('%s', (_title, policy, saying, shares) => {
    expect(sharesOf(policyOf(policy), saying)).toStrictEqual(shares);
  });

  const tier = (name: string, parts: Partial<CalicoTier> = {}): CalicoTier => ({
    ref: { kind: 'Tier', name },
    name,
    defaultAction: 'Deny',
    ...parts,
  });
  it.each<[string, string, readonly CalicoTier[], number, 'Deny' | 'Pass', 'deny' | 'nextTier']>([
    ['the default tier denies', 'default', [], 1_000_000, 'Deny', 'deny'],
    ['that of administrators passes', 'kube-admin', [], 1_000, 'Pass', 'nextTier'],
    ['so does the baseline', 'kube-baseline', [], 10_000_000, 'Pass', 'nextTier'],
    ['a tier that is not shown comes last', 'platform', [], Number.POSITIVE_INFINITY, 'Deny', 'deny'],
    [
      'a tier that is shown',
      'platform',
      [tier('other'), tier('platform', { order: 10 })],
      10,
      'Deny',
      'deny',
    ],
    ['… without an order', 'platform', [tier('platform')], Number.POSITIVE_INFINITY, 'Deny', 'deny'],
    [
      '… that passes',
      'platform',
      [tier('platform', { order: 10, defaultAction: 'Pass' })],
      10,
      'Pass',
      'nextTier',
    ],
  ])('%s', (_title, name, tiers, order, defaultAction, otherwise) => {
    const shares = sharesOf(policyOf({ tier: name }), sends('imds'), tiers);
    expect(shares).toStrictEqual([{ ...share, tier: { name, order, defaultAction }, otherwise }]);
  });
});

describe('a rule of Calico', () => {
  const worker = podNamed(cluster, 'worker');
  const http = at('spec.egress[0].http');
  const to = (parts: Partial<CalicoEntity>): Partial<CalicoRule> => ({
    destination: { ...anything, ...parts },
  });
  const from = (parts: Partial<CalicoEntity>): Partial<CalicoRule> => ({ source: { ...anything, ...parts } });
  const fromWorker = (port: number): Saying => ({ ...sends('db', port), pod: worker });
  it.each<[string, Partial<CalicoRule>, Saying, Outcome]>([
    ['without any part fits', {}, sends('imds'), 'yes'],
    ['IPv4 and an IPv4 address', { ipVersion: 4 }, sends('imds'), 'yes'],
    ['IPv4 and an IPv6 address', { ipVersion: 4 }, sends('internet6'), 'no'],
    ['IPv6 and an IPv6 address', { ipVersion: 6 }, sends('internet6'), 'yes'],
    ['IPv6 and an IPv4 address', { ipVersion: 6 }, sends('internet'), 'no'],
    ['the protocol', { protocol: 'TCP' }, sends('imds'), 'yes'],
    ['the protocol by number', { protocol: '6' }, sends('imds'), 'yes'],
    ['UDP by number', { protocol: '17' }, sends('imds', 53, 'UDP'), 'yes'],
    ['SCTP by number', { protocol: '132' }, sends('imds', 80, 'SCTP'), 'yes'],
    ['another protocol by number', { protocol: '17' }, sends('imds'), 'no'],
    ['all protocols but this', { notProtocol: 'TCP' }, sends('imds'), 'no'],
    ['all protocols but this, by number', { notProtocol: '6' }, sends('imds'), 'no'],
    ['all protocols but another', { notProtocol: 'UDP' }, sends('imds'), 'yes'],
    ['the port', to({ ports: [[80, 80]] }), sends('imds'), 'yes'],
    ['no port at all', to({ ports: [] }), sends('imds'), 'no'],
    ['the first port of a range', to({ ports: [[80, 90]] }), sends('imds'), 'yes'],
    ['the last port of a range', to({ ports: [[70, 80]] }), sends('imds'), 'yes'],
    ['a range above', to({ ports: [[81, 90]] }), sends('imds'), 'no'],
    ['a range below', to({ ports: [[70, 79]] }), sends('imds'), 'no'],
    [
      'any of several ports',
      to({
        ports: [
          [443, 443],
          [80, 80],
        ],
      }),
      sends('imds'),
      'yes',
    ],
    ['a port by the receiver’s name', to({ ports: ['sql'] }), sends('db', 5432), 'yes'],
    ['… on ingress the pod itself receives', to({ ports: ['web'] }), receives('db'), 'yes'],
    ['… and not the sender', to({ ports: ['sql'] }), receives('db', 5432), 'no'],
    ['all ports but this', to({ notPorts: [[80, 80]] }), sends('imds'), 'no'],
    ['all ports but others', to({ notPorts: [[443, 443]] }), sends('imds'), 'yes'],
    ['all ports but a name', to({ notPorts: ['sql'] }), sends('db', 5432), 'no'],
    ['networks of the sender', from({ nets: ['10.1.0.1/32'] }), sends('imds'), 'yes'],
    ['… are none of the receiver’s', from({ nets: ['169.254.0.0/16'] }), sends('imds'), 'no'],
    ['… but on ingress those of the peer', from({ nets: ['10.1.0.2/32'] }), receives('db'), 'yes'],
    ['networks of the receiver on ingress', to({ nets: ['10.1.0.1/32'] }), receives('db'), 'yes'],
    ['… are none of the sender’s', to({ nets: ['10.1.0.2/32'] }), receives('db'), 'no'],
    ['either of two networks', to({ nets: ['10.0.0.0/8', '169.254.0.0/16'] }), sends('imds'), 'yes'],
    ['no network at all', to({ nets: [] }), sends('imds'), 'no'],
    ['all networks but this', to({ nets: ['0.0.0.0/0'], notNets: ['169.254.0.0/16'] }), sends('imds'), 'no'],
    [
      'a sender whose address is not shown',
      from({ nets: ['10.1.0.0/24'] }),
      fromWorker(80),
      onlyIf('hostAddress pay/worker 10.1.0.0/24'),
    ],
    [
      'STS in a network',
      to({ nets: ['52.0.0.0/8', '54.0.0.0/8'] }),
      sends('sts'),
      onlyIf('stsAddress 52.0.0.0/8', 'stsAddress 54.0.0.0/8'),
    ],
    [
      'STS outside a network',
      to({ notNets: ['52.0.0.0/8'] }),
      sends('sts'),
      { asks: ['stsAddress 52.0.0.0/8'], ifSo: 'no', ifNot: 'yes' },
    ],
    [
      'what looks into the connection',
      { unread: [http] },
      sends('imds'),
      onlyIf('policyMatch GlobalNetworkPolicy p spec.egress[0].http'),
    ],
    ['… of another protocol', { protocol: 'UDP', unread: [http] }, sends('imds'), 'no'],
  ])('%s', (_title, parts, saying, fits) => {
    expect(fitOf(parts, saying)).toStrictEqual(fits);
  });
});
