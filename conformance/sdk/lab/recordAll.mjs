import { cacheFolder, installed } from './cache.mjs';
import { makeCertificates } from './certificates.mjs';
import { changesOf, mergeRecordings, readRecordings, writeRecordings } from './recordings.mjs';
import { readScenarios } from './scenarios.mjs';
import { startWorkers } from './workers.mjs';

const limitSeconds = 60;
const slowLimitSeconds = 600;

/**
 * Records SDKs one after another, each in as many namespaces at once as there are workers.
 *
 * @param sdks - each with `family`, `version`, `install`, `command`
 * @param mode - `record` all, record what is `missing`, or `check` against what is recorded
 */
export async function recordAll(sdks, scenarios, { mode, workers: count }) {
  const certificates = makeCertificates(cacheFolder());
  const workers = startWorkers(count, certificates);
  const result = { recorded: 0, differences: [], cannot: [] };
  try {
    for (const sdk of sdks) {
      const name = `${sdk.family}@${sdk.version}`;
      const before = readRecordings(sdk);
      const known = new Set(before.map(({ scenario }) => scenario));
      const wanted = scenarios
        .filter(({ id }) => !sdk.skips?.some((start) => id.startsWith(start)))
        .filter(({ id }) => mode !== 'missing' || !known.has(id));
      if (wanted.length === 0) continue;
      const started = commandOf(sdk, certificates);
      if (started.reason !== undefined) {
        result.cannot.push({ sdk: name, reason: started.reason });
        continue;
      }
      const reason = await whyNotRunning(workers, started);
      if (reason !== undefined) {
        result.cannot.push({ sdk: name, reason });
        continue;
      }
      const made = [];
      const recordOne = async (scenario) => {
        made.push(await workers.run(jobOf(started, scenario)));
        if (mode === 'check') return;
        writeRecordings(sdk, mergeRecordings(readRecordings(sdk), made)); // a run may be broken off
      };
      await Promise.all(wanted.map(recordOne));
      result.recorded += made.length;
      result.differences.push(...changesOf(before, made).map((change) => `${name} ${change}`));
      console.log(`${name}: ${made.length}`);
    }
  } finally {
    workers.stop();
  }
  return result;
}

/** A driver that cannot even find static keys in its environment shows nothing about its SDK. */
async function whyNotRunning(workers, started) {
  const easiest = readScenarios().find(({ id }) => id === 'keys');
  const { outcome } = await workers.run(jobOf(started, easiest));
  return outcome.source === 'env' ? undefined : `its driver does not run: ${JSON.stringify(outcome)}`;
}

function jobOf({ argv, env, outcomeFrom, patienceSeconds = limitSeconds }, scenario) {
  const limit = scenario.slow ? slowLimitSeconds : patienceSeconds;
  return { argv, env, outcomeFrom: outcomeFrom ?? 'print', limitSeconds: limit, scenario };
}

/** How the SDK's driver is started, or the reason why it cannot be. */
function commandOf(sdk, certificates) {
  try {
    const folder = installed(sdk);
    const { outcomeFrom, patienceSeconds, version } = sdk;
    return { outcomeFrom, patienceSeconds, ...sdk.command({ folder, certificates, version }) };
  } catch (error) {
    return { reason: error.message };
  }
}
