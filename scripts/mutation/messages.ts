/** What the two halves of the test runner say to each other: Stryker's process, and vitest's thread in it. */
export type Request =
  | { readonly kind: 'runAll' }
  | {
      readonly kind: 'runMutant';
      readonly mutant: string;
      /** Tests that meet the mutant, in the order in which they run. */
      readonly tests: readonly string[];
      /** How often the mutant may be met before it counts as an endless loop. */
      readonly hitLimit: number | undefined;
    }
  | { readonly kind: 'end' };

export interface TestReport {
  readonly id: string;
  readonly name: string;
  readonly file: string;
  readonly milliseconds: number;
  readonly failure: string | undefined;
}

export type Reply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'ranAll'; readonly tests: readonly TestReport[]; readonly coverage: unknown }
  | { readonly kind: 'killed'; readonly by: string; readonly failure: string; readonly run: number }
  | { readonly kind: 'survived'; readonly run: number }
  | { readonly kind: 'endless'; readonly hits: number }
  /** The test fails without the mutant too: the modules no longer are what they were. */
  | { readonly kind: 'spoilt'; readonly by: string };

/** By the same name in hotRunner.mjs, which runs before TypeScript can be loaded. */
export const channelName = 'mutants';
