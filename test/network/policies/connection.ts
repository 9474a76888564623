import { world, type WorldBuilder } from '../../../src/model/builder.ts';
import type { Ask } from '../../../src/model/fact.ts';
import type { LabelSelector } from '../../../src/model/labels.ts';
import type { ObjectRef } from '../../../src/model/objectRef.ts';
import type { PodTemplate } from '../../../src/model/pod.ts';
import type { World } from '../../../src/model/world.ts';
import type { Condition } from '../../../src/network/policies/condition.ts';
import type { PolicyPeer, Saying } from '../../../src/network/policies/peer.ts';
import type { PolicyShare } from '../../../src/network/policies/ruling.ts';

/** Namespaces pay and data; pay/api and data/db on the network of pods, data/agent on that of its node. */
export const twoNamespaces: WorldBuilder = world()
  .namespace('pay', { labels: { team: 'pay' } })
  .namespace('data', { labels: { team: 'data' } })
  .node('n1', { labels: { role: 'worker' } })
  .pod('pay/api', {
    labels: { app: 'api' },
    serviceAccount: 'api-sa',
    containers: { c: { ports: [{ name: 'web', port: 8080, protocol: 'TCP' }] } },
    status: { phase: 'Running', podIP: '10.1.0.1' },
  })
  .pod('pay/worker', { labels: { app: 'worker' }, serviceAccount: 'worker-sa' })
  .pod('data/db', {
    labels: { app: 'db' },
    serviceAccount: 'db-sa',
    containers: { c: { ports: [{ name: 'sql', port: 5432, protocol: 'TCP' }] } },
    status: { phase: 'Running', podIP: '10.1.0.2' },
  })
  .pod('data/agent', { labels: { app: 'agent' }, hostNetwork: true });

export function podNamed(of: World, name: string): PodTemplate {
  const found = of.workloads.find((workload) => workload.name === name);
  if (!found) throw new Error(`the test names a pod: ${name}`);
  return found.template;
}

const built = twoNamespaces.build();
const [node] = built.nodes;

const known = (address: string): PolicyPeer => ({ address: { kind: 'known', address } });

export type PeerName =
  | 'imds'
  | 'internet'
  | 'internet6'
  | 'api'
  | 'worker'
  | 'db'
  | 'agentPod'
  | 'ownNode'
  | 'otherNode'
  | 'sts'
  | 'nowhere';

/** The other ends that connections of the tests have. */
export const peers: Readonly<Record<PeerName, PolicyPeer>> = {
  imds: known('169.254.169.254'),
  internet: known('52.1.2.3'),
  internet6: known('2600:0:0:0:0:0:0:1'),
  api: { ...known('10.1.0.1'), pod: podNamed(built, 'api') },
  worker: { ...known('10.1.0.3'), pod: podNamed(built, 'worker') },
  db: { ...known('10.1.0.2'), pod: podNamed(built, 'db') },
  agentPod: { ...known('10.0.0.1'), pod: podNamed(built, 'agent'), host: { which: 'other' } },
  ownNode: { ...known('10.0.0.1'), host: { which: 'own', ...(node ? { node } : {}) } },
  otherNode: { ...known('10.0.0.2'), host: { which: 'other' } },
  sts: { address: { kind: 'hidden', fact: 'stsAddress', family: 4, orAmong: [] } },
  nowhere: { address: { kind: 'beyondIpBlocks' } },
};

/** What pay/api sends to the peer, by TCP to port 80 unless said otherwise. */
export function sends(to: PeerName, port = 80, protocol: Saying['port']['protocol'] = 'TCP'): Saying {
  return { pod: podNamed(built, 'api'), direction: 'Egress', peer: peers[to], port: { port, protocol } };
}

/** What pay/api receives from the peer, by TCP on port 8080 unless said otherwise. */
export function receives(from: PeerName, port = 8080, protocol: Saying['port']['protocol'] = 'TCP'): Saying {
  return { pod: podNamed(built, 'api'), direction: 'Ingress', peer: peers[from], port: { port, protocol } };
}

export const labelled = (
  matchLabels: LabelSelector['matchLabels'],
  ...matchExpressions: LabelSelector['matchExpressions']
): LabelSelector => ({ matchLabels, matchExpressions });

/** Yes, no, or the questions that decide, with what their answers make of it. */
export type Outcome =
  | 'yes'
  | 'no'
  | { readonly asks: readonly string[]; readonly ifSo: 'yes' | 'no'; readonly ifNot: 'yes' | 'no' };

export function outcomeOf({ known: tri, settle }: Condition): Outcome {
  const asks = new Set<string>();
  const answering =
    (so: boolean): Ask =>
    ({ name, scope = '' }) => {
      asks.add(`${name} ${scope}`);
      if (name === 'policyMatch') return so ? 'fits' : 'fitsNot';
      return so ? 'inside' : 'outside';
    };
  const ifSo = settle(answering(true)) ? 'yes' : 'no';
  const ifNot = settle(answering(false)) ? 'yes' : 'no';
  if (tri === 'unknown') return { asks: [...asks], ifSo, ifNot };
  if (asks.size > 0 || ifSo !== tri || ifNot !== tri) throw new Error(`known as ${tri}, settled otherwise`);
  return tri;
}

/** A question that decides by itself, so that what it says holds. */
export const onlyIf = (...asks: readonly string[]): Outcome => ({ asks, ifSo: 'yes', ifNot: 'no' });

type Plain<Of, Without extends keyof Of> = Omit<Of, Without>;

export interface PlainShare extends Plain<PolicyShare, 'applies' | 'rules'> {
  readonly applies: Outcome;
  readonly rules: readonly (Plain<PolicyShare['rules'][number], 'fits'> & { readonly fits: Outcome })[];
}

/** Shares with their conditions spelt out. */
export function spelt(shares: readonly PolicyShare[]): readonly PlainShare[] {
  return shares.map((share) => ({
    ...share,
    applies: outcomeOf(share.applies),
    rules: share.rules.map((rule) => ({ ...rule, fits: outcomeOf(rule.fits) })),
  }));
}

export const fieldIn =
  (ref: ObjectRef) =>
  (field: string): ObjectRef => ({ ...ref, field });
