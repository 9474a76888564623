/**
 * The first process of a namespace: lets daemons live through the scenarios it is told, one after another.
 *
 * Standard input: first a line with the certificates' paths, then a line for each job
 * `{ daemon, path, scenario }`. Standard output: a line for each, `{ id, recording }`.
 */
import { createInterface } from 'node:readline';
import { furnish } from './namespace.mjs';
import { runKiam } from './kiam.mjs';
import { runKube2iam } from './kube2iam.mjs';
import { runWebhook } from './webhook.mjs';

const run = {
  kube2iam: async (...job) => [[job[1].id, await runKube2iam(...job)]],
  kiam: async (...job) => [[job[1].id, await runKiam(...job)]],
  webhook: async (...job) => [...(await runWebhook(...job))],
};

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const certificates = JSON.parse((await lines.next()).value);
furnish(certificates);
process.stdout.on('error', () => process.exit(1)); // whoever wanted the recordings is gone
for await (const line of lines) {
  const { daemon, path, scenario } = JSON.parse(line);
  const made = await run[daemon](path, scenario, certificates);
  process.stdout.write(`${JSON.stringify(made)}\n`);
}
