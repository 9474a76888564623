/** The ways in which nothing comes back, for rules that treat them alike. */
export const noAnswer: readonly ('timeout' | 'refused' | 'hang')[] = ['timeout', 'refused', 'hang'];
