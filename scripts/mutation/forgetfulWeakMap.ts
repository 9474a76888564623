const standing = new Set<ForgetfulWeakMap<WeakKey, unknown>>();

/**
 * A WeakMap that can be emptied. The modules under test keep what they worked out about an object; what one test
 * worked out without the mutant would hide the mutant from the next.
 */
class ForgetfulWeakMap<K extends WeakKey, V> extends WeakMap<K, V> {
  #held = new WeakMap<K, V>();

  override get(key: K): V | undefined {
    return this.#held.get(key);
  }

  override set(key: K, value: V): this {
    this.#held.set(key, value);
    return this;
  }

  override has(key: K): boolean {
    return this.#held.has(key);
  }

  override delete(key: K): boolean {
    return this.#held.delete(key);
  }

  forget(): void {
    this.#held = new WeakMap<K, V>();
  }
}

/** Gives our own modules the forgetful kind from here on; everyone else keeps the real one. */
export function makeCachesForgetful(): void {
  const Real = globalThis.WeakMap;
  globalThis.WeakMap = new Proxy(Real, {
    construct(target, args, newTarget) {
      const asker = new Error().stack?.split('\n')[2] ?? '';
      if (!asker.includes('/src/')) return Reflect.construct(target, args, newTarget) as object;
      const map = new ForgetfulWeakMap<WeakKey, unknown>();
      standing.add(map);
      return map;
    },
  });
}

export function forgetAll(): void {
  for (const map of standing) map.forget();
}
