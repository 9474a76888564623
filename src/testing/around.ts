import * as fc from 'fast-check';
import type { Change } from '../model/change.ts';
import type { World } from '../model/world.ts';
import { renderCounterexample } from '../report/counterexample.ts';
import { minimise } from './minimise.ts';
import type { Property, Verdict } from './property.ts';
import { variationsOf, type VariationKind } from './variations.ts';

/** Bounds on the variations of a cluster. */
export interface AroundConstraints {
  /** Changes at the same time, at the most; 2 when it is left out. */
  readonly maxChanges?: number;
  /** Only changes of these kinds; all when it is left out. */
  readonly kinds?: readonly VariationKind[];
}

/**
 * Draws variations of a user's own cluster: a few changes, which come one after another. Shrinks towards
 * none.
 *
 * @example
 * const built = world().pod('pay/api').build();
 * fc.sample(around(built, { maxChanges: 1 }), 10) // ten lists of no change or one
 */
export function around(world: World, constraints: AroundConstraints = {}): fc.Arbitrary<readonly Change[]> {
  const menu = variationsOf(world, constraints.kinds);
  return fc.uniqueArray(fc.constantFrom(...menu), {
    maxLength: Math.min(menu.length, constraints.maxChanges ?? 2),
    selector: ({ title }) => title,
  });
}

/** How a property is asserted over the variations of a cluster. */
export interface AssertAroundOptions extends AroundConstraints {
  /** Variations that are tried, beside the cluster itself; 100 when it is left out. */
  readonly numRuns?: number;
  /** Repeats the variations of an earlier run, whose seed the error names. */
  readonly seed?: number;
}

/**
 * Asserts that a law holds in a cluster and in variations of it.
 *
 * @throws Error when it does not: its message tells the smallest change that was found to break the law, the
 * trace, the command that shows it again, and the manifests for it
 * @example
 * assertAround(neverNodeRole(), world().build(), { numRuns: 5 }) // passes
 */
export function assertAround(property: Property, world: World, options: AssertAroundOptions = {}): void {
  refuse(property, property.check(world));
  const { numRuns = 100, seed, ...constraints } = options;
  if (variationsOf(world, constraints.kinds).length === 0) return;
  const details = fc.check(
    fc.property(
      around(world, constraints),
      (changes) => checkAfter(property, world, changes).kind === 'holds',
    ),
    { numRuns, ...(seed === undefined ? {} : { seed }) },
  );
  if (!details.failed) return;
  const [changes = []] = details.counterexample ?? [];
  // Checked once more for its witness; what the law itself threw is thrown again.
  refuse(property, checkAfter(property, world, changes), `seed ${details.seed}`);
}

function checkAfter(property: Property, world: World, changes: readonly Change[]): Verdict {
  const verdict = property.check(changes.reduce((current, change) => change.apply(current), world));
  if (verdict.kind === 'holds') return verdict;
  const titles = changes.map(({ title }) => title);
  return { kind: 'fails', counterexample: { ...verdict.counterexample, changes: titles } };
}

/** Throws what a reader needs to see when a law does not hold. */
function refuse(property: Property, verdict: Verdict, note?: string): void {
  if (verdict.kind === 'holds') return;
  const text = renderCounterexample(property, minimise(property, verdict.counterexample));
  throw new Error(note === undefined ? text : `${text}\n\n${note}`);
}
