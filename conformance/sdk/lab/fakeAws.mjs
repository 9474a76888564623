import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { accessKeyIdOf, secretAccessKey, sourceOf } from './keys.mjs';
import { addresses } from './namespace.mjs';

const roleName = 'node-role';
const roleListPath = '/latest/meta-data/iam/security-credentials';

/**
 * Starts the fakes that a scenario asks for: instance metadata, container endpoint, STS, and the probe that
 * the programs call which show their credentials only by signing a request.
 *
 * `world` is read at each request, so that a scenario may change it while the fakes run.
 *
 * @returns `log`, the requests in order; `signer`, who signed the first request to the probe; and `stop`
 */
export async function startFakes(world, certificates) {
  const log = [];
  let probed;
  const signer = new Promise((resolve) => (probed = resolve));
  const answered = { log, world, probed };
  const tls = { key: readFileSync(certificates.key), cert: readFileSync(certificates.certificate) };
  const started = [
    isOpen(world.imds) && listen(createServer(handler(imds, answered)), addresses.imds, 80),
    ...addresses.container.map(
      (address) => isOpen(world.container) && listen(createServer(handler(container, answered)), address, 80),
    ),
    isOpen(world.sts) && listen(createTlsServer(tls, handler(sts, answered)), addresses.sts, 443),
    listen(createServer(handler(probe, answered)), addresses.probe, 80),
  ];
  const servers = (await Promise.all(started)).filter(Boolean);
  return { log, signer, stop: () => Promise.all(servers.map(stopServer)) };
}

/** A world's service that is `refused` has no listener; one that is `dropped` has, behind a rule. */
function isOpen(service) {
  return service !== 'refused';
}

function listen(server, address, port) {
  server.keepAliveTimeout = 1000;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => resolve(server));
  });
}

function stopServer(server) {
  return new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
}

/** Reads the body, lets `service` decide, logs the decision, then answers, or never does. */
function handler(service, { log, world, probed }) {
  return async (request, response) => {
    const body = await readBody(request).catch(() => undefined);
    if (body === undefined) return; // the client broke the request off
    const { call, reply, text = '', headers = {}, ...facts } = service(request, body, world);
    if (call === 'probe') probed(facts.signer);
    else log.push({ call, status: statusOf(reply), ...facts });
    if (reply === 'hang') return;
    response.writeHead(statusOf(reply), headers);
    response.end(text);
  };
}

