import type { Admission } from '../admission/admit.ts';
import { isSet, type FileContent } from '../model/environment.ts';
import type { Reply, Request } from '../model/exchange.ts';
import type { Ask } from '../model/fact.ts';
import type { Identity } from '../model/identity.ts';
import type { Kube2iam } from '../model/kube2iam.ts';
import type { ClusterNode } from '../model/node.ts';
import type { Container } from '../model/pod.ts';
import type { Workload } from '../model/workload.ts';
import type { World } from '../model/world.ts';
import { pastInitContainer } from '../network/initContainerBlock.ts';
import { packetPath } from '../network/packetPath.ts';
import { pastSecurityGroups } from '../network/podSecurityGroups.ts';
import type { Destination, PacketPath } from '../network/path.ts';
import type { ServiceEvidence } from '../services/evidence.ts';
import { imds } from '../services/imds.ts';
import { kiam } from '../services/kiam.ts';
import { kube2iam } from '../services/kube2iam.ts';
import { podIdentityAgent } from '../services/podIdentityAgent.ts';
import { assumeRole, assumeRoleWithWebIdentity } from '../services/sts.ts';
import type { KiamServerAt } from './kiamServer.ts';
import type { Way } from './trace.ts';

/** The process that sends requests: in which pod, on which node, with which environment. */
export interface Caller {
  readonly workload: Workload;
  /** Absent: some process of the pod. */
  readonly container?: Container;
  /** `namespace/name` of the workload, the scope of facts about one pod. */
  readonly podKey: string;
  readonly node: ClusterNode;
  readonly admission: Admission;
  /** The identity with which a daemon on the caller's node calls AWS. */
  readonly identityOf: (daemon: Kube2iam) => Identity;
  /** The kiam server behind the agents, where it runs, and who it is. */
  readonly kiamServer: () => KiamServerAt;
}

/** A reply together with how it came about. */
export interface Response {
  readonly reply: Reply;
  readonly ways: readonly Way[];
  readonly evidence: readonly ServiceEvidence[];
}

/**
 * Answers a request of a container as the world would: the packets travel, somebody takes them, and replies.
 */
export function respond(world: World, ask: Ask, caller: Caller, request: Request): Response {
  switch (request.kind) {
    case 'readFile':
      return { reply: readFile(ask, caller, request.path), ways: [], evidence: [] };
    case 'sts':
      return respondAsSts(world, ask, caller, request);
    case 'container':
      return respondAsContainerEndpoint(world, ask, caller, request);
    case 'imds':
      return respondAsMetadata(world, ask, caller, request, metadataAddress(caller));
  }
}

function readFile(ask: Ask, caller: Caller, path: string): Reply {
  const { environment } = caller.admission;
  const content = environment.files.get(path);
  const hidden = environment.hiddenDirectories.find((directory) => isUnder(path, directory.path));
  if (!content && !hidden) return { kind: 'fileMissing' };
  if (!content || content.kind === 'hidden') {
    const from = content?.from ?? hidden?.from;
    const holds = ask({
      name: 'mountedProfile',
      scope: `${caller.podKey} ${path}`,
      ...(from ? { about: from } : {}),
    });
    if (!from || holds === 'noCredentials') return { kind: 'fileMissing' };
    return { kind: 'file', content: { kind: 'hidden', from } };
  }
  if (content.kind === 'serviceAccountToken') return readToken(ask, caller, content);
  return { kind: 'file', content };
}

function readToken(ask: Ask, caller: Caller, content: FileContent): Reply {
  switch (ask({ name: 'token', scope: caller.podKey, about: content.from })) {
    case 'missing':
      return { kind: 'fileMissing' };
    case 'unreadable':
      return { kind: 'file', content: { kind: 'unreadable', from: content.from } };
    default:
      return { kind: 'file', content };
  }
}

function isUnder(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory.endsWith('/') ? directory : `${directory}/`);
}

function respondAsSts(
  world: World,
  ask: Ask,
  caller: Caller,
  request: Extract<Request, { kind: 'sts' }>,
): Response {
  const ways: Way[] = [];
  for (const to of [{ kind: 'dns' }, { kind: 'sts' }] as const) {
    const sent = travel(world, ask, caller, to);
    const path = to.kind === 'sts' ? pastSecurityGroups(world, caller.workload.template, sent) : sent;
    ways.push({ to, path });
    const lost = lostReply(path);
    if (lost) return { reply: lost, ways, evidence: [] };
  }
  const service =
    request.action === 'AssumeRole'
      ? assumeRole(world, ask, {
          roleArn: request.roleArn,
          sessionName: request.sessionName,
          endpoint: request.endpoint,
          source: request.source,
          ...(request.externalId === undefined ? {} : { externalId: request.externalId }),
        })
      : assumeRoleWithWebIdentity(world, ask, {
          roleArn: request.roleArn,
          sessionName: request.sessionName,
          endpoint: request.endpoint,
          podKey: caller.podKey,
          token: caller.admission.environment.files.get(request.tokenFile),
        });
  return { ...service, ways };
}

