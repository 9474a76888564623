import { describe, expect, it } from 'vitest';
import { parseIptablesSave } from '../../../src/ingest/iptables/iptablesSave.ts';
import type { Question } from '../../../src/model/fact.ts';
import type { BuiltInChain, Rule, RuleSet } from '../../../src/model/iptables.ts';
import { firstPacket, type Host } from '../../../src/network/iptables/packet.ts';
import { passTable, type Passage } from '../../../src/network/iptables/table.ts';

/** The lines of table filter after its header; chains that they do not declare do not exist. */
function filter(...lines: readonly string[]): RuleSet {
  const text = ['*filter', ...lines, 'COMMIT'].join('\n');
  return parseIptablesSave(text, 'node.rules').ruleSets[0] ?? { family: 4, tables: {} };
}

const packet = firstPacket({
  source: '10.0.1.1',
  destination: '169.254.169.254',
  destinationPort: 80,
  inInterface: { kind: 'name', name: 'eniA' },
});

interface Passed {
  readonly passage: Passage;
  readonly asked: readonly Question[];
}

/** Leads the packet through FORWARD; a question is answered in turn, and one too many fails the test. */
function forward(rules: RuleSet, answers: readonly string[] = [], chain: BuiltInChain = 'FORWARD'): Passed {
  const asked: Question[] = [];
  const host: Host = {
    localAddresses: ['10.0.0.1'],
    podFace: { name: 'ofPod' },
    podInterface: () => ({ kind: 'name', name: 'eniA' }),
    uplink: { name: { kind: 'name', name: 'eth0' }, address: '10.0.0.1' },
    routes: [],
    routeLocalnet: () => 'off',
    ipSets: {},
    ask: (question) => {
      const answer = answers[asked.length];
      asked.push(question);
      if (answer === undefined) throw new Error(`open: ${question.name} ${question.scope}`);
      return answer;
    },
  };
  return { passage: passTable(rules, 'filter', chain, packet, host), asked };
}

/** A passage in short: the verdict, whose it is, the rules that matched, and the mark that they left. */
function inShort({ verdict, byPolicy, hits, packet: { mark } }: Passage): readonly unknown[] {
  return [
    verdict,
    byPolicy ? 'policy' : 'rule',
    hits.map(({ chain, rule }) => `${chain}: ${rule.text}`),
    mark,
  ];
}

const ruleAt = (rules: RuleSet, chain: string, index: number): Rule => {
  const rule = rules.tables.filter?.[chain]?.rules[index];
  if (!rule) throw new Error('the test names a rule of its own');
  return rule;
};

const open = ':FORWARD ACCEPT [0:0]';
const x = ':X - [0:0]';
const chance = '-m statistic --mode random --probability 0.5';
const times = (count: number, line: string): readonly string[] => Array.from({ length: count }, () => line);

describe('a passage as a whole', () => {
  it('names the rule that decided, in its chain and table', () => {
    const rules = filter(open, '-A FORWARD -p udp -j ACCEPT', '-A FORWARD -p tcp -j DROP');
    expect(forward(rules)).toStrictEqual({
      passage: {
        table: 'filter',
        chain: 'FORWARD',
        verdict: 'drop',
        packet,
        hits: [{ table: 'filter', chain: 'FORWARD', rule: ruleAt(rules, 'FORWARD', 1) }],
        byPolicy: false,
      },
      asked: [],
    });
  });

  it('names the chain whose policy decided, and where it stands', () => {
    expect(forward(filter(':FORWARD DROP [0:0]', '-A FORWARD -p udp -j ACCEPT')).passage).toStrictEqual({
      table: 'filter',
      chain: 'FORWARD',
      verdict: 'drop',
      packet,
      hits: [],
      byPolicy: true,
      ref: {
        kind: 'IptablesChain',
        name: 'filter FORWARD',
        position: { file: 'node.rules', line: 2, column: 1 },
      },
    });
  });

  it.each<[string, RuleSet]>([
    ['there is no rule set at all', { family: 4, tables: {} }],
    ['the table does not have the chain', filter(':INPUT DROP [0:0]')],
    ['the chain was declared nowhere', { family: 4, tables: { filter: { FORWARD: { rules: [] } } } }],
  ])('accepts without any rule when %s', (_why, rules) => {
    expect(forward(rules).passage).toStrictEqual({
      table: 'filter',
      chain: 'FORWARD',
      verdict: 'accept',
      packet,
      hits: [],
      byPolicy: true,
    });
  });
});

