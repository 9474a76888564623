import { parseInput } from '../../../src/ingest/parse.ts';
import type { ImdsCall, Reply } from '../../../src/model/exchange.ts';
import { askStated, lookUpFact, type Ask } from '../../../src/model/fact.ts';
import type { ClusterNode } from '../../../src/model/node.ts';
import type { PodTemplate } from '../../../src/model/pod.ts';
import type { World } from '../../../src/model/world.ts';
import type { ServiceReply } from '../../../src/services/evidence.ts';
import { nodeName, type ApiObject } from '../lab/objects.mjs';
import type { DaemonRecording, RecordedReply, ScenarioAws, ScenarioStep } from '../lab/scenarios.mjs';

/** One thing that a scenario shows: what the real program did, and what the model says. */
export interface Held {
  readonly what: string;
  readonly real: string;
  readonly model: string;
}

/** The account and the role of the node that every scenario plays in. */
export const account = '111122223333';
export const nodeRole: string = `arn:aws:iam::${account}:role/node-role`;
const list = '/latest/meta-data/iam/security-credentials/';

/**
 * Makes the world of a moment of a scenario, through the reader of manifests.
 *
 * Roles trust whoever the recording shows to be admitted, with the external id that it shows.
 */
export function worldAt(
  objects: readonly (ApiObject | object)[],
  aws: ScenarioAws,
  recording: DaemonRecording,
): World {
  const nodes = [nodeName, 'node-2'].map((name) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } }));
  const partition = /^arn:([a-z-]+):/.exec(aws.imds?.instanceProfileArn ?? '')?.[1] ?? 'aws';
  const settings = {
    cluster: { accountId: account, region: 'us-east-1', partition },
    cni: 'aws-vpc-cni',
    nodeRole: nodeRole.replace('arn:aws:', `arn:${partition}:`),
    imds: {
      httpTokens: aws.imds?.tokens ?? 'optional',
      httpEndpoint: aws.imds?.state === 'disabled' ? 'disabled' : 'enabled',
      httpPutResponseHopLimit: 2,
    },
    facts: stsFacts(aws),
  };
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [...nodes, ...objects] });
  const parsed = parseInput([
    { file: 'objects.json', text },
    { file: 'whichrole.yaml', text: JSON.stringify(settings) },
    {
      file: 'roles.json',
      text: JSON.stringify({ UserDetailList: [], RoleDetailList: rolesOf(aws, recording) }),
    },
  ]);
  return parsed.world;
}

function stsFacts({ sts }: ScenarioAws): Readonly<Record<string, string>> {
  const states = { fails: 'serverError', throttles: 'serverError', refused: 'refused', silent: 'timeout' };
  const state = sts?.state ?? 'answers';
  return { sts: state in states ? states[state as keyof typeof states] : 'answers' };
}

const usualRoles = ['app', 'db', 'web', 'kiam-server'].map((name) => `arn:aws:iam::${account}:role/${name}`);

/** The roles that a scenario is about: those of which STS was asked. */
function rolesOf({ sts, ec2 }: ScenarioAws, { calls = [] }: DaemonRecording): readonly object[] {
  const asked = new Set([
    ...calls.map(({ role }) => role).filter((role) => /:role\/./.test(role)),
    ...usualRoles,
  ]);
  const roles = [...asked].map((role) => {
    const ids = calls.filter((call) => call.role === role).map(({ externalId }) => externalId);
    const denied =
      sts?.state === 'denies' ||
      (sts?.deniedRoles?.includes(role) ?? false) ||
      (sts?.knownRoles !== undefined && !sts.knownRoles.includes(role));
    const condition =
      ids[0] === undefined
        ? { Null: { 'sts:ExternalId': 'true' } }
        : { StringEquals: { 'sts:ExternalId': ids } };
    const principal = denied ? { AWS: 'arn:aws:iam::999999999999:role/somebody' } : { AWS: '*' };
    return exportedRole(role, principal, condition, []);
  });
  const actions = ec2?.state === 'denies' ? ['sts:AssumeRole'] : ['sts:AssumeRole', 'ec2:DescribeRegions'];
  const own = [{ Effect: 'Allow', Action: actions, Resource: '*' }];
  const others = roles.filter(({ Arn }) => Arn !== nodeRole);
  return [...others, exportedRole(nodeRole, { Service: 'ec2.amazonaws.com', AWS: '*' }, {}, own)];
}