function respondAsContainerEndpoint(
  world: World,
  ask: Ask,
  caller: Caller,
  request: Extract<Request, { kind: 'container' }>,
): Response {
  const { proxy } = request;
  if (proxy !== undefined) {
    // A proxy answers for a host that it does not reach with an error of a gateway.
    return {
      reply: { kind: 'httpError', status: 502 },
      ways: [],
      evidence: [{ kind: 'agentBehindProxy', proxy, source: 'awsdocs/amazon-eks-user-guide#872' }],
    };
  }
  const to = addressOf(request.url);
  if (!to) return { reply: { kind: 'refused' }, ways: [], evidence: [] };
  const path = travel(world, ask, caller, to);
  const ways = [{ to, path }];
  const lost = lostReply(path);
  if (lost) return { reply: lost, ways, evidence: [] };
  if (path.end.kind !== 'arrives' || path.end.at.kind !== 'podIdentityAgent') {
    return { reply: { kind: 'refused' }, ways, evidence: [] };
  }
  const token = sentToken(caller, request.tokenFile);
  const { workload, node, podKey } = caller;
  return { ...podIdentityAgent(world, ask, { workload, node, podKey, token }), ways };
}

/**
 * Gives the token that goes along with a request; a request without one counts as one with an empty token.
 *
 * @source aws/eks-pod-identity-agent:internal/validation/request.go `validateToken`
 */
function sentToken(
  { admission: { environment }, workload }: Caller,
  tokenFile: string | undefined,
): FileContent | undefined {
  if (tokenFile !== undefined) return environment.files.get(tokenFile);
  // A token in a variable is sent too, but no file shows what it holds.
  if (isSet(environment, 'AWS_CONTAINER_AUTHORIZATION_TOKEN')) return undefined;
  return { kind: 'empty', from: workload.template.ref };
}

/** Answers a metadata request that is sent to an address: the usual one, or the port of kube2iam on a node. */
export function respondAsMetadata(
  world: World,
  ask: Ask,
  caller: Caller,
  request: Extract<Request, { kind: 'imds' }>,
  to: Destination,
): Response {
  const inside = caller.container ?? { name: '', kind: 'app' };
  const path = pastInitContainer(caller.workload.template, inside, to, () => travel(world, ask, caller, to));
  const ways = [{ to, path }];
  const lost = lostReply(path);
  if (lost || path.end.kind !== 'arrives') return { reply: lost ?? { kind: 'timeout' }, ways, evidence: [] };
  const receiver = path.end.at;
  const { call, withToken } = request;
  switch (receiver.kind) {
    case 'imds':
      return { ...imds(world, ask, { node: caller.node, call, withToken, hops: path.end.hops }), ways };
    case 'kube2iam': {
      const service = kube2iam(world, ask, {
        daemon: receiver.daemon,
        node: caller.node,
        call,
        withToken,
        caller: receiver.sourceAddress === 'pod' ? caller.workload.template : undefined,
        daemonIdentity: () => caller.identityOf(receiver.daemon),
      });
      return { ...service, ways };
    }
    case 'kiam': {
      const { identity: serverIdentity, ...server } = caller.kiamServer();
      const service = kiam(world, ask, {
        agent: receiver.agent,
        server,
        node: caller.node,
        call,
        withToken,
        caller: receiver.sourceAddress === 'pod' ? caller.workload.template : undefined,
        serverIdentity,
      });
      return { ...service, ways };
    }
    case 'podIdentityAgent':
    case 'outside':
      return { reply: { kind: 'httpError', status: 404 }, ways, evidence: [] };
  }
}

const imdsIpv4 = '169.254.169.254';
const imdsIpv6 = 'fd00:ec2::254';

/**
 * The address that an SDK dials for instance metadata.
 *
 * @source AWS SDKs and Tools Reference Guide, "IMDS client": AWS_EC2_METADATA_SERVICE_ENDPOINT and
 * AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE
 */
function metadataAddress(caller: Caller): Destination {
  const { variables } = caller.admission.environment;
  const endpoint = variables.get('AWS_EC2_METADATA_SERVICE_ENDPOINT')?.value;
  const stated = endpoint === undefined || endpoint === '' ? undefined : addressOf(endpoint);
  if (stated) return stated;
  const mode = variables.get('AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE')?.value?.toLowerCase();
  return { kind: 'address', address: mode === 'ipv6' ? imdsIpv6 : imdsIpv4, port: 80, protocol: 'TCP' };
}

function addressOf(url: string): Extract<Destination, { kind: 'address' }> | undefined {
  if (!URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  const port = parsed.port === '' ? (parsed.protocol === 'https:' ? 443 : 80) : Number(parsed.port);
  const address = parsed.hostname.replace(/^\[|\]$/g, '');
  return { kind: 'address', address, port, protocol: 'TCP' };
}

function travel(world: World, ask: Ask, caller: Caller, to: Destination): PacketPath {
  return packetPath(world, ask, { pod: caller.workload.template, node: caller.node }, to);
}

function lostReply(path: PacketPath): Reply | undefined {
  switch (path.end.kind) {
    case 'arrives':
      return undefined;
    case 'dropped':
      return { kind: 'timeout' };
    case 'refused':
      return { kind: 'refused' };
  }
}
