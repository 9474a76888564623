import { describe, it } from 'vitest';
import {
  beyond,
  cluster,
  dnat,
  expectWalk,
  imdsBeyond,
  node,
  noRule,
  redirect,
  rewritten,
  tcp,
  toNode,
  udp,
  type WalkCase,
} from './nodeWalkFixture.ts';

const kube2iamRule =
  '-A PREROUTING -d 169.254.169.254/32 -i eni+ -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.1:8181';
const nat = (...rules: readonly string[]): readonly string[] => [
  ':PREROUTING ACCEPT',
  ':POSTROUTING ACCEPT',
  ...rules,
];

describe('a packet goes on', () => {
  it.each<WalkCase>([
    {
      name: 'beyond the node where no table has a chain for it',
      rules: {},
      steps: [imdsBeyond],
      outcome: { unchanged: true },
    },
    {
      name: 'through chains without a rule about it, its route being decided between PREROUTING and FORWARD',
      rules: {
        raw: [':PREROUTING ACCEPT'],
        mangle: [':PREROUTING ACCEPT', ':FORWARD ACCEPT', ':POSTROUTING ACCEPT'],
        nat: nat(),
        filter: [':INPUT ACCEPT', ':FORWARD ACCEPT', ':OUTPUT ACCEPT'],
      },
      steps: [
        noRule('raw PREROUTING'),
        noRule('mangle PREROUTING'),
        noRule('nat PREROUTING'),
        imdsBeyond,
        noRule('mangle FORWARD'),
        noRule('filter FORWARD'),
        noRule('mangle POSTROUTING'),
        noRule('nat POSTROUTING'),
      ],
      outcome: { unchanged: true },
    },
    {
      name: 'through table nat alone, its route being decided before POSTROUTING',
      rules: { nat: nat() },
      steps: [noRule('nat PREROUTING'), imdsBeyond, noRule('nat POSTROUTING')],
      outcome: { unchanged: true },
    },
    {
      name: 'by a rule that accepts it, inside a chain that others only count',
      rules: {
        filter: [
          ':FORWARD DROP',
          ':KUBE-FORWARD - [0:0]',
          '-A FORWARD -j LOG',
          '-A FORWARD -j KUBE-FORWARD',
          '-A KUBE-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
          '-A KUBE-FORWARD -s 10.0.1.1/32 -j ACCEPT',
        ],
      },
      steps: [
        imdsBeyond,
        'iptables | filter FORWARD | passes | ruleAccepts | filter KUBE-FORWARD 2 | -A KUBE-FORWARD -s 10.0.1.1/32 -j ACCEPT',
      ],
      outcome: { unchanged: true },
    },
    {
      name: 'from a pod whose address is not known yet',
      rules: { filter: [':FORWARD ACCEPT'] },
      pod: 'planned',
      steps: [imdsBeyond, noRule('filter FORWARD')],
      outcome: { unchanged: true },
    },
    {
      name: 'to STS, whose address the input does not show, under a rule about its port',
      rules: {
        filter: [
          ':FORWARD DROP',
          '-A FORWARD -p tcp -m tcp --dport 443 -j ACCEPT',
          '-A FORWARD -i eth0 -j ACCEPT',
        ],
      },
      to: { kind: 'sts' },
      steps: [
        beyond('203.0.113.1:443'),
        'iptables | filter FORWARD | passes | ruleAccepts | filter FORWARD 1 | -A FORWARD -p tcp -m tcp --dport 443 -j ACCEPT',
      ],
      outcome: { unchanged: true },
    },
    {
      name: 'from a process of the node through OUTPUT, under the address of the node',
      rules: {
        nat: [':PREROUTING ACCEPT', redirect],
        filter: [':FORWARD DROP', ':OUTPUT DROP', '-A OUTPUT -s 10.0.0.1/32 -j ACCEPT'],
      },
      pod: 'host',
      steps: [
        'iptables | filter OUTPUT | passes | ruleAccepts | filter OUTPUT 1 | -A OUTPUT -s 10.0.0.1/32 -j ACCEPT',
        imdsBeyond,
      ],
      outcome: { sourceAddress: 'node', unchanged: true },
    },
    {
      name: 'by a rule whose target nobody understands, when it is stated to accept',
      rules: { filter: [':FORWARD DROP', '-A FORWARD -j NFQUEUE --queue-num 0'] },
      in: cluster.fact('iptablesTarget', 'accepted'),
      steps: [
        imdsBeyond,
        'iptables | filter FORWARD | passes | ruleAccepts | filter FORWARD 1 | -A FORWARD -j NFQUEUE --queue-num 0',
      ],
      outcome: { unchanged: true },
    },
  ])('$name', expectWalk);
});