async function readBody(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** A reply is a status, `hang`, or `{ status, … }` with what is special about its body. */
function statusOf(reply) {
  return typeof reply === 'object' ? (reply.status ?? 200) : reply;
}

function isOk(reply) {
  return statusOf(reply) === 200;
}

function imds(request, _body, { imds: service, lifeSeconds }) {
  const replies = service === 'hang' ? { token: 'hang', roleList: 'hang', roleCredentials: 'hang' } : service;
  const path = new URL(request.url, 'http://imds').pathname.replace(/(?<=.)\/$/, '');
  const withToken = request.headers['x-aws-ec2-metadata-token'] !== undefined;
  if (path === '/latest/api/token') return imdsToken(request, replies.token);
  const pick = (reply) => (withToken ? reply : (replies.withoutToken ?? reply));
  if (path === roleListPath) {
    const reply = pick(replies.roleList);
    return { call: 'imds:roleList', withToken, reply, text: textOf(reply, roleName) };
  }
  if (path.startsWith(`${roleListPath}/`)) {
    const reply = pick(replies.roleCredentials);
    const credentials = { Code: 'Success', Type: 'AWS-HMAC', ...credentialsFrom('imds', lifeSeconds) };
    return {
      call: 'imds:roleCredentials',
      withToken,
      reply,
      text: textOf(reply, JSON.stringify(credentials)),
    };
  }
  const known = imdsOther[path];
  return { call: 'imds:other', path, withToken, reply: pick(known ? 200 : 404), text: known ?? '' };
}

const imdsOther = {
  '/latest/meta-data/placement/region': 'us-east-1',
  '/latest/meta-data/placement/availability-zone': 'us-east-1a',
  '/latest/dynamic/instance-identity/document': JSON.stringify({ region: 'us-east-1' }),
};

function imdsToken(request, reply) {
  const ttl = request.headers['x-aws-ec2-metadata-token-ttl-seconds'] ?? '21600';
  const headers = isOk(reply) ? { 'x-aws-ec2-metadata-token-ttl-seconds': ttl } : {};
  return { call: 'imds:token', reply, headers, text: textOf(reply, 'AQAEAWhichroleLabToken==') };
}

function container(request, _body, { container: service, lifeSeconds }) {
  const reply = service;
  return {
    call: 'container',
    host: (request.headers.host ?? '').replace(/:80$/, ''),
    withToken: request.headers.authorization !== undefined,
    reply,
    headers: { 'content-type': 'application/json' },
    text: isOk(reply)
      ? textOf(reply, JSON.stringify(credentialsFrom('container', lifeSeconds)))
      : JSON.stringify({ code: 'LabFailure', message: 'as the scenario wants it' }),
  };
}

/** The body: what the scenario says, else what a success carries. */
function textOf(reply, success) {
  if (typeof reply === 'object' && reply.body !== undefined) {
    return typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
  }
  return isOk(reply) ? success : `status ${statusOf(reply)}`;
}

function credentialsFrom(source, lifeSeconds) {
  return {
    LastUpdated: isoTime(0),
    AccessKeyId: accessKeyIdOf(source),
    SecretAccessKey: secretAccessKey,
    Token: 'lab-session-token',
    AccountId: '111122223333',
    Expiration: isoTime(lifeSeconds),
  };
}

/** Without milliseconds, as the real services write times. */
function isoTime(secondsFromNow) {
  return new Date(Date.now() + secondsFromNow * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
}

function sts(request, body, world) {
  const form = new URLSearchParams(body || new URL(request.url, 'http://sts').search);
  const action = form.get('Action');
  const reply = replyOfSts(action, form, world);
  const facts = {
    call: `sts:${action}`,
    host: request.headers.host.replace(/:443$/, ''),
    sessionName: patternOf(form.get('RoleSessionName') ?? ''),
    ...(form.get('DurationSeconds') ? { durationSeconds: Number(form.get('DurationSeconds')) } : {}),
  };
  const headers = { 'content-type': 'text/xml', 'x-amzn-requestid': 'lab' };
  return { ...facts, reply, headers, text: isOk(reply) ? stsSuccess(action, form, world) : stsError(reply) };
}

function replyOfSts(action, form, world) {
  const webIdentity = action === 'AssumeRoleWithWebIdentity';
  if (webIdentity && !form.get('WebIdentityToken')) return { status: 400, code: 'ValidationError' };
  if (world.sts === 'hang') return 'hang';
  return webIdentity ? world.sts : (world.assumeRole ?? world.sts);
}

/** Names that an SDK makes up differ each time: what varies is replaced by its kind. */
function patternOf(sessionName) {
  return sessionName
    .replace(/[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}/gi, '<uuid>')
    .replace(/^[\w+/=,.@-]{40,}$/, '<base64 of a uuid>')
    .replace(/\d{18,}/, '<unix ns>')
    .replace(/\d{12,}/, '<unix ms>')
    .replace(/\d{10}/, '<unix s>');
}

function stsSuccess(action, form, { lifeSeconds }) {
  const roleArn = form.get('RoleArn') ?? '';
  const source =
    action === 'AssumeRole' ? 'assumed' : roleArn.endsWith('/profile-role') ? 'irsaProfile' : 'irsa';
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = credentialsFrom(source, lifeSeconds);
  const arn = roleArn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/');
  const session = form.get('RoleSessionName');
  return `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>
  <AssumedRoleUser><AssumedRoleId>AROALABLABLABLABLABLA:${session}</AssumedRoleId>
  <Arn>${arn}/${session}</Arn></AssumedRoleUser>
  <Credentials><AccessKeyId>${AccessKeyId}</AccessKeyId><SecretAccessKey>${SecretAccessKey}</SecretAccessKey>
  <SessionToken>${Token}</SessionToken><Expiration>${Expiration}</Expiration></Credentials>
  </${action}Result><ResponseMetadata><RequestId>lab</RequestId></ResponseMetadata></${action}Response>`;
}

function stsError(reply) {
  const { status, code = 'InternalFailure' } = typeof reply === 'object' ? reply : { status: reply };
  return `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error>
  <Type>${status < 500 ? 'Sender' : 'Receiver'}</Type><Code>${code}</Code>
  <Message>as the scenario wants it</Message>
  </Error><RequestId>lab</RequestId></ErrorResponse>`;
}

/** Any signed request to any service: only its signer matters. */
function probe(request) {
  const signer = /Credential=([^/]+)\//.exec(request.headers.authorization ?? '')?.[1];
  const xml = request.method === 'HEAD' || request.method === 'GET';
  return {
    call: 'probe',
    signer: signer === undefined ? 'none' : sourceOf(signer),
    reply: 200,
    headers: { 'content-type': xml ? 'application/xml' : 'application/x-amz-json-1.0' },
    text: xml ? '<ListBucketResult/>' : '{"TableNames":[]}',
  };
}
