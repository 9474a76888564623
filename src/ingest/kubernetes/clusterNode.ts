import type { ClusterNode } from '../../model/node.ts';
import { child, descend, items, text, type Field } from '../field.ts';
import { withoutUndefined } from '../withoutUndefined.ts';
import { readLabels } from './metadata.ts';

/** The label of a Fargate node. @source awsdocs/amazon-eks-user-guide: AWS Fargate */
const computeTypeLabel = 'eks.amazonaws.com/compute-type';

/** Reads a Node. Its role and metadata options come from other input: the node itself does not tell. */
export function readNode(object: Field, name: string): ClusterNode {
  const labels = readLabels(child(object, 'metadata'));
  return withoutUndefined({
    ref: object.ref,
    name,
    labels,
    taints: items(descend(object, 'spec', 'taints')).map((taint) =>
      withoutUndefined({
        key: text(child(taint, 'key')) ?? '',
        value: text(child(taint, 'value')),
        effect: text(child(taint, 'effect')) ?? '',
      }),
    ),
    compute: labels[computeTypeLabel] === 'fargate' ? ('fargate' as const) : ('ec2' as const),
    addresses: readAddresses(object),
    instanceId: instanceIdOf(text(descend(object, 'spec', 'providerID'))),
    imds: {},
  });
}

/** Reads the internal addresses, IPv4 first. */
function readAddresses(object: Field): readonly string[] {
  const internal = items(descend(object, 'status', 'addresses'))
    .filter((address) => text(child(address, 'type')) === 'InternalIP')
    .flatMap((address) => text(child(address, 'address')) ?? []);
  const isIpv6 = (address: string): boolean => address.includes(':');
  return [...internal.filter((address) => !isIpv6(address)), ...internal.filter(isIpv6)];
}

/** The instance in a provider id such as `aws:///eu-west-1a/i-0123456789abcdef0`. */
function instanceIdOf(providerId: string | undefined): string | undefined {
  return /^aws:\/\/.*\/(i-[0-9a-f]+)$/.exec(providerId ?? '')?.[1];
}
