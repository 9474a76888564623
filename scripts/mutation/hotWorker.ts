import { BroadcastChannel } from 'node:worker_threads';
import { TestRunner, type RunnerTask, type RunnerTestCase, type RunnerTestFile } from 'vitest';
import { forgetAll, makeCachesForgetful } from './forgetfulWeakMap.ts';
import { channelName, type Reply, type Request, type TestReport } from './messages.ts';

makeCachesForgetful();

/** What the instrumented code reads and writes, by Stryker's names. */
interface MutantSwitch {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  mutantCoverage?: unknown;
}

const mutants: MutantSwitch = ((globalThis as { __stryker__?: MutantSwitch }).__stryker__ ??= {});

/**
 * Loads all test files once, and then runs single tests with one mutant after another as it is told: loading the
 * modules takes longer than most tests do.
 */
export default class HotWorker extends TestRunner {
  /** By vitest's own id, which is made of the file and the place in it, and so the same in every process. */
  readonly #tests = new Map<string, RunnerTestCase>();
  #files = 0;

  /** Called in place of each test while vitest goes through the files; of that only the collecting is wanted. */
  runTask(): Promise<void> {
    return Promise.resolve();
  }

  onCollected(files: readonly RunnerTestFile[]): void {
    for (const test of files.flatMap(testsOf)) this.#tests.set(test.id, test);
  }

  override async onAfterRunFiles(): Promise<void> {
    this.#files += 1;
    if (this.#files === filesOfThisWorker()) await this.#serve();
  }

  #serve(): Promise<void> {
    return new Promise((resolve) => {
      const channel = new BroadcastChannel(channelName);
      channel.onmessage = async (message: unknown) => {
        const request = (message as { data: Request }).data;
        if (request.kind !== 'end') return channel.postMessage(await this.#answer(request));
        channel.close();
        resolve();
      };
      channel.postMessage({ kind: 'ready' } satisfies Reply);
    });
  }

  #answer(request: Exclude<Request, { kind: 'end' }>): Promise<Reply> {
    return request.kind === 'runAll' ? this.#runAll() : this.#runMutant(request);
  }

  async #runAll(): Promise<Reply> {
    const tests: TestReport[] = [];
    for (const [id, test] of this.#tests) {
      mutants.currentTestId = id;
      const started = performance.now();
      const failure = await failureOf(test);
      const milliseconds = performance.now() - started;
      mutants.currentTestId = undefined;
      tests.push({ id, name: test.fullName, file: test.file.filepath, milliseconds, failure });
    }
    return { kind: 'ranAll', tests, coverage: mutants.mutantCoverage };
  }

  async #runMutant({ mutant, tests, hitLimit }: Extract<Request, { kind: 'runMutant' }>): Promise<Reply> {
    let run = 0;
    for (const id of tests) {
      const test = this.#tests.get(id);
      if (!test) continue;
      run += 1;
      Object.assign(mutants, { activeMutant: mutant, hitCount: 0, hitLimit });
      const failure = await failureOf(test);
      const hits = mutants.hitCount ?? 0;
      Object.assign(mutants, { activeMutant: undefined, hitCount: undefined, hitLimit: undefined });
      if (hitLimit !== undefined && hits > hitLimit) return { kind: 'endless', hits };
      if (failure !== undefined) {
        return (await failureOf(test)) === undefined
          ? { kind: 'killed', by: id, failure, run }
          : { kind: 'spoilt', by: id };
      }
    }
    return { kind: 'survived', run };
  }
}

let current: RunnerTestCase | undefined;
// vitest knows the current test only while it runs the test itself; @fast-check/vitest asks for it.
TestRunner.getCurrentTest = (() => current) as typeof TestRunner.getCurrentTest;

async function failureOf(test: RunnerTestCase): Promise<string | undefined> {
  forgetAll();
  current = test;
  try {
    await TestRunner.getTestFn(test)();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function testsOf(task: RunnerTask): readonly RunnerTestCase[] {
  if (task.type === 'test') return task.mode === 'run' ? [task] : [];
  return task.tasks.flatMap(testsOf);
}

function filesOfThisWorker(): number {
  const worker = (globalThis as unknown as { __vitest_worker__: { ctx: { files: readonly unknown[] } } })
    .__vitest_worker__;
  return worker.ctx.files.length;
}
