import { changed } from './objects.mjs';
import { ask, pause } from './program.mjs';

/** How long a watcher is given to hear of a change of the cluster. */
const watchMilliseconds = 250;

/**
 * Goes through the steps of a scenario with a daemon that is running: requests of pods, changes of the cluster
 * and of AWS, and waiting.
 *
 * @param parties - `{ api, aws, world, objects, port, program }`
 * @returns a reply for each request, in order
 */
export async function converse(steps, parties) {
  const { api, aws, world, port } = parties;
  let { objects } = parties;
  const replies = [];
  for (const step of steps) {
    if (step.get !== undefined) replies.push(reply(await ask(requestOf(step, port)), aws));
    else if (step.wait !== undefined) await pause(step.wait);
    else if (step.sts ?? step.imds ?? step.ec2) {
      for (const name of ['sts', 'imds', 'ec2']) Object.assign(world[name], step[name]);
    } else {
      objects = changed(objects, step);
      api.set(objects);
      await pause(watchMilliseconds);
    }
  }
  return replies;
}

function requestOf({ get, from = '10.1.0.1', method, headers, limit }, port) {
  return {
    port,
    from,
    path: get,
    ...(method ? { method } : {}),
    ...(headers ? { headers } : {}),
    ...(limit ? { limitMilliseconds: limit } : {}),
  };
}

/** Credentials are told by whose they are; what differs from run to run is left out. */
function reply(received, { issued }) {
  if (received.lost !== undefined) return received;
  const { status, body, location } = received;
  const credentials = parsed(body);
  if (typeof credentials?.AccessKeyId === 'string') {
    const { role, session, externalId, seconds } = issued.get(credentials.AccessKeyId) ?? {};
    return { status, credentials: { role, session, externalId, seconds } };
  }
  // The text of an error ends with a line break; that of a success is looked at closely.
  return {
    status,
    body: steady(status >= 400 ? body.trim() : body),
    ...(location === undefined ? {} : { location }),
  };
}

/** Takes request ids, ports, times and the place of the program out of a text. */
export function steady(text) {
  return text
    .replace(/RequestID: [\w-]+/gi, 'RequestID: …')
    .replace(/request id: [\w-]+/gi, 'request id: …')
    .replace(/(\d+\.\d+\.\d+\.\d+):\d{4,5}(->)/g, '$1:…$2')
    .replace(/pods \(\[([^\]]*)\]\)/, (_, names) => `pods ([${names.split(' ').toSorted().join(' ')}])`)
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '<time>')
    .replace(/(?:\/[\w.-]+)+\/(?=[\w.-]+:$)/gm, '');
}

function parsed(body) {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
