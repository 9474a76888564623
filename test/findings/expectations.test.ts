import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkExpectations } from '../../src/findings/expectations.ts';
import type { Expectation } from '../../src/model/expectation.ts';
import type { World } from '../../src/model/world.ts';
import { resolveAll } from '../../src/resolve/resolve.ts';
import { worlds } from '../../src/testing/arbitraries/world.ts';

const ref = { kind: 'Settings', name: 'w', position: { file: 'w', line: 3, column: 5 } };
const sdk = { family: 'go-v2' } as const;
const never = (identity: string, underFaults = 0): Expectation => ({
  of: { kind: 'cluster' },
  claim: 'never',
  identity,
  underFaults,
  ref,
});
const gets = (identity: string): Expectation => ({ ...never(identity), claim: 'gets' });
const checked = (
  world: World,
  expectation: Expectation,
  maxRuns = 4096,
): ReturnType<typeof checkExpectations> =>
  checkExpectations({ ...world, expectations: [expectation] }, { sdk, maxRuns });

describe('expectations', () => {
  it('that no pod ever gets the node role are met exactly when no outcome is of the metadata service', () => {
    fc.assert(
      fc.property(worlds({ maxPods: 1 }), fc.integer({ min: 0, max: 1 }), (world, faults) => {
        fc.pre(world.workloads.length > 0);
        const outcomes = resolveAll(world, { sdk, faults }).flatMap((answer) => answer.outcomes);
        const fromNode = outcomes.filter(({ mechanism }) => mechanism === 'imds');
        const { met, unmet } = checked(world, never('node-role', faults));
        expect(unmet.length > 0).toBe(fromNode.length > 0);
        expect(met.length).toBe(fromNode.length === 0 ? 1 : 0);
      }),
      { numRuns: 8 },
    );
  });

  it('that every pod gets something and that no pod gets it are never both met', () => {
    fc.assert(
      fc.property(worlds({ maxPods: 1 }), fc.constantFrom('none', 'node-role'), (world, identity) => {
        const met = [gets(identity), never(identity)].flatMap((one) => checked(world, one).met);
        expect(met.length).toBeLessThan(2);
      }),
      { numRuns: 8 },
    );
  });

  it('that were not looked at in every case are undecided, and so not met', () => {
    fc.assert(
      fc.property(worlds({ maxPods: 1 }), (world) => {
        const { met, unmet, diagnostics } = checked(world, never('none', 1), 1);
        const incomplete = resolveAll(world, { sdk, faults: 1, maxRuns: 1 }).some((one) => one.incomplete);
        if (!incomplete) return;
        expect(met).toEqual([]);
        if (unmet.length === 0) {
          expect(diagnostics).toMatchObject([{ code: 'expectation-undecided', position: { line: 3 } }]);
        }
      }),
      { numRuns: 20 },
    );
  });
});
