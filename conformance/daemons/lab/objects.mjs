/**
 * Objects of the cluster: scenarios name them briefly, the fake API server and the model get them whole.
 *
 * A scenario's `cluster` is `{ pods, namespaces, serviceAccounts }`, each a list.
 */

/** The node that all pods of a scenario run on unless they say otherwise. */
export const nodeName = 'node-1';

/** Writes a pod of a scenario as the API server would. */
export function podObject(pod) {
  const { name, namespace = 'default', ip, phase = 'Running', node = nodeName, hostNetwork } = pod;
  const { annotations, labels, serviceAccountName = 'default', spec = {} } = pod;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, ...(annotations ? { annotations } : {}), ...(labels ? { labels } : {}) },
    spec: {
      serviceAccountName,
      nodeName: node,
      ...(hostNetwork ? { hostNetwork } : {}),
      containers: [{ name: 'main', image: 'app' }],
      ...spec,
    },
    status: { phase, ...(ip === undefined ? {} : { podIP: ip, podIPs: [{ ip }] }) },
  };
}

/** Writes a namespace of a scenario as the API server would. */
export function namespaceObject({ name, annotations }) {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, ...(annotations ? { annotations } : {}) } };
}

/** Writes a service account of a scenario as the API server would. */
export function serviceAccountObject({ name, namespace = 'default', annotations }) {
  const metadata = { name, namespace, ...(annotations ? { annotations } : {}) };
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata };
}

/** Lists all objects of a scenario. The namespace `default` is always there. */
export function objectsOf({ pods = [], namespaces = [], serviceAccounts = [] }) {
  const shown = namespaces.some(({ name }) => name === 'default');
  return [
    ...(shown ? [] : [namespaceObject({ name: 'default' })]),
    ...namespaces.map(namespaceObject),
    ...serviceAccounts.map(serviceAccountObject),
    ...pods.map(podObject),
  ];
}

/** Names an object among those of its kind. */
export function keyOf({ kind, metadata: { namespace, name } }) {
  return `${kind}/${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

/** Takes a step of a scenario that changes the cluster: `{ apply }`, `{ delete: [keys] }`. */
export function changed(objects, step) {
  const applied = step.apply ? [...briefly(step.apply)] : [];
  const gone = new Set([...applied.map(keyOf), ...(step.delete ?? [])]);
  return [...objects.filter((object) => !gone.has(keyOf(object))), ...applied];
}

function briefly({ pods = [], namespaces = [], serviceAccounts = [] }) {
  return [
    ...namespaces.map(namespaceObject),
    ...serviceAccounts.map(serviceAccountObject),
    ...pods.map(podObject),
  ];
}
