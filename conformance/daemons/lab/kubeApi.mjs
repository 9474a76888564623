import { createServer } from 'node:http';
import { keyOf } from './objects.mjs';

const resources = {
  pods: 'Pod',
  namespaces: 'Namespace',
  serviceaccounts: 'ServiceAccount',
  configmaps: 'ConfigMap',
};

/**
 * Starts a small Kubernetes API over HTTP: list, get, and watch with resource versions, initial events and
 * bookmarks, for pods, namespaces, service accounts and config maps.
 *
 * @param initial - whole objects
 * @returns `set`, which makes the cluster hold exactly those objects and tells the watchers; and `stop`
 */
export async function startKubeApi(initial, port) {
  let version = 100;
  let objects = new Map();
  const watchers = new Set();
  const set = (wanted) => {
    const next = new Map(wanted.map((object) => [keyOf(object), object]));
    for (const [key, { object }] of objects) {
      if (!next.has(key)) send({ type: 'DELETED', object: at(object, (version += 1)) });
    }
    const held = new Map();
    for (const [key, object] of next) {
      const before = objects.get(key);
      if (before && JSON.stringify(before.object) === JSON.stringify(object)) held.set(key, before);
      else {
        held.set(key, { object, version: (version += 1) });
        send({ type: before ? 'MODIFIED' : 'ADDED', object: at(object, version) });
      }
    }
    objects = held;
  };
  const send = (event) => {
    for (const watcher of watchers) watcher.send(event);
  };
  const select = (kind, namespace, fieldSelector) =>
    [...objects.values()]
      .filter(({ object }) => object.kind === kind && fits(object, namespace, fieldSelector))
      .map((held) => at(held.object, held.version));

  const server = createServer((request, response) => {
    const url = new URL(request.url, 'http://api');
    const path = /^\/api\/v1(?:\/namespaces\/([^/]+))?\/([a-z]+)(?:\/([^/]+))?$/.exec(url.pathname);
    const [, namespace, resource, name] = path ?? [];
    if (request.method === 'POST') return answer(response, 201, {});
    if (!path || !resources[resource]) return answer(response, 404, { kind: 'Status', code: 404 });
    const kind = resources[resource];
    const selector = url.searchParams.get('fieldSelector') ?? '';
    if (name !== undefined) {
      const [found] = select(kind, namespace, `metadata.name=${name}`);
      return answer(response, found ? 200 : 404, found ?? { kind: 'Status', code: 404, reason: 'NotFound' });
    }
    if (url.searchParams.get('watch')) {
      return watch(url, response, { kind, namespace, selector, select, watchers, version });
    }
    const items = select(kind, namespace, selector).toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    const list = {
      kind: `${kind}List`,
      apiVersion: 'v1',
      metadata: { resourceVersion: `${version}` },
      items,
    };
    return answer(response, 200, list);
  });
  server.keepAliveTimeout = 60_000;
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  set(initial);
  const stop = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  return { set, stop };
}

/** Only the selectors that the daemons use: on the node, the address and the name. */
function fits({ metadata, spec, status }, namespace, fieldSelector) {
  if (namespace !== undefined && metadata.namespace !== namespace) return false;
  const facts = {
    'metadata.name': metadata.name,
    'spec.nodeName': spec?.nodeName,
    'status.podIP': status?.podIP,
  };
  return fieldSelector
    .split(',')
    .filter(Boolean)
    .every((term) => {
      const [field, value] = term.split('=');
      return facts[field] === value;
    });
}

function at(object, version) {
  return { ...object, metadata: { ...object.metadata, resourceVersion: `${version}`, uid: keyOf(object) } };
}

function watch(url, response, { kind, namespace, selector, select, watchers, version }) {
  response.writeHead(200, { 'content-type': 'application/json', 'transfer-encoding': 'chunked' });
  response.flushHeaders();
  const write = (event) => response.write(`${JSON.stringify(event)}\n`);
  if (url.searchParams.get('sendInitialEvents') === 'true') {
    for (const object of select(kind, namespace, selector)) write({ type: 'ADDED', object });
    const annotations = { 'k8s.io/initial-events-end': 'true' };
    const metadata = { resourceVersion: `${version}`, annotations };
    write({ type: 'BOOKMARK', object: { kind, apiVersion: 'v1', metadata } });
  }
  const watcher = {
    send: (event) => event.object.kind === kind && fits(event.object, namespace, selector) && write(event),
  };
  watchers.add(watcher);
  response.on('close', () => watchers.delete(watcher));
}

function answer(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
