import type { AdminPeer, AdminPods, AdminPolicy, AdminRule } from '../../model/adminNetworkPolicy.ts';
import type { NetworkPolicyPort } from '../../model/kubernetes.ts';
import { everything } from '../../model/labels.ts';
import { child, descend, integer, items, refOf, text, textList, type Field } from '../field.ts';
import { withoutUndefined } from '../withoutUndefined.ts';
import { checkFields } from './checkFields.ts';
import { parseCidr } from './cidr.ts';
import {
  adminPeerFields,
  adminPortFields,
  adminRuleFields,
  adminSpecFields,
  adminSubjectFields,
} from './fieldNames.ts';
import { readLabelSelector, type Refuse } from './labelSelector.ts';
import { protocols, readPortNumber, readProtocols } from './policyPort.ts';
import { isThere, notRead, refusals, written } from './refusals.ts';

const apis: Readonly<Record<string, AdminPolicy['api']>> = {
  'policy.networking.k8s.io/v1alpha1': 'v1alpha1',
  'policy.networking.k8s.io/v1alpha2': 'v1alpha2',
  'networking.k8s.aws/v1alpha1': 'aws',
};

/**
 * Reads an AdminNetworkPolicy, a BaselineAdminNetworkPolicy or a ClusterNetworkPolicy, or nothing when the
 * API server would refuse it.
 *
 * @source kubernetes-sigs/network-policy-api:apis/v1alpha1, apis/v1alpha2
 */
export function readAdminPolicy(object: Field, kind: string, name: string): AdminPolicy | undefined {
  const { refuse, any } = refusals();
  const spec = child(object, 'spec');
  checkFields(spec, adminSpecFields);
  const policy: AdminPolicy = {
    ref: object.ref,
    name,
    api:
      apis[text(child(object, 'apiVersion')) ?? ''] ??
      (kind === 'ClusterNetworkPolicy' ? 'v1alpha2' : 'v1alpha1'),
    tier: readTier(spec, kind, refuse),
    priority: kind === 'BaselineAdminNetworkPolicy' ? 0 : readPriority(child(spec, 'priority'), refuse),
    subject: readSubject(child(spec, 'subject'), refuse),
    ingress: readRules(spec, 'ingress', refuse),
    egress: readRules(spec, 'egress', refuse),
  };
  if (kind === 'BaselineAdminNetworkPolicy' && name !== 'default') {
    refuse(descend(object, 'metadata', 'name'), 'a BaselineAdminNetworkPolicy must be called `default`');
  }
  return any() ? undefined : policy;
}

function readTier(spec: Field, kind: string, refuse: Refuse): AdminPolicy['tier'] {
  if (kind !== 'ClusterNetworkPolicy') return kind === 'AdminNetworkPolicy' ? 'admin' : 'baseline';
  const field = child(spec, 'tier');
  const tier = written(field) ?? '';
  if (tier !== 'Admin' && tier !== 'Baseline') refuse(field, `\`${tier}\` is no tier: Admin or Baseline`);
  return tier === 'Baseline' ? 'baseline' : 'admin';
}

function readPriority(field: Field, refuse: Refuse): number {
  const priority = integer(field);
  if (priority !== undefined && priority >= 0 && priority <= 1000) return priority;
  refuse(field, 'the priority must be a number from 0 to 1000');
  return 1000;
}

function readSubject(field: Field, refuse: Refuse): AdminPods {
  checkFields(field, adminSubjectFields);
  const pods = readPods(field, refuse);
  if (!pods) refuse(field, 'the subject must name `namespaces` or `pods`');
  return pods ?? { namespaceSelector: everything };
}

function readPods(field: Field, refuse: Refuse): AdminPods | undefined {
  const namespaces = child(field, 'namespaces');
  if (isThere(namespaces)) return { namespaceSelector: readLabelSelector(namespaces, refuse) };
  const pods = child(field, 'pods');
  if (!isThere(pods)) return undefined;
  return {
    namespaceSelector: readLabelSelector(child(pods, 'namespaceSelector'), refuse),
    podSelector: readLabelSelector(child(pods, 'podSelector'), refuse),
  };
}

const actions: Readonly<Record<string, AdminRule['action']>> = {
  Allow: 'Allow',
  Accept: 'Allow',
  Deny: 'Deny',
  Pass: 'Pass',
};

