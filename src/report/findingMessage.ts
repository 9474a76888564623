import type { Finding } from '../findings/finding.ts';
import { conditionWords } from './conditions.ts';

/** Says what was found, and when it is so where that hangs on what nothing states. */
export function findingMessage({ message, when = [] }: Pick<Finding, 'message' | 'when'>): string {
  const words = conditionWords(when, { alternatives: 1, values: 3 });
  return words === undefined ? message : `${message}; so it is ${words}`;
}
