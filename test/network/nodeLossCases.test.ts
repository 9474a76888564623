import { describe, expect, it } from 'vitest';
import {
  beyond,
  cluster,
  dnat,
  expectWalk,
  imdsBeyond,
  noRule,
  redirect,
  rewritten,
  tcp,
  toNode,
  walked,
  type WalkCase,
} from './nodeWalkFixture.ts';

const drop = '-A PREROUTING -d 169.254.169.254/32 -j DROP';
const dropped = { end: 'dropped' } as const;

describe('a packet is lost on the node', () => {
  it.each<WalkCase>([
    {
      name: 'at a rule that drops it, before table nat could turn it',
      rules: { raw: [':PREROUTING ACCEPT', drop], nat: [':PREROUTING ACCEPT', dnat('10.0.0.1:8181')] },
      steps: [`iptables | raw PREROUTING | drops | ruleDrops | raw PREROUTING 1 | ${drop}`],
      outcome: dropped,
    },
    {
      name: 'at the policy of a chain, whatever was counted in it',
      rules: { filter: [':FORWARD DROP', '-A FORWARD -j LOG'] },
      steps: ['iptables | filter FORWARD | drops | chainDrops | filter FORWARD'],
      outcome: dropped,
    },
    {
      name: 'after a rule turned it to the node',
      rules: {
        nat: [':PREROUTING ACCEPT', dnat('10.0.0.1:8181')],
        filter: [':INPUT ACCEPT', '-A INPUT -p tcp -m tcp --dport 8181 -j DROP'],
      },
      steps: [
        rewritten(dnat('10.0.0.1:8181')),
        'iptables | filter INPUT | drops | ruleDrops | filter INPUT 1 | -A INPUT -p tcp -m tcp --dport 8181 -j DROP',
      ],
      turnedTo: { kind: 'node', port: 8181, protocol: 'TCP' },
      outcome: dropped,
    },
    {
      name: 'M23: at a REDIRECT on a veth, which has no address',
      rules: { nat: [':PREROUTING ACCEPT', redirect] },
      steps: [`iptables | nat PREROUTING | drops | redirectWithoutAddress | nat PREROUTING 1 | ${redirect}`],
      outcome: dropped,
    },
    {
      name: 'at a rule whose target nobody understands, when it is stated to drop',
      rules: { filter: [':FORWARD ACCEPT', '-A FORWARD -j NFQUEUE --queue-num 0'] },
      in: cluster.fact('iptablesTarget', 'dropped'),
      steps: [
        'iptables | filter FORWARD | drops | ruleDrops | filter FORWARD 1 | -A FORWARD -j NFQUEUE --queue-num 0',
      ],
      outcome: dropped,
    },
    {
      name: 'M18: for 127.0.0.1, which comes from outside',
      rules: { nat: [':PREROUTING ACCEPT', dnat('127.0.0.1:8181')], filter: [':INPUT ACCEPT'] },
      steps: [rewritten(dnat('127.0.0.1:8181')), 'routing | drops | martian'],
      turnedTo: { kind: 'node', port: 8181, protocol: 'TCP' },
      outcome: dropped,
    },
    {
      name: 'for the pod that sent it',
      rules: { nat: [':PREROUTING ACCEPT', dnat('10.0.1.1:8181')], filter: [':FORWARD ACCEPT'] },
      steps: [
        rewritten(dnat('10.0.1.1:8181')),
        beyond('10.0.1.1:8181'),
        noRule('filter FORWARD'),
        'routing | drops | comesBack',
      ],
      turnedTo: tcp('10.0.1.1', 8181),
      outcome: dropped,
    },
    {
      name: 'of a process of the node, in OUTPUT',
      rules: { filter: [':OUTPUT DROP'] },
      pod: 'host',
      steps: ['iptables | filter OUTPUT | drops | chainDrops | filter OUTPUT'],
      outcome: { ...dropped, sourceAddress: 'node' },
    },
  ])('$name', expectWalk);
});

