import { readFileSync, writeFileSync } from 'node:fs';
import { BroadcastChannel } from 'node:worker_threads';
import { PluginKind, commonTokens, declareClassPlugin } from '@stryker-mutator/api/plugin';
import { DryRunStatus, MutantRunStatus, TestStatus } from '@stryker-mutator/api/test-runner';
import { startVitest } from 'vitest/node';

/** @typedef {import('./messages.ts').Request} Request */
/** @typedef {import('./messages.ts').Reply} Reply */

const durationsFile = '.mutation-durations.json';
/** As many as catch most neighbours, and so few and quick that time is left for other tests. */
const killersKept = 8;
const killerMilliseconds = 30;

/**
 * A test runner for Stryker that loads the modules and the tests once. Stryker's own runner for vitest loads them
 * anew for every mutant, which here takes some three seconds, and there are thousands of mutants.
 *
 * For each mutant run the tests that caught its neighbours and then the quickest, for no more than
 * `testSecondsPerMutant`: what only a slower test would have caught counts as survived, so the score is never too high
 * for that.
 */
class HotRunner {
  static inject = [commonTokens.options, commonTokens.logger];

  #channel = new BroadcastChannel('mutants');
  #durations;
  /** The tests that caught mutants of late, the last first. */
  #killers = [];

  constructor(options, log) {
    this.options = options.hotVitest;
    this.log = log;
  }

  /**
   * Of a mutant in code that runs while modules load and again later, only the later runs are tried (`ignoreStatic`).
   * So nothing need be loaded anew for it: Stryker would else start a new process for each.
   */
  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    const ready = this.#next();
    startVitest('test', [], { config: this.options.configFile, root: process.cwd(), watch: false }).catch(
      (error) => {
        this.log.error(error);
        process.exit(1);
      },
    );
    await ready;
  }

  async dryRun() {
    const { tests, coverage } = await this.#ask({ kind: 'runAll' });
    const failed = tests.filter(({ failure }) => failure !== undefined);
    for (const { name, failure } of failed)
      this.log.warn(`fails when run alone, and is left out: ${name}: ${failure}`);
    const durations = Object.fromEntries(tests.map(({ id, milliseconds }) => [id, milliseconds]));
    writeFileSync(durationsFile, JSON.stringify(durations));
    return {
      status: DryRunStatus.Complete,
      tests: tests.map(({ id, name, file, milliseconds, failure }) => ({
        id,
        name,
        fileName: file,
        timeSpentMs: milliseconds,
        status: failure === undefined ? TestStatus.Success : TestStatus.Skipped,
      })),
      mutantCoverage: withoutTests(coverage, new Set(failed.map(({ id }) => id))),
    };
  }

  async mutantRun({ activeMutant, testFilter = [], hitLimit }) {
    this.#durations ??= JSON.parse(readFileSync(durationsFile, 'utf8'));
    const tests = this.#choose(testFilter);
    const reply = await this.#ask({ kind: 'runMutant', mutant: activeMutant.id, tests, hitLimit });
    switch (reply.kind) {
      case 'killed':
        this.#remember(reply.by);
        return {
          status: MutantRunStatus.Killed,
          killedBy: [reply.by],
          failureMessage: reply.failure,
          nrOfTests: reply.run,
        };
      case 'survived':
        return { status: MutantRunStatus.Survived, nrOfTests: reply.run };
      case 'endless':
        return { status: MutantRunStatus.Timeout, reason: `met ${reply.hits} times` };
      case 'spoilt':
        // Stryker then tries the mutant again in a new process.
        this.log.info(`${reply.by} fails without a mutant; loading everything anew`);
        return process.exit(1);
    }
  }

  async dispose() {
    this.#channel.postMessage({ kind: 'end' });
    this.#channel.close();
  }

  #remember(killer) {
    if (this.#durations[killer] > killerMilliseconds) return;
    this.#killers = [killer, ...this.#killers.filter((test) => test !== killer)].slice(0, killersKept);
  }

  /**
   * What caught the neighbours comes first, then the quickest. The limit is on the durations of the first run and not
   * on the clock, so that a busy machine does not lower the score.
   */
  #choose(tests) {
    const killers = this.#killers.filter((test) => tests.includes(test));
    const others = tests.filter((test) => !killers.includes(test));
    const inOrder = [...killers, ...others.toSorted((a, b) => this.#durations[a] - this.#durations[b])];
    let milliseconds = 0;
    return inOrder.filter((test) => {
      const chosen = milliseconds < this.options.testSecondsPerMutant * 1000;
      milliseconds += this.#durations[test];
      return chosen;
    });
  }

  /** @param {Request} request */
  #ask(request) {
    const reply = this.#next();
    this.#channel.postMessage(request);
    return reply;
  }

  /** @returns {Promise<Reply>} */
  #next() {
    return new Promise((resolve) => {
      this.#channel.onmessage = ({ data }) => resolve(data);
    });
  }
}

function withoutTests({ static: outside, perTest }, left) {
  return {
    static: outside,
    perTest: Object.fromEntries(Object.entries(perTest).filter(([id]) => !left.has(id))),
  };
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'hot-vitest', HotRunner)];
export const strykerValidationSchema = {
  properties: {
    hotVitest: {
      type: 'object',
      required: ['configFile', 'testSecondsPerMutant'],
      properties: { configFile: { type: 'string' }, testSecondsPerMutant: { type: 'number' } },
    },
  },
};