describe('what each target does', () => {
  it.each<[string, readonly string[], readonly unknown[]]>([
    [
      'ACCEPT ends the table',
      ['-A FORWARD -j ACCEPT', '-A FORWARD -j DROP'],
      ['accept', 'rule', ['FORWARD: -A FORWARD -j ACCEPT'], 0],
    ],
    ['DROP ends it', ['-A FORWARD -j DROP'], ['drop', 'rule', ['FORWARD: -A FORWARD -j DROP'], 0]],
    ['REJECT ends it', ['-A FORWARD -j REJECT'], ['reject', 'rule', ['FORWARD: -A FORWARD -j REJECT'], 0]],
    [
      'a rule without a target, and LOG, only count',
      ['-A FORWARD -p tcp', '-A FORWARD -j LOG'],
      ['accept', 'policy', ['FORWARD: -A FORWARD -p tcp', 'FORWARD: -A FORWARD -j LOG'], 0],
    ],
    [
      'RETURN of the built-in chain leads to its policy',
      ['-A FORWARD -j RETURN', '-A FORWARD -j DROP'],
      ['accept', 'policy', ['FORWARD: -A FORWARD -j RETURN'], 0],
    ],
    [
      'RETURN of a chain leads behind the jump to it',
      ['-A FORWARD -j X', '-A FORWARD -j DROP', '-A X -j RETURN', '-A X -j ACCEPT'],
      ['drop', 'rule', ['FORWARD: -A FORWARD -j X', 'X: -A X -j RETURN', 'FORWARD: -A FORWARD -j DROP'], 0],
    ],
    [
      'the end of a chain leads behind the jump to it',
      ['-A FORWARD -j X', '-A FORWARD -j DROP', '-A X -p udp -j ACCEPT'],
      ['drop', 'rule', ['FORWARD: -A FORWARD -j X', 'FORWARD: -A FORWARD -j DROP'], 0],
    ],
    [
      'the end of a chain that was gone to leads to the policy',
      ['-A FORWARD -g X', '-A FORWARD -j DROP', '-A X -p udp -j ACCEPT'],
      ['accept', 'policy', ['FORWARD: -A FORWARD -g X'], 0],
    ],
    [
      'a chain that is not declared has no rules',
      ['-A FORWARD -j GONE', '-A FORWARD -j DROP'],
      ['drop', 'rule', ['FORWARD: -A FORWARD -j GONE', 'FORWARD: -A FORWARD -j DROP'], 0],
    ],
    [
      'MARK lets the packet go on with its mark',
      ['-A FORWARD -j MARK --set-xmark 0x4/0x4', '-A FORWARD -m mark --mark 0x4/0x4 -j DROP'],
      [
        'drop',
        'rule',
        [
          'FORWARD: -A FORWARD -j MARK --set-xmark 0x4/0x4',
          'FORWARD: -A FORWARD -m mark --mark 0x4/0x4 -j DROP',
        ],
        4,
      ],
    ],
  ])('%s', (_what, lines, expected) => {
    const { passage, asked } = forward(filter(open, x, ...lines));
    expect([inShort(passage), asked]).toStrictEqual([expected, []]);
  });

  it('a thousand rules that only count do not keep a packet from the rule behind them', () => {
    const { passage } = forward(filter(open, ...times(1000, '-A FORWARD -p tcp'), '-A FORWARD -j DROP'));
    expect([passage.verdict, passage.byPolicy, passage.hits.length]).toEqual(['drop', false, 1001]);
  });

  it('rules that run in a circle lead to the policy in the end', () => {
    const { passage } = forward(filter(':FORWARD DROP [0:0]', x, '-A FORWARD -g X', '-A X -g X'));
    expect([passage.verdict, passage.byPolicy]).toEqual(['drop', true]);
  });
});

describe('a match that nobody can judge is not asked about', () => {
  it.each<[string, readonly string[], readonly unknown[]]>([
    [
      'where the policy is what the rule says',
      [`-A FORWARD ${chance} -j ACCEPT`],
      ['accept', 'policy', [], 0],
    ],
    [
      'where the next rule says the same',
      [`-A FORWARD ${chance} -j DROP`, '-A FORWARD -p tcp -j DROP'],
      ['drop', 'rule', ['FORWARD: -A FORWARD -p tcp -j DROP'], 0],
    ],
    [
      'where the chain behind it returns',
      [`-A FORWARD ${chance} -j X`, '-A X -p tcp -j RETURN', '-A FORWARD -j DROP'],
      ['drop', 'rule', ['FORWARD: -A FORWARD -j DROP'], 0],
    ],
    [
      'where four of them in a row make no difference',
      times(4, `-A FORWARD ${chance} -j ACCEPT`),
      ['accept', 'policy', [], 0],
    ],
    [
      'where three more stand in the chain behind it',
      [`-A FORWARD ${chance} -j X`, ...times(3, `-A X ${chance} -j ACCEPT`)],
      ['accept', 'policy', [], 0],
    ],
    [
      'where the rules only count, however many',
      [
        ...times(5, `-A FORWARD ${chance} -j LOG`),
        ...times(5, `-A FORWARD ${chance}`),
        ...times(4, `-A FORWARD ${chance} -j ACCEPT`),
      ],
      ['accept', 'policy', [], 0],
    ],
    [
      'where a certain rule decides before it',
      ['-A FORWARD -p tcp -j REJECT', `-A FORWARD ${chance} -j ACCEPT`],
      ['reject', 'rule', ['FORWARD: -A FORWARD -p tcp -j REJECT'], 0],
    ],
  ])('%s', (_where, lines, expected) => {
    const { passage, asked } = forward(filter(open, x, ...lines));
    expect([inShort(passage), asked]).toStrictEqual([expected, []]);
  });
});

