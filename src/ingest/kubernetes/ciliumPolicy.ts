import type { CiliumEntry, CiliumPeer, CiliumPolicy, CiliumRule } from '../../model/ciliumPolicy.ts';
import type { NetworkPolicyPort } from '../../model/kubernetes.ts';
import type { ObjectRef } from '../../model/objectRef.ts';
import { child, descend, items, members, refOf, text, textList, truth, type Field } from '../field.ts';
import { withoutUndefined } from '../withoutUndefined.ts';
import { checkFields } from './checkFields.ts';
import { parseCidr } from './cidr.ts';
import {
  ciliumCidrRuleFields,
  ciliumEntryFields,
  ciliumPortFields,
  ciliumPortRuleFields,
  ciliumRuleFields,
} from './fieldNames.ts';
import { readLabelSelector, type Refuse } from './labelSelector.ts';
import { protocols, readPortNumber, readProtocols } from './policyPort.ts';
import { isThere, leftOut, notRead, refusals, written } from './refusals.ts';

/**
 * Reads a CiliumNetworkPolicy or a CiliumClusterwideNetworkPolicy, or nothing when Cilium would refuse it.
 *
 * @source cilium/cilium:pkg/policy/api/rule.go, rule_validation.go
 */
export function readCiliumPolicy(object: Field, name: string, namespace?: string): CiliumPolicy | undefined {
  const { refuse, any } = refusals();
  const spec = child(object, 'spec');
  const rules = [...(isThere(spec) ? [spec] : []), ...items(child(object, 'specs'))];
  if (rules.length === 0) refuse(object, 'the policy has neither `spec` nor `specs`');
  const read = rules.flatMap((field) => readRule(field, refuse) ?? []);
  if (any()) return undefined;
  return withoutUndefined({ ref: object.ref, namespace, name, rules: read });
}

const sections = {
  ingress: { direction: 'Ingress', action: 'allow' },
  ingressDeny: { direction: 'Ingress', action: 'deny' },
  egress: { direction: 'Egress', action: 'allow' },
  egressDeny: { direction: 'Egress', action: 'deny' },
} as const;

type Direction = CiliumRule['isolates'][number];

function readRule(field: Field, refuse: Refuse): CiliumRule | undefined {
  checkFields(field, ciliumRuleFields);
  if (isThere(child(field, 'nodeSelector'))) {
    leftOut(child(field, 'nodeSelector'), 'a host policy is not read; it is about nodes and not about pods');
    return undefined;
  }
  const selector = child(field, 'endpointSelector');
  if (!isThere(selector)) refuse(field, 'a rule needs an `endpointSelector` or a `nodeSelector`');
  const entries = Object.entries(sections).map(([key, section]) => {
    const places = items(child(field, key));
    return {
      ...section,
      places: places.length,
      entries: places.flatMap((one) => readEntries(one, section, refuse)),
    };
  });
  const of = (direction: Direction): readonly CiliumEntry[] =>
    entries.flatMap((section) => (section.direction === direction ? section.entries : []));
  return {
    ref: refOf(field),
    endpointSelector: readLabelSelector(selector, refuse),
    isolates: (['Ingress', 'Egress'] as const).filter((direction) => {
      const stated = truth(descend(field, 'enableDefaultDeny', direction.toLowerCase()));
      return stated ?? entries.some((section) => section.direction === direction && section.places > 0);
    }),
    ingress: of('Ingress'),
    egress: of('Egress'),
  };
}

/** One entry for each item of `toPorts`, since each may limit its own ports further. */
function readEntries(
  field: Field,
  { direction, action }: (typeof sections)[keyof typeof sections],
  refuse: Refuse,
): readonly CiliumEntry[] {
  checkFields(field, ciliumEntryFields);
  const peers = readPeers(field, direction === 'Egress' ? 'to' : 'from', refuse);
  const unread = ['toRequires', 'fromRequires', 'authentication']
    .map((key) => child(field, key))
    .filter(isThere)
    .map(notRead);
  const shared = { ref: refOf(field), action, ...(peers ? { peers } : {}) };
  const portRules = items(child(field, 'toPorts'));
  const onlyIcmp = isThere(child(field, 'icmps')) && portRules.length === 0;
  if (onlyIcmp) return [{ ...shared, peers: [], unread }];
  if (portRules.length === 0) return [{ ...shared, unread }];
  return portRules.map((rule) => ({ ...shared, ...readPortRule(rule, unread, refuse) }));
}

const peerKinds = [
  'Endpoints',
  'CIDR',
  'CIDRSet',
  'Entities',
  'Services',
  'FQDNs',
  'Groups',
  'Nodes',
] as const;

