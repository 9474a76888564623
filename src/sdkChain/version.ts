import type { Ranged, VersionRange } from './providerRow.ts';

/**
 * Compares two versions number by number; a missing number counts as 0.
 *
 * @returns negative, zero or positive, as sorting wants it
 * @example
 * compareVersions('1.12.200', '1.9.220') > 0 // => true
 */
export function compareVersions(a: string, b: string): number {
  const left = a.split('.');
  const right = b.split('.');
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const difference = Number.parseInt(left[at] ?? '0', 10) - Number.parseInt(right[at] ?? '0', 10);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Tells whether a version lies in a range. */
export function inRange(version: string, range: VersionRange): boolean {
  if (range.since !== undefined && compareVersions(version, range.since) < 0) return false;
  return range.until === undefined || compareVersions(version, range.until) < 0;
}

/**
 * Writes a range of versions.
 *
 * @example
 * describeRange({ since: '1.2.0', until: '1.4.0' }) // => 'from 1.2.0 before 1.4.0'
 */
export function describeRange({ since, until }: VersionRange): string {
  const parts = [
    ...(since === undefined ? [] : [`from ${since}`]),
    ...(until === undefined ? [] : [`before ${until}`]),
  ];
  return parts.length === 0 ? 'every version' : parts.join(' ');
}

/**
 * Picks the value that holds for a version.
 *
 * @throws Error when no row holds: the catalogue has a gap
 */
export function valueAt<Value>(rows: readonly Ranged<Value>[], version: string): Value {
  const row = rows.find((candidate) => inRange(version, candidate));
  if (!row) throw new Error(`the catalogue has no row for version ${version}`);
  return row.value;
}
