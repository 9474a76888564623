import { errorText, httpError } from './httpError.ts';
import type { ImdsCall, Reply } from '../model/exchange.ts';
import type { Ask } from '../model/fact.ts';
import type { Credentials, Identity } from '../model/identity.ts';
import { kiamKeys, type KiamAgent, type KiamServer } from '../model/kiam.ts';
import type { ClusterNode } from '../model/node.ts';
import { annotationRef, type ObjectRef } from '../model/objectRef.ts';
import type { PodTemplate } from '../model/pod.ts';
import { indexOf, type World } from '../model/world.ts';
import type { KiamFinding, ServiceEvidence, ServiceReply } from './evidence.ts';
import { imds } from './imds.ts';
import { noRoute, kiamRoute } from './kiamRoute.ts';
import {
  fatalPod,
  kiamBaseArn,
  kiamPermitted,
  kiamSession,
  resolveKiamRole,
  type ResolvedRole,
} from './kiamRole.ts';
import { instanceId, metadataRequest } from './metadataPath.ts';
import { podsAtAddress, takenFor, type FoundPod } from './podBySourceAddress.ts';
import { assumeRole } from './sts.ts';

/** A metadata request that a kiam agent has taken. */
export interface KiamRequest {
  readonly agent: KiamAgent;
  /** The server behind the agent, and the node that it runs on. */
  readonly server: { readonly daemon: KiamServer; readonly node: ClusterNode };
  readonly node: ClusterNode;
  readonly call: ImdsCall;
  readonly withToken: boolean;
  /** The pod whose address the packets carry; absent when they carry the node's. */
  readonly caller: PodTemplate | undefined;
  /** Who the server itself is in AWS, before it takes the role of `--assume-role-arn`. */
  readonly serverIdentity: () => Identity;
}

/** Where the behaviour of kiam was read, and seen in recordings (v4.2). */
const sources: Readonly<Record<KiamFinding['kind'], string>> = {
  kiamRouteBlocked: 'uswitch/kiam:pkg/aws/metadata/handler_proxy.go',
  kiamProxied: 'uswitch/kiam:pkg/aws/metadata/handler_proxy.go',
  kiamServer: 'uswitch/kiam:pkg/server/gateway.go',
  kiamPod: 'uswitch/kiam:pkg/k8s/pod_cache.go (findPodForIP)',
  kiamRole: 'uswitch/kiam:pkg/aws/sts/arn_resolver.go',
  kiamNoRole: 'uswitch/kiam:pkg/aws/metadata/handler_role_name.go',
  kiamOtherRole: 'uswitch/kiam:pkg/server/policy.go (RequestingAnnotatedRolePolicy)',
  kiamPermitted: 'uswitch/kiam:pkg/server/policy.go (NamespacePermittedRoleNamePolicy)',
  kiamServerCrashed: 'uswitch/kiam:pkg/aws/sts/arn_resolver.go (roleFromArn); seen in recordings of v4.2',
  kiamSessionHeld: 'uswitch/kiam:pkg/aws/sts/cache.go, pkg/prefetch/manager.go',
  kiamIdentity: 'uswitch/kiam:pkg/server/server_builder.go (WithAWSSTSGateway)',
};

/**
 * Answers a metadata request as kiam does: the agent asks its server for roles and credentials, and lets of
 * everything else only the token request and what its expression fits go on to IMDS.
 *
 * @source uswitch/kiam:pkg/aws/metadata/server.go (buildHTTPServer), pkg/server/server.go
 */
export function kiam(world: World, ask: Ask, request: KiamRequest): ServiceReply {
  const { call, node, agent, withToken } = request;
  const route = kiamRoute(agent.flags, call);
  switch (route.kind) {
    case 'redirected':
      return { reply: httpError(301, ''), evidence: [] };
    case 'ping':
      return { reply: { kind: 'ok', body: { kind: 'text', text: 'pong' } }, evidence: [] };
    case 'health':
      return health(world, ask, node);
    case 'proxied': {
      const proxied = imds(world, ask, { node, call, withToken, hops: 1 });
      return { ...proxied, evidence: [found({ kind: 'kiamProxied' }, agent.ref), ...proxied.evidence] };
    }
    case 'blocked': {
      const { path } = metadataRequest(call);
      const expression = agent.flags.allowRouteRegexp || noRoute;
      const blocked = found({ kind: 'kiamRouteBlocked', path, expression }, routesRef(agent));
      return {
        reply: httpError(404, `request blocked by allow-route-regexp "${expression}": ${path}`),
        evidence: [blocked],
      };
    }
    case 'list':
      return askServer(world, ask, request, undefined);
    case 'credentials':
      return askServer(world, ask, request, route.role);
  }
}

