/** Yes, no, or: the input does not show it. */
export type Truth = 'yes' | 'no' | 'open';

/** Holds when all hold; open when it hangs on an open one. */
export function allOf(truths: readonly Truth[]): Truth {
  if (truths.includes('no')) return 'no';
  return truths.includes('open') ? 'open' : 'yes';
}

/** Holds when one holds; open when it hangs on an open one. */
export function anyOf(truths: readonly Truth[]): Truth {
  if (truths.includes('yes')) return 'yes';
  return truths.includes('open') ? 'open' : 'no';
}
