/** Seconds in each unit that Go knows. */
const unitSeconds: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  μs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
};

/** A duration, or the error that Go gives. */
export type GoDuration =
  | { readonly kind: 'duration'; readonly seconds: number }
  | { readonly kind: 'error'; readonly message: string };

/**
 * Reads a duration as Go's `time.ParseDuration` does.
 *
 * @source golang/go:src/time/format.go `ParseDuration`
 * @example
 * parseGoDuration('1h15m') // => { kind: 'duration', seconds: 4500 }
 * parseGoDuration('900') // => { kind: 'error', message: 'time: missing unit in duration "900"' }
 */
export function parseGoDuration(text: string): GoDuration {
  const quoted = JSON.stringify(text);
  const unsigned = text.replace(/^[-+]/, '');
  const sign = text.startsWith('-') ? -1 : 1;
  if (unsigned === '0') return { kind: 'duration', seconds: 0 };
  let rest = unsigned;
  let seconds = 0;
  if (rest === '') return { kind: 'error', message: `time: invalid duration ${quoted}` };
  while (rest !== '') {
    const [whole, digits = '', unit = ''] = /^(\d+\.?\d*|\.\d+)([^.\d]*)/.exec(rest) ?? [];
    if (whole === undefined) return { kind: 'error', message: `time: invalid duration ${quoted}` };
    if (unit === '') return { kind: 'error', message: `time: missing unit in duration ${quoted}` };
    const factor = Object.hasOwn(unitSeconds, unit) ? unitSeconds[unit] : undefined;
    if (factor === undefined) {
      return { kind: 'error', message: `time: unknown unit ${JSON.stringify(unit)} in duration ${quoted}` };
    }
    seconds += Number(digits) * factor;
    rest = rest.slice(whole.length);
  }
  return { kind: 'duration', seconds: sign * seconds };
}
