import type { World } from './world.ts';

/**
 * Makes a function of a world that computes its result once for each world and keeps it as long as the world is.
 *
 * A world never changes, so the result stays true.
 */
export function oncePerWorld<Result>(compute: (world: World) => Result): (world: World) => Result {
  const results = new WeakMap<World, { readonly result: Result }>();
  return (world) => {
    const known = results.get(world);
    if (known) return known.result;
    const result = compute(world);
    results.set(world, { result });
    return result;
  };
}
