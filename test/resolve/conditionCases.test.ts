import { describe, expect, test } from 'vitest';
import type { FactName } from '../../src/model/factDefinitions.ts';
import {
  chooseBetween,
  conditionText,
  groupOutcomes,
  isAlways,
  type Condition,
  type FactCondition,
} from '../../src/resolve/condition.ts';
import type { Exploration } from '../../src/resolve/explore.ts';

type Tree = Exploration<string>;

const leaf = (result: string): Tree => ({ kind: 'leaf', result, consulted: [] });
const notExplored: Tree = { kind: 'notExplored' };
const choice = (
  name: FactName,
  branches: Readonly<Record<string, Tree>>,
  why: 'open' | 'fault' = 'open',
): Tree => ({
  kind: 'choice',
  question: { name },
  why,
  branches: Object.entries(branches).map(([value, next]) => ({ value, next })),
});
const when = (
  name: FactName,
  values: readonly string[],
  options: readonly string[],
  why: 'open' | 'fault' = 'open',
): FactCondition => ({ question: { name }, values, options, why });

const trust = ['admits', 'refuses'];
const tokens = ['optional', 'required'];
const cnis = ['aws-vpc-cni', 'flannel', 'kubenet'];

describe('the outcomes of an exploration', () => {
  test.each<[string, Tree, readonly unknown[]]>([
    ['one, always', leaf('app'), [{ representative: 'app', when: [[]] }]],
    ['none, where nothing was explored', notExplored, []],
    [
      'each with the value that leads to it',
      choice('trust', { admits: leaf('app'), refuses: leaf('none') }),
      [
        { representative: 'app', when: [[when('trust', ['admits'], trust)]] },
        { representative: 'none', when: [[when('trust', ['refuses'], trust)]] },
      ],
    ],
    [
      'a fault as one',
      choice('webhook', { injects: leaf('app'), missed: leaf('node') }, 'fault'),
      [
        { representative: 'app', when: [[when('webhook', ['injects'], ['injects', 'missed'], 'fault')]] },
        { representative: 'node', when: [[when('webhook', ['missed'], ['injects', 'missed'], 'fault')]] },
      ],
    ],
    [
      'without a fact that makes no difference',
      choice('cni', { 'aws-vpc-cni': leaf('app'), flannel: leaf('app') }),
      [{ representative: 'app', when: [[]] }],
    ],
    [
      'values that lead to the same together',
      choice('cni', { 'aws-vpc-cni': leaf('app'), flannel: leaf('node'), kubenet: leaf('app') }),
      [
        { representative: 'app', when: [[when('cni', ['aws-vpc-cni', 'kubenet'], cnis)]] },
        { representative: 'node', when: [[when('cni', ['flannel'], cnis)]] },
      ],
    ],
    [
      'values that lead to the same under different conditions apart',
      choice('trust', {
        admits: choice('imds.httpTokens', { optional: leaf('app'), required: leaf('node') }),
        refuses: choice('imds.httpTokens', { optional: leaf('node'), required: leaf('app') }),
      }),
      [
        {
          representative: 'app',
          when: [
            [when('trust', ['admits'], trust), when('imds.httpTokens', ['optional'], tokens)],
            [when('trust', ['refuses'], trust), when('imds.httpTokens', ['required'], tokens)],
          ],
        },
        {
          representative: 'node',
          when: [
            [when('trust', ['admits'], trust), when('imds.httpTokens', ['required'], tokens)],
            [when('trust', ['refuses'], trust), when('imds.httpTokens', ['optional'], tokens)],
          ],
        },
      ],
    ],
    [
      'the usual one first, then those with the fewest conditions',
      choice('trust', {
        admits: choice('imds.httpTokens', {
          optional: leaf('usual'),
          required: leaf('deep'),
        }),
        refuses: leaf('shallow'),
      }),
      [
        {
          representative: 'usual',
          when: [[when('trust', ['admits'], trust), when('imds.httpTokens', ['optional'], tokens)]],
        },
        { representative: 'shallow', when: [[when('trust', ['refuses'], trust)]] },
        {
          representative: 'deep',
          when: [[when('trust', ['admits'], trust), when('imds.httpTokens', ['required'], tokens)]],
        },
      ],
    ],
    [
      'one with a short and a long alternative counts by the short one',
      choice('cni', {
        'aws-vpc-cni': choice('trust', {
          admits: leaf('usual'),
          refuses: choice('imds.httpTokens', { optional: leaf('two'), required: leaf('mixed') }),
        }),
        flannel: leaf('mixed'),
        kubenet: choice('trust', { admits: leaf('two'), refuses: leaf('usual') }),
      }),
      [
        {
          representative: 'usual',
          when: [
            [when('cni', ['aws-vpc-cni'], cnis), when('trust', ['admits'], trust)],
            [when('cni', ['kubenet'], cnis), when('trust', ['refuses'], trust)],
          ],
        },
        {
          representative: 'mixed',
          when: [
            [
              when('cni', ['aws-vpc-cni'], cnis),
              when('trust', ['refuses'], trust),
              when('imds.httpTokens', ['required'], tokens),
            ],
            [when('cni', ['flannel'], cnis)],
          ],
        },
        {
          representative: 'two',
          when: [
            [
              when('cni', ['aws-vpc-cni'], cnis),
              when('trust', ['refuses'], trust),
              when('imds.httpTokens', ['optional'], tokens),
            ],
            [when('cni', ['kubenet'], cnis), when('trust', ['admits'], trust)],
          ],
        },
      ],
    ],
    [
      'only those of the part that was explored',
      choice('trust', { admits: leaf('app'), refuses: notExplored }),
      [{ representative: 'app', when: [[when('trust', ['admits'], trust)]] }],
    ],
  ])('%s', (_name, tree, expected) => {
    expect(groupOutcomes(tree, String)).toStrictEqual(expected);
  });

  test('the first leaf stands for all that count as one', () => {
    const tree = choice('trust', { admits: leaf('app 1'), refuses: leaf('app 2') });
    expect(groupOutcomes(tree, (result) => result.slice(0, 3))).toStrictEqual([
      { representative: 'app 1', when: [[]] },
    ]);
  });
});