/** @source cilium/cilium:pkg/policy/api/egress.go: members of one entry that name peers exclude each other */
function readPeers(field: Field, prefix: 'to' | 'from', refuse: Refuse): readonly CiliumPeer[] | undefined {
  const given = peerKinds
    .map((kind) => ({ kind, place: child(field, prefix + kind) }))
    .filter(({ place }) => isThere(place));
  if (given.length > 1) refuse(field, 'an entry can name its peers in one way only');
  if (given.length === 0) return undefined;
  return given.flatMap(({ kind, place }) => readPeerList(kind, place, refuse));
}

function readPeerList(kind: (typeof peerKinds)[number], place: Field, refuse: Refuse): readonly CiliumPeer[] {
  switch (kind) {
    case 'Endpoints':
      return items(place).map((item) => ({ kind: 'endpoints', selector: readLabelSelector(item, refuse) }));
    case 'CIDR':
      return textList(place).map((cidr) => ({ kind: 'cidr', cidr: cidrOf(cidr, place, refuse), except: [] }));
    case 'CIDRSet':
      return items(place).map((item) => readCidrRule(item, refuse));
    case 'Entities':
      return textList(place).map((entity) => ({ kind: 'entity', entity: entityOf(entity, place, refuse) }));
    case 'FQDNs':
    case 'Groups':
      return [{ kind: 'unread', ref: notRead(place), among: 'world' }];
    case 'Services':
    case 'Nodes':
      return [{ kind: 'unread', ref: notRead(place), among: 'anywhere' }];
  }
}

/** Addresses may stand alone. */
function cidrOf(address: string, place: Field, refuse: Refuse): string {
  const cidr = address.includes('/') ? address : `${address}/${address.includes(':') ? 128 : 32}`;
  if (!parseCidr(cidr)) refuse(place, `\`${address}\` is no address block`);
  return cidr;
}

function readCidrRule(field: Field, refuse: Refuse): CiliumPeer {
  checkFields(field, ciliumCidrRuleFields);
  const group = ['cidrGroupRef', 'cidrGroupSelector'].map((key) => child(field, key)).find(isThere);
  if (group) return { kind: 'unread', ref: notRead(group), among: 'world' };
  const [cidr, exceptions] = [child(field, 'cidr'), child(field, 'except')];
  const except = textList(exceptions).map((one) => cidrOf(one, exceptions, refuse));
  return { kind: 'cidr', cidr: cidrOf(text(cidr) ?? '', cidr, refuse), except };
}

/** @source cilium/cilium:pkg/policy/api/entity.go; docs.cilium.io "Layer 3 Policies" */
const entities: ReadonlySet<string> = new Set([
  'all',
  'world',
  'world-ipv4',
  'world-ipv6',
  'cluster',
  'host',
  'init',
  'ingress',
  'unmanaged',
  'remote-node',
  'health',
  'none',
  'kube-apiserver',
]);

function entityOf(name: string, place: Field, refuse: Refuse): string {
  if (!entities.has(name)) refuse(place, `\`${name}\` is no entity`);
  return name;
}

function readPortRule(
  field: Field,
  shared: readonly ObjectRef[],
  refuse: Refuse,
): Pick<CiliumEntry, 'ports' | 'unread'> {
  checkFields(field, ciliumPortRuleFields);
  const ports = items(child(field, 'ports')).flatMap((port) => readPort(port, refuse));
  const limits = [...members(child(field, 'rules')), ['serverNames', child(field, 'serverNames')] as const];
  const unread = limits
    .filter(([key, part]) => isThere(part) && !(key === 'dns' && admitsEveryName(part)))
    .map(([, part]) => notRead(part));
  return { ...(ports.length === 0 ? {} : { ports }), unread: [...shared, ...unread] };
}

function admitsEveryName(dns: Field): boolean {
  return items(dns).some((one) => written(child(one, 'matchPattern')) === '*');
}

function readPort(field: Field, refuse: Refuse): readonly NetworkPolicyPort[] {
  checkFields(field, ciliumPortFields);
  const portField = child(field, 'port');
  const name = written(portField) ?? '0';
  const named = readProtocols(child(field, 'protocol'), protocols, refuse);
  if (name === '0') return named.map((protocol) => ({ protocol }));
  const port = /^\d+$/.test(name) ? readPortNumber(portField, refuse) : name;
  const endField = child(field, 'endPort');
  const endPort = isThere(endField) ? readPortNumber(endField, refuse) : undefined;
  return named.map((protocol) => withoutUndefined({ protocol, port, endPort }));
}