describe('a rule turns a packet', () => {
  it.each<WalkCase>([
    {
      name: 'to kube2iam on the node, before INPUT',
      rules: {
        nat: [':PREROUTING ACCEPT', ':INPUT ACCEPT', kube2iamRule],
        filter: [':INPUT ACCEPT', ':FORWARD DROP'],
      },
      steps: [rewritten(kube2iamRule), toNode('10.0.0.1:8181'), noRule('filter INPUT'), noRule('nat INPUT')],
      turnedTo: node(8181),
    },
    {
      name: 'to the daemon of another node',
      rules: { nat: nat(dnat('10.0.0.2:8181')), filter: [':FORWARD ACCEPT'] },
      steps: [
        rewritten(dnat('10.0.0.2:8181')),
        beyond('10.0.0.2:8181'),
        noRule('filter FORWARD'),
        noRule('nat POSTROUTING'),
      ],
      turnedTo: tcp('10.0.0.2', 8181),
    },
    {
      name: 'to a pod of the same node',
      rules: { nat: [':PREROUTING ACCEPT', dnat('10.0.1.2:8181')] },
      steps: [rewritten(dnat('10.0.1.2:8181')), beyond('10.0.1.2:8181')],
      turnedTo: tcp('10.0.1.2', 8181),
    },
    {
      name: 'to another port of the same address',
      rules: {
        nat: [
          ':PREROUTING ACCEPT',
          '-A PREROUTING -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.1:8181',
        ],
      },
      to: node(80),
      steps: [
        rewritten('-A PREROUTING -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.1:8181'),
        toNode('10.0.0.1:8181'),
      ],
      turnedTo: node(8181),
    },
    {
      name: 'to the Pod Identity agent, which listens on an address of the node',
      rules: { nat: [':PREROUTING ACCEPT', dnat('169.254.170.23:80')] },
      steps: [rewritten(dnat('169.254.170.23:80')), toNode('169.254.170.23:80')],
      turnedTo: tcp('169.254.170.23', 80),
    },
    {
      name: 'by REDIRECT to the address of the bridge by which it comes in',
      rules: { nat: [':PREROUTING ACCEPT', redirect] },
      in: cluster.fact('cni', 'kubenet'),
      steps: [rewritten(redirect), toNode('10.0.0.1:8181')],
      turnedTo: node(8181),
    },
    {
      name: 'M18: to 127.0.0.1, which the node takes with route_localnet',
      rules: { nat: [':PREROUTING ACCEPT', dnat('127.0.0.1:8181')], filter: [':INPUT ACCEPT'] },
      in: cluster.fact('routeLocalnet', 'on'),
      steps: [rewritten(dnat('127.0.0.1:8181')), toNode('127.0.0.1:8181'), noRule('filter INPUT')],
      turnedTo: node(8181),
    },
    {
      name: 'over UDP to a pod',
      rules: {
        nat: [
          ':PREROUTING ACCEPT',
          '-A PREROUTING -p udp -m udp --dport 53 -j DNAT --to-destination 10.0.1.2:5353',
        ],
      },
      to: udp('172.20.0.10', 53),
      steps: [
        rewritten('-A PREROUTING -p udp -m udp --dport 53 -j DNAT --to-destination 10.0.1.2:5353'),
        beyond('10.0.1.2:5353'),
      ],
      turnedTo: udp('10.0.1.2', 5353),
    },
    {
      name: 'over UDP to the node',
      rules: {
        nat: [
          ':PREROUTING ACCEPT',
          '-A PREROUTING -p udp -m udp --dport 53 -j DNAT --to-destination 10.0.0.1:5353',
        ],
      },
      to: udp('172.20.0.10', 53),
      steps: [
        rewritten('-A PREROUTING -p udp -m udp --dport 53 -j DNAT --to-destination 10.0.0.1:5353'),
        toNode('10.0.0.1:5353'),
      ],
      turnedTo: node(5353, 'UDP'),
    },
    {
      name: 'of a process of the node in OUTPUT, and it comes in again by lo',
      rules: {
        nat: [
          ':OUTPUT ACCEPT',
          '-A OUTPUT -d 169.254.169.254/32 -p tcp -j DNAT --to-destination 10.0.0.1:8181',
        ],
        filter: [':INPUT ACCEPT', ':OUTPUT ACCEPT'],
      },
      pod: 'host',
      steps: [
        'iptables | nat OUTPUT | rewrites | ruleRewrites | nat OUTPUT 1 | -A OUTPUT -d 169.254.169.254/32 -p tcp -j DNAT --to-destination 10.0.0.1:8181',
        noRule('filter OUTPUT'),
        toNode('10.0.0.1:8181'),
        noRule('filter INPUT'),
      ],
      turnedTo: node(8181),
      outcome: { sourceAddress: 'node' },
    },
    ...['MASQUERADE', 'SNAT --to-source 10.0.0.1'].map((target): WalkCase => ({
      name: `M16: ${target} disguises it as the node`,
      rules: { nat: nat(`-A POSTROUTING -o eth0 -j ${target}`), filter: [':FORWARD ACCEPT'] },
      steps: [
        noRule('nat PREROUTING'),
        imdsBeyond,
        noRule('filter FORWARD'),
        `iptables | nat POSTROUTING | rewrites | ruleRewrites | nat POSTROUTING 1 | -A POSTROUTING -o eth0 -j ${target}`,
      ],
      outcome: { sourceAddress: 'node' },
    })),
  ])('$name', expectWalk);
});
