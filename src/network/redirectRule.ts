import type { ClusterNode } from '../model/node.ts';
import { parseAddress } from './address.ts';
import type { Rule } from '../model/iptables.ts';
import { interfaceMatch, type Redirector } from './redirector.ts';

/**
 * Makes the rule that a daemon appends to table nat.
 *
 * @param hostInterface - `+` names every interface, which is the same as none; absent for a rule that another hand
 * put there
 * @source jtblin/kube2iam:iptables/iptables.go; uswitch/kiam:cmd/kiam/iptables.go; measured with both programs
 * @example
 * const { kube2iam: [daemon], nodes: [node] } = world().kube2iam().node('n', { addresses: ['10.0.0.1'] }).build();
 * redirectRule(kube2iamRedirector(daemon), node, 'eni+').text
 * // => '-A PREROUTING -d 169.254.169.254/32 -i eni+ -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.1:8181'
 */
export function redirectRule(by: Redirector, node: ClusterNode, hostInterface?: string): Rule {
  const { metadataAddress, port, daemon } = by;
  const address = redirectAddress(by, node);
  const cidr = `${metadataAddress}/32`;
  const named =
    hostInterface === undefined || hostInterface === '+' ? [] : [interfaceMatch(by, hostInterface)];
  const through = named.map(({ negated, pattern }) => `${negated ? '! ' : ''}-i ${pattern} `).join('');
  return {
    matches: [
      { kind: 'destination', cidr, negated: false },
      ...named.map((match) => ({ kind: 'inInterface', ...match }) as const),
      { kind: 'protocol', protocol: 'tcp', negated: false },
      { kind: 'destinationPorts', ranges: [[80, 80]], negated: false },
    ],
    target: { kind: 'DNAT', address, port },
    text:
      `-A PREROUTING -d ${cidr} ${through}-p tcp -m tcp --dport 80 ` +
      `-j DNAT --to-destination ${address}:${port}`,
    ref: daemon.ref,
  };
}

/**
 * Stands for the address of a node whose addresses the input does not show.
 *
 * @source RFC 5737: 192.0.2.0/24 belongs to nobody
 */
const unshownNodeAddress = '192.0.2.1';

/** What it was told, which is nearly always the node's own address by a reference such as `$(HOST_IP)`. */
function redirectAddress({ hostIp }: Redirector, node: ClusterNode): string {
  if (parseAddress(hostIp)?.family === 4) return hostIp;
  return node.addresses.find((address) => parseAddress(address)?.family === 4) ?? unshownNodeAddress;
}
