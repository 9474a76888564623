import type { Reporter, TestModule } from 'vitest/node';

/** Ends a run with one plain line that any machine can read: `N passed, N failed`. */
export default class ClosingLine implements Reporter {
  #modules: readonly TestModule[] = [];

  onTestRunEnd(modules: readonly TestModule[]): void {
    this.#modules = modules;
    process.once('exit', () => console.log(this.#line()));
  }

  #line(): string {
    const states = this.#modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => test.result().state),
    );
    const brokenFiles = this.#modules.filter((module) => module.errors().length > 0).length;
    const count = (state: string): number => states.filter((each) => each === state).length;
    const skipped = count('skipped');
    return `${count('passed')} passed, ${count('failed') + brokenFiles} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  }
}
