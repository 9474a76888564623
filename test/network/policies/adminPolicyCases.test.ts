import { describe, expect, it } from 'vitest';
import type { AdminPeer, AdminPolicy, AdminRule } from '../../../src/model/adminNetworkPolicy.ts';
import { adminShares } from '../../../src/network/policies/adminPolicy.ts';
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

const ref = { kind: 'AdminNetworkPolicy', name: 'a' };
const at = fieldIn(ref);
const cluster = twoNamespaces.build();
const everything = labelled({});

const ruleOf = (parts: Partial<AdminRule>, field = 'spec.egress[0]'): AdminRule => ({
  ref: at(field),
  action: 'Deny',
  peers: [{ kind: 'networks', cidrs: ['0.0.0.0/0'] }],
  ports: [],
  ...parts,
});
const policyOf = (parts: Partial<AdminPolicy>): AdminPolicy => ({
  ref,
  name: 'a',
  api: 'v1alpha1',
  tier: 'admin',
  priority: 7,
  subject: { namespaceSelector: everything },
  ingress: [],
  egress: [ruleOf({})],
  ...parts,
});
const sharesOf = (policy: AdminPolicy, saying: Saying): readonly PlainShare[] =>
  spelt(adminShares({ ...cluster, adminPolicies: [policy] }, 'v1alpha1', saying));

describe('the share of a policy of the administrators', () => {
  const says = (action: 'allow' | 'deny' | 'pass', field: string) =>
    ({ ref: at(field), action, fits: 'yes', peer: 'addresses' }) as const;
  const share: PlainShare = {
    policy: ref,
    applies: 'yes',
    tier: { name: 'kube-admin', order: 1_000 },
    order: 7,
    name: 'a',
    rules: [says('deny', 'spec.egress[0]')],
    reading: 'ordered',
    otherwise: 'nextTier',
  };
  const teamPay = labelled({ team: 'pay' });
  it.each<[string, Partial<AdminPolicy>, Saying, readonly PlainShare[]]>([
    ['above NetworkPolicy, by its priority', {}, sends('imds'), [share]],
    [
      'the baseline below',
      { tier: 'baseline', priority: 0 },
      sends('imds'),
      [{ ...share, tier: { name: 'kube-baseline', order: 10_000_000 }, order: 0 }],
    ],
    [
      'rules stand as they are written',
      { egress: [ruleOf({ action: 'Pass' }), ruleOf({ action: 'Allow' }, 'spec.egress[1]')] },
      sends('imds'),
      [{ ...share, rules: [says('pass', 'spec.egress[0]'), says('allow', 'spec.egress[1]')] }],
    ],
    [
      'a rule for other ports says nothing',
      { egress: [ruleOf({ ports: [{ protocol: 'TCP', port: 443 }] }), ruleOf({}, 'spec.egress[1]')] },
      sends('imds'),
      [{ ...share, rules: [says('deny', 'spec.egress[1]')] }],
    ],
    [
      'a policy whose rules are for other ports has its say all the same',
      { egress: [ruleOf({ ports: [{ protocol: 'UDP' }] })] },
      sends('imds'),
      [{ ...share, rules: [] }],
    ],
    ['no rule in the direction: nothing is said', {}, receives('db'), []],
    [
      'ingress is judged by the ingress section',
      { ingress: [ruleOf({}, 'spec.ingress[0]')] },
      receives('db'),
      [{ ...share, rules: [says('deny', 'spec.ingress[0]')] }],
    ],
    ['a policy of another API', { api: 'v1alpha2' }, sends('imds'), []],
    ['the subject by namespace', { subject: { namespaceSelector: teamPay } }, sends('imds'), [share]],
    ['… another', { subject: { namespaceSelector: labelled({ team: 'data' }) } }, sends('imds'), []],
    [
      'the subject by pod',
      { subject: { namespaceSelector: teamPay, podSelector: labelled({ app: 'api' }) } },
      sends('imds'),
      [share],
    ],
    [
      '… another',
      { subject: { namespaceSelector: teamPay, podSelector: labelled({ app: 'db' }) } },
      sends('imds'),
      [],
    ],
    [
      'a pod on the host network is no subject',
      {},
      { ...sends('imds'), pod: podNamed(cluster, 'agent') },
      [],
    ],
  ])('%s', (_title, policy, saying, shares) => {
    expect(sharesOf(policyOf(policy), saying)).toStrictEqual(shares);
  });
});

describe('a peer of a policy of the administrators', () => {
  const pods = (namespace: string, app?: string): AdminPeer => ({
    kind: 'pods',
    namespaceSelector: labelled({ team: namespace }),
    ...(app === undefined ? {} : { podSelector: labelled({ app }) }),
  });
  const nodes = (labels: Readonly<Record<string, string>>): AdminPeer => ({
    kind: 'nodes',
    selector: labelled(labels),
  });
  const networks = (...cidrs: string[]): AdminPeer => ({ kind: 'networks', cidrs });
  const names: AdminPeer = { kind: 'domainNames', ref: at('spec.egress[0].to[0].domainNames') };
  const domain = 'policyMatch AdminNetworkPolicy a spec.egress[0].to[0].domainNames';
  it.each<[string, readonly AdminPeer[], PeerName, Outcome]>([
    ['none', [], 'imds', 'no'],
    ['pods of a namespace', [pods('data')], 'db', 'yes'],
    ['… are in no other', [pods('data')], 'worker', 'no'],
    ['… and on no host network', [pods('data')], 'agentPod', 'no'],
    ['… and no address', [pods('data')], 'imds', 'no'],
    ['pods by label', [pods('data', 'db')], 'db', 'yes'],
    ['… that they lack', [pods('data', 'x')], 'db', 'no'],
    ['nodes by label', [nodes({ role: 'worker' })], 'ownNode', 'yes'],
    ['… that it lacks', [nodes({ role: 'infra' })], 'ownNode', 'no'],
    ['any node', [nodes({})], 'ownNode', 'yes'],
    ['any node, one that the input does not show', [nodes({})], 'otherNode', 'yes'],
    ['… whose labels are not shown', [nodes({ role: 'worker' })], 'otherNode', 'no'],
    ['any node is no pod', [nodes({})], 'db', 'no'],
    ['any node is no address elsewhere', [nodes({})], 'internet', 'no'],
    ['a network', [networks('169.254.0.0/16')], 'imds', 'yes'],
    ['either of two networks', [networks('10.0.0.0/8', '169.254.0.0/16')], 'imds', 'yes'],
    ['another network', [networks('10.0.0.0/8')], 'imds', 'no'],
    ['a network that STS may be in', [networks('52.0.0.0/8')], 'sts', onlyIf('stsAddress 52.0.0.0/8')],
    ['names of hosts', [names], 'sts', onlyIf(domain)],
    ['names on the internet', [names], 'internet', onlyIf(domain)],
    ['names are not the metadata service', [names], 'imds', 'no'],
    ['names are no pod', [names], 'db', 'no'],
    ['either of two peers', [pods('data'), networks('169.254.0.0/16')], 'imds', 'yes'],
    ['names or a network', [names, networks('52.0.0.0/8')], 'internet', 'yes'],
  ])('%s', (_title, peers, to, fits) => {
    const [share] = sharesOf(policyOf({ egress: [ruleOf({ peers })] }), sends(to));
    expect(share?.rules).toStrictEqual([
      { ref: at('spec.egress[0]'), action: 'deny', fits, peer: 'addresses' },
    ]);
  });
});