const byTrust = when('trust', ['admits'], trust);
const byCni = when('cni', ['flannel', 'kubenet'], cnis);
const ofRole: FactCondition = { ...byTrust, question: { name: 'trust', scope: 'arn:aws:iam::1:role/app' } };

describe('a condition', () => {
  test.each<[string, Condition, boolean, string]>([
    ['always', [[]], true, ''],
    ['never', [], false, ''],
    ['one fact', [[byTrust]], false, 'trust=admits'],
    ['one of two values', [[byCni]], false, 'cni=flannel|kubenet'],
    ['a fact about one role', [[ofRole]], false, 'trust:arn:aws:iam::1:role/app=admits'],
    ['two facts at once', [[byTrust, byCni]], false, 'trust=admits&cni=flannel|kubenet'],
    ['one or the other', [[byTrust], [byCni]], false, 'trust=admits;cni=flannel|kubenet'],
    ['one or nothing at all', [[byTrust], []], true, 'trust=admits;'],
  ])('%s', (_name, condition, always, text) => {
    expect([isAlways(condition), conditionText(condition)]).toEqual([always, text]);
  });
});

describe('a choice put before several explorations', () => {
  const question = { name: 'sdk', scope: 'app' } as const;
  test.each<[string, readonly { readonly value: string; readonly next: Tree }[], unknown]>([
    ['of one', [{ value: 'php', next: leaf('app') }], leaf('app')],
    [
      'of two',
      [
        { value: 'php', next: leaf('app') },
        { value: 'cpp', next: notExplored },
      ],
      {
        kind: 'choice',
        question,
        why: 'open',
        branches: [
          { value: 'php', next: leaf('app') },
          { value: 'cpp', next: notExplored },
        ],
      },
    ],
    ['of none', [], { kind: 'choice', question, why: 'open', branches: [] }],
  ])('%s', (_name, branches, expected) => {
    expect(chooseBetween(question, branches)).toStrictEqual(expected);
  });
});
