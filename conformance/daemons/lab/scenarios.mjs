import { readFileSync } from 'node:fs';

/** The daemons of the lab. */
export const daemons = ['kube2iam', 'kiam', 'webhook'];

/** Reads the scenarios of a daemon; those of the webhook come in groups that share flags and cluster. */
export function readScenarios(daemon) {
  return readJson(`../scenarios/${daemon}.json`);
}

/** Reads what was recorded of a daemon: `{ program, recordings }`, the recordings by scenario. */
export function readRecordings(daemon) {
  return readJson(`../recordings/${daemon}.json`);
}

function readJson(path) {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
}