/**
 * Whatever IMDS says is healthy, a 401 too; only a silent IMDS is not.
 *
 * @source uswitch/kiam:pkg/aws/metadata/handler_health.go; recordings path-health, path-health-tokens
 */
function health(world: World, ask: Ask, node: ClusterNode): ServiceReply {
  const { reply, evidence } = imds(world, ask, { node, call: instanceId, withToken: false, hops: 0 });
  if (reply.kind === 'ok') return { reply, evidence };
  if (reply.kind !== 'httpError')
    return { reply: httpError(500, "couldn't read metadata response"), evidence };
  const text = `${reply.status} - ${reply.message}`;
  return { reply: { kind: 'ok', body: { kind: 'text', text } }, evidence };
}

function routesRef({ ref, flagRefs }: KiamAgent): ObjectRef {
  return flagRefs['allow-route-regexp'] ?? ref;
}

/** An error of the server is tried again for five seconds, and then a 500. */
function askServer(world: World, ask: Ask, request: KiamRequest, asked: string | undefined): ServiceReply {
  const { agent, server, caller } = request;
  const evidence: ServiceEvidence[] = [];
  const note = (finding: KiamFinding, at: ObjectRef | undefined): void =>
    void evidence.push(found(finding, at));
  const fails = (status: number, message: string): ServiceReply => ({
    reply: httpError(status, message),
    evidence,
  });
  const fatal = fatalPod(world, server.daemon.image);
  if (fatal) {
    const text = fatal.annotations[kiamKeys.role] ?? '';
    note({ kind: 'kiamServerCrashed', text }, annotationRef(fatal, kiamKeys.role));
    return fails(500, 'rpc error: code = Unavailable');
  }
  const state = serverState(world, ask, server);
  if (state === 'unreachable') {
    note({ kind: 'kiamServer', state }, server.daemon.ref);
    return fails(500, 'rpc error: code = Unavailable');
  }
  const source = podOf(world, ask, caller);
  const which = source.kind;
  note({ kind: 'kiamPod', found: which }, 'pod' in source ? source.pod.ref : agent.ref);
  if (!('pod' in source)) {
    return fails(500, which === 'nobody' ? 'pod not found' : 'multiple running pods found');
  }
  const { pod } = source;
  const baseArn = kiamBaseArn(world, server.node, server.daemon.flags);
  const text = pod.annotations[kiamKeys.role] ?? '';
  const role = resolveKiamRole(baseArn, text);
  if (!role) {
    note({ kind: 'kiamNoRole' }, pod.ref);
    return asked === undefined ? fails(404, 'empty role') : fails(500, "role can't be empty");
  }
  note({ kind: 'kiamRole', text, roleArn: role.arn }, annotationRef(pod, kiamKeys.role));
  if (asked === undefined) {
    return { reply: { kind: 'ok', body: { kind: 'roleList', roleNames: [text] } }, evidence };
  }
  const wanted = resolveKiamRole(baseArn, asked);
  if (wanted?.arn !== role.arn || wanted.name !== role.name) {
    note({ kind: 'kiamOtherRole', asked, roleArn: role.arn }, server.daemon.ref);
    return fails(500, forbidden);
  }
  const refusal = refusedByNamespace(world, request, pod, role, note);
  return refusal === undefined
    ? giveCredentials(world, ask, request, pod, role, evidence)
    : fails(500, refusal);
}

/** @source uswitch/kiam:pkg/k8s/pod_cache.go (findPodForIP) */
function podOf(world: World, ask: Ask, caller: PodTemplate | undefined): FoundPod {
  if (!caller) return { kind: 'nobody' };
  const taken = takenFor(world, ask, caller);
  if (taken) return taken;
  const [pod = caller, ...others] = podsAtAddress(world, caller);
  return others.length > 0 ? { kind: 'several' } : { kind: 'pod', pod };
}

const forbidden = 'error fetching credentials: forbidden by policy';

/**
 * A process that ends at start serves nobody, nor does one that looks for its base ARN where metadata is switched
 * off; whether any other can be reached no manifest shows.
 */
function serverState(
  world: World,
  ask: Ask,
  { daemon, node }: KiamRequest['server'],
): 'ready' | 'unreachable' {
  const metadata = { ...world.nodeDefaults.imds, ...node.imds }.httpEndpoint;
  const ends =
    daemon.startupFaults.length > 0 || (daemon.flags.roleBaseArnAutodetect && metadata === 'disabled');
  const known = ends ? { known: 'unreachable' } : {};
  return ask({ name: 'kiam.server', about: daemon.ref, ...known }) === 'unreachable'
    ? 'unreachable'
    : 'ready';
}

