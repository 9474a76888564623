import { httpError } from './httpError.ts';
import { parseRoleArn } from '../model/arn.ts';
import type { ImdsCall, Reply } from '../model/exchange.ts';
import type { Ask } from '../model/fact.ts';
import type { FactName } from '../model/factDefinitions.ts';
import type { Credentials, Identity } from '../model/identity.ts';
import type { ClusterNode, ImdsOptions } from '../model/node.ts';
import type { World } from '../model/world.ts';
import { imdsAnswerReturns } from '../network/imdsHopLimit.ts';
import type { ServiceEvidence, ServiceReply } from './evidence.ts';

/** A request that has reached the instance metadata service of a node. */
export interface ImdsRequest {
  readonly node: ClusterNode;
  readonly call: ImdsCall;
  readonly withToken: boolean;
  /** How many hops an answer travels back. */
  readonly hops: number;
}

/** The answers of the instance metadata service other than success, and where they are documented. */
const imdsRules = {
  statuses: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html',
  tokens: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html',
  hops: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-existing-instances.html',
  role: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html',
  fargate: 'https://docs.aws.amazon.com/eks/latest/userguide/fargate.html',
} as const;

/** Credentials of an instance profile are good for about six hours. */
const credentialsLifetimeSeconds = 6 * 3600;

/**
 * Answers as the instance metadata service of a node does.
 *
 * The hop limit bounds nothing but the answer to the token request; a GET without a token is refused only when
 * tokens are required.
 *
 * @source https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
 */
export function imds(world: World, ask: Ask, request: ImdsRequest): ServiceReply {
  const { node, call, withToken, hops } = request;
  if (node.compute === 'fargate') {
    const evidence: ServiceEvidence = { kind: 'noInstanceMetadata', at: node.ref, source: imdsRules.fargate };
    return { reply: { kind: 'timeout' }, evidence: [evidence] };
  }
  const options: ImdsOptions = { ...world.nodeDefaults.imds, ...node.imds };
  const at = options.ref ?? node.ref;
  const fact = (name: FactName, known: string | number | undefined): string =>
    ask({ name, scope: node.name, ...(known === undefined ? {} : { known: String(known) }), about: at });
  if (fact('imds.httpEndpoint', options.httpEndpoint) === 'disabled') {
    const evidence: ServiceEvidence = { kind: 'endpointDisabled', at, source: imdsRules.statuses };
    return { reply: httpError(403, 'Forbidden'), evidence: [evidence] };
  }
  if (call.kind === 'token') {
    // The least limit is 1, so that an answer over one hop always arrives.
    const limit =
      hops <= 1 ? hops : Number(fact('imds.httpPutResponseHopLimit', options.httpPutResponseHopLimit));
    const returns = imdsAnswerReturns(limit, hops);
    const evidence: ServiceEvidence = { kind: 'hopLimit', limit, hops, returns, at, source: imdsRules.hops };
    return {
      reply: returns ? { kind: 'ok', body: { kind: 'imdsToken' } } : { kind: 'timeout' },
      evidence: hops <= 1 ? [] : [evidence],
    };
  }
  if (!withToken && fact('imds.httpTokens', options.httpTokens) === 'required') {
    const evidence: ServiceEvidence = { kind: 'tokenRequired', at, source: imdsRules.tokens };
    return { reply: httpError(401, 'Unauthorized'), evidence: [evidence] };
  }
  return metadata(world, node, call);
}

function metadata(world: World, node: ClusterNode, call: Exclude<ImdsCall, { kind: 'token' }>): ServiceReply {
  const identity = nodeIdentity(world, node);
  const name = identity.kind === 'role' ? (parseRoleArn(identity.arn)?.name ?? identity.arn) : identity.text;
  const at = node.roleRef ?? world.nodeDefaults.roleRef ?? node.ref;
  switch (call.kind) {
    case 'roleList':
      return { reply: { kind: 'ok', body: { kind: 'roleList', roleNames: [name] } }, evidence: [] };
    case 'roleCredentials': {
      if (call.roleName !== name) {
        const missing: ServiceEvidence = {
          kind: 'noSuchRole',
          asked: call.roleName,
          at,
          source: imdsRules.statuses,
        };
        return { reply: httpError(404, 'Not Found'), evidence: [missing] };
      }
      const credentials: Credentials = {
        identity,
        mechanism: 'imds',
        ...(node.instanceId === undefined ? {} : { sessionName: node.instanceId }),
        expiresInSeconds: credentialsLifetimeSeconds,
      };
      const reply: Reply = { kind: 'ok', body: { kind: 'credentials', credentials } };
      return { reply, evidence: [{ kind: 'nodeRole', identity, at, source: imdsRules.role }] };
    }
    case 'other':
      return {
        reply: { kind: 'ok', body: { kind: 'text', text: otherText(world, node, call.path) } },
        evidence: [],
      };
  }
}

/** Finds the identity that the instance profile of a node gives to whoever reaches its metadata. */
export function nodeIdentity(
  world: World,
  node: ClusterNode,
): Exclude<Identity, { kind: 'none' | 'static' }> {
  const arn = node.roleArn ?? world.nodeDefaults.roleArn;
  if (arn !== undefined) return { kind: 'role', arn };
  return { kind: 'unnamedRole', which: 'nodeRole', text: node.name };
}

/** Other metadata that SDKs ask for, as far as the input shows it. */
function otherText({ cluster }: World, node: ClusterNode, path: string): string {
  const zone = node.labels['topology.kubernetes.io/zone'];
  if (path.endsWith('/placement/region')) return cluster.region ?? zone?.replace(/[a-z]$/, '') ?? '';
  if (path.endsWith('/placement/availability-zone')) return zone ?? '';
  return path.endsWith('/instance-id') ? (node.instanceId ?? '') : '';
}
