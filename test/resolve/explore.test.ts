import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ask } from '../../src/model/fact.ts';
import type { FactName } from '../../src/model/factDefinitions.ts';
import { conditionText, groupOutcomes, isAlways } from '../../src/resolve/condition.ts';
import { explore, isIncomplete, leavesOf } from '../../src/resolve/explore.ts';

const nothing = { facts: [] };

describe('explore', () => {
  it('runs once when nothing unknown is consulted', () => {
    expect(explore(nothing, () => 'same').kind).toBe('leaf');
  });

  it('takes each option of an open fact', () => {
    const exploration = explore(nothing, (ask) => ask({ name: 'trust', scope: 'r' }));
    expect(leavesOf(exploration).map((leaf) => leaf.result)).toEqual(['admits', 'refuses']);
  });

  it('gives one answer to one question within a run', () => {
    const exploration = explore(nothing, (ask) => [ask({ name: 'trust' }), ask({ name: 'trust' })]);
    expect(leavesOf(exploration).map((leaf) => leaf.result)).toEqual([
      ['admits', 'admits'],
      ['refuses', 'refuses'],
    ]);
  });

  it('tells questions about one fact apart by what the input shows of each', () => {
    const exploration = explore(nothing, (ask) => [
      ask({ name: 'trust', scope: 'r', known: 'admits' }),
      ask({ name: 'trust', scope: 'r', known: 'refuses' }),
    ]);
    expect(leavesOf(exploration).map((leaf) => leaf.result)).toEqual([['admits', 'refuses']]);
  });

  it('consults a second fact only on the branch that needs it', () => {
    const exploration = explore(nothing, (ask) =>
      ask({ name: 'trust' }) === 'admits' ? 'irsa' : ask({ name: 'imds.httpTokens' }),
    );
    expect(leavesOf(exploration).map((leaf) => leaf.result)).toEqual(['irsa', 'optional', 'required']);
  });

  it('lists what was assumed instead of exploring it', () => {
    const [leaf] = leavesOf(explore(nothing, (ask) => ask({ name: 'webhook' })));
    expect(leaf?.consulted).toMatchObject([{ value: 'injects', basis: { kind: 'assumed' } }]);
  });

  it('prefers what the user states over what the input shows', () => {
    const world = { facts: [{ name: 'imds.httpTokens', value: 'required' } as const] };
    const [leaf] = leavesOf(explore(world, (ask) => ask({ name: 'imds.httpTokens', known: 'optional' })));
    expect(leaf?.result).toBe('required');
  });

  it('turns one known fact at a time into a fault when asked to', () => {
    const run = (ask: Ask): string => `${ask({ name: 'webhook' })} ${ask({ name: 'token' })}`;
    const results = leavesOf(explore(nothing, run, { faults: 1 })).map((leaf) => leaf.result);
    expect(results).toContain('missed valid');
    expect(results).toContain('injects expired');
    expect(results).not.toContain('missed expired');
  });

  it('says when the budget of runs is used up', () => {
    const run = (ask: Ask): string => ask({ name: 'cni' });
    expect(isIncomplete(explore(nothing, run, { maxRuns: 3 }))).toBe(true);
    expect(isIncomplete(explore(nothing, run))).toBe(false);
  });
});

describe('groupOutcomes', () => {
  it('leaves out a fact that makes no difference', () => {
    const exploration = explore(nothing, (ask) => {
      ask({ name: 'cni' });
      return 'same';
    });
    const [only] = groupOutcomes(exploration, String);
    expect(only && isAlways(only.when)).toBe(true);
  });

  it('puts values with one outcome together', () => {
    const exploration = explore(nothing, (ask) => (ask({ name: 'cni' }) === 'flannel' ? 'open' : 'closed'));
    const open = groupOutcomes(exploration, String).find(({ representative }) => representative === 'open');
    expect(open && conditionText(open.when)).toBe('cni=flannel');
  });
});

const facts: readonly FactName[] = [
  'trust',
  'imds.httpTokens',
  'podIdentityAgent',
  'kube2iam.rule',
  'secretValue',
];

/** A random decision over a few facts: a decision tree as a function. */
const decision: fc.Arbitrary<(ask: Ask) => string> = fc.letrec<{ tree: (ask: Ask) => string }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom('a', 'b', 'c').map((leaf) => () => leaf),
    fc
      .tuple(fc.constantFrom(...facts), tie('tree'), tie('tree'))
      .map(([name, yes, no]) => (ask: Ask): string => {
        const first = ask({ name });
        return ['admits', 'optional', 'running', 'present', 'set'].includes(first) ? yes(ask) : no(ask);
      }),
  ),
})).tree;

describe('laws of exploration', () => {
  it('finds exactly the outcomes that some assignment of the facts leads to', () => {
    fc.assert(
      fc.property(decision, (run) => {
        const found = new Set(leavesOf(explore(nothing, run)).map((leaf) => leaf.result));
        const reachable = new Set<string>();
        for (let mask = 0; mask < 1 << facts.length; mask += 1) reachable.add(run(assignment(mask)));
        expect(found).toEqual(reachable);
      }),
    );
  });

  it('states for each outcome a condition that holds in exactly the assignments that lead to it', () => {
    fc.assert(
      fc.property(decision, fc.nat(2 ** facts.length - 1), (run, mask) => {
        const ask = assignment(mask);
        const holding = groupOutcomes(explore(nothing, run), String).filter(({ when }) =>
          when.some((all) => all.every(({ question, values }) => values.includes(ask(question)))),
        );
        expect(holding.map(({ representative }) => representative)).toEqual([run(ask)]);
      }),
    );
  });

  it('never adds an outcome when an unknown is stated', () => {
    fc.assert(
      fc.property(decision, fc.constantFrom(...facts), fc.boolean(), (run, name, first) => {
        const before = new Set(leavesOf(explore(nothing, run)).map((leaf) => leaf.result));
        const value = assignment(first ? ~0 : 0)({ name });
        const after = leavesOf(explore({ facts: [{ name, value }] }, run)).map((leaf) => leaf.result);
        expect(after.filter((result) => !before.has(result))).toEqual([]);
      }),
    );
  });
});

function assignment(mask: number): Ask {
  const values: Partial<Record<FactName, readonly [string, string]>> = {
    trust: ['refuses', 'admits'],
    'imds.httpTokens': ['required', 'optional'],
    podIdentityAgent: ['absent', 'running'],
    'kube2iam.rule': ['absent', 'present'],
    secretValue: ['unset', 'set'],
  };
  return ({ name }) => {
    const bit = (mask >> facts.indexOf(name)) & 1;
    return values[name]?.[bit as 0 | 1] ?? '';
  };
}
