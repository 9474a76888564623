import { describe, expect, it } from 'vitest';
import { world } from '../../../src/model/builder.ts';
import type { AdminPolicy } from '../../../src/model/adminNetworkPolicy.ts';
import type { CalicoPolicy } from '../../../src/model/calicoPolicy.ts';
import type { PolicyOptions } from '../../../src/model/builderOptions.ts';
import type { ObjectRef } from '../../../src/model/objectRef.ts';
import { describeRef } from '../../../src/model/objectRef.ts';
import type { World } from '../../../src/model/world.ts';
import {
  always,
  asked,
  every,
  never,
  not,
  some,
  type Condition,
} from '../../../src/network/policies/condition.ts';
import { networkPolicyShares } from '../../../src/network/policies/networkPolicy.ts';
import type { Saying } from '../../../src/network/policies/peer.ts';
import { policiesOverEgress, sharesOfKind } from '../../../src/network/policies/policyShares.ts';
import {
  labelled,
  onlyIf,
  outcomeOf,
  podNamed,
  receives,
  sends,
  spelt,
  twoNamespaces,
  type Outcome,
  type PlainShare,
} from './connection.ts';

describe('conditions', () => {
  const ref: ObjectRef = { kind: 'Policy', name: 'p' };
  const maybe = asked(ref);
  const part = asked({ ...ref, namespace: 'pay', field: 'spec' });
  const [whole, field] = ['policyMatch Policy p', 'policyMatch Policy pay/p spec'];
  it.each<[string, Condition, Outcome]>([
    ['holds', always, 'yes'],
    ['does not hold', never, 'no'],
    ['the opposite of what holds', not(always), 'no'],
    ['the opposite of what does not', not(never), 'yes'],
    ['a policy as a whole', maybe, onlyIf(whole)],
    ['a part of a policy', part, onlyIf(field)],
    ['the opposite of what is asked', not(maybe), { asks: [whole], ifSo: 'no', ifNot: 'yes' }],
    ['every one of none', every([]), 'yes'],
    ['every one: one does not', every([always, maybe, never]), 'no'],
    ['every one: all do', every([always, always]), 'yes'],
    ['every one: those that are open', every([always, maybe, part]), onlyIf(whole, field)],
    ['one of none', some([]), 'no'],
    ['one: one holds', some([never, maybe, always]), 'yes'],
    ['one: none does', some([never, never]), 'no'],
    ['one: those that are open', some([never, maybe, part]), onlyIf(whole, field)],
  ])('%s', (_title, condition, outcome) => {
    expect(outcomeOf(condition)).toStrictEqual(outcome);
  });

  it('one of two that are open is enough', () => {
    const settled = (fitting: string): boolean =>
      some([maybe, part]).settle(({ scope }) => (scope === fitting ? 'fits' : 'fitsNot'));
    expect([settled('Policy p'), settled('Policy pay/p spec'), settled('')]).toEqual([true, true, false]);
  });

  it('a question is about the part of the policy', () => {
    const about: unknown[] = [];
    part.settle((question) => {
      about.push(question);
      return 'fits';
    });
    expect(about).toStrictEqual([
      {
        name: 'policyMatch',
        scope: 'Policy pay/p spec',
        about: { kind: 'Policy', namespace: 'pay', name: 'p', field: 'spec' },
      },
    ]);
  });
});

describe('the share of a NetworkPolicy', () => {
  const ref = { kind: 'NetworkPolicy', namespace: 'pay', name: 'np' };
  const sharesOf = (options: PolicyOptions, saying: Saying): readonly PlainShare[] =>
    spelt(networkPolicyShares(twoNamespaces.networkPolicy('pay/np', options).build(), saying));
  const share: PlainShare = {
    policy: ref,
    applies: 'yes',
    tier: { name: 'default', order: 1_000_000 },
    order: 1000,
    name: 'knp.default',
    rules: [],
    reading: 'union',
    otherwise: 'deny',
  };
  const says = (peer: 'any' | 'pods' | 'addresses', fits: Outcome, field = 'spec.egress[0]') =>
    ({ ref: { ...ref, field }, action: 'allow', fits, peer }) as const;
  const anyPod = { podSelector: labelled({}) };
  const metadata = { cidr: '169.254.169.254/32' };
  const pods = { cidr: '10.1.0.0/16' };
  it.each<[string, PolicyOptions, Saying, readonly PlainShare[]]>([
    ['default deny', { policyTypes: ['Egress'] }, sends('imds'), [share]],
    ['a rule without peers', { egress: [{}] }, sends('imds'), [{ ...share, rules: [says('any', 'yes')] }]],
    [
      'addresses are told from pods: an address',
      { egress: [{ peers: [anyPod, metadata] }] },
      sends('imds'),
      [{ ...share, rules: [says('pods', 'no'), says('addresses', 'yes')] }],
    ],
    [
      '… a pod of the namespace',
      { egress: [{ peers: [anyPod, metadata] }] },
      sends('worker'),
      [{ ...share, rules: [says('pods', 'yes'), says('addresses', 'no')] }],
    ],
    [
      '… a pod that both select',
      { egress: [{ peers: [anyPod, pods] }] },
      sends('worker'),
      [{ ...share, rules: [says('pods', 'yes'), says('addresses', 'yes')] }],
    ],
    [
      'a pod of another namespace',
      { egress: [{ peers: [anyPod] }] },
      sends('db'),
      [{ ...share, rules: [says('pods', 'no'), says('addresses', 'no')] }],
    ],
    [
      'STS, range by range',
      { egress: [{ peers: [{ cidr: '52.0.0.0/8', except: ['52.1.0.0/16'] }] }] },
      sends('sts'),
      [
        {
          ...share,
          rules: [
            says('pods', 'no'),
            says('addresses', {
              asks: ['stsAddress 52.0.0.0/8', 'stsAddress 52.1.0.0/16'],
              ifSo: 'no',
              ifNot: 'no',
            }),
          ],
        },
      ],
    ],
    [
      'a rule for another port says nothing',
      { egress: [{ ports: [{ protocol: 'TCP', port: 443 }] }, {}] },
      sends('imds'),
      [{ ...share, rules: [says('any', 'yes', 'spec.egress[1]')] }],
    ],
    [
      'ingress is judged by the ingress section',
      { ingress: [{ peers: [{ namespaceSelector: labelled({ team: 'data' }) }] }], egress: [{}] },
      receives('db'),
      [
        {
          ...share,
          rules: [says('pods', 'yes', 'spec.ingress[0]'), says('addresses', 'no', 'spec.ingress[0]')],
        },
      ],
    ],
    [
      'a selector that misses',
      { policyTypes: ['Egress'], podSelector: labelled({ app: 'x' }) },
      sends('imds'),
      [],
    ],
  ])('%s', (_title, options, saying, shares) => {
    expect(sharesOf(options, saying)).toStrictEqual(shares);
  });
});

