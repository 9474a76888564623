import { errorText, httpError } from './httpError.ts';
import type { ImdsCall, Reply } from '../model/exchange.ts';
import type { Ask } from '../model/fact.ts';
import { sameIdentity, type Credentials, type Identity } from '../model/identity.ts';
import type { Kube2iam } from '../model/kube2iam.ts';
import type { ClusterNode } from '../model/node.ts';
import { annotationRef, type ObjectRef } from '../model/objectRef.ts';
import type { PodTemplate } from '../model/pod.ts';
import { indexOf, type World } from '../model/world.ts';
import { regionsFault } from './describeRegions.ts';
import type { Kube2iamFinding, ServiceEvidence, ServiceReply } from './evidence.ts';
import { imds, nodeIdentity } from './imds.ts';
import {
  chooseRole,
  expandRole,
  roleSettings,
  undiscovered,
  type ChosenRole,
  type RoleSettings,
} from './kube2iamRole.ts';
import { kube2iamRoute, reachesImds } from './kube2iamRoute.ts';
import { kube2iamSession } from './kube2iamSession.ts';
import { behavesSo, describesRegions, passesTokenRequests, usesSdkV2 } from './kube2iamVersion.ts';
import { instanceId } from './metadataPath.ts';
import { namespaceRestriction } from './namespaceRestriction.ts';
import { podBySourceAddress } from './podBySourceAddress.ts';
import { assumeRole } from './sts.ts';
import { stsError } from './stsErrors.ts';

/** A metadata request that a kube2iam daemon has taken. */
export interface Kube2iamRequest {
  readonly daemon: Kube2iam;
  readonly node: ClusterNode;
  readonly call: ImdsCall;
  readonly withToken: boolean;
  /** The pod whose address the packets carry; absent when they carry the node's. */
  readonly caller: PodTemplate | undefined;
  /** Who the daemon itself is in AWS; consulted only when it has to assume a role. */
  readonly daemonIdentity: () => Identity;
}

/** Where the behaviour of kube2iam was read (0.15.0). */
const sources: Readonly<Record<Kube2iamFinding['kind'], string>> = {
  podBySourceAddress: 'jtblin/kube2iam:k8s/k8s.go (PodByIP)',
  roleChosen: 'jtblin/kube2iam:mappings/mapper.go (extractRoleARN)',
  noRole: 'jtblin/kube2iam:mappings/mapper.go (extractRoleARN)',
  namespaceRestriction: 'jtblin/kube2iam:mappings/mapper.go (checkRoleForNamespace)',
  baseArnDiscovered: 'jtblin/kube2iam:iam/arn.go (GetBaseArn)',
  emptyRoleListed: 'jtblin/kube2iam:server/server.go (securityCredentialsHandler)',
  otherRoleAsked: 'jtblin/kube2iam:server/server.go (roleHandler)',
  proxiedToImds: 'jtblin/kube2iam:server/server.go (reverseProxyHandler)',
  clientAddressForwarded: passesTokenRequests.source,
  describeRegionsDenied: describesRegions.source,
  regionMissing: describesRegions.source,
  daemonIdentity: 'jtblin/kube2iam:iam/iam.go (AssumeRole)',
  answeredFromCache: 'jtblin/kube2iam:iam/iam.go (AssumeRole: cache and errorCache by role)',
};

/**
 * Answers a metadata request as kube2iam does.
 *
 * It answers the two paths below `iam/security-credentials` itself, without asking for a token; every other
 * request goes on to the metadata service of the node, from the host's own network.
 *
 * @source jtblin/kube2iam:server/server.go (Run, securityCredentialsHandler, roleHandler, reverseProxyHandler)
 */
export function kube2iam(world: World, ask: Ask, request: Kube2iamRequest): ServiceReply {
  const { call, node, withToken, daemon } = request;
  if (call.kind === 'token' && behavesSo(daemon.image, passesTokenRequests) === false) {
    const refused = found({ kind: 'clientAddressForwarded', image: daemon.image ?? '' }, daemon.ref);
    return { reply: httpError(403, 'Forbidden'), evidence: [refused] };
  }
  const route = kube2iamRoute(daemon.flags, call);
  switch (route.kind) {
    case 'redirected':
      return { reply: httpError(301, ''), evidence: [] };
    case 'ownText':
      return { reply: { kind: 'ok', body: { kind: 'text', text: '' } }, evidence: [] };
    case 'health': {
      const asksForToken = behavesSo(daemon.image, usesSdkV2) !== false;
      const healthy = imds(world, ask, { node, call: instanceId, withToken: asksForToken, hops: 1 });
      return healthy.reply.kind === 'ok' ? healthy : { ...healthy, reply: httpError(500, 'no instance id') };
    }
    case 'proxied': {
      if (!reachesImds(daemon.flags)) {
        return {
          reply: httpError(502, 'Bad Gateway'),
          evidence: [found({ kind: 'proxiedToImds' }, daemon.ref)],
        };
      }
      const proxied = imds(world, ask, { node, call, withToken, hops: 1 });
      return { ...proxied, evidence: [found({ kind: 'proxiedToImds' }, daemon.ref), ...proxied.evidence] };
    }
    case 'role': {
      const mapping = mapRole(world, ask, request);
      if (mapping.kind === 'refused') return { reply: mapping.reply, evidence: mapping.evidence };
      // The list's path with nothing behind it is the list.
      if (route.role === '') return listRole(mapping, daemon);
      return giveCredentials(world, ask, request, mapping, route.role);
    }
  }
}

