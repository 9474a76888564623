import type { World } from '../model/world.ts';
import type { Counterexample, Witness } from '../report/counterexample.ts';

/** Whether a law holds. */
export type Verdict =
  { readonly kind: 'holds' } | { readonly kind: 'fails'; readonly counterexample: Counterexample };

/**
 * A law that a user asserts on a cluster. It needs no test runner: `check` decides it for one world.
 */
export interface Property {
  readonly name: string;
  /** The law in words: a sentence without a full stop. */
  readonly law: string;
  readonly check: (world: World) => Verdict;
}

/** Makes a property of a search for a witness that breaks it. */
export function propertyOf(
  name: string,
  law: string,
  findWitness: (world: World) => Witness | undefined,
): Property {
  return {
    name,
    law,
    check: (world) => {
      const witness = findWitness(world);
      return witness ? { kind: 'fails', counterexample: { world, changes: [], witness } } : { kind: 'holds' };
    },
  };
}
