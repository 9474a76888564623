import { podIdentityService } from '../iam/assumeRequest.ts';
import { roleArnAnnotation } from '../model/builder.ts';
import type { FileContent } from '../model/environment.ts';
import type { Ask } from '../model/fact.ts';
import type { Credentials } from '../model/identity.ts';
import type { ClusterNode } from '../model/node.ts';
import type { Workload } from '../model/workload.ts';
import { indexOf, type World } from '../model/world.ts';
import { nodeIdentity } from '../services/imds.ts';
import { podIdentityAgent } from '../services/podIdentityAgent.ts';
import { assumeRole, assumeRoleWithWebIdentity } from '../services/sts.ts';
import { trustedIssuers } from '../services/trustedPrincipals.ts';
import { anyNode } from './placement.ts';
import { reachOfWorkload } from './reachOf.ts';
import type { Reach } from './reach.ts';
import { sourcesOf } from './roleGraph.ts';
import { knownAccounts, subjectOfAccount, type KnownAccount } from './serviceAccounts.ts';
import { containersOf } from './subjects.ts';
import {
  anySession,
  credentialsIn,
  walkChains,
  type ChainGoal,
  type ChainStart,
  type Foothold,
} from './walkChains.ts';

/**
 * Lists everybody in a world who can obtain a role, by which way and when: service accounts, pods, nodes, and
 * the roles that can go on to it, also by way of others.
 *
 * @example
 * const [node, app] = ['node', 'app'].map((name) => `arn:aws:iam::111122223333:role/${name}`);
 * const trust = { Statement: { Effect: 'Allow', Principal: { AWS: node ?? '' }, Action: 'sts:AssumeRole' } };
 * const built = world().nodeDefaults({ roleArn: node ?? '' }).role(node ?? '').role(app ?? '', { trust }).build();
 * whoCan(built, app ?? '').map(({ holder, hops }) => `${holder.kind} ${hops.map(({ by }) => by).join(' ')}`)
 * // => ['role assumeRole', 'node imds assumeRole']
 */
export function whoCan(world: World, roleArn: string): readonly Reach[] {
  const goal: ChainGoal = { roleArn, sources: sourcesOf(world, roleArn) };
  const starts = [
    ...knownAccounts(world).flatMap((account) => accountStarts(world, account, goal)),
    ...[...goal.sources].filter((arn) => arn !== roleArn).map((arn) => roleStart(world, arn)),
    ...nodesOf(world).map((node) => nodeStart(world, node)),
  ];
  const workloads = new Set<Workload>(containersOf(world).map(({ workload }) => workload));
  return [
    ...starts.flatMap((start) => walkChains(world, start, goal)),
    ...[...workloads].flatMap((workload) => reachOfWorkload(world, workload, goal)),
  ].toSorted((a, b) => a.hops.length - b.hops.length);
}

/** Chains of a holder that stands outside every pod: no packet can get lost. */
function assumeAnywhere(world: World, ask: Ask): Foothold['assume'] {
  return (call) => assumeRole(world, ask, call).reply;
}

function startOf(
  world: World,
  holder: ChainStart['holder'],
  begins: ChainStart['begins'],
  find: (ask: Ask) => Credentials | undefined,
): ChainStart {
  return {
    holder,
    begins,
    obtain: (ask) => {
      const credentials = find(ask);
      return credentials && { credentials, assume: assumeAnywhere(world, ask) };
    },
  };
}

function roleStart(world: World, arn: string): ChainStart {
  const role = indexOf(world).role(arn);
  const holder = { kind: 'role', arn, ...(role ? { at: role.ref } : {}) } as const;
  return startOf(world, holder, 'ownRole', () => ({
    identity: { kind: 'role', arn },
    mechanism: 'imds',
    sessionName: anySession,
  }));
}

/** The nodes of the input; when it shows none, any node. */
function nodesOf(world: World): readonly ClusterNode[] {
  const nodes = world.nodes.length > 0 ? world.nodes : [anyNode('ec2')];
  return nodes.filter(({ compute }) => compute === 'ec2');
}

function nodeStart(world: World, node: ClusterNode): ChainStart {
  const holder = { kind: 'node', name: node.name, at: node.ref } as const;
  return startOf(world, holder, 'firstHop', () => ({
    identity: nodeIdentity(world, node),
    mechanism: 'imds',
    ...(node.instanceId === undefined ? {} : { sessionName: node.instanceId }),
  }));
}

function accountStarts(world: World, account: KnownAccount, goal: ChainGoal): readonly ChainStart[] {
  const { namespace, name } = account;
  const holder = { kind: 'serviceAccount', ...account } as const;
  const meant = indexOf(world).serviceAccount(namespace, name)?.annotations[roleArnAnnotation];
  const trusting = [...goal.sources].filter(
    (arn) => arn === meant || (trustedIssuers(indexOf(world).role(arn))?.length ?? 0) > 0,
  );
  const byToken = trusting.map((roleArn) =>
    startOf(world, holder, 'firstHop', (ask) =>
      credentialsIn(
        assumeRoleWithWebIdentity(world, ask, {
          roleArn,
          sessionName: anySession,
          podKey: `${namespace}/${name}`,
          token: tokenOf(account, 'sts.amazonaws.com'),
        }).reply,
      ),
    ),
  );
  return indexOf(world).association(namespace, name) ? [...byToken, byAssociation(world, account)] : byToken;
}

function byAssociation(world: World, account: KnownAccount): ChainStart {
  const { namespace, name } = account;
  const holder = { kind: 'serviceAccount', ...account } as const;
  const token = tokenOf(account, podIdentityService);
  return startOf(world, holder, 'firstHop', (ask) => {
    const node = anyNode('ec2');
    const podKey = `${namespace}/${name}`;
    return credentialsIn(
      podIdentityAgent(world, ask, { workload: podOf(account), node, podKey, token }).reply,
    );
  });
}

function tokenOf(account: KnownAccount, audience: string): FileContent {
  const { namespace, name, at } = account;
  return {
    kind: 'serviceAccountToken',
    audience,
    subject: subjectOfAccount(account),
    expirationSeconds: 3600,
    from: at ?? { kind: 'ServiceAccount', namespace, name },
  };
}

/** A pod that somebody could make for a service account. */
function podOf({ namespace, name }: KnownAccount): Workload {
  const ref = { kind: 'ServiceAccount', namespace, name };
  const template = {
    ref,
    namespace,
    labels: {},
    annotations: {},
    annotationRefs: {},
    serviceAccountName: name,
    hostNetwork: false,
    nodeSelector: {},
    tolerations: [],
    containers: [],
    volumes: [],
  };
  return { ref, kind: 'Pod', namespace, name: '<pod>', annotations: {}, template };
}