type Mapping =
  | {
      readonly kind: 'mapped';
      readonly pod: PodTemplate;
      readonly role: ChosenRole;
      readonly settings: RoleSettings;
      readonly evidence: readonly ServiceEvidence[];
    }
  | { readonly kind: 'refused'; readonly reply: Reply; readonly evidence: readonly ServiceEvidence[] };

function mapRole(world: World, ask: Ask, { daemon, node, caller }: Kube2iamRequest): Mapping {
  const { flags } = daemon;
  const evidence: ServiceEvidence[] = [];
  const refuse = (message: string): Mapping => ({
    kind: 'refused',
    reply: httpError(404, message),
    evidence,
  });
  const source = podBySourceAddress(world, ask, flags, caller, node);
  const about = 'pod' in source ? source.pod.ref : caller?.ref;
  evidence.push(found({ kind: 'podBySourceAddress', found: source.kind }, about));
  if (source.kind === 'nobody') return refuse('pod with specificed IP not found');
  if (source.kind === 'several') return refuse('several pods with the ip indexed');
  const { pod } = source;
  const settings = roleSettings(world, node, flags);
  const { baseArn, discoveredFrom } = settings;
  if (discoveredFrom)
    evidence.push(found({ kind: 'baseArnDiscovered', baseArn, from: discoveredFrom }, node.ref));
  const role = chooseRole(settings, flags, pod);
  if (!role) {
    evidence.push(found({ kind: 'noRole' }, pod.ref));
    return refuse('unable to find role for IP');
  }
  const chosenAt = role.by === 'annotation' ? annotationRef(pod, flags.iamRoleKey) : defaultRoleRef(daemon);
  evidence.push(found({ kind: 'roleChosen', ...role }, chosenAt));
  const { namespace } = pod;
  const restriction = namespaceRestriction(world, flags, settings, { roleArn: role.roleArn, namespace });
  const restrictedBy = indexOf(world).namespace(namespace)?.ref ?? { kind: 'Namespace', name: namespace };
  evidence.push(found(restriction, restriction.by === 'unrestricted' ? daemon.ref : restrictedBy));
  if (!restriction.allowed) {
    return refuse(
      `role requested ${role.roleArn} not valid for namespace of pod with namespace ${namespace}`,
    );
  }
  return { kind: 'mapped', pod, role, settings, evidence };
}

function defaultRoleRef({ ref, flagRefs }: Kube2iam): ObjectRef {
  return flagRefs['default-role'] ?? flagRefs['auto-discover-default-role'] ?? ref;
}

/** A client reads the list line by line; an empty body names no role. */
function listRole(
  { role, settings, evidence }: Extract<Mapping, { kind: 'mapped' }>,
  daemon: Kube2iam,
): ServiceReply {
  const { baseArn } = settings;
  const own = baseArn !== '' && role.roleArn.startsWith(baseArn);
  const body = own ? role.roleArn.slice(baseArn.length) : role.roleArn;
  const roleNames = body.split('\n').filter((line) => line !== '');
  const empty = roleNames.length === 0 ? [found({ kind: 'emptyRoleListed' }, daemon.ref)] : [];
  return { reply: { kind: 'ok', body: { kind: 'roleList', roleNames } }, evidence: [...evidence, ...empty] };
}

function giveCredentials(
  world: World,
  ask: Ask,
  request: Kube2iamRequest,
  mapping: Extract<Mapping, { kind: 'mapped' }>,
  asked: string,
): ServiceReply {
  const { daemon } = request;
  const { settings, evidence: mapped } = mapping;
  const { roleArn } = mapping.role;
  if (expandRole(settings.baseArn, asked) !== roleArn) {
    const other = found({ kind: 'otherRoleAsked', asked, roleArn }, daemon.ref);
    return { reply: httpError(403, `Invalid role ${asked}`), evidence: [...mapped, other] };
  }
  const { iamRoleErrorTtlSeconds, iamRoleSessionTtlSeconds } = daemon.flags;
  if (iamRoleErrorTtlSeconds > 0 && heldFor(ask, roleArn, daemon.ref) === 'error') {
    return {
      reply: httpError(500, 'error of an earlier request'),
      evidence: [...mapped, fromCache('error', daemon)],
    };
  }
  const fresh = assumeFor(world, ask, request, mapping);
  if (fresh.reply.kind === 'ok' || heldFor(ask, roleArn, daemon.ref) !== 'session') {
    return { reply: passOn(fresh.reply), evidence: fresh.evidence };
  }
  const held: Credentials = {
    identity: { kind: 'role', arn: roleArn },
    mechanism: 'kube2iam',
    sessionName: kube2iamSession(roleArn, undefined),
    expiresInSeconds: 2 * iamRoleSessionTtlSeconds,
  };
  const reply: Reply = { kind: 'ok', body: { kind: 'credentials', credentials: held } };
  return { reply, evidence: [...fresh.evidence, fromCache('session', daemon)] };
}

