import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = new URL('../recordings/', import.meta.url);

/** Reads what is recorded of an SDK: nothing, at first. */
export function readRecordings({ family, version }) {
  const file = new URL(`${family}/${version}.json`, folder);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).recordings : [];
}

/** New recordings replace old ones of the same scenario. The order is that of the scenarios' ids. */
export function mergeRecordings(before, made) {
  const merged = new Map([...before, ...made].map((recording) => [recording.scenario, recording]));
  return [...merged.values()].toSorted((a, b) => (a.scenario < b.scenario ? -1 : 1));
}

/** Writes one file for an SDK's version, a line for each recording. */
export function writeRecordings({ family, version, asksAgain }, recordings) {
  const home = new URL(`${family}/`, folder);
  mkdirSync(fileURLToPath(home), { recursive: true });
  const lines = recordings.map((recording) => `    ${JSON.stringify(recording)}`);
  const head = JSON.stringify({ family, version, ...(asksAgain ? { asksAgain } : {}) });
  const text = `{\n  "sdk": ${head},\n  "recordings": [\n${lines.join(',\n')}\n  ]\n}\n`;
  const written = new URL(`${version}.json.new`, home);
  writeFileSync(written, text);
  // Whoever reads finds the old file or the new one, whole.
  renameSync(written, new URL(`${version}.json`, home));
}

/**
 * Lists the scenarios whose recording is not what it was; how often a request was repeated does not count.
 */
export function changesOf(before, made) {
  const old = new Map(before.map((recording) => [recording.scenario, recording]));
  return made
    .filter(({ scenario }) => old.has(scenario))
    .filter((recording) => comparable(old.get(recording.scenario)) !== comparable(recording))
    .map((now) => `${now.scenario}\n  was ${brief(old.get(now.scenario))}\n  is  ${brief(now)}`);
}

function comparable(recording) {
  return JSON.stringify(recording, (key, value) => (key === 'count' ? undefined : value));
}

function brief({ outcome, requests, later }) {
  return JSON.stringify({ outcome, requests, later });
}
