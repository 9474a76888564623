import type {
  CalicoEntity,
  CalicoNetworkSet,
  CalicoPolicy,
  CalicoPort,
  CalicoRule,
  CalicoTier,
} from '../../model/calicoPolicy.ts';
import type { CalicoSelector } from '../../model/calicoSelector.ts';
import type { ObjectRef } from '../../model/objectRef.ts';
import { child, descend, items, refOf, text, textList, truth, type Field } from '../field.ts';
import { withoutUndefined } from '../withoutUndefined.ts';
import { parseCalicoSelector } from './calicoSelector.ts';
import { checkFields } from './checkFields.ts';
import { parseCidr } from './cidr.ts';
import { calicoEntityFields, calicoRuleFields, calicoSpecFields } from './fieldNames.ts';
import type { Refuse } from './labelSelector.ts';
import { readLabels } from './metadata.ts';
import { isThere, leftOut, notRead, refusals, written } from './refusals.ts';

/**
 * Reads a NetworkPolicy or a GlobalNetworkPolicy of Calico's, or nothing when Calico would refuse it, or it
 * is about host endpoints alone.
 *
 * @source projectcalico/calico:api/pkg/apis/projectcalico/v3/networkpolicy.go, globalnetworkpolicy.go
 */
export function readCalicoPolicy(object: Field, name: string, namespace?: string): CalicoPolicy | undefined {
  const { refuse, any } = refusals();
  const spec = child(object, 'spec');
  checkFields(spec, calicoSpecFields);
  const hostOnly = ['preDNAT', 'doNotTrack']
    .map((key) => child(spec, key))
    .find((field) => truth(field) === true);
  if (hostOnly) {
    leftOut(hostOnly, 'the policy is not read; it is about host endpoints and not about pods');
    return undefined;
  }
  const [ingress, egress] = [readRules(spec, 'ingress', refuse), readRules(spec, 'egress', refuse)];
  const stated = textList(child(spec, 'types')).filter((type) => type === 'Ingress' || type === 'Egress');
  const policy: CalicoPolicy = {
    ref: object.ref,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    tier: text(child(spec, 'tier')) ?? 'default',
    ...orderOf(spec),
    types: stated.length > 0 ? stated : typesOf(ingress, egress),
    selector: readSelector(child(spec, 'selector'), refuse) ?? { kind: 'all' },
    ...withoutUndefined({
      namespaceSelector: readSelector(child(spec, 'namespaceSelector'), refuse),
      serviceAccountSelector: readSelector(child(spec, 'serviceAccountSelector'), refuse),
    }),
    ingress,
    egress,
  };
  return any() ? undefined : policy;
}

/** Reads a tier. */
export function readCalicoTier(object: Field, name: string): CalicoTier {
  const spec = child(object, 'spec');
  const action = written(child(spec, 'defaultAction'));
  return { ref: object.ref, name, ...orderOf(spec), defaultAction: action === 'Pass' ? 'Pass' : 'Deny' };
}

/** Reads a NetworkSet or a GlobalNetworkSet. */
export function readCalicoNetworkSet(object: Field, name: string, namespace?: string): CalicoNetworkSet {
  const labels = readLabels(child(object, 'metadata'));
  const nets = textList(descend(object, 'spec', 'nets')).map(withMask);
  return withoutUndefined({ ref: object.ref, namespace, name, labels, nets });
}

function orderOf(spec: Field): { readonly order?: number } {
  const order = Number(written(child(spec, 'order')) ?? Number.NaN);
  return Number.isNaN(order) ? {} : { order };
}

/** @source projectcalico/calico:api/pkg/apis/projectcalico/v3/globalnetworkpolicy.go (Types) */
function typesOf(ingress: readonly CalicoRule[], egress: readonly CalicoRule[]): CalicoPolicy['types'] {
  if (egress.length === 0) return ['Ingress'];
  return ingress.length === 0 ? ['Egress'] : ['Ingress', 'Egress'];
}

