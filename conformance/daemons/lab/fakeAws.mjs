import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { addresses } from '../../sdk/lab/namespace.mjs';

/** The account and the node that every scenario plays in. */
export const account = '111122223333';
export const nodeRoleName = 'node-role';
export const nodeAccessKeyId = 'ASIANODEROLE00000000';
const instanceId = 'i-0123456789abcdef0';

/** What the fakes do unless a scenario says otherwise. */
export const usual = {
  imds: {
    tokens: 'optional',
    state: 'answers', // or `disabled` (403), `refused` (nobody listens), `silent`
    instanceProfileArn: `arn:aws:iam::${account}:instance-profile/node-role`,
    roleName: nodeRoleName,
  },
  sts: {
    state: 'answers', // or `denies`, `throttles`, `fails` (500), `refused`, `silent`
    delayMilliseconds: 0,
    deniedRoles: [],
    knownRoles: undefined,
  },
  ec2: { state: 'answers', regions: ['us-east-1', 'eu-west-1'] },
};

/**
 * Starts instance metadata (v1 and v2) over HTTP, STS and EC2 over TLS. `world` is read at each request, so that
 * a scenario may change it meanwhile.
 *
 * @returns `calls`, what STS was asked; `issued`, by access key the session that it stands for; and `stop`
 */
export async function startAws(world, certificates) {
  const calls = [];
  const seen = [];
  const issued = new Map([[nodeAccessKeyId, { role: `arn:aws:iam::${account}:role/${nodeRoleName}` }]]);
  const tls = { key: readFileSync(certificates.aws.key), cert: readFileSync(certificates.aws.certificate) };
  const metadata = createServer((request, response) => imds(request, response, world.imds, seen));
  const aws = createTlsServer(tls, async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const form = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
    if (request.headers.host.startsWith('ec2.')) return ec2(response, world.ec2);
    return sts(request, response, form, { world, calls, issued });
  });
  const open = [
    ...(world.imds.state === 'refused' ? [] : [listen(metadata, 80, addresses.imds)]),
    ...(world.sts.state === 'refused' ? [] : [listen(aws, 443, addresses.sts)]),
  ];
  await Promise.all(open);
  const shut = (server) =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  return {
    calls,
    seen,
    issued,
    stopSts: () => shut(aws),
    stop: () => Promise.all([shut(metadata), shut(aws)]),
  };
}

function listen(server, port, address) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, resolve);
  });
}

/**
 * Instance metadata: a token request with X-Forwarded-For is refused, and a GET without a token when tokens are
 * required.
 */
function imds(request, response, { state, tokens, instanceProfileArn, roleName }, seen) {
  const path = new URL(request.url, 'http://imds').pathname;
  const token = request.headers['x-aws-ec2-metadata-token'];
  const forwarded = request.headers['x-forwarded-for'] !== undefined;
  seen.push({ method: request.method, path, token: token !== undefined, forwarded });
  const send = (status, text, type = 'text/plain') => {
    response.writeHead(status, { server: 'EC2ws', 'content-type': type });
    response.end(text);
  };
  if (state === 'silent') return undefined;
  if (state === 'disabled') return send(403, '403 - Forbidden');
  if (path === '/latest/api/token') {
    if (request.method !== 'PUT') return send(405, '405 - Method Not Allowed');
    if (forwarded) return send(403, '403 - Forbidden');
    response.setHeader('x-aws-ec2-metadata-token-ttl-seconds', '21600');
    return send(200, 'LAB-TOKEN');
  }
  if (token === undefined ? tokens === 'required' : token !== 'LAB-TOKEN' || forwarded) {
    return send(401, '401 - Unauthorized');
  }
  const list = '/latest/meta-data/iam/security-credentials';
  if (path === list || path === `${list}/`) return send(200, roleName);
  if (path === `${list}/${roleName}`) return send(200, JSON.stringify(nodeCredentials()), 'application/json');
  const document = { accountId: account, region: 'us-east-1', instanceId };
  const texts = {
    '/latest/meta-data/instance-id': instanceId,
    '/latest/meta-data/placement/region': 'us-east-1',
    '/latest/meta-data/placement/availability-zone': 'us-east-1a',
    '/latest/user-data': '#!/bin/sh',
    '/latest/meta-data/iam/info': JSON.stringify({
      Code: 'Success',
      LastUpdated: time(0),
      InstanceProfileArn: instanceProfileArn,
      InstanceProfileId: 'AIPALAB',
    }),
    '/latest/dynamic/instance-identity/document': JSON.stringify(document),
  };
  return path in texts ? send(200, texts[path]) : send(404, '404 - Not Found');
}

