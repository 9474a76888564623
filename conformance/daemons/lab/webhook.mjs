import { writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { startAws } from './fakeAws.mjs';
import { startKubeApi } from './kubeApi.mjs';
import { objectsOf } from './objects.mjs';
import { pause, settles, startProgram } from './program.mjs';
import { endOf, worldOf } from './kube2iam.mjs';

const apiPort = 8001;
const webhookPort = 8443;

/** The lifetime of a Pod Identity token is drawn at random between these, when nobody sets it. */
const jitter = [79_200, 86_400];

/**
 * Lets the real pod identity webhook answer the reviews of one group of scenarios, which share flags and cluster.
 *
 * A scenario is one pod: `{ id, pod, created: 'late' }`.
 *
 * @param group - `{ flags, cluster, associations, scenarios }`
 * @returns by scenario what the webhook answered: `{ allowed, patch }` or `{ message }`
 */
export async function runWebhook(path, group, certificates) {
  const objects = objectsOf(group.cluster ?? {});
  const api = await startKubeApi(objects, apiPort);
  const aws = await startAws(worldOf({}), certificates);
  const config = join(certificates.folder, `container-credentials-${group.id}.json`);
  const identities = (group.associations ?? []).map(({ namespace, serviceAccount }) => ({
    namespace,
    serviceAccount,
  }));
  writeFileSync(config, JSON.stringify({ identities }));
  const program = startProgram(
    path,
    [
      '--in-cluster=false',
      `--kube-api=http://127.0.0.1:${apiPort}`,
      `--port=${webhookPort}`,
      `--tls-cert=${certificates.cluster.certificate}`,
      `--tls-key=${certificates.cluster.key}`,
      ...(group.associations ? [`--watch-container-credentials-config=${config}`] : []),
      ...(group.flags ?? []),
    ],
    {},
  );
  try {
    const state = await settles(program, async () => (await review({})).status !== undefined, 10_000);
    if (state !== 'ready')
      return new Map(group.scenarios.map(({ id }) => [id, { ended: endOf(state, program) }]));
    await pause(400);
    const answered = new Map();
    for (const { id, pod, namespace = 'default', later } of group.scenarios) {
      const sent = review({ pod, namespace });
      if (later) {
        await pause(100);
        api.set([...objects, ...objectsOf(later).filter(({ kind }) => kind === 'ServiceAccount')]);
      }
      answered.set(id, told(await sent));
      if (later) {
        api.set(objects);
        await pause(200);
      }
    }
    return answered;
  } finally {
    await program.stop();
    await Promise.all([api.stop(), aws.stop()]);
  }
}

function review({ pod, namespace }) {
  const uid = '00000000-0000-0000-0000-000000000001';
  const resource = { group: '', version: 'v1', resource: 'pods' };
  const kind = { group: '', version: 'v1', kind: 'Pod' };
  const asked = { uid, kind, resource, namespace, operation: 'CREATE', object: pod };
  const body = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: asked };
  return new Promise((resolve) => {
    const options = {
      host: '127.0.0.1',
      port: webhookPort,
      path: '/mutate',
      method: 'POST',
      rejectUnauthorized: false,
      headers: { 'content-type': 'application/json' },
    };
    const sent = request(options, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode, body: Buffer.concat(chunks).toString('utf8') });
      });
    });
    sent.on('error', () => resolve({}));
    sent.end(JSON.stringify(body));
  });
}

function told({ status, body }) {
  if (status !== 200) return { status, message: (body ?? '').trim() };
  const { allowed, patch, status: result } = JSON.parse(body).response;
  if (patch === undefined) return { allowed, ...(result ? { message: result.message } : {}) };
  return { allowed, patch: JSON.parse(Buffer.from(patch, 'base64').toString('utf8'), steadyLifetime) };
}

/** A lifetime out of the range of the draw is written as a range. */
function steadyLifetime(key, value) {
  const drawn = key === 'expirationSeconds' && value >= jitter[0] && value < jitter[1];
  return drawn ? 'drawn near a day' : value;
}
