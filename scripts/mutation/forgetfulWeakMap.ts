/** Whatever was kept in an earlier era is forgotten. */
let era = 0;

/**
 * A WeakMap that can be emptied. The modules under test keep what they worked out about an object; what one test
 * worked out without the mutant would hide the mutant from the next.
 */
class ForgetfulWeakMap<K extends WeakKey, V> extends WeakMap<K, V> {
  #held = new WeakMap<K, V>();
  #era = era;

  #current(): WeakMap<K, V> {
    if (this.#era !== era) {
      this.#held = new WeakMap<K, V>();
      this.#era = era;
    }
    return this.#held;
  }

  override get(key: K): V | undefined {
    return this.#current().get(key);
  }

  override set(key: K, value: V): this {
    this.#current().set(key, value);
    return this;
  }

  override has(key: K): boolean {
    return this.#current().has(key);
  }

  override delete(key: K): boolean {
    return this.#current().delete(key);
  }
}

/** Gives our own modules the forgetful kind from here on; everyone else keeps the real one. */
export function makeCachesForgetful(): void {
  const Real = globalThis.WeakMap;
  globalThis.WeakMap = new Proxy(Real, {
    construct(target, args, newTarget) {
      const asker = new Error().stack?.split('\n')[2] ?? '';
      return asker.includes('/src/')
        ? new ForgetfulWeakMap<WeakKey, unknown>()
        : (Reflect.construct(target, args, newTarget) as object);
    },
  });
}

export function forgetAll(): void {
  era += 1;
}