const reject = '-A FORWARD -p tcp -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable';
const rejected = `iptables | filter FORWARD | rejects | ruleRejects | filter FORWARD 1 | ${reject}`;
const outputDrops = 'iptables | filter OUTPUT | drops | chainDrops | filter OUTPUT';

describe('a rule rejects a packet', () => {
  it.each<WalkCase>([
    {
      name: 'and who sent it learns so',
      rules: { filter: [':FORWARD ACCEPT', ':OUTPUT ACCEPT', reject] },
      steps: [rejected],
      outcome: { end: 'refused' },
    },
    {
      name: 'and nobody learns so when OUTPUT drops what REJECT sends',
      rules: { filter: [':FORWARD ACCEPT', ':OUTPUT DROP', reject] },
      steps: [rejected, outputDrops],
      outcome: { end: 'dropped', lostAnswer: [outputDrops], lostRefusal: [outputDrops] },
    },
  ])('$name', expectWalk);
});

const chains = [':INPUT ACCEPT', ':FORWARD ACCEPT', ':OUTPUT ACCEPT'];
const answersByUplink = '-A FORWARD -i eth0 -j DROP';
const noSynAck = '-A FORWARD -p tcp -m tcp --tcp-flags SYN,ACK SYN,ACK -j DROP';
const noReset = '-A FORWARD -p tcp -m tcp --tcp-flags RST RST -j DROP';
const dropsOf = (rule: string): string =>
  `iptables | filter FORWARD | drops | ruleDrops | filter FORWARD 1 | ${rule}`;

describe('the answer to a packet that arrived is lost', () => {
  it.each<WalkCase>([
    {
      name: 'at a rule about the interface by which it comes in, behind two chains without one',
      rules: {
        mangle: [':PREROUTING ACCEPT', ':FORWARD ACCEPT'],
        filter: [...chains, answersByUplink],
      },
      steps: [noRule('mangle PREROUTING'), imdsBeyond, noRule('mangle FORWARD'), noRule('filter FORWARD')],
      outcome: { lostAnswer: [dropsOf(answersByUplink)], lostRefusal: [dropsOf(answersByUplink)] },
    },
    {
      name: 'in OUTPUT when a daemon of the node answers',
      rules: {
        nat: [':PREROUTING ACCEPT', dnat('10.0.0.1:8181')],
        filter: [':INPUT ACCEPT', ':OUTPUT DROP'],
      },
      steps: [rewritten(dnat('10.0.0.1:8181')), toNode('10.0.0.1:8181'), noRule('filter INPUT')],
      turnedTo: { kind: 'node', port: 8181, protocol: 'TCP' },
      outcome: { lostAnswer: [outputDrops], lostRefusal: [outputDrops] },
    },
    {
      name: 'but not the refusal of a closed port, where a rule drops the answer to a handshake alone',
      rules: { filter: [...chains, noSynAck] },
      steps: [imdsBeyond, noRule('filter FORWARD')],
      outcome: { lostAnswer: [dropsOf(noSynAck)] },
    },
    {
      name: 'only when it is the refusal of a closed port, where a rule drops resets alone',
      rules: { filter: [...chains, noReset] },
      steps: [imdsBeyond, noRule('filter FORWARD')],
      outcome: { lostRefusal: [dropsOf(noReset)], unchanged: true },
    },
  ])('$name', expectWalk);

  it('since nobody tracks it, so that it comes from where the packet was not sent to', () => {
    const { end, steps, lostAnswer } = walked({
      rules: {
        raw: [':PREROUTING ACCEPT', '-A PREROUTING -i eth0 -j NOTRACK'],
        nat: [':PREROUTING ACCEPT', dnat('10.0.0.2:8181')],
        filter: chains,
      },
    });
    expect({ end, steps, lostAnswer }).toStrictEqual({
      end: 'passed',
      steps: [
        noRule('raw PREROUTING'),
        rewritten(dnat('10.0.0.2:8181')),
        beyond('10.0.0.2:8181'),
        noRule('filter FORWARD'),
      ],
      lostAnswer: ['answer | drops | answerElsewhere'],
    });
  });
});
