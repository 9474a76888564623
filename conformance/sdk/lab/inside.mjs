/**
 * The first process of a namespace: runs the drivers it is told to, one after another.
 *
 * Standard input: first a line with the certificates' paths, then a line for each job `{ id, argv, env,
 * limitSeconds, scenario, outcomeFrom }`. Standard output: a line for each, `{ id, recording }`.
 */
import { createInterface } from 'node:readline';
import { furnishNamespace } from './namespace.mjs';
import { runScenario } from './runScenario.mjs';

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const certificates = JSON.parse((await lines.next()).value);
furnishNamespace(certificates);
process.stdout.on('error', () => process.exit(1)); // whoever wanted the recordings is gone
for await (const line of lines) {
  const { id, ...job } = JSON.parse(line);
  const recording = await runScenario(job, certificates);
  process.stdout.write(`${JSON.stringify({ id, recording })}\n`);
}
