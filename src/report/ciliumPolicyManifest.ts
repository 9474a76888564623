import type { JsonValue } from '../model/aws.ts';
import type { CiliumEntry, CiliumPeer, CiliumPolicy, CiliumRule } from '../model/ciliumPolicy.ts';
import type { ObjectRef } from '../model/objectRef.ts';
import { someOf, written, type Manifest } from './manifestDraft.ts';
import { selectorManifest } from './selectorManifest.ts';
import { keysBetween, standIn, standInAt } from './unreadPart.ts';

/** Writes a CiliumNetworkPolicy or a CiliumClusterwideNetworkPolicy; nothing for one without a rule that is read. */
export function ciliumPolicyManifests(policy: CiliumPolicy): readonly Manifest[] {
  const { namespace, name, rules } = policy;
  if (rules.length === 0) return [];
  const kind = namespace === undefined ? 'CiliumClusterwideNetworkPolicy' : 'CiliumNetworkPolicy';
  const [first, ...others] = rules.map(ruleManifest);
  // Where a rule stands is part of what may be stated about it.
  const hasSpec = rules[0]?.ref.field === undefined || rules[0].ref.field === 'spec';
  const specs = hasSpec ? { spec: first, specs: someOf(others) } : { specs: rules.map(ruleManifest) };
  const metadata = written({ name, namespace });
  return [written({ apiVersion: 'cilium.io/v2', kind, metadata, ...specs })];
}

function ruleManifest({ endpointSelector, isolates, ingress, egress }: CiliumRule): Manifest {
  const sections = {
    ingress: sectionManifest(ingress, 'allow', 'from'),
    ingressDeny: sectionManifest(ingress, 'deny', 'from'),
    egress: sectionManifest(egress, 'allow', 'to'),
    egressDeny: sectionManifest(egress, 'deny', 'to'),
  };
  // What has an entry denies the rest by default.
  const stated = { ingress: isolates.includes('Ingress'), egress: isolates.includes('Egress') };
  const usual = { ingress: ingress.length > 0, egress: egress.length > 0 };
  const isUsual = stated.ingress === usual.ingress && stated.egress === usual.egress;
  return written({
    endpointSelector: selectorManifest(endpointSelector),
    ...sections,
    enableDefaultDeny: isUsual ? undefined : stated,
  });
}

/** Entries that were one, of which each has a part of the ports, become one again. */
function sectionManifest(
  entries: readonly CiliumEntry[],
  action: CiliumEntry['action'],
  prefix: 'from' | 'to',
): JsonValue | undefined {
  const groups: CiliumEntry[][] = [];
  for (const entry of entries.filter((each) => each.action === action)) {
    const last = groups.at(-1);
    const [before] = last ?? [];
    if (last && before && before.ref.field !== undefined && before.ref.field === entry.ref.field) {
      last.push(entry);
    } else groups.push([entry]);
  }
  return someOf(groups.map((group) => entryManifest(group, prefix)));
}

function entryManifest(group: readonly CiliumEntry[], prefix: 'from' | 'to'): Manifest {
  const [first] = group;
  const limits = (entry: CiliumEntry): readonly (readonly string[])[] =>
    entry.unread.map((ref) => keysBetween(entry.ref, ref));
  const own = group.flatMap(limits).filter(([key]) => key !== 'toPorts');
  const toPorts = group.flatMap((entry) => {
    const rules = limits(entry).filter(([key]) => key === 'toPorts');
    return entry.ports || rules.length > 0 ? [portRule(entry, rules)] : [];
  });
  return written({
    ...(first?.peers ? peersManifest(first.peers, prefix) : {}),
    ...Object.assign({}, ...own.map((keys) => standInAt(keys.length === 0 ? ['authentication'] : keys))),
    toPorts: someOf(toPorts),
  });
}

/** `limits` lead from the entry to the rules of one of its items. */
function portRule({ ports = [] }: CiliumEntry, limits: readonly (readonly string[])[]): Manifest {
  const inside = limits.map((keys) => keys.slice(2));
  const rules = inside
    .filter(([key]) => key === 'rules')
    .map(([, key = 'http']) => [key, standIn(key)] as const);
  const listed = ports.map(({ protocol, port, endPort }) =>
    written({ port: String(port ?? 0), endPort, protocol }),
  );
  return written({
    ports: someOf(listed),
    rules: rules.length === 0 ? undefined : Object.fromEntries(rules),
    serverNames: inside.some(([key]) => key === 'serverNames') ? standIn('serverNames') : undefined,
  });
}

/** An entry names its peers in one way; a list of none is a peer that nobody is. */
function peersManifest(peers: readonly CiliumPeer[], prefix: 'from' | 'to'): Manifest {
  const [first] = peers;
  switch (first?.kind) {
    case undefined:
      return { [`${prefix}Endpoints`]: [] };
    case 'endpoints':
      return {
        [`${prefix}Endpoints`]: peers.flatMap((peer) =>
          peer.kind === 'endpoints' ? [selectorManifest(peer.selector)] : [],
        ),
      };
    case 'entity':
      return {
        [`${prefix}Entities`]: peers.flatMap((peer) => (peer.kind === 'entity' ? [peer.entity] : [])),
      };
    case 'cidr':
      return { [`${prefix}CIDRSet`]: peers.flatMap(cidrManifest) };
    case 'unread': {
      const key = lastKey(first.ref);
      if (key.startsWith('cidrGroup')) return { [`${prefix}CIDRSet`]: peers.flatMap(cidrManifest) };
      const elsewhere = first.among === 'world' ? `${prefix}Groups` : `${prefix}Nodes`;
      const list = key.startsWith(prefix) ? key : elsewhere;
      return { [list]: standIn(list) };
    }
  }
}

function cidrManifest(peer: CiliumPeer): readonly Manifest[] {
  if (peer.kind === 'cidr') return [written({ cidr: peer.cidr, except: someOf(peer.except) })];
  return peer.kind === 'unread' ? [standInAt([lastKey(peer.ref)])] : [];
}

function lastKey({ field = '' }: ObjectRef): string {
  return field.slice(field.lastIndexOf('.') + 1);
}