function readSelector(field: Field, refuse: Refuse): CalicoSelector | undefined {
  const selector = text(field);
  if (selector === undefined) return undefined;
  const parsed = parseCalicoSelector(selector);
  if (!('wrong' in parsed)) return parsed;
  refuse(field, `\`${selector}\` is no selector: ${parsed.wrong}`);
  return undefined;
}

const actions = ['Allow', 'Deny', 'Log', 'Pass'] as const;

function readRules(spec: Field, direction: 'ingress' | 'egress', refuse: Refuse): readonly CalicoRule[] {
  return items(child(spec, direction)).map((field) => {
    checkFields(field, calicoRuleFields);
    const word = written(child(field, 'action')) ?? '';
    const action = actions.find((known) => known === word);
    if (!action) refuse(child(field, 'action'), `\`${word}\` is no action`);
    const version = written(child(field, 'ipVersion'));
    return {
      ref: refOf(field),
      action: action ?? 'Deny',
      ...(version === undefined ? {} : { ipVersion: Number(version) }),
      ...withoutUndefined({
        protocol: written(child(field, 'protocol'))?.toUpperCase(),
        notProtocol: written(child(field, 'notProtocol'))?.toUpperCase(),
      }),
      source: readEntity(child(field, 'source'), refuse),
      destination: readEntity(child(field, 'destination'), refuse),
      unread: unreadIn(field),
    };
  });
}

/** What limits a rule and cannot be foretold; the port that a client sends from is not known either. */
function unreadIn(rule: Field): readonly ObjectRef[] {
  const [source, destination] = [child(rule, 'source'), child(rule, 'destination')];
  return [
    child(rule, 'http'),
    ...['services', 'domains', 'ports', 'notPorts'].map((key) => child(source, key)),
    ...['services', 'domains'].map((key) => child(destination, key)),
  ]
    .filter(isThere)
    .map(notRead);
}

function readEntity(field: Field, refuse: Refuse): CalicoEntity {
  checkFields(field, calicoEntityFields);
  const accounts = child(field, 'serviceAccounts');
  const [nets, ports] = [child(field, 'nets'), child(field, 'ports')];
  return {
    ...(textList(nets).length > 0 ? { nets: readNets(nets, refuse) } : {}),
    notNets: readNets(child(field, 'notNets'), refuse),
    ...withoutUndefined({
      selector: readSelector(child(field, 'selector'), refuse),
      notSelector: readSelector(child(field, 'notSelector'), refuse),
      namespaceSelector: readSelector(child(field, 'namespaceSelector'), refuse),
      serviceAccounts: isThere(accounts)
        ? withoutUndefined({
            names: textList(child(accounts, 'names')),
            selector: readSelector(child(accounts, 'selector'), refuse),
          })
        : undefined,
    }),
    ...(items(ports).length > 0 ? { ports: items(ports).map((one) => readPort(one, refuse)) } : {}),
    notPorts: items(child(field, 'notPorts')).map((one) => readPort(one, refuse)),
  };
}

function readNets(field: Field, refuse: Refuse): readonly string[] {
  return textList(field).map((net) => {
    if (!parseCidr(withMask(net))) refuse(field, `\`${net}\` is no address block`);
    return withMask(net);
  });
}

/** An address may stand alone. */
function withMask(net: string): string {
  return net.includes('/') ? net : `${net}/${net.includes(':') ? 128 : 32}`;
}

/** @source projectcalico/calico:api/pkg/lib/numorstring/port.go */
function readPort(field: Field, refuse: Refuse): CalicoPort {
  const port = written(field) ?? '';
  const [, first, last] = /^(\d{1,5})(?::(\d{1,5}))?$/.exec(port) ?? [];
  if (first === undefined) return port;
  const range = [Number(first), Number(last ?? first)] as const;
  if (range[0] > range[1] || range[1] > 65535) refuse(field, `\`${port}\` is no range of ports`);
  return range;
}