describe('a rule that nobody can judge is asked about where it makes a difference', () => {
  const drop = `-A FORWARD ${chance} -j DROP`;
  const mark = `-A FORWARD ${chance} -j MARK --set-xmark 0x1/0x1`;
  const queue = '-A FORWARD -j NFQUEUE --queue-num 0';
  const queueByChance = `-A FORWARD ${chance} -j NFQUEUE --queue-num 0`;
  const behind = '-A FORWARD -p tcp -j REJECT';
  interface Row {
    readonly what: string;
    readonly lines: readonly string[];
    readonly answers: readonly string[];
    readonly asked: readonly string[];
    readonly passage: readonly unknown[];
  }
  it.each<Row>([
    {
      what: 'a match that fits',
      lines: [drop],
      answers: ['fits'],
      asked: [`iptablesMatch ${drop}`],
      passage: ['drop', 'rule', [`FORWARD: ${drop}`], 0],
    },
    {
      what: 'a match that does not fit',
      lines: [drop],
      answers: ['fitsNot'],
      asked: [`iptablesMatch ${drop}`],
      passage: ['accept', 'policy', [], 0],
    },
    {
      what: 'a mark, which a later rule of another table may read',
      lines: [mark],
      answers: ['fits'],
      asked: [`iptablesMatch ${mark}`],
      passage: ['accept', 'policy', [`FORWARD: ${mark}`], 1],
    },
    {
      what: 'the first of five in a row, after which four are followed both ways',
      lines: times(5, `-A FORWARD ${chance} -j ACCEPT`),
      answers: ['fitsNot'],
      asked: [`iptablesMatch -A FORWARD ${chance} -j ACCEPT`],
      passage: ['accept', 'policy', [], 0],
    },
    {
      what: 'a jump behind which four stand',
      lines: [`-A FORWARD ${chance} -j X`, ...times(4, `-A X ${chance} -j ACCEPT`)],
      answers: ['fits'],
      asked: [`iptablesMatch -A FORWARD ${chance} -j X`],
      passage: ['accept', 'policy', [`FORWARD: -A FORWARD ${chance} -j X`], 0],
    },
    {
      what: 'a target that lets the packet go on',
      lines: [queue, behind],
      answers: ['goesOn'],
      asked: [`iptablesTarget ${queue}`],
      passage: ['reject', 'rule', [`FORWARD: ${queue}`, `FORWARD: ${behind}`], 0],
    },
    {
      what: 'a target that accepts',
      lines: [queue, behind],
      answers: ['accepted'],
      asked: [`iptablesTarget ${queue}`],
      passage: ['accept', 'rule', [`FORWARD: ${queue}`], 0],
    },
    {
      what: 'a target that drops',
      lines: [queue, behind],
      answers: ['dropped'],
      asked: [`iptablesTarget ${queue}`],
      passage: ['drop', 'rule', [`FORWARD: ${queue}`], 0],
    },
    {
      what: 'a match that fits, and then its target',
      lines: [queueByChance, behind],
      answers: ['fits', 'accepted'],
      asked: [`iptablesMatch ${queueByChance}`, `iptablesTarget ${queueByChance}`],
      passage: ['accept', 'rule', [`FORWARD: ${queueByChance}`], 0],
    },
    {
      what: 'a match that does not fit, so that its target does nothing',
      lines: [queueByChance, behind],
      answers: ['fitsNot'],
      asked: [`iptablesMatch ${queueByChance}`],
      passage: ['reject', 'rule', [`FORWARD: ${behind}`], 0],
    },
  ])('$what', ({ lines, answers, asked: expected, passage: inWords }) => {
    const { passage, asked } = forward(filter(open, x, ...lines), answers);
    expect([inShort(passage), asked.map(({ name, scope }) => `${name} ${scope}`)]).toStrictEqual([
      inWords,
      expected,
    ]);
  });

  it.each([
    ['iptablesMatch', drop, 'fits'],
    ['iptablesTarget', queue, 'dropped'],
  ])('%s points at the rule, if it is known where that stands', (name, line, answer) => {
    const rules = filter(open, line);
    const { ref, ...unplaced } = ruleAt(rules, 'FORWARD', 0);
    const bare: RuleSet = { family: 4, tables: { filter: { FORWARD: { rules: [unplaced] } } } };
    expect([rules, bare].map((set) => forward(set, [answer]).asked)).toStrictEqual([
      [{ name, scope: line, about: ref }],
      [{ name, scope: line }],
    ]);
  });
});
