import type { World } from './world.ts';

/** One change of a world: what if this were different? */
export interface Change {
  /** A verb phrase, as `remove NetworkPolicy pay/block-imds`. */
  readonly title: string;
  readonly apply: (world: World) => World;
}

/**
 * Makes changes one after another into one.
 *
 * @example
 * changes('both', first, second).apply(world) // the same as second.apply(first.apply(world))
 */
export function changes(title: string, ...steps: readonly Change[]): Change {
  return { title, apply: (world) => steps.reduce((current, step) => step.apply(current), world) };
}
