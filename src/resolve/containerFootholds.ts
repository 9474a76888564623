import { podIdentityService } from '../iam/assumeRequest.ts';
import { parseRoleArn } from '../model/arn.ts';
import { roleArnAnnotation } from '../model/builder.ts';
import type { Reply, Request, StsEndpoint } from '../model/exchange.ts';
import type { Ask } from '../model/fact.ts';
import type { Credentials } from '../model/identity.ts';
import { kube2iamDefaults } from '../model/kube2iam.ts';
import type { SdkRef } from '../model/sdk.ts';
import { indexOf, type World } from '../model/world.ts';
import type { Destination } from '../network/path.ts';
import { trustedIssuers } from '../services/trustedPrincipals.ts';
import type { ReachHolder } from './reach.ts';
import { enterContainer, resolveOnce } from './resolveOnce.ts';
import { respond, respondAsMetadata, type Caller } from './respond.ts';
import type { ContainerOf } from './subjects.ts';
import { anySession, credentialsIn, type ChainStart, type Foothold } from './walkChains.ts';

/**
 * Lists every way in which code in a container can come by first credentials: its tokens at STS and at the Pod
 * Identity agent, the metadata address, the port of kube2iam on the node, keys that somebody put there.
 *
 * @param roles - roles for which a token is tried at STS; without it, every role that trusts some issuer
 */
export function containerFootholds(
  world: World,
  target: ContainerOf,
  roles?: ReadonlySet<string>,
): readonly ChainStart[] {
  const { workload } = target;
  const holder: ReachHolder = {
    kind: 'pod',
    namespace: workload.namespace,
    workload: { kind: workload.kind, name: workload.name },
    at: workload.ref,
  };
  const start = (find: (ask: Ask, caller: Caller) => Credentials | undefined): ChainStart => ({
    holder,
    begins: 'firstHop',
    obtain: (ask) => {
      const { caller } = enterContainer(world, ask, target);
      if (caller.admission.refused !== undefined) return undefined;
      const credentials = find(ask, caller);
      return credentials && { credentials, assume: assumeFrom(world, ask, caller) };
    },
  });
  return [
    ...tokenRoles(world, target)
      .filter((roleArn) => roles?.has(roleArn) ?? true)
      .flatMap((roleArn) =>
        audiencesOf(world, roleArn).map((audience) =>
          start((ask, caller) => tradeToken(world, ask, caller, roleArn, audience)),
        ),
      ),
    start((ask, caller) => askAgent(world, ask, caller)),
    start((ask, caller) => readMetadata(world, ask, caller, metadataAddress)),
    ...kube2iamPorts(world).map((port) => {
      const to = { kind: 'node', port, protocol: 'TCP' } as const;
      return { ...start((ask, caller) => readMetadata(world, ask, caller, to)), via: 'nodePort' as const };
    }),
    start((ask) => readKeys(world, ask, target)),
  ];
}

/** Whoever calls on purpose chooses the endpoint: it makes no difference to the answer. */
const endpoint: StsEndpoint = { kind: 'global' };

function assumeFrom(world: World, ask: Ask, caller: Caller): Foothold['assume'] {
  return (call) =>
    respond(world, ask, caller, { kind: 'sts', action: 'AssumeRole', endpoint, ...call }).reply;
}

/** Roles for which a token of the pod is worth a try: those that trust some issuer, and the one it is meant for. */
function tokenRoles(world: World, { workload, container }: ContainerOf): readonly string[] {
  const { namespace, template } = workload;
  const account = indexOf(world).serviceAccount(namespace, template.serviceAccountName);
  const written = container.env.flatMap(({ name, source }) =>
    name === 'AWS_ROLE_ARN' && source.kind === 'value' ? [source.value] : [],
  );
  const meant = [account?.annotations[roleArnAnnotation] ?? '', ...written].filter((role) => role !== '');
  const trusting = world.roles.filter((role) => (trustedIssuers(role)?.length ?? 0) > 0);
  return [...new Set([...meant, ...trusting.map(({ arn }) => arn)])];
}