function readRules(spec: Field, direction: 'ingress' | 'egress', refuse: Refuse): readonly AdminRule[] {
  return items(child(spec, direction)).map((field) => {
    checkFields(field, adminRuleFields);
    const actionField = child(field, 'action');
    const action = actions[written(actionField) ?? ''];
    if (!action) refuse(actionField, `\`${written(actionField) ?? ''}\` is no action`);
    const peers = items(child(field, direction === 'ingress' ? 'from' : 'to'));
    if (peers.length === 0) refuse(field, 'a rule must name at least one peer');
    return {
      ref: refOf(field),
      action: action ?? 'Deny',
      peers: peers.flatMap((peer) => readPeer(peer, refuse) ?? []),
      ports: [
        ...items(child(field, 'ports')).flatMap((port) => readPort(port, refuse)),
        ...items(child(field, 'protocols')).flatMap((protocol) => readProtocolMatch(protocol, refuse)),
      ],
    };
  });
}

function readPeer(field: Field, refuse: Refuse): AdminPeer | undefined {
  checkFields(field, adminPeerFields);
  const pods = readPods(field, refuse);
  if (pods) return { kind: 'pods', ...pods };
  const [nodes, networks, names] = [
    child(field, 'nodes'),
    child(field, 'networks'),
    child(field, 'domainNames'),
  ];
  if (isThere(nodes)) return { kind: 'nodes', selector: readLabelSelector(nodes, refuse) };
  if (isThere(names)) return { kind: 'domainNames', ref: notRead(names) };
  if (!isThere(networks)) {
    refuse(field, 'a peer must name exactly one of its fields');
    return undefined;
  }
  const cidrs = textList(networks);
  for (const cidr of cidrs.filter((one) => !parseCidr(one))) {
    refuse(networks, `\`${cidr}\` is no address block in CIDR notation`);
  }
  return { kind: 'networks', cidrs };
}

/** @source kubernetes-sigs/network-policy-api:apis/v1alpha1/shared_types.go (AdminNetworkPolicyPort) */
function readPort(field: Field, refuse: Refuse): readonly NetworkPolicyPort[] {
  checkFields(field, adminPortFields);
  const [number, range, name] = [
    child(field, 'portNumber'),
    child(field, 'portRange'),
    child(field, 'namedPort'),
  ];
  if (isThere(number)) {
    const port = readPortNumber(child(number, 'port'), refuse);
    return portsOf(child(number, 'protocol'), withoutUndefined({ port }), refuse);
  }
  if (isThere(range)) {
    const [port, endPort] = [
      readPortNumber(child(range, 'start'), refuse),
      readPortNumber(child(range, 'end'), refuse),
    ];
    return portsOf(child(range, 'protocol'), withoutUndefined({ port, endPort }), refuse);
  }
  if (isThere(name)) return named(text(name) ?? '');
  refuse(field, 'a port must be a `portNumber`, a `portRange` or a `namedPort`');
  return [];
}

function portsOf(
  protocol: Field,
  port: Omit<NetworkPolicyPort, 'protocol'>,
  refuse: Refuse,
): readonly NetworkPolicyPort[] {
  return readProtocols(protocol, ['TCP'], refuse).map((each) => ({ protocol: each, ...port }));
}

function named(port: string): readonly NetworkPolicyPort[] {
  return protocols.map((protocol) => ({ protocol, port }));
}

/** @source kubernetes-sigs/network-policy-api:apis/v1alpha2/clusternetworkpolicy_types.go */
function readProtocolMatch(field: Field, refuse: Refuse): readonly NetworkPolicyPort[] {
  const name = child(field, 'destinationNamedPort');
  if (isThere(name)) return named(text(name) ?? '');
  return protocols.flatMap((protocol): readonly NetworkPolicyPort[] => {
    const match = child(field, protocol.toLowerCase());
    if (!isThere(match)) return [];
    const [number, range] = [
      descend(match, 'destinationPort', 'number'),
      descend(match, 'destinationPort', 'range'),
    ];
    if (isThere(number)) return [withoutUndefined({ protocol, port: readPortNumber(number, refuse) })];
    if (!isThere(range)) return [{ protocol }];
    const [port, endPort] = [
      readPortNumber(child(range, 'start'), refuse),
      readPortNumber(child(range, 'end'), refuse),
    ];
    return [withoutUndefined({ protocol, port, endPort })];
  });
}