function exportedRole(
  arn: string,
  principal: object,
  condition: object,
  statements: readonly object[],
): { readonly Arn: string } {
  const allowed = statements.length > 0 ? statements : [{ Effect: 'Allow', Action: '*', Resource: '*' }];
  const trust = { Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole', Condition: condition };
  const role = {
    Arn: arn,
    RoleName: arn.slice(arn.lastIndexOf('/') + 1),
    Path: '/',
    RoleId: 'AROALAB',
    CreateDate: '2026-01-01T00:00:00Z',
    AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [trust] },
    RolePolicyList: [{ PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement: allowed } }],
    AttachedManagedPolicies: [],
  };
  return role;
}

/** Adds what a step changes about AWS. */
export function merged(before: ScenarioAws, { sts, imds, ec2 }: ScenarioAws): ScenarioAws {
  return {
    sts: { ...before.sts, ...sts },
    imds: { ...before.imds, ...imds },
    ec2: { ...before.ec2, ...ec2 },
  };
}

/** Finds the pod that has an address and has not finished; whoever else asks is no pod. */
export function podAt(world: World, address: string): PodTemplate | undefined {
  return world.workloads
    .map(({ template }) => template)
    .find(({ status }) => {
      const finished = status?.phase === 'Succeeded' || status?.phase === 'Failed';
      return status?.podIP === address && !finished;
    });
}

/** Gives the node that the daemon of a scenario runs on. */
export function labNode(world: World): ClusterNode {
  const found = world.nodes.find(({ name }) => name === nodeName);
  if (!found) throw new Error('the lab has its node');
  return found;
}

/** Reads a request of the wire as the call that it is to the model. */
export function callOf({ get = '', method = 'GET' }: ScenarioStep): ImdsCall {
  const path = decodeURIComponent(get.split('?')[0] ?? '');
  if (method === 'PUT' && path === '/latest/api/token') return { kind: 'token' };
  if (path === list) return { kind: 'roleList' };
  const name = path.startsWith(list) ? path.slice(list.length) : '';
  return name === '' || name.startsWith('/')
    ? { kind: 'other', path }
    : { kind: 'roleCredentials', roleName: name };
}

/** Tells whether a request carries a token. */
export function hasToken({ headers = {} }: ScenarioStep): boolean {
  return 'x-aws-ec2-metadata-token' in headers;
}

/** Answers what the scenario states; a role of which STS was never asked would admit the caller. */
export function stated(world: World): Ask {
  const admitting: Readonly<Record<string, string>> = { trust: 'admits', identityPolicy: 'allows' };
  const ask = askStated(world);
  return (question) => lookUpFact(world, question).value ?? admitting[question.name] ?? ask(question);
}

/** Writes a reply of the model, or of a recording, on one line: what both can be held to. */
export function modelText({ reply, evidence }: ServiceReply): string {
  const proxied = evidence.some(({ kind }) => kind === 'proxiedToImds' || kind === 'kiamProxied');
  return `${proxied ? 'IMDS ' : ''}${replyText(reply)}`;
}

function replyText(reply: Reply): string {
  switch (reply.kind) {
    case 'hang':
      return 'no answer';
    case 'httpError':
      return `${reply.status}`;
    case 'ok':
      break;
    default:
      return reply.kind;
  }
  const { body } = reply;
  if (body.kind === 'roleList') return `200 list ${body.roleNames.join('|')}`;
  if (body.kind !== 'credentials') return '200';
  const { identity, sessionName, expiresInSeconds } = body.credentials;
  const role = identity.kind === 'role' ? identity.arn : identity.kind;
  return `200 credentials ${role} ${sessionName ?? ''} ${expiresInSeconds ?? ''}`;
}

/** The same of a recording; `isList` when the request was for the list of roles. */
export function recordedText(recorded: RecordedReply, model: string, isList: boolean): string {
  if (recorded.lost !== undefined) return recorded.lost === 'timeout' ? 'no answer' : recorded.lost;
  const { status, body = '', credentials } = recorded;
  // What the metadata of an instance holds beyond the paths of the lab, the model does not claim to know.
  const isOfImds = model.startsWith('IMDS ');
  if (isOfImds) return body === '404 - Not Found' ? model : `IMDS ${status}`;
  if (credentials) {
    const { role, session = '', seconds = '' } = credentials;
    return `200 credentials ${role} ${session} ${seconds}`;
  }
  return isList && status === 200 ? `200 list ${body.split('\n').filter(Boolean).join('|')}` : `${status}`;
}
