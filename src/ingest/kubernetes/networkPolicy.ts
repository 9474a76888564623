import type {
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  NetworkPolicyRule,
} from '../../model/kubernetes.ts';
import { nearestWord } from '../../model/nearest.ts';
import { child, integer, items, refOf, text, type Field } from '../field.ts';
import { withoutUndefined } from '../withoutUndefined.ts';
import { checkFields } from './checkFields.ts';
import { isStrictlyInside, parseCidr } from './cidr.ts';
import {
  egressRuleFields,
  ingressRuleFields,
  ipBlockFields,
  networkPolicySpecFields,
  peerFields,
  policyPortFields,
} from './fieldNames.ts';
import { readLabelSelector, type Refuse } from './labelSelector.ts';
import { refusals } from './refusals.ts';

const directions = {
  ingress: { fields: ingressRuleFields, peers: 'from' },
  egress: { fields: egressRuleFields, peers: 'to' },
} as const;

const protocols = ['TCP', 'UDP', 'SCTP'] as const;

/**
 * Reads a NetworkPolicy as the API server would store it, or nothing when the API server would refuse it.
 *
 * @source kubernetes/kubernetes:pkg/apis/networking/validation/validation.go `ValidateNetworkPolicySpec`
 */
export function readNetworkPolicy(object: Field, name: string, namespace: string): NetworkPolicy | undefined {
  const { refuse, any } = refusals();
  const spec = child(object, 'spec');
  checkFields(spec, networkPolicySpecFields);
  const ingress = readRules(spec, 'ingress', refuse);
  const egress = readRules(spec, 'egress', refuse);
  const policy: NetworkPolicy = {
    ref: object.ref,
    namespace,
    name,
    podSelector: readLabelSelector(child(spec, 'podSelector'), refuse),
    policyTypes: readPolicyTypes(spec, egress, refuse),
    ingress,
    egress,
  };
  return any() ? undefined : policy;
}

/**
 * Reads `policyTypes`; when there are none, Ingress holds, and Egress too if there is an egress rule.
 *
 * @source kubernetes/kubernetes:pkg/apis/networking/v1/defaults.go `SetDefaults_NetworkPolicy`
 */
function readPolicyTypes(
  spec: Field,
  egress: readonly NetworkPolicyRule[],
  refuse: Refuse,
): NetworkPolicy['policyTypes'] {
  const written = items(child(spec, 'policyTypes')).map((field) => ({ field, type: text(field) ?? '' }));
  if (written.length === 0) return egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
  if (written.length > 2) refuse(child(spec, 'policyTypes'), 'there are more than two policy types');
  return written.flatMap(({ field, type }) => {
    if (type === 'Ingress' || type === 'Egress') return type;
    const nearest = nearestWord(type, ['Ingress', 'Egress']);
    refuse(field, `\`${type}\` is no policy type${nearest ? `, did you mean \`${nearest}\`?` : ''}`);
    return [];
  });
}

function readRules(
  spec: Field,
  direction: keyof typeof directions,
  refuse: Refuse,
): readonly NetworkPolicyRule[] {
  const { fields, peers } = directions[direction];
  return items(child(spec, direction)).map((field) => {
    checkFields(field, fields);
    return {
      ref: refOf(field),
      peers: items(child(field, peers)).flatMap((item) => readPeer(item, refuse) ?? []),
      ports: items(child(field, 'ports')).flatMap((item) => readPort(item, refuse) ?? []),
    };
  });
}

function readPeer(field: Field, refuse: Refuse): NetworkPolicyPeer | undefined {
  checkFields(field, peerFields);
  const [ipBlock, podSelector, namespaceSelector] = ['ipBlock', 'podSelector', 'namespaceSelector'].map(
    (key) => child(field, key),
  );
  // A selector that is written as nothing at all (`podSelector:`) is null, and null is absent.
  const hasSelector = podSelector?.value !== undefined || namespaceSelector?.value !== undefined;
  if (ipBlock?.value !== undefined) {
    if (hasSelector) refuse(field, 'a peer with an `ipBlock` can have no selector');
    return readIpBlock(ipBlock, refuse);
  }
  if (!hasSelector) {
    refuse(field, 'a peer must name an `ipBlock`, a `podSelector` or a `namespaceSelector`');
    return undefined;
  }
  const selector = (of: Field | undefined): ReturnType<typeof readLabelSelector> | undefined =>
    of?.value === undefined ? undefined : readLabelSelector(of, refuse);
  return withoutUndefined({
    kind: 'pods' as const,
    namespaceSelector: selector(namespaceSelector),
    podSelector: selector(podSelector),
  });
}

/** @source kubernetes/kubernetes:pkg/apis/networking/validation/validation.go `ValidateIPBlock` */
function readIpBlock(field: Field, refuse: Refuse): NetworkPolicyPeer | undefined {
  checkFields(field, ipBlockFields);
  const cidrField = child(field, 'cidr');
  const cidr = text(cidrField) ?? '';
  const block = parseCidr(cidr);
  if (!block) refuse(cidrField, `\`${cidr}\` is no address block in CIDR notation`);
  const except = items(child(field, 'except')).flatMap((item) => {
    const written = text(item) ?? '';
    const inner = parseCidr(written);
    if (!inner) refuse(item, `\`${written}\` is no address block in CIDR notation`);
    else if (block && !isStrictlyInside(inner, block)) {
      refuse(item, `\`${written}\` must be a strict subset of \`${cidr}\``);
    }
    return written;
  });
  return { kind: 'ipBlock', cidr, except };
}

/** @source kubernetes/kubernetes:pkg/apis/networking/validation/validation.go `ValidateNetworkPolicyPort` */
function readPort(field: Field, refuse: Refuse): NetworkPolicyPort | undefined {
  checkFields(field, policyPortFields);
  const written = text(child(field, 'protocol')) ?? 'TCP';
  const protocol = protocols.find((known) => known === written);
  if (protocol === undefined) {
    const nearest = nearestWord(written, protocols);
    const hint = nearest ? `, did you mean \`${nearest}\`?` : '';
    refuse(child(field, 'protocol'), `\`${written}\` is no protocol${hint}`);
    return undefined;
  }
  const port = readPortNumberOrName(child(field, 'port'), refuse);
  const endField = child(field, 'endPort');
  const endPort = integer(endField);
  if (endPort !== undefined && (typeof port !== 'number' || endPort < port || endPort > 65535)) {
    refuse(endField, '`endPort` needs a numeric `port` that is not above it');
  }
  return withoutUndefined({ protocol, port, endPort });
}

/** @source kubernetes/apimachinery:pkg/util/validation/validation.go `IsValidPortNum`, `IsValidPortName` */
function readPortNumberOrName(field: Field, refuse: Refuse): number | string | undefined {
  if (field.value === undefined) return undefined;
  const value = field.value.kind === 'scalar' ? field.value.value : null;
  if (typeof value === 'number') {
    if (!Number.isInteger(value) || value < 1 || value > 65535) refuse(field, `\`${value}\` is no port`);
    return value;
  }
  const name = typeof value === 'string' ? value : (text(field) ?? '');
  const isName = /^(?!-)(?!.*--)[a-z0-9-]{1,15}(?<!-)$/.test(name) && /[a-z]/.test(name);
  if (!isName) refuse(field, `\`${name}\` is neither a port number nor the name of a port`);
  return name;
}
