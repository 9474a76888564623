import { describeRef } from '../model/objectRef.ts';
import type { Finding } from './finding.ts';

/** What makes a finding the same finding after lines have moved and messages are worded anew. */
export interface Essence {
  readonly rule: string;
  /** As `Deployment pay/api`. */
  readonly object: string;
  /** The roles, flags and other words that the message quotes, sorted. */
  readonly about: readonly string[];
}

/**
 * Gives what a finding is known by: its rule, its object, and the words that its message quotes.
 *
 * The rest of a message changes without the conflict: counts, lists of SDKs, and the wording itself.
 *
 * @example
 * essenceOf({
 *   rule: 'x', severity: 'latent', at: { kind: 'Pod', name: 'p' }, advice: '', fixes: [], answers: [],
 *   message: 'p asks for `a` with go-v2, java-v2',
 * }) // => { rule: 'x', object: 'Pod p', about: ['a'] }
 */
export function essenceOf({ rule, at, message }: Finding): Essence {
  const quoted = [...message.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
  return { rule, object: describeRef(at), about: [...new Set(quoted)].toSorted() };
}

/** Writes an essence as one comparable text. */
export function essenceKey({ rule, object, about }: Essence): string {
  return JSON.stringify([rule, object, about]);
}

/**
 * Gives each finding a short stable name, for tools that follow findings over time.
 *
 * Findings that say the same of one object, as of two statements of one policy, are numbered.
 *
 * @returns one fingerprint for each finding, in their order, as `9f0c2a7d41b6e358:1`
 */
export function fingerprintsOf(findings: readonly Finding[]): readonly string[] {
  const counts = new Map<string, number>();
  return findings.map((finding) => {
    const key = essenceKey(essenceOf(finding));
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return `${hashOf(key)}:${count}`;
  });
}

/**
 * Shortens a text to sixteen letters that change when it does.
 *
 * FNV-1a with 64 bits over UTF-16 units: no secret hangs on it, and it runs in a browser.
 *
 * @source http://www.isthe.com/chongo/tech/comp/fnv/ (the 64-bit offset basis and prime)
 */
export function hashOf(text: string): string {
  const prime = 0x100000001b3n;
  let value = 0xcbf29ce484222325n;
  for (let at = 0; at < text.length; at += 1) {
    value = BigInt.asUintN(64, (value ^ BigInt(text.charCodeAt(at))) * prime);
  }
  return value.toString(16).padStart(16, '0');
}
