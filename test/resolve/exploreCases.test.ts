import { describe, expect, test } from 'vitest';
import type { Ask, Question, StatedFact } from '../../src/model/fact.ts';
import type { FactName } from '../../src/model/factDefinitions.ts';
import {
  explore,
  isIncomplete,
  leavesOf,
  type ConsultedFact,
  type Exploration,
  type ExploreOptions,
} from '../../src/resolve/explore.ts';

type Tree = Exploration<string>;

const leaf = (result: string, ...consulted: readonly ConsultedFact[]): Tree => ({
  kind: 'leaf',
  result,
  consulted,
});
const choice = (
  question: Question,
  branches: Readonly<Record<string, Tree>>,
  why: 'open' | 'fault' = 'open',
): Tree => ({
  kind: 'choice',
  question,
  why,
  branches: Object.entries(branches).map(([value, next]) => ({ value, next })),
});
const fact = (question: Question, value: string, kind: 'stated' | 'input' | 'assumed'): ConsultedFact => ({
  question,
  value,
  basis: { kind },
});
const notExplored: Tree = { kind: 'notExplored' };

const asks =
  (...questions: readonly Question[]) =>
  (ask: Ask): string =>
    questions.map((question) => ask(question)).join(' ');
const trust: Question = { name: 'trust' };
const tokens: Question = { name: 'imds.httpTokens' };
const agent: Question = { name: 'podIdentityAgent', scope: 'n1' };
const webhook: Question = { name: 'webhook' };
const endpoint: Question = { name: 'imds.httpEndpoint' };
const sts: Question = { name: 'sts' };
const node: Question = { name: 'node', scope: 'pay/api', options: ['n1', 'n2'] };

const injected = fact(webhook, 'injects', 'assumed');
const answering = fact(sts, 'answers', 'assumed');

