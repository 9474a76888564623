import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../scenarios/', import.meta.url);

/**
 * Reads all scenarios, in the order of their files' names, with the named parts put in.
 *
 * A scenario that says nothing about a service finds it in order: whoever asks gets credentials from it.
 */
export function readScenarios() {
  const parts = readJson('parts.json');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json') && name !== 'parts.json')
    .toSorted()
    .flatMap((name) => readJson(name).scenarios.map((scenario) => expand(scenario, parts)));
}

function readJson(name) {
  return JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
}

function expand(scenario, parts) {
  const {
    id,
    about,
    env = [],
    set = {},
    files = [],
    write = {},
    basic = false,
    slow = false,
    later,
  } = scenario;
  return {
    id,
    about,
    basic,
    slow,
    env: Object.assign({}, ...env.map((name) => part(parts.env, name)), set),
    files: { ...filesOf(files, parts), ...write },
    lifeSeconds: scenario.lifeSeconds ?? 3600,
    ...servicesOf({ sts: 'ok', container: 'ok', imds: 'v2', ...scenario }, parts),
    ...(later ? { later: expandLater(later, parts) } : {}),
  };
}

function expandLater({ afterSeconds, files = [], write = {}, ...changes }, parts) {
  return {
    afterSeconds,
    files: { ...filesOf(files, parts), ...write },
    world: {
      ...servicesOf(changes, parts),
      ...(changes.lifeSeconds ? { lifeSeconds: changes.lifeSeconds } : {}),
    },
  };
}

function filesOf(names, parts) {
  return Object.assign({}, ...names.map((name) => part(parts.files, name)));
}

function servicesOf(named, parts) {
  const services = {};
  for (const [service, table] of Object.entries(parts.services)) {
    if (named[service] !== undefined) services[service] = part(table, named[service]);
  }
  return services;
}

function part(table, name) {
  const found = table[name];
  if (found === undefined)
    throw new Error(`parts.json has no ${name}; it has ${Object.keys(table).join(', ')}`);
  return found;
}