/** Says why a namespace refuses a role. */
function refusedByNamespace(
  world: World,
  { server }: KiamRequest,
  { namespace }: PodTemplate,
  { arn }: ResolvedRole,
  note: (finding: KiamFinding, at: ObjectRef | undefined) => void,
): string | undefined {
  const at = indexOf(world).namespace(namespace)?.ref ?? { kind: 'Namespace', name: namespace };
  const finding = kiamPermitted(world, server.daemon.flags, {
    roleArn: arn,
    namespace,
    key: kiamKeys.permitted,
  });
  note(finding, at);
  if (finding.allowed) return undefined;
  return finding.by === 'unreadable' ? 'error parsing regexp' : forbidden;
}

function giveCredentials(
  world: World,
  ask: Ask,
  request: KiamRequest,
  pod: PodTemplate,
  role: ResolvedRole,
  before: readonly ServiceEvidence[],
): ServiceReply {
  const { server } = request;
  const own = ownSession(world, ask, request, request.serverIdentity());
  const evidence = [...before, ...own.evidence];
  const { session, sessionDurationSeconds } = server.daemon.flags;
  const externalId = pod.annotations[kiamKeys.externalId] ?? '';
  const name = pod.annotations[kiamKeys.sessionName] || session;
  const sessionName = kiamSession(name);
  const held = heldSession(ask, server.daemon, role.arn, sessionName);
  if ('kind' in own.source) return held(own.source, evidence);
  const answer = assumeRole(world, ask, {
    roleArn: role.arn,
    sessionName,
    source: own.source,
    ...(externalId === '' ? {} : { externalId }),
    durationSeconds: sessionDurationSeconds,
  });
  return held(answer.reply, [...evidence, ...answer.evidence]);
}

/**
 * Passes on what STS says, or the session that the server holds: it fetches one for each new pod, before anybody
 * asks, and keeps it until five minutes before it expires.
 *
 * @source uswitch/kiam:pkg/prefetch/manager.go, pkg/aws/sts/cache.go; seen in recordings of v4.2
 */
function heldSession(
  ask: Ask,
  { ref, flags }: KiamServer,
  roleArn: string,
  sessionName: string,
): (reply: Reply, evidence: readonly ServiceEvidence[]) => ServiceReply {
  return (reply, evidence) => {
    const fails = reply.kind !== 'ok';
    if (!fails || ask({ name: 'daemonCache', scope: roleArn, about: ref }) !== 'session') {
      return { reply: passOn(reply), evidence };
    }
    const credentials: Credentials = {
      identity: { kind: 'role', arn: roleArn },
      mechanism: 'kiam',
      sessionName,
      expiresInSeconds: flags.sessionDurationSeconds,
    };
    const held: Reply = { kind: 'ok', body: { kind: 'credentials', credentials } };
    return { reply: held, evidence: [...evidence, found({ kind: 'kiamSessionHeld' }, ref)] };
  };
}

/** The credentials with which the server assumes the roles of pods: its own, or those of `--assume-role-arn`. */
function ownSession(
  world: World,
  ask: Ask,
  { server }: KiamRequest,
  identity: Identity,
): { readonly source: Credentials | Reply; readonly evidence: readonly ServiceEvidence[] } {
  const { daemon, node } = server;
  const evidence = [found({ kind: 'kiamIdentity', identity }, daemon.ref)];
  if (identity.kind === 'none') return { source: httpError(500, identity.error), evidence };
  const first: Credentials = { identity, mechanism: 'kiam' };
  const role = resolveKiamRole(kiamBaseArn(world, node, daemon.flags), daemon.flags.assumeRoleArn);
  if (!role) return { source: first, evidence };
  const answer = assumeRole(world, ask, {
    roleArn: role.arn,
    sessionName: '<unix ns>',
    source: first,
    durationSeconds: ownSessionSeconds,
  });
  const { reply } = answer;
  const all = [...evidence, ...answer.evidence];
  const taken = reply.kind === 'ok' && reply.body.kind === 'credentials' ? reply.body.credentials : undefined;
  return { source: taken ?? reply, evidence: all };
}

/** @source aws/aws-sdk-go:aws/credentials/stscreds/assume_role_provider.go (DefaultDuration) */
const ownSessionSeconds = 900;

/** What kiam makes of the answer of STS: an error, or a silence of five seconds, is a 500. */
function passOn(reply: Reply): Reply {
  if (reply.kind === 'ok') return reply;
  const message = reply.kind === 'httpError' ? errorText(reply) : reply.kind;
  return httpError(500, `error fetching credentials: ${message}`);
}

function found(finding: KiamFinding, at: ObjectRef | undefined): ServiceEvidence {
  return { ...finding, ...(at ? { at } : {}), source: sources[finding.kind] };
}