/**
 * The audiences that the account of a role takes from any of its providers; where none is shown, the one that
 * providers of EKS clusters are made with. A run may ask only once what a trust policy says, so each has its own.
 *
 * @source awsdocs/amazon-eks-user-guide:latest/ug/manage-access/aws-access/enable-iam-roles-for-service-accounts.adoc
 */
function audiencesOf(world: World, roleArn: string): readonly (string | undefined)[] {
  const account = parseRoleArn(roleArn)?.accountId;
  // Of a role that holds a placeholder nobody knows the account, nor so its providers: any token may do.
  if (account === undefined) return [undefined];
  const known = world.oidcProviders.filter(({ accountId }) => accountId === account);
  const audiences = known.flatMap(({ clientIds }) => clientIds ?? [webIdentityAudience]);
  return audiences.length === 0 ? [webIdentityAudience] : [...new Set(audiences)];
}

const webIdentityAudience = 'sts.amazonaws.com';

function tradeToken(
  world: World,
  ask: Ask,
  caller: Caller,
  roleArn: string,
  audience: string | undefined,
): Credentials | undefined {
  const tokenFile = tokenFor(caller, audience);
  if (tokenFile === undefined) return undefined;
  const action = 'AssumeRoleWithWebIdentity';
  const call = { action, roleArn, tokenFile, sessionName: anySession, endpoint } as const;
  return credentialsIn(respond(world, ask, caller, { kind: 'sts', ...call }).reply);
}

/** Finds a token of the pod that is meant for an audience, or any. */
function tokenFor({ admission }: Caller, audience: string | undefined): string | undefined {
  const files = [...admission.environment.files];
  const found = files.find(
    ([, content]) =>
      content.kind === 'serviceAccountToken' && (audience === undefined || content.audience === audience),
  );
  return found?.[0];
}

/** Where the pod's variable leads elsewhere, the agent still answers at its usual address. */
function askAgent(world: World, ask: Ask, caller: Caller): Credentials | undefined {
  const tokenFile = tokenFor(caller, podIdentityService);
  if (tokenFile === undefined) return undefined;
  const stated = caller.admission.environment.variables.get('AWS_CONTAINER_CREDENTIALS_FULL_URI')?.value;
  const host = world.cluster.ipFamily === 'ipv6' ? '[fd00:ec2::23]' : '169.254.170.23';
  const usual = `http://${host}/v1/credentials`;
  for (const url of new Set([stated ?? usual, usual])) {
    const { reply } = respond(world, ask, caller, { kind: 'container', url, tokenFile });
    const credentials = credentialsIn(reply);
    if (credentials) return credentials;
  }
  return undefined;
}

const metadataAddress: Destination = {
  kind: 'address',
  address: kube2iamDefaults.metadataAddress,
  port: 80,
  protocol: 'TCP',
};

/** The ports at which kube2iam listens on nodes, whatever its rule says. */
function kube2iamPorts(world: World): readonly number[] {
  const ports = world.kube2iam.map(({ flags }) => flags.appPort);
  return [...new Set(ports.length > 0 ? ports : [kube2iamDefaults.appPort])];
}

/** Fetches a role as a client of the metadata service does, with a token where one is to be had. */
function readMetadata(world: World, ask: Ask, caller: Caller, to: Destination): Credentials | undefined {
  const send = (request: Extract<Request, { kind: 'imds' }>): Reply =>
    respondAsMetadata(world, ask, caller, request, to).reply;
  const withToken = send({ kind: 'imds', call: { kind: 'token' }, withToken: false }).kind === 'ok';
  const list = send({ kind: 'imds', call: { kind: 'roleList' }, withToken });
  const [roleName] = list.kind === 'ok' && list.body.kind === 'roleList' ? list.body.roleNames : [];
  if (roleName === undefined) return undefined;
  return credentialsIn(send({ kind: 'imds', call: { kind: 'roleCredentials', roleName }, withToken }));
}

/** An SDK that reads keys from everywhere they can be put; which one it is makes no difference. */
const keyReader: SdkRef = { family: 'botocore' };

function readKeys(world: World, ask: Ask, target: ContainerOf): Credentials | undefined {
  const { credentials } = resolveOnce(world, ask, { ...target, sdk: keyReader });
  return credentials?.mechanism === 'env' || credentials?.mechanism === 'sharedFile'
    ? credentials
    : undefined;
}
