import * as fc from 'fast-check';

// A mutant meets thousands of tests: few worlds in each, and the same ones for every mutant.
fc.configureGlobal({ numRuns: 25, seed: 20 });