/** What the daemon's own SDK says when it holds no session of the role. */
function assumeFor(
  world: World,
  ask: Ask,
  { daemon, node, daemonIdentity }: Kube2iamRequest,
  { pod, role, evidence: mapped }: Extract<Mapping, { kind: 'mapped' }>,
): ServiceReply {
  const { roleArn } = role;
  const identity = daemonIdentity();
  const evidence = [...mapped, found({ kind: 'daemonIdentity', identity }, node.ref)];
  if (identity.kind === 'none') return { reply: httpError(500, identity.error), evidence };
  const lost = regionsFault(world, ask, daemon, identity);
  if (lost) {
    const because = found({ kind: lost.kind }, lost.at);
    return { reply: httpError(500, lost.message), evidence: [...evidence, because] };
  }
  // A session of the node's role is named after the instance; of any other name nothing is known.
  const ofNode = sameIdentity(identity, nodeIdentity(world, node));
  const source: Credentials = {
    identity,
    mechanism: 'kube2iam',
    ...(node.instanceId === undefined || !ofNode ? {} : { sessionName: node.instanceId }),
  };
  const externalId = pod.annotations[daemon.flags.iamExternalIdKey] ?? '';
  const answer = assumeRole(world, ask, {
    roleArn,
    sessionName: kube2iamSession(roleArn, pod.status?.podIP),
    source,
    ...(externalId === '' ? {} : { externalId }),
    durationSeconds: 2 * daemon.flags.iamRoleSessionTtlSeconds,
  });
  const settled = roleArn.endsWith(undiscovered.nodeRole) ? asNodeRole(world, ask, node, answer) : answer;
  return { reply: settled.reply, evidence: [...evidence, ...settled.evidence] };
}

/**
 * Asks what the daemon holds of earlier requests. Its cache goes by the role alone: neither the pod, nor its
 * external id, nor what STS says by now matters.
 *
 * @source jtblin/kube2iam:iam/iam.go (AssumeRole: cache.Fetch(roleARN, …)); seen in recordings of 0.15.0
 */
function heldFor(ask: Ask, roleArn: string, about: ObjectRef): string {
  return ask({ name: 'daemonCache', scope: roleArn, about });
}

function fromCache(held: 'session' | 'error', { ref }: Kube2iam): ServiceEvidence {
  return found({ kind: 'answeredFromCache', held }, ref);
}

/**
 * Settles what becomes of a discovered default role whose ARN the input does not show: the node's role is
 * assumed by itself, which its trust policy must admit.
 *
 * @source jtblin/kube2iam:cmd/main.go (auto-discover-default-role)
 */
function asNodeRole(
  world: World,
  ask: Ask,
  node: ClusterNode,
  { reply, evidence }: ServiceReply,
): ServiceReply {
  if (reply.kind !== 'ok' || reply.body.kind !== 'credentials') return { reply, evidence };
  const question = { name: 'trust', scope: `role of node ${node.name}`, about: node.ref } as const;
  const allowed = ask(question) === 'admits';
  const caller = node.name;
  const decision: ServiceEvidence = {
    kind: 'assumption',
    action: 'AssumeRole',
    roleArn: undiscovered.nodeRole,
    caller,
    decision: { kind: 'byFact', allowed, question },
    source: sources.daemonIdentity,
  };
  if (!allowed) {
    return { reply: stsError('assumeRoleDenied', caller, undiscovered.nodeRole), evidence: [decision] };
  }
  const credentials = { ...reply.body.credentials, identity: nodeIdentity(world, node) };
  return { reply: { kind: 'ok', body: { kind: 'credentials', credentials } }, evidence: [decision] };
}

/** What kube2iam makes of the answer of STS: each error a 500; where STS is silent, so is kube2iam. */
function passOn(reply: Reply): Reply {
  switch (reply.kind) {
    case 'httpError':
      return httpError(500, errorText(reply));
    case 'refused':
      return httpError(500, 'connection refused');
    case 'timeout':
      return { kind: 'hang' };
    default:
      return reply;
  }
}

function found(finding: Kube2iamFinding, at: ObjectRef | undefined): ServiceEvidence {
  return { ...finding, ...(at ? { at } : {}), source: sources[finding.kind] };
}
