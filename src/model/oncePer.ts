/**
 * Makes a function of a value that computes its result once for each value and keeps it as long as the value is.
 *
 * For values that never change, as worlds and lists of answers, so that the result stays true.
 */
export function oncePer<Key extends object, Result>(compute: (key: Key) => Result): (key: Key) => Result {
  const results = new WeakMap<Key, { readonly result: Result }>();
  return (key) => {
    const known = results.get(key);
    if (known) return known.result;
    const result = compute(key);
    results.set(key, { result });
    return result;
  };
}
