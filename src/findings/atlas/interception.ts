import type { Rule } from '../finding.ts';

/** Conflicts in which metadata requests pass the daemon that is to answer them. */
export const interceptionRules: readonly Rule[] = [];
