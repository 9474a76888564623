import type {
  CalicoEntity,
  CalicoNetworkSet,
  CalicoPolicy,
  CalicoPort,
  CalicoRule,
  CalicoTier,
} from '../model/calicoPolicy.ts';
import type { CalicoSelector } from '../model/calicoSelector.ts';
import type { JsonValue } from '../model/aws.ts';
import { someLabels, someOf, written, type Manifest } from './manifestDraft.ts';
import { keysBetween, standInAt } from './unreadPart.ts';

const apiVersion = 'projectcalico.org/v3';

/** Writes a NetworkPolicy or a GlobalNetworkPolicy of Calico's. */
export function calicoPolicyManifest(policy: CalicoPolicy): Manifest {
  const { namespace, name, tier, order, types, namespaceSelector, serviceAccountSelector } = policy;
  const spec = written({
    tier,
    order,
    types,
    selector: selectorText(policy.selector),
    namespaceSelector: namespaceSelector && selectorText(namespaceSelector),
    serviceAccountSelector: serviceAccountSelector && selectorText(serviceAccountSelector),
    ingress: someOf(policy.ingress.map(ruleManifest)),
    egress: someOf(policy.egress.map(ruleManifest)),
  });
  const kind = namespace === undefined ? 'GlobalNetworkPolicy' : 'NetworkPolicy';
  return { apiVersion, kind, metadata: written({ name, namespace }), spec };
}

/** Writes a tier. */
export function calicoTierManifest({ name, order, defaultAction }: CalicoTier): Manifest {
  return { apiVersion, kind: 'Tier', metadata: { name }, spec: written({ order, defaultAction }) };
}

/** Writes a NetworkSet or a GlobalNetworkSet. */
export function calicoNetworkSetManifest({ namespace, name, labels, nets }: CalicoNetworkSet): Manifest {
  const kind = namespace === undefined ? 'GlobalNetworkSet' : 'NetworkSet';
  const metadata = written({ name, namespace, labels: someLabels(labels) });
  return { apiVersion, kind, metadata, spec: { nets } };
}

function ruleManifest(rule: CalicoRule): Manifest {
  const { ref, action, ipVersion, protocol, notProtocol, source, destination, unread } = rule;
  const limits = unread.map((place) => keysBetween(ref, place));
  const of = (end: string): readonly Manifest[] =>
    limits.flatMap(([first, ...keys]) => (first === end && isLimit(keys[0]) ? [standInAt(keys)] : []));
  const isLimited = limits.some(([first]) => first === undefined || first === 'http');
  return written({
    action,
    ipVersion,
    protocol,
    notProtocol,
    source: entityManifest(source, of('source')),
    destination: entityManifest(destination, of('destination')),
    http: isLimited ? { methods: ['GET'] } : undefined,
  });
}

/** Ports that a client sends from are not read either, and stand with the rest of the source. */
function isLimit(key: string | undefined): boolean {
  return key === 'services' || key === 'domains';
}

function entityManifest(entity: CalicoEntity, limits: readonly Manifest[]): JsonValue | undefined {
  const { nets, notNets, selector, notSelector, namespaceSelector, serviceAccounts, ports, notPorts } =
    entity;
  const manifest = written({
    nets,
    notNets: someOf(notNets),
    selector: selector && selectorText(selector),
    notSelector: notSelector && selectorText(notSelector),
    namespaceSelector: namespaceSelector && selectorText(namespaceSelector),
    serviceAccounts:
      serviceAccounts &&
      written({
        names: someOf(serviceAccounts.names),
        selector: serviceAccounts.selector && selectorText(serviceAccounts.selector),
      }),
    ports: ports?.map(portManifest),
    notPorts: someOf(notPorts.map(portManifest)),
    ...Object.assign({}, ...limits),
  });
  return Object.keys(manifest).length === 0 ? undefined : manifest;
}

function portManifest(port: CalicoPort): string | number {
  if (typeof port === 'string') return port;
  const [first, last] = port;
  return first === last ? first : `${first}:${last}`;
}

/** @source projectcalico/calico:libcalico-go/lib/selector/parser/ast.go */
function selectorText(selector: CalicoSelector): string {
  switch (selector.kind) {
    case 'all':
    case 'global':
      return `${selector.kind}()`;
    case 'has':
      return `has(${selector.key})`;
    case 'compare':
      return `${selector.key} ${selector.operator} ${quoted(selector.value)}`;
    case 'in':
    case 'not in':
      return `${selector.key} ${selector.kind} {${selector.values.map(quoted).join(', ')}}`;
    case 'not':
      return `!(${selectorText(selector.operand)})`;
    case 'and':
    case 'or':
      return selector.operands
        .map((operand) => `(${selectorText(operand)})`)
        .join(selector.kind === 'and' ? ' && ' : ' || ');
  }
}

/** A text cannot hold both sorts of quotes: there is no way to write one inside itself. */
function quoted(text: string): string {
  return text.includes("'") ? `"${text}"` : `'${text}'`;
}