describe('the tree of an exploration', () => {
  test.each<[string, readonly StatedFact[], (ask: Ask) => string, ExploreOptions, Tree]>([
    ['without a fact', [], () => 'same', {}, leaf('same')],
    [
      'one open fact',
      [],
      asks(trust),
      {},
      choice(trust, { admits: leaf('admits'), refuses: leaf('refuses') }),
    ],
    [
      'two open facts: the first that is asked on top',
      [],
      asks(trust, tokens),
      {},
      choice(trust, {
        admits: choice(tokens, { optional: leaf('admits optional'), required: leaf('admits required') }),
        refuses: choice(tokens, { optional: leaf('refuses optional'), required: leaf('refuses required') }),
      }),
    ],
    [
      'three open facts, each branch with all before it',
      [],
      (ask) => (ask(trust) === 'admits' ? 'app' : ask(tokens) === 'optional' ? 'node' : `none ${ask(agent)}`),
      {},
      choice(trust, {
        admits: leaf('app'),
        refuses: choice(tokens, {
          optional: leaf('node'),
          required: choice(agent, { running: leaf('none running'), absent: leaf('none absent') }),
        }),
      }),
    ],
    ['options of the question itself', [], asks(node), {}, choice(node, { n1: leaf('n1'), n2: leaf('n2') })],
    [
      'facts that are known, each with its basis',
      [
        { name: 'trust', value: 'refuses' },
        { name: 'podIdentityAgent', scope: 'n1', value: 'running' },
      ],
      asks(trust, agent, { ...tokens, known: 'required' }, webhook),
      {},
      leaf(
        'refuses running required injects',
        fact(trust, 'refuses', 'stated'),
        fact(agent, 'running', 'stated'),
        fact({ ...tokens, known: 'required' }, 'required', 'input'),
        injected,
      ),
    ],
    [
      'one known fact that breaks',
      [],
      asks(webhook),
      { faults: 1 },
      choice(webhook, { injects: leaf('injects', injected), missed: leaf('missed') }, 'fault'),
    ],
    [
      'one of two known facts that breaks, not both',
      [],
      asks(webhook, sts),
      { faults: 1 },
      choice(
        webhook,
        {
          injects: choice(
            sts,
            {
              answers: leaf('injects answers', injected, answering),
              timeout: leaf('injects timeout', injected),
              refused: leaf('injects refused', injected),
              serverError: leaf('injects serverError', injected),
            },
            'fault',
          ),
          missed: leaf('missed answers', answering),
        },
        'fault',
      ),
    ],
    [
      'an open fact beside a fault, which does not use the fault up',
      [],
      asks(trust, webhook),
      { faults: 1 },
      choice(trust, {
        admits: choice(
          webhook,
          { injects: leaf('admits injects', injected), missed: leaf('admits missed') },
          'fault',
        ),
        refuses: choice(
          webhook,
          { injects: leaf('refuses injects', injected), missed: leaf('refuses missed') },
          'fault',
        ),
      }),
    ],
    [
      'a known fact that cannot break',
      [],
      asks(endpoint),
      { faults: 1 },
      leaf('enabled', fact(endpoint, 'enabled', 'assumed')),
    ],
    [
      'a fact that is stated to be broken',
      [{ name: 'webhook', value: 'missed' }],
      asks(webhook),
      { faults: 1 },
      leaf('missed', fact(webhook, 'missed', 'stated')),
    ],
    [
      'a fact that is stated to be broken in one of several ways',
      [{ name: 'sts', value: 'refused' }],
      asks(sts),
      { faults: 1 },
      choice(
        sts,
        {
          refused: leaf('refused', fact(sts, 'refused', 'stated')),
          timeout: leaf('timeout'),
          serverError: leaf('serverError'),
        },
        'fault',
      ),
    ],
    [
      'one fact of two roles',
      [],
      asks(
        { name: 'trust', scope: 'a' },
        { name: 'trust', scope: 'b', known: 'refuses' },
        { name: 'trust', scope: 'a' },
      ),
      {},
      choice(
        { name: 'trust', scope: 'a' },
        {
          admits: leaf(
            'admits refuses admits',
            fact({ name: 'trust', scope: 'b', known: 'refuses' }, 'refuses', 'input'),
          ),
          refuses: leaf(
            'refuses refuses refuses',
            fact({ name: 'trust', scope: 'b', known: 'refuses' }, 'refuses', 'input'),
          ),
        },
      ),
    ],
    ['no run at all', [], asks(trust), { maxRuns: 0 }, notExplored],
    [
      'one run, the rest not explored',
      [],
      asks(trust),
      { maxRuns: 1 },
      choice(trust, { admits: leaf('admits'), refuses: notExplored }),
    ],
    [
      'two runs, the deepest first',
      [],
      asks(trust, tokens),
      { maxRuns: 2 },
      choice(trust, {
        admits: choice(tokens, { optional: leaf('admits optional'), required: leaf('admits required') }),
        refuses: notExplored,
      }),
    ],
  ])('%s', (_name, facts, run, options, expected) => {
    expect(explore({ facts }, run, options)).toStrictEqual(expected);
  });

  test.each<[string, Question, string]>([
    [
      'nodes that nobody lists',
      { name: 'node', scope: 'pay/api' },
      '`node:pay/api` is open and has no options',
    ],
    ['an empty list', { name: 'trust', options: [] }, '`trust` is open and has no options'],
    ['a fact that nobody knows of', { name: 'unheard' as FactName }, '`unheard` is open and has no options'],
  ])('is none for a fact without options: %s', (_name, question, message) => {
    expect(() => explore({ facts: [] }, asks(question))).toThrow(new Error(message));
  });
});

describe('the leaves of a tree', () => {
  const mixed = choice(trust, {
    admits: leaf('app'),
    refuses: choice(tokens, { optional: notExplored, required: leaf('none') }),
  });
  test.each<[string, Tree, readonly string[], boolean]>([
    ['a leaf', leaf('app'), ['app'], false],
    [
      'all of a choice, in order',
      choice(trust, { admits: leaf('app'), refuses: leaf('node') }),
      ['app', 'node'],
      false,
    ],
    ['those that were explored', mixed, ['app', 'none'], true],
    ['none', notExplored, [], true],
  ])('%s', (_name, tree, results, incomplete) => {
    expect(leavesOf(tree).map(({ result }) => result)).toEqual(results);
    expect(isIncomplete(tree)).toBe(incomplete);
  });
});
