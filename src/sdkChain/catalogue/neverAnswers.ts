/** The error of a rule after which the application waits for ever: it is never told. */
export const neverAnswers = 'no answer, and no time-out';