describe('the policies over what a pod sends', () => {
  const everything = labelled({});
  const admin = (api: AdminPolicy['api'], kind: string): AdminPolicy => ({
    ref: { kind, name: api },
    name: api,
    api,
    tier: 'admin',
    priority: 1,
    subject: { namespaceSelector: everything },
    ingress: [],
    egress: [{ ref: { kind, name: api }, action: 'Deny', peers: [], ports: [{ protocol: 'UDP', port: 53 }] }],
  });
  const ofCalico = (name: string, type: 'Ingress' | 'Egress'): CalicoPolicy => ({
    ref: { kind: 'GlobalNetworkPolicy', name },
    name,
    tier: 'default',
    types: [type],
    selector: { kind: 'all' },
    ingress: [],
    egress: [],
  });
  const ofCilium = (name: string, isolates: 'Ingress' | 'Egress'): World['ciliumPolicies'][number] => {
    const ref = { kind: 'CiliumNetworkPolicy', namespace: 'pay', name };
    const rule = { ref, endpointSelector: everything, isolates: [isolates], ingress: [], egress: [] };
    return { ref, namespace: 'pay', name, rules: [rule] };
  };
  const of: World = {
    ...twoNamespaces
      .networkPolicy('pay/out', { policyTypes: ['Egress'] })
      .networkPolicy('pay/in', { policyTypes: ['Ingress'] })
      .build(),
    adminPolicies: [
      admin('aws', 'ClusterNetworkPolicy'),
      admin('v1alpha2', 'ClusterNetworkPolicy'),
      admin('v1alpha1', 'AdminNetworkPolicy'),
    ],
    ciliumPolicies: [ofCilium('out', 'Egress'), ofCilium('in', 'Ingress')],
    calicoPolicies: [ofCalico('out', 'Egress'), ofCalico('in', 'Ingress')],
  };

  it('are those of every kind, NetworkPolicy first', () => {
    expect(policiesOverEgress(of, podNamed(of, 'api')).map(describeRef)).toStrictEqual([
      'NetworkPolicy pay/out',
      'AdminNetworkPolicy v1alpha1',
      'ClusterNetworkPolicy v1alpha2',
      'ClusterNetworkPolicy aws',
      'CiliumNetworkPolicy pay/out',
      'GlobalNetworkPolicy out',
    ]);
  });

  it('are none for a pod on the host network', () => {
    expect(policiesOverEgress(of, podNamed(of, 'agent'))).toStrictEqual([]);
  });

  it('are none in an empty cluster', () => {
    const bare = world().pod('pay/api').build();
    expect(policiesOverEgress(bare, podNamed(bare, 'api'))).toStrictEqual([]);
  });

  it('are told apart by their kind', () => {
    const names = Object.entries(sharesOfKind).map(([kind, sharesIn]) => [
      kind,
      sharesIn(of, sends('imds')).map(({ policy }) => describeRef(policy)),
    ]);
    expect(Object.fromEntries(names)).toStrictEqual({
      networkPolicy: ['NetworkPolicy pay/out'],
      adminNetworkPolicy: ['AdminNetworkPolicy v1alpha1'],
      clusterNetworkPolicy: ['ClusterNetworkPolicy v1alpha2'],
      awsClusterNetworkPolicy: ['ClusterNetworkPolicy aws'],
      ciliumNetworkPolicy: ['CiliumNetworkPolicy pay/out'],
      calicoNetworkPolicy: ['GlobalNetworkPolicy out'],
    });
  });
});