function nodeCredentials() {
  return {
    Code: 'Success',
    Type: 'AWS-HMAC',
    LastUpdated: time(0),
    AccessKeyId: nodeAccessKeyId,
    SecretAccessKey: 'secret',
    Token: 'node-token',
    Expiration: time(6 * 3600),
  };
}

function ec2(response, { state, regions }) {
  if (state === 'denies') {
    const error = '<Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors>';
    response.writeHead(403, { 'content-type': 'text/xml' });
    return response.end(`<Response>${error}<RequestID>lab</RequestID></Response>`);
  }
  const items = regions.map((name) => `<item><regionName>${name}</regionName></item>`).join('');
  const open = '<DescribeRegionsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">';
  response.writeHead(200, { 'content-type': 'text/xml' });
  return response.end(`${open}<regionInfo>${items}</regionInfo></DescribeRegionsResponse>`);
}

async function sts(request, response, form, { world, calls, issued }) {
  const { state, delayMilliseconds, deniedRoles, knownRoles } = world.sts;
  const signer = /Credential=([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const role = form.get('RoleArn') ?? '';
  const externalId = form.get('ExternalId');
  const call = {
    host: request.headers.host,
    by: issued.get(signer)?.role ?? signer,
    role,
    session: (form.get('RoleSessionName') ?? '').replace(/^\d{18,}$/, '<unix ns>'),
    ...(externalId === null ? {} : { externalId }),
    seconds: Number(form.get('DurationSeconds')),
  };
  calls.push(call);
  if (state === 'silent') return;
  if (delayMilliseconds > 0) await new Promise((resolve) => setTimeout(resolve, delayMilliseconds));
  const send = (status, text) => {
    response.writeHead(status, { 'content-type': 'text/xml', 'x-amzn-requestid': 'lab' });
    response.end(text);
  };
  if (state === 'fails') return send(500, errorText('Receiver', 'InternalFailure', 'out of order'));
  if (state === 'throttles') return send(400, errorText('Sender', 'Throttling', 'Rate exceeded'));
  if (!/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/.test(role)) {
    return send(400, errorText('Sender', 'ValidationError', `${role} is invalid`));
  }
  // Credentials of one role give sessions of another of an hour at most.
  if (issued.get(signer)?.role !== undefined && call.seconds > 3600) {
    return send(400, errorText('Sender', 'ValidationError', 'exceeds the 1 hour session limit'));
  }
  const unknown = knownRoles !== undefined && !knownRoles.includes(role);
  if (state === 'denies' || deniedRoles.includes(role) || unknown) {
    const message = `not authorized to perform: sts:AssumeRole on resource: ${role}`;
    return send(403, errorText('Sender', 'AccessDenied', message));
  }
  const accessKeyId = `ASIALAB${String(issued.size).padStart(13, '0')}`;
  issued.set(accessKeyId, call);
  const lifeSeconds = world.sts.lifeSeconds ?? call.seconds;
  return send(
    200,
    `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
  <AssumedRoleUser><AssumedRoleId>AROALAB:s</AssumedRoleId><Arn>${role}</Arn></AssumedRoleUser>
  <Credentials><AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>
  <SessionToken>token</SessionToken><Expiration>${time(lifeSeconds)}</Expiration></Credentials>
  </AssumeRoleResult><ResponseMetadata><RequestId>lab</RequestId></ResponseMetadata></AssumeRoleResponse>`,
  );
}

function errorText(type, code, message) {
  const error = `<Error><Type>${type}</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
  const open = '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">';
  return `${open}${error}<RequestId>lab</RequestId></ErrorResponse>`;
}

function time(secondsFromNow) {
  return new Date(Date.now() + secondsFromNow * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
}
