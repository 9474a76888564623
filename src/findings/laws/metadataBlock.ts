import { oncePer } from '../../model/oncePer.ts';
import type { NetworkPolicy } from '../../model/kubernetes.ts';
import { describeRef, type ObjectRef } from '../../model/objectRef.ts';
import type { Fix } from '../../model/patch.ts';
import type { Workload } from '../../model/workload.ts';
import type { World } from '../../model/world.ts';
import { cidrContains } from '../../network/address.ts';
import type { Destination, PacketPath, PathStep } from '../../network/path.ts';
import { networkPolicyShares } from '../../network/policies/networkPolicy.ts';
import type { Saying } from '../../network/policies/peer.ts';
import { weigh } from '../../network/policies/ruling.ts';
import type { Answer } from '../../resolve/answer.ts';
import type { Placement } from '../../resolve/placement.ts';
import { tracePacket } from '../../resolve/tracePacket.ts';
import type { Examined, Rule, Severity } from '../finding.ts';
import { causeRule, whereUsually, type ConflictRow, type Sighting } from '../law.ts';
import { workloadNames, workloadOf } from '../workloads.ts';
import { consequences } from './consequences.ts';
import { groupByGround, type Ground } from './ground.ts';

/** The address of the instance metadata service. */
export const metadataAddress = '169.254.169.254';

/** Where metadata requests are sent. */
export const metadataTo: Destination = {
  kind: 'address',
  address: metadataAddress,
  port: 80,
  protocol: 'TCP',
};

/** A workload, and where its metadata requests go when nothing breaks. */
export interface MetadataWay {
  readonly workload: Workload;
  readonly answers: readonly Answer[];
  readonly placement: Placement;
  readonly path: PacketPath;
}

/** Follows the metadata requests of each workload that the answers are about; once, for all rules. */
export const metadataWays: (examined: Examined) => readonly MetadataWay[] = oncePer(followRequests);

function followRequests({ world, answers }: Examined): readonly MetadataWay[] {
  const byWorkload = new Map<Workload, Answer[]>();
  for (const answer of answers) {
    const found = workloadOf(world, answer);
    if (found) byWorkload.set(found, [...(byWorkload.get(found) ?? []), answer]);
  }
  return [...byWorkload].flatMap(([workload, own]) => {
    const [usual] = tracePacket(world, workload, metadataTo).outcomes;
    return usual ? [{ workload, answers: own, ...usual }] : [];
  });
}

/** What a connection of a pod to the metadata service looks like to policies. */
export function metadataSaying({ template }: Workload): Saying {
  return {
    pod: template,
    direction: 'Egress',
    peer: { address: { kind: 'known', address: metadataAddress } },
    port: { port: 80, protocol: 'TCP' },
  };
}

/** What one policy by itself says to metadata requests of a workload. */
export function alone(
  world: World,
  policy: NetworkPolicy,
  workload: Workload,
): ReturnType<typeof weigh>['kind'] {
  return weigh(networkPolicyShares({ ...world, networkPolicies: [policy] }, metadataSaying(workload))).kind;
}

/** Tells whether a policy names the metadata service as what it does not allow. */
export function exceptsMetadata({ egress, ingress }: NetworkPolicy): boolean {
  return [...egress, ...ingress].some(({ peers }) =>
    peers.some(
      (peer) => peer.kind === 'ipBlock' && peer.except.some((cidr) => cidrContains(cidr, metadataAddress)),
    ),
  );
}

/** Tells whether packets get to the metadata service, and the credentials of the node back. */
export function givesNodeRole({ placement: { node }, path: { end } }: MetadataWay): boolean {
  if (end.kind !== 'arrives' || end.at.kind !== 'imds') return false;
  const { httpEndpoint, httpTokens, httpPutResponseHopLimit } = node.imds;
  if (httpEndpoint === 'disabled') return false;
  return httpTokens !== 'required' || (httpPutResponseHopLimit ?? end.hops) >= end.hops;
}

/** Finds the station at which a packet was judged so. */
export function stepBecause({ path }: MetadataWay, ...reasons: readonly string[]): PathStep | undefined {
  return path.steps.find(({ reason }) => reasons.includes(reason));
}

/** The objects at which a station decided. */
export function refsAt({ at, also = [] }: PathStep): readonly ObjectRef[] {
  return [...(at ? [at] : []), ...also];
}

/** Where a block does not hold, and why. */
export type Hole = Omit<Ground, 'fixes' | 'severity'> & Partial<Pick<Ground, 'fixes'>>;

/**
 * The law: a policy that is meant as a block holds only where nothing else admits the packet, and somebody
 * enforces it.
 *
 * What it comes to depends on what the container has besides: without it, it runs as the node.
 */
export function doesNotHoldRule(
  row: ConflictRow,
  holeIn: (way: MetadataWay, examined: Examined) => Hole | undefined,
): Rule {
  return causeRule(row, (examined) => {
    const found = metadataWays(examined).flatMap((way) => {
      const hole = givesNodeRole(way) ? holeIn(way, examined) : undefined;
      return hole ? [{ ground: { fixes: [], ...hole }, seen: way }] : [];
    });
    return groupByGround(found).map(({ ground, seen }): Sighting => {
      const answers = seen.flatMap((way) => way.answers);
      return {
        at: ground.at,
        message: `${ground.why}, so ${workloadNames(answers).join(', ')} can reach the node role; it gets ${consequences(answers)}`,
        severity: severityOfHole(answers),
        answers,
        fixes: ground.fixes,
      };
    });
  });
}

function severityOfHole(answers: readonly Answer[]): Severity {
  const asNode = whereUsually(answers, ({ mechanism }) => mechanism === 'imds');
  return asNode.length > 0 ? 'wrongIdentity' : 'latent';
}

/** Proposes another text of a policy. */
export function rewritePolicy(policy: NetworkPolicy, title: string, change: Partial<NetworkPolicy>): Fix {
  return {
    title: `${title} ${describeRef(policy.ref)}`,
    patches: [{ kind: 'networkPolicy', policy: { ...policy, ...change } }],
  };
}

/** The egress rules of a policy with the metadata service taken out of each. */
export function egressExceptMetadata({ egress, ref }: NetworkPolicy): NetworkPolicy['egress'] {
  const except = [`${metadataAddress}/32`];
  return egress.map((rule) => ({
    ...rule,
    ref,
    peers:
      rule.peers.length === 0
        ? [{ kind: 'ipBlock', cidr: '0.0.0.0/0', except } as const]
        : rule.peers.map((peer) =>
            peer.kind === 'ipBlock' &&
            cidrContains(peer.cidr, metadataAddress) &&
            !peer.except.some((cidr) => cidrContains(cidr, metadataAddress))
              ? { ...peer, except: [...peer.except, ...except] }
              : peer,
          ),
  }));
}

/** Tells whether a policy allows the metadata service and nothing else, as one that is meant as a block. */
export function admitsOnlyMetadata({ policyTypes, egress }: NetworkPolicy): boolean {
  const peers = egress.flatMap((rule) => rule.peers);
  return (
    policyTypes.includes('Egress') &&
    peers.length > 0 &&
    egress.every((rule) => rule.peers.length > 0) &&
    peers.every((peer) => peer.kind === 'ipBlock' && peer.cidr === `${metadataAddress}/32`)
  );
}
